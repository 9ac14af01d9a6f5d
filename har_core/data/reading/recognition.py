"""Which skeleton the joints of a file are: told from how far they are from each other.

For a skeleton: the lengths of its bones together (where they hold a ring, of the shortest tree among them),
divided by those of the shortest tree that joins all joints. On recordings of Kinect v1 in three orders of 20
joints the right one is at 1.12 to 1.28, the next at 1.47 to 2.37 (MSR Action3D, UTKinect, UTD-MHAD); the
bones in which the next differs are at least 1.7 times as long in any single sequence of MSR Action3D.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import Assumption
from har_core.errors import AmbiguousReadingError, DataError
from har_core.skeleton import SKELETONS, Skeleton, nameless, skeletons_with

Distances = NDArray[np.float64]

_FITS, _FITS_FLAT = 1.35, 1.45  # in the plane what is far away in depth lies near
_CLOSE = 1.2  # times as long are the bones in which two skeletons differ: either may be meant
_BODY = 0.6  # of the mean distance: bones of a body are shorter


def recognise(frames: NDArray[np.floating[Any]], gone: frozenset[int]) -> tuple[Skeleton, Assumption]:
    """Return the skeleton of the joints, and what was taken for granted.

    Args:
        frames: (F, J, C) some frames, NaN where a joint is missing.
        gone: joints that never come; they are still part of the skeleton that is returned.

    Raises:
        AmbiguousReadingError: two known skeletons fit as well.
    """
    count = frames.shape[1]
    there = [joint for joint in range(count) if joint not in gone]
    distances = median_distances(frames[:, there])
    known = skeletons_with(count)
    parts = {skeleton.name: skeleton.without(gone) if gone else skeleton for skeleton in known}
    fits = sorted(((how_long(parts[each.name], distances), each) for each in known), key=lambda fit: fit[0])
    if fits and not is_body(distances):
        said = f"The joints are taken for {_named(known[0])}, as is usual: the data tell nothing of bones."
        return known[0], Assumption("skeleton", said)
    if not fits or fits[0][0] > _longest_fit(frames):
        return _unknown(count, there, distances, known)
    (_, found), *others = fits
    if not others:
        said = f"The joints are taken for {_named(found)}, the known skeleton of that many joints: it fits."
        return found, Assumption("skeleton", said)
    longer = {each.name: _times_as_long(parts[each.name], parts[found.name], distances) for _, each in others}
    if close := [name for name, times in longer.items() if times < _CLOSE]:
        names = (found.name, *close)
        raise AmbiguousReadingError(
            f"{count} joints could be in more than one order, for by their distances these fit equally well: "
            f"choose the skeleton {' or '.join(names)}.",
            "skeleton",
            names,
        )
    following, times = min(longer.items(), key=lambda each: each[1])
    said = (
        f"The joints are those of {_named(found)}: in the next likely order, {following}, the bones that "
        f"differ would be {times:.1f} times as long."
    )
    return found, Assumption("skeleton", said)


def _times_as_long(one: Skeleton, other: Skeleton, distances: Distances) -> float:
    """Return how many times as long the bones of one are as those of the other, where they differ."""
    own, others = (set(_bones_between(skeleton, distances)) for skeleton in (one, other))
    longer, shorter = _length(own - others, distances), _length(others - own, distances)
    return longer / shorter if shorter > 0 else np.inf if longer > 0 else 1.0


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
    return is_body(distances) and any(how_long(each, distances) <= _longest_fit(frames) for each in known)


def _longest_fit(frames: NDArray[np.floating[Any]]) -> float:
    return _FITS_FLAT if frames.shape[2] == 2 else _FITS


def is_body(distances: Distances) -> bool:
    """Say whether joints hang together as a body does, and are not strewn about."""
    bones = shortest_tree(distances)
    far = distances[np.triu_indices(len(distances), 1)].mean() if bones else 0.0
    return bool(_length(bones, distances) < _BODY * far * len(bones))


def how_long(skeleton: Skeleton, distances: Distances) -> float:
    """Return how many times as long as the shortest tree its bones are; infinity where they part."""
    shortest = _length(shortest_tree(distances), distances)
    if not shortest > 0:
        return 1.0  # all joints at one place: nothing speaks against any
    bones = _bones_between(skeleton, distances)
    return _length(bones, distances) / shortest if len(bones) == len(distances) - 1 else np.inf


def _bones_between(skeleton: Skeleton, distances: Distances) -> tuple[tuple[int, int], ...]:
    """Return its bones; where they hold a ring, the shortest tree among them."""
    allowed = np.full_like(distances, np.inf)
    for one, other in skeleton.bones:
        allowed[one, other] = allowed[other, one] = distances[one, other]
    return tuple((min(bone), max(bone)) for bone in shortest_tree(allowed))


def median_distances(frames: NDArray[np.floating[Any]]) -> Distances:
    """Return (J, J) how far joints are from each other, the median of all frames that have both."""
    rows = []
    with np.errstate(all="ignore"):
        for joint in range(frames.shape[1]):
            far = np.sqrt(((frames - frames[:, joint : joint + 1]) ** 2).sum(axis=2))
            rows.append(_medians(np.where(np.isfinite(far), far, np.nan)))
    found = np.array(rows)
    return (found + found.T) / 2


def _medians(columns: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Return the median of the numbers in each column of (F, J); 0 where there are none.

    As ``numpy.nanmedian``, which takes several times as long for columns as short as these.
    """
    if not len(columns):
        return np.zeros(columns.shape[1])
    count, places = (~np.isnan(columns)).sum(axis=0), np.arange(columns.shape[1])
    ordered = np.sort(columns, axis=0)  # what is no number comes last
    low = ordered[np.maximum(count - 1, 0) // 2, places]
    high = ordered[np.minimum(count // 2, len(columns) - 1), places]
    return np.where(count, (low + high) / 2, 0.0)


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


def _length(bones: Iterable[tuple[int, int]], distances: Distances) -> float:
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
