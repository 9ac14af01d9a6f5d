"""Motion: how far joints move, where they are going, and how to tell a slow action from a fast one."""

import numpy as np
from numpy.typing import NDArray

_USUAL_FRAMES = 40
"""Of a sequence, less one: one so long moves equally fast in resampled and in real time."""

_STILL = 0.03
"""In distances from hips to head; what moves less has hardly a direction."""


def lag(positions: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Return how far (..., T, J, 3) positions move in so many frames: centred, and zero at the ends."""
    moved = np.zeros_like(positions)
    before, length = frames // 2, positions.shape[-3]
    if length > frames:
        motion = positions[..., frames:, :, :] - positions[..., :-frames, :, :]
        moved[..., before : length - frames + before, :, :] = motion
    return moved


def directions(positions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return where (..., T, J, 3) positions are going, as vectors that are 1 long where they go far."""
    motion = lag(positions, 2)
    lengths = np.linalg.norm(motion, axis=-1, keepdims=True)
    return np.asarray(motion / (lengths + np.float32(_STILL)), np.float32)


def pace_of(recorded: float | NDArray[np.float64]) -> NDArray[np.float32]:
    """Return by what a motion over resampled frames is multiplied to be half in real time.

    Args:
        recorded: how many frames each sequence had before it was resampled.
    """
    return np.asarray(np.sqrt(_USUAL_FRAMES / np.maximum(recorded - 1, 1)), np.float32)
