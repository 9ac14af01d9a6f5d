"""Inputs: what a model is given of each frame, computed from prepared positions.

Player and pictures go on showing the positions. Whoever needs F, the numbers of a frame, asks here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from har_core.data.frame_spool import FrameSpool
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.skeleton import Skeleton


@dataclass(frozen=True)
class Input:
    """Numbers of each frame that a model can be given.

    Attributes:
        title: for people.
        description: what it is, in a sentence.
        compute: from the (T, J, 3) prepared frames of one sequence, or of its beginning, and their skeleton
            to (T, F'). F' is the skeleton's alone; a single frame is a sequence, too.
    """

    title: str
    description: str
    compute: Callable[[FloatArray, Skeleton], FloatArray]

    def width(self, skeleton: Skeleton) -> int:
        """Return F', how many numbers it has of each frame."""
        one_frame = np.zeros((1, skeleton.joint_count, 3), np.float32)
        return int(self.of(one_frame, skeleton).shape[1])

    def of(self, frames: FloatArray, skeleton: Skeleton) -> FloatArray:
        """Return (T, F') float32 of a sequence of (T, J, 3).

        Raises:
            ValueError: the function gives something else than so many rows of numbers.
        """
        found = np.asarray(self.compute(frames, skeleton), np.float32)
        if found.ndim != 2 or len(found) != len(frames):
            raise ValueError(f"{self.title} of {len(frames)} frames has shape {found.shape}, expected (T, F)")
        return found


def _positions(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return frames.reshape(len(frames), -1)


def _velocities(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return np.diff(frames, axis=0, prepend=frames[:1]).reshape(len(frames), -1)


INPUTS: dict[str, Input] = {
    "positions": Input("positions", "x, y and z of each joint, as prepared.", _positions),
    "velocities": Input(
        "velocities",
        "How far each joint has moved since the frame before; in the first frame not at all.",
        _velocities,
    ),
}


def width_of(names: Sequence[str], skeleton: Skeleton) -> int:
    """Return F, the numbers of each frame that inputs have together."""
    return sum(INPUTS[name].width(skeleton) for name in names)


def inputs_of(names: Sequence[str], frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    """Return the (T, F) inputs of a sequence of (T, J, 3), joined in the order of their names."""
    found = [INPUTS[name].of(frames, skeleton) for name in names]
    return found[0] if len(found) == 1 else np.concatenate(found, axis=1)


def all_inputs_of(names: Sequence[str], sequences: SkeletonSequences) -> FloatArray:
    """Return the (S, F) inputs of all sequences, in a row as their frames are.

    Positions alone are the frames themselves, without a copy; of other inputs many are read through a memory
    map, as frames are.
    """
    if tuple(names) == ("positions",):
        return sequences.frames.reshape(len(sequences.frames), -1)
    spool = FrameSpool(width_of(names, sequences.skeleton))
    for frames in sequences.each():
        spool.append(inputs_of(names, frames, sequences.skeleton))
    return spool.frames()
