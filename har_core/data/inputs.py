"""Inputs: what a model is given of each frame, computed from prepared positions.

Player and pictures go on showing the positions. Whoever needs F, the numbers of a frame, asks here. Each
input is computed of the whole body; a ``View`` says which axes and joints of it are given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from har_core.data.body_roles import limbs_of, middle_of, roles_of
from har_core.data.frame_spool import FrameSpool
from har_core.data.motion import directions, lag, pace_of
from har_core.data.sequences import FloatArray, IntArray, SkeletonSequences
from har_core.skeleton import Skeleton

Joints = tuple[int, ...]
"""By their index: one, or both ends of a bone."""

Axes = Literal["xyz", "xy"]
JointChoice = Literal["all", "limbs"]


@dataclass(frozen=True)
class View:
    """Which numbers of the inputs a model is given.

    Attributes:
        axes: ``xy`` for bodies as they would be recorded without depth: z is zero before anything is
            computed, and left out afterwards.
        joints: ``limbs`` for arms and legs alone, by the names of the joints; all where none is named so.
    """

    axes: Axes = "xyz"
    joints: JointChoice = "all"

    def flat(self, frames: FloatArray) -> FloatArray:
        """Return (..., T, J, 3) frames as inputs are computed of them."""
        if self.axes == "xyz":
            return frames
        flat = frames.copy()
        flat[..., 2] = 0
        return flat

    def chosen(self, found: FloatArray, owners: Sequence[Joints], skeleton: Skeleton) -> FloatArray:
        """Return (..., F') of what was computed as (..., n, 3).

        Args:
            found: of each frame n vectors.
            owners: (n) the joints that each of them is of.
            skeleton: joints and bones.
        """
        limbs = set(limbs_of(skeleton)) if self.joints == "limbs" else set()
        places = [place for place, joints in enumerate(owners) if limbs.issuperset(joints)]
        vectors: FloatArray = (found[..., places, :] if places else found)[..., : len(self.axes)]
        return vectors.reshape(*vectors.shape[:-2], -1)


WHOLE = View()


def say_missing_limbs(view: View, skeleton: Skeleton) -> str:
    """Say in a sentence that a skeleton has no limbs by name, where they are wanted; else nothing."""
    if view.joints == "all" or limbs_of(skeleton):
        return ""
    return "No joint of this skeleton is named as one of an arm or a leg, so all joints are given."


def _all_joints(skeleton: Skeleton) -> Sequence[Joints]:
    return [(joint,) for joint in range(skeleton.joint_count)]


@dataclass(frozen=True)
class Input:
    """Numbers of each frame that a model can be given.

    Attributes:
        title: for people.
        description: what it is, in a sentence.
        compute: from the (T, J, 3) prepared frames of one sequence, or of its beginning, and their skeleton
            to (T, n, 3), n vectors of each frame, of which a view chooses; or to (T, F'), which it leaves
            whole. n or F' is the skeleton's alone; a single frame is a sequence, too.
        half_real_time: whether that is multiplied by the square root of 40 / (L - 1), where L is how many
            frames the sequence had before it was resampled. Motion over resampled frames doesn't know how
            fast an action was; real time tells that and little else.
        together: whether it computes (B, T, n, 3) of (B, T, J, 3), too, of B equally long sequences.
        owners: (n) the joints that each vector is of: of arms and legs it is where all of them are.
    """

    title: str
    description: str
    compute: Callable[[FloatArray, Skeleton], FloatArray]
    half_real_time: bool = False
    together: bool = False
    owners: Callable[[Skeleton], Sequence[Joints]] = _all_joints

    def width(self, skeleton: Skeleton, view: View = WHOLE) -> int:
        """Return F', how many numbers it has of each frame."""
        one_frame = np.zeros((1, skeleton.joint_count, 3), np.float32)
        return int(self.of(one_frame, skeleton, view=view).shape[1])

    def seen(self, frames: FloatArray, skeleton: Skeleton, view: View) -> FloatArray:
        """Return (..., T, F') of (..., T, J, 3), at the pace of the frames."""
        found = np.asarray(self.compute(view.flat(frames), skeleton), np.float32)
        return view.chosen(found, self.owners(skeleton), skeleton) if found.ndim == frames.ndim else found

    def of(
        self, frames: FloatArray, skeleton: Skeleton, recorded: float | None = None, view: View = WHOLE
    ) -> FloatArray:
        """Return (T, F') float32 of a sequence of (T, J, 3).

        Args:
            frames: prepared.
            skeleton: joints and bones.
            recorded: L, how many frames the sequence had before it was resampled; None where it wasn't.
            view: which axes and joints are given.

        Raises:
            ValueError: the function gives something else than so many rows of numbers.
        """
        found = self.seen(frames, skeleton, view)
        if found.ndim != 2 or len(found) != len(frames):
            raise ValueError(f"{self.title} of {len(frames)} frames has shape {found.shape}, expected (T, F)")
        if self.half_real_time:
            found = found * pace_of(len(frames) if recorded is None else recorded)
        return found


def _positions(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return frames


def _velocities(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    moved: FloatArray = np.diff(frames, axis=-3, prepend=frames[..., :1, :, :])
    return moved


def _hip_relative(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return frames - middle_of(frames, roles_of(skeleton))[..., None, :]


def _bones(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    if not skeleton.bones:
        return _hip_relative(frames, skeleton)
    starts, ends = np.array(skeleton.bones).T
    return frames[..., ends, :] - frames[..., starts, :]


def _both_ends(skeleton: Skeleton) -> Sequence[Joints]:
    return skeleton.bones or _all_joints(skeleton)


def _deviation(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    moved: FloatArray = frames - frames.mean(axis=-3, keepdims=True)
    return moved


def _motion(over: int) -> Callable[[FloatArray, Skeleton], FloatArray]:
    return lambda frames, skeleton: lag(frames, over)


def _directions(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return directions(frames[..., list(roles_of(skeleton).ends), :])


def _far_joints(skeleton: Skeleton) -> Sequence[Joints]:
    return [(joint,) for joint in roles_of(skeleton).ends]


_PACED = "times the square root of 40 / (L - 1), where L is how many frames the sequence had before it "
_PACED += "was resampled: slow and fast actions of the same shape differ."

INPUTS: dict[str, Input] = {
    "positions": Input("positions", "x, y and z of each joint, as prepared.", _positions, together=True),
    "velocities": Input(
        "velocities",
        "How far each joint has moved since the frame before; in the first frame not at all.",
        _velocities, together=True,
    ),
    "hip-relative": Input(
        "places seen from the hips", "x, y and z of each joint, less the middle of the hips in that frame.",
        _hip_relative, together=True,
    ),
    "bones": Input(
        "bones",
        "From one end of each bone to the other; without known bones, from the first joint to each.",
        _bones, together=True, owners=_both_ends,
    ),
    "deviation": Input(
        "deviation from the mean pose", "x, y and z of each joint, less its mean over the sequence.",
        _deviation, together=True,
    ),
    "motion-1": Input(
        "motion over one frame", "How far each joint moves to the next frame; in the last not at all.",
        _motion(1), together=True,
    ),
    "motion-4": Input(
        "motion over four frames",
        "How far each joint moves from two frames before to two frames after; not at all at the ends.",
        _motion(4), together=True,
    ),
    "paced-motion-1": Input(
        "motion over one frame half in real time", f"Motion over one frame, {_PACED}", _motion(1),
        half_real_time=True, together=True,
    ),
    "paced-motion-4": Input(
        "motion over four frames half in real time", f"Motion over four frames, {_PACED}",
        _motion(4), half_real_time=True, together=True,
    ),
    "directions": Input(
        "directions",
        "Where wrists, hands, feet and head are going, from the frame before to the frame after, however "
        "far; where none of them are known by name, all joints.",
        _directions, together=True, owners=_far_joints,
    ),
}  # fmt: skip


def width_of(names: Sequence[str], skeleton: Skeleton, view: View = WHOLE) -> int:
    """Return F, the numbers of each frame that inputs have together."""
    return sum(INPUTS[name].width(skeleton, view) for name in names)


def inputs_of(
    names: Sequence[str], frames: FloatArray, skeleton: Skeleton, recorded: float | None = None,
    view: View = WHOLE,
) -> FloatArray:  # fmt: skip
    """Return the (T, F) inputs of a sequence of (T, J, 3), joined in the order of their names.

    Args:
        names: in ``INPUTS``.
        frames: prepared.
        skeleton: joints and bones.
        recorded: L, how many frames the sequence had before it was resampled; None where it wasn't.
        view: which axes and joints are given.
    """
    found = [INPUTS[name].of(frames, skeleton, recorded, view) for name in names]
    return found[0] if len(found) == 1 else np.concatenate(found, axis=1)


def inputs_of_batch(
    names: Sequence[str], frames: FloatArray, lengths: IntArray, skeleton: Skeleton,
    recorded: NDArray[np.float64], view: View = WHOLE,
) -> FloatArray:  # fmt: skip
    """Return the (S, F) inputs of B sequences in a row; equally long ones are computed together.

    Args:
        names: in ``INPUTS``.
        frames: (S, J, 3) prepared, of all sequences in a row.
        lengths: (B) frames of each.
        skeleton: joints and bones.
        recorded: (B) how many frames each had before it was resampled.
        view: which axes and joints are given.
    """
    if any(lengths != lengths[0]) or not all(INPUTS[name].together for name in names):
        each = zip(np.split(frames, np.cumsum(lengths)[:-1]), recorded, strict=True)
        return np.concatenate([inputs_of(names, its, skeleton, length, view) for its, length in each])
    batch, paces = frames.reshape(len(lengths), -1, *frames.shape[1:]), pace_of(recorded)[:, None, None]
    found = [INPUTS[name].seen(batch, skeleton, view) for name in names]
    paced = [
        its * paces if INPUTS[name].half_real_time else its for name, its in zip(names, found, strict=True)
    ]
    return np.concatenate(paced, axis=2).reshape(len(frames), -1)


def all_inputs_of(names: Sequence[str], sequences: SkeletonSequences, view: View = WHOLE) -> FloatArray:
    """Return the (S, F) inputs of all sequences, in a row as their frames are.

    Positions alone are the frames themselves, without a copy; of other inputs many are read through a memory
    map, as frames are.
    """
    if tuple(names) == ("positions",) and view == WHOLE:
        return sequences.frames.reshape(len(sequences.frames), -1)
    spool = FrameSpool(width_of(names, sequences.skeleton, view))
    for frames, recorded in zip(sequences.each(), sequences.recorded_lengths, strict=True):
        spool.append(inputs_of(names, frames, sequences.skeleton, int(recorded), view))
    return spool.frames()
