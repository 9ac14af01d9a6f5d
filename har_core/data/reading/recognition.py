"""Which skeleton the joints of a file are: told from how far they are from each other.

For a skeleton: the lengths of its bones together (where they hold a ring, of the shortest tree among them),
divided by those of the shortest tree that joins all joints. On recordings of Kinect v1 in three orders of 20
joints the right one is at 1.12 to 1.28, the next at 1.47 to 2.37 (MSR Action3D, UTKinect, UTD-MHAD).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import Assumption
from har_core.errors import DataError
from har_core.skeleton import SKELETONS, Skeleton, nameless, skeletons_with

Distances = NDArray[np.float64]

_FITS = 1.35
_CLOSE = 1.3  # times as long: the next may be meant as well
_BODY = 0.6  # of the mean distance: bones of a body are shorter


def recognise(frames: NDArray[np.floating[Any]], gone: frozenset[int]) -> tuple[Skeleton, Assumption]:
    """Return the skeleton of the joints, and what was taken for granted.

    Args:
        frames: (F, J, C) some frames, NaN where a joint is missing.
        gone: joints that never come; they are still part of the skeleton that is returned.
    """
    count = frames.shape[1]
    there = [joint for joint in range(count) if joint not in gone]
    distances = median_distances(frames[:, there])
    known = skeletons_with(count)
    lengths = [how_long(skeleton.without(gone) if gone else skeleton, distances) for skeleton in known]
    fits = sorted(zip(lengths, known, strict=True), key=lambda fit: fit[0])  # of equals the first in the list
    if fits and not is_body(distances):
        said = f"The joints are taken for {_named(known[0])}, as is usual: the data tell nothing of bones."
        return known[0], Assumption("skeleton", said)
    if not fits or fits[0][0] > _FITS:
        return _unknown(count, there, distances, known)
    (best, found), *others = fits
    close = [skeleton for fit, skeleton in others if fit < _CLOSE * best]
    if close:
        rivals = " or ".join(skeleton.name for skeleton in close)
        said = f"The joints are taken for {_named(found)}; by their distances they could be {rivals} as well."
    elif others:
        far = others[0][0] / best
        said = (
            f"The joints are those of {_named(found)}: in the next likely order, {others[0][1].name}, bones "
            f"would be {far:.1f} times as long."
        )
    else:
        said = f"The joints are taken for {_named(found)}, the known skeleton of that many joints: it fits."
    return found, Assumption("skeleton", said)


def _named(skeleton: Skeleton) -> str:
    return f"{skeleton.said} ({skeleton.name})"


def chosen_skeleton(name: str, frames: NDArray[np.floating[Any]], gone: frozenset[int]) -> Skeleton:
    """Return the skeleton that the user has named.

    Raises:
        DataError: there is none of that name, or it has another number of joints.
    """
    count = frames.shape[1]
    if name.lower() == "unknown" or name.lower() == f"unknown-{count}":
        there = [joint for joint in range(count) if joint not in gone]
        return _unknown(count, there, median_distances(frames[:, there]), [])[0]
    known = SKELETONS.get(name.strip().lower())
    fitting = ", ".join([*(skeleton.name for skeleton in skeletons_with(count)), "unknown"])
    if known is None:
        raise DataError(f"No skeleton is called {name[:40]!r}; of {count} joints there are: {fitting}.")
    if known.joint_count != count:
        raise DataError(
            f"The skeleton {known.name} has {known.joint_count} joints, the files {count}: choose {fitting}."
        )
    return known


def fits_known(frames: NDArray[np.floating[Any]]) -> bool:
    """Say whether the joints of (F, J, C) lie as those of a known skeleton."""
    distances = median_distances(frames)
    known = skeletons_with(frames.shape[1])
    return is_body(distances) and any(how_long(skeleton, distances) <= _FITS for skeleton in known)


def is_body(distances: Distances) -> bool:
    """Say whether joints hang together as a body does, and are not strewn about."""
    bones = shortest_tree(distances)
    far = distances[np.triu_indices(len(distances), 1)].mean() if bones else 0.0
    return bool(_length(bones, distances) < _BODY * far * len(bones))


def how_long(skeleton: Skeleton, distances: Distances) -> float:
    """Return how many times as long as the shortest tree its bones are; infinity where they part."""
    allowed = np.full_like(distances, np.inf)
    for one, other in skeleton.bones:
        allowed[one, other] = allowed[other, one] = distances[one, other]
    shortest = _length(shortest_tree(distances), distances)
    if not shortest > 0:
        return 1.0  # all joints at one place: nothing speaks against any
    bones = shortest_tree(allowed)
    return _length(bones, distances) / shortest if len(bones) == len(distances) - 1 else np.inf


def median_distances(frames: NDArray[np.floating[Any]]) -> Distances:
    """Return (J, J) how far joints are from each other, the median of all frames that have both."""
    rows = []
    with np.errstate(all="ignore"):
        for joint in range(frames.shape[1]):
            far = np.sqrt(((frames - frames[:, joint : joint + 1]) ** 2).sum(axis=2))
            seen = np.isfinite(far).any(axis=0)
            row = np.zeros(len(seen))
            row[seen] = np.nanmedian(far[:, seen], axis=0)
            rows.append(row)
    found = np.array(rows)
    return (found + found.T) / 2


def shortest_tree(distances: Distances) -> tuple[tuple[int, int], ...]:
    """Return the bones of the shortest tree over all joints, after Prim; fewer where infinity parts them."""
    count = len(distances)
    inside, bones = np.zeros(count, bool), []
    nearest, parent = np.full(count, np.inf), np.zeros(count, int)
    nearest[0] = 0
    for _ in range(count):
        joint = int(np.argmin(np.where(inside, np.inf, nearest)))
        if inside[joint] or not np.isfinite(nearest[joint]):
            break
        if inside.any():
            bones.append((int(parent[joint]), joint))
        inside[joint] = True
        closer = distances[joint] < nearest
        nearest = np.where(closer, distances[joint], nearest)
        parent = np.where(closer, joint, parent)
    return tuple(bones)


def _length(bones: tuple[tuple[int, int], ...], distances: Distances) -> float:
    return float(sum(distances[bone] for bone in bones))


def _unknown(
    count: int, there: list[int], distances: Distances, known: list[Skeleton]
) -> tuple[Skeleton, Assumption]:
    """Return a skeleton that is drawn by the shortest tree; its root is the joint nearest to all others."""
    bones = tuple((there[one], there[other]) for one, other in shortest_tree(distances))
    root = there[int(np.argmin(distances.sum(axis=1)))]
    tried = f"; {' and '.join(skeleton.name for skeleton in known)} would not fit" if known else ""
    said = (
        f"{count} joints in this order are of no known skeleton{tried}: each is joined to the nearest, and "
        f"joint {root + 1} is taken for the middle of the body."
    )
    return nameless(count, bones, root), Assumption("skeleton", said)
