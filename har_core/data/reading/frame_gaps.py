"""Frames that are not in a file: their numbers or times leap over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from har_core.wording import counted

_A_STEP_MORE = 0.4  # below 1.6 usual steps none is missing: clocks waver, and some cameras count unevenly
_MOST_TIMES = 2  # as many frames as there are; more are no gaps, but another way to count


def fill_gaps(frames: NDArray[np.float64], times: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Return (T', J, C) with a frame of zeros for each that is missing, and how many there are.

    Args:
        frames: (T, J, C).
        times: (T) numbers of the frames or moments, growing.

    Returns:
        The frames as they are and -1 where the times leap so far that nobody knows.
    """
    steps = np.diff(times)
    usual = float(np.median(steps)) if len(steps) else 0.0
    if not usual > 0:
        return frames, 0
    with np.errstate(over="ignore"):  # of steps beyond all numbers
        leaps = np.maximum(1, np.floor(steps / usual + _A_STEP_MORE))
    lost = int(min(leaps.sum(), 2**31)) - len(steps)
    if not lost:
        return frames, 0
    if lost + len(frames) > _MOST_TIMES * len(frames):
        return frames, -1
    whole = np.zeros((lost + len(frames), *frames.shape[1:]), frames.dtype)
    whole[np.append(0, np.cumsum(leaps)).astype(int)] = frames
    return whole, lost


def say_gaps(counts: list[int]) -> tuple[str, ...]:
    """Say how many frames are missing.

    Args:
        counts: of each sequence, as ``fill_gaps`` gives them.
    """
    said = []
    if rows := sum(count > 0 for count in counts):
        frames = counted(sum(count for count in counts if count > 0), "frame")
        said.append(
            f"By their numbers or times, {frames} of {counted(rows, 'sequence')} are not in the files: such "
            "frames count as untracked."
        )
    if rows := sum(count < 0 for count in counts):
        said.append(
            f"The numbers or times of the frames of {counted(rows, 'sequence')} leap far: the frames are "
            "taken as if each followed the one before at once."
        )
    return tuple(said)
