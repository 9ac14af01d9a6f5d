"""Inputs: what a model is given of each frame, computed from prepared positions.

Player and pictures go on showing the positions. Whoever needs F, the numbers of a frame, asks here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.body_roles import middle_of, roles_of
from har_core.data.frame_spool import FrameSpool
from har_core.data.motion import directions, lag, pace_of
from har_core.data.sequences import FloatArray, IntArray, SkeletonSequences
from har_core.skeleton import Skeleton


@dataclass(frozen=True)
class Input:
    """Numbers of each frame that a model can be given.

    Attributes:
        title: for people.
        description: what it is, in a sentence.
        compute: from the (T, J, 3) prepared frames of one sequence, or of its beginning, and their skeleton
            to (T, F'). F' is the skeleton's alone; a single frame is a sequence, too.
        half_real_time: whether that is multiplied by the square root of 40 / (L - 1), where L is how many
            frames the sequence had before it was resampled. Motion over resampled frames doesn't know how
            fast an action was; real time tells that and little else.
        together: whether it computes (B, T, F') of (B, T, J, 3), too, of B equally long sequences.
    """

    title: str
    description: str
    compute: Callable[[FloatArray, Skeleton], FloatArray]
    half_real_time: bool = False
    together: bool = False

    def width(self, skeleton: Skeleton) -> int:
        """Return F', how many numbers it has of each frame."""
        one_frame = np.zeros((1, skeleton.joint_count, 3), np.float32)
        return int(self.of(one_frame, skeleton).shape[1])

    def of(self, frames: FloatArray, skeleton: Skeleton, recorded: float | None = None) -> FloatArray:
        """Return (T, F') float32 of a sequence of (T, J, 3).

        Args:
            frames: prepared.
            skeleton: joints and bones.
            recorded: L, how many frames the sequence had before it was resampled; None where it wasn't.

        Raises:
            ValueError: the function gives something else than so many rows of numbers.
        """
        found = np.asarray(self.compute(frames, skeleton), np.float32)
        if found.ndim != 2 or len(found) != len(frames):
            raise ValueError(f"{self.title} of {len(frames)} frames has shape {found.shape}, expected (T, F)")
        if self.half_real_time:
            found = found * pace_of(len(frames) if recorded is None else recorded)
        return found


def _rows(numbers: FloatArray) -> FloatArray:
    """Return (..., F) of (..., n, 3)."""
    return numbers.reshape(*numbers.shape[:-2], -1)


def _positions(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return _rows(frames)


def _velocities(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return _rows(np.diff(frames, axis=-3, prepend=frames[..., :1, :, :]))


def _hip_relative(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return _rows(frames - middle_of(frames, roles_of(skeleton))[..., None, :])


def _bones(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    if not skeleton.bones:
        return _hip_relative(frames, skeleton)
    starts, ends = np.array(skeleton.bones).T
    return _rows(frames[..., ends, :] - frames[..., starts, :])


def _deviation(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return _rows(frames - frames.mean(axis=-3, keepdims=True))


def _motion(over: int) -> Callable[[FloatArray, Skeleton], FloatArray]:
    return lambda frames, skeleton: _rows(lag(frames, over))


def _directions(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return _rows(directions(frames[..., list(roles_of(skeleton).ends), :]))


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
        _bones, together=True,
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
        _directions, together=True,
    ),
}  # fmt: skip


def width_of(names: Sequence[str], skeleton: Skeleton) -> int:
    """Return F, the numbers of each frame that inputs have together."""
    return sum(INPUTS[name].width(skeleton) for name in names)


def inputs_of(
    names: Sequence[str], frames: FloatArray, skeleton: Skeleton, recorded: float | None = None
) -> FloatArray:
    """Return the (T, F) inputs of a sequence of (T, J, 3), joined in the order of their names.

    Args:
        names: in ``INPUTS``.
        frames: prepared.
        skeleton: joints and bones.
        recorded: L, how many frames the sequence had before it was resampled; None where it wasn't.
    """
    found = [INPUTS[name].of(frames, skeleton, recorded) for name in names]
    return found[0] if len(found) == 1 else np.concatenate(found, axis=1)


def inputs_of_batch(
    names: Sequence[str], frames: FloatArray, lengths: IntArray, skeleton: Skeleton,
    recorded: NDArray[np.float64],
) -> FloatArray:  # fmt: skip
    """Return the (S, F) inputs of B sequences in a row; equally long ones are computed together.

    Args:
        names: in ``INPUTS``.
        frames: (S, J, 3) prepared, of all sequences in a row.
        lengths: (B) frames of each.
        skeleton: joints and bones.
        recorded: (B) how many frames each had before it was resampled.
    """
    if any(lengths != lengths[0]) or not all(INPUTS[name].together for name in names):
        each = zip(np.split(frames, np.cumsum(lengths)[:-1]), recorded, strict=True)
        return np.concatenate([inputs_of(names, its, skeleton, frames_of_it) for its, frames_of_it in each])
    batch, paces = frames.reshape(len(lengths), -1, *frames.shape[1:]), pace_of(recorded)[:, None, None]
    found = [INPUTS[name].compute(batch, skeleton) for name in names]
    paced = [
        its * paces if INPUTS[name].half_real_time else its for name, its in zip(names, found, strict=True)
    ]
    return np.concatenate(paced, axis=2).reshape(len(frames), -1)


def all_inputs_of(names: Sequence[str], sequences: SkeletonSequences) -> FloatArray:
    """Return the (S, F) inputs of all sequences, in a row as their frames are.

    Positions alone are the frames themselves, without a copy; of other inputs many are read through a memory
    map, as frames are.
    """
    if tuple(names) == ("positions",):
        return sequences.frames.reshape(len(sequences.frames), -1)
    spool = FrameSpool(width_of(names, sequences.skeleton))
    for frames, recorded in zip(sequences.each(), sequences.recorded_lengths, strict=True):
        spool.append(inputs_of(names, frames, sequences.skeleton, int(recorded)))
    return spool.frames()
