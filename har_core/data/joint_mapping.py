"""From one tracker's joints to those of another: by their names, in the other's order."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from har_core.data.frame_spool import FrameSpool
from har_core.data.sequences import BoolArray, FloatArray, SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import Skeleton
from har_core.wording import counted

_STAND_INS: dict[str, tuple[tuple[str, ...], ...]] = {
    "shoulder_center": (("left_shoulder", "right_shoulder"),), "hip_center": (("left_hip", "right_hip"),),
    "spine": (("left_shoulder", "right_shoulder", "left_hip", "right_hip"),),
    "neck": (("shoulder_center",), ("left_shoulder", "right_shoulder")),
    "head": (("left_ear", "right_ear"), ("nose",)), "nose": (("head",),),
    "hand": (("index", "pinky"), ("wrist",)), "foot": (("toe",), ("ankle",)), "toe": (("foot",), ("ankle",)),
    "heel": (("ankle",),),
} | dict.fromkeys(("hand_tip", "thumb", "index", "pinky"), (("hand",), ("wrist",))) \
  | dict.fromkeys(("eye", "eye_inner", "eye_outer", "ear", "mouth"), (("head",), ("nose",)))  # fmt: skip
"""For trackers that do not have a joint, those whose middle is near to it, the best first. Of a joint with a
side, its parts are of the same side where such joints have one."""

_LEAST_SHARE = 0.5
"""Of the joints; of a body with fewer nothing true can be said."""


def map_joints(
    sequences: SkeletonSequences, skeleton: Skeleton, needed: Collection[int]
) -> tuple[SkeletonSequences, tuple[str, ...]]:
    """Return sequences with the joints of another skeleton, and what is to be said of that.

    For a joint that the sequences do not have, those near to it stand in, such as both hips for their middle.
    Where there are none, it is missing in all frames (NaN).

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
    near = [
        f"{name} ({', '.join(own.joints[joint] for joint in place)})"
        for name, place in zip(skeleton.joints, places, strict=True)
        if place and name not in own.joints
    ]
    said += [f"Not in these sequences, and taken from what is near: {', '.join(near)}."] if near else []
    if missing:
        names = ", ".join(skeleton.joints[joint] for joint in missing)
        said.append(f"{names}: not in these sequences, and put into the middle of the other joints.")
    return _with_joints(sequences, skeleton, places), tuple(said)


def _is_nameless(skeleton: Skeleton) -> bool:
    return all(joint.startswith("joint_") for joint in skeleton.joints)


def _places_of(joint: str, own: Skeleton) -> tuple[int, ...]:
    """Return the joint, or those that stand in for it; none where it can't be found."""
    side, _, part = joint.partition("_")
    alternatives = _STAND_INS.get(part if side in ("left", "right") else joint, ())
    for names in ((joint,), *alternatives):
        sided = [f"{side}_{name}" if f"{side}_{name}" in own.joints else name for name in names]
        if all(name in own.joints for name in sided):
            return tuple(own.joints.index(name) for name in sided)
    return ()


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
