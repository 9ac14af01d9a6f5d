"""From one tracker's joints to those of another: by their names, in the other's order."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from har_core.data.frame_spool import FrameSpool
from har_core.data.sequences import BoolArray, FloatArray, SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import Skeleton
from har_core.wording import counted

_BETWEEN = {f"{joint}_center": (f"left_{joint}", f"right_{joint}") for joint in ("shoulder", "hip")}
"""Joints in the middle of two others, for trackers that do not have them."""

_LEAST_SHARE = 0.5
"""Of the joints; of a body with fewer nothing true can be said."""


def map_joints(
    sequences: SkeletonSequences, skeleton: Skeleton, needed: Collection[int]
) -> tuple[SkeletonSequences, tuple[str, ...]]:
    """Return sequences with the joints of another skeleton, and what is to be said of that.

    The middle of the hips, or of the shoulders, is computed where both sides are there. Any other joint that
    the sequences do not have is missing in all of their frames (NaN).

    Args:
        sequences: as recorded.
        skeleton: that they shall have.
        needed: its joints that must not be missing.

    Returns:
        The sequences, and sentences.

    Raises:
        DataError: too few joints have the same names, a needed one is missing, or nobody knows the names.
    """
    own = sequences.skeleton
    if own.joints == skeleton.joints:
        return sequences, ()
    if _is_nameless(own) or _is_nameless(skeleton):
        if own.joint_count != skeleton.joint_count:
            raise DataError(
                f"{sequences.source} has {counted(own.joint_count, 'joint')} ({own.said}) and "
                f"{counted(skeleton.joint_count, 'joint')} are expected ({skeleton.said}), and one of them "
                "has no names of joints to find them by; say which skeleton it is, or choose other sequences."
            )
        mapped = _with_joints(sequences, skeleton, [(joint,) for joint in range(own.joint_count)])
        return mapped, (f"Joints are taken in their order: {own.said} for {skeleton.said}.",)
    places = [_places_of(joint, own) for joint in skeleton.joints]
    missing = [joint for joint, place in enumerate(places) if not place]
    _check_missing(sequences, skeleton, missing, needed)
    said = [f"Joints are found by their names: those of {skeleton.said}, in {own.said}."]
    between = [name for name, place in zip(skeleton.joints, places, strict=True) if len(place) == 2]
    said += [f"{', '.join(between)}: taken from the middle of the left and the right."] if between else []
    if missing:
        names = ", ".join(skeleton.joints[joint] for joint in missing)
        said.append(f"{names}: not in these sequences, and put into the middle of the other joints.")
    return _with_joints(sequences, skeleton, places), tuple(said)


def _is_nameless(skeleton: Skeleton) -> bool:
    return all(joint.startswith("joint_") for joint in skeleton.joints)


def _places_of(joint: str, own: Skeleton) -> tuple[int, ...]:
    """Return the joint, or the two that it lies between; none where it can't be found."""
    names = (joint,) if joint in own.joints else _BETWEEN.get(joint, ())
    found = tuple(own.joints.index(name) for name in names if name in own.joints)
    return found if len(found) == len(names) else ()


def _check_missing(
    sequences: SkeletonSequences, skeleton: Skeleton, missing: list[int], needed: Collection[int]
) -> None:
    lacking = [joint for joint in missing if joint in needed]
    too_few = skeleton.joint_count - len(missing) < _LEAST_SHARE * skeleton.joint_count
    if not lacking and not too_few:
        return
    names = ", ".join(skeleton.joints[joint] for joint in (lacking or missing))
    because = "on which sequences are centred" if lacking else "too many to do without"
    raise DataError(
        f"{sequences.source} ({sequences.skeleton.said}) has no {names}, {because}; expected are the joints "
        f"of {skeleton.said}: choose sequences that have them, or say which skeleton theirs is."
    )


def _with_joints(
    sequences: SkeletonSequences, skeleton: Skeleton, places: list[tuple[int, ...]]
) -> SkeletonSequences:
    spool = FrameSpool(skeleton.joint_count, 3)
    for row, frames in enumerate(sequences.each()):
        spool.append(_pick(frames, places, ~sequences.untracked_in(row)))
    return replace(sequences, frames=spool.frames(), skeleton=skeleton)


def _pick(frames: FloatArray, places: list[tuple[int, ...]], tracked: BoolArray) -> FloatArray:
    """Return (T, places, 3): the middle of the joints of each place; frames that were lost stay zeros."""
    picked = np.zeros((len(frames), len(places), 3), np.float32)
    for joint, place in enumerate(places):
        picked[tracked, joint] = frames[tracked][:, list(place)].mean(axis=1) if place else np.nan
    return picked
