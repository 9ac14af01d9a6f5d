"""Missing joints: NaN in frames, filled in for whoever has to compute with them."""

from typing import Literal

import numpy as np

from har_core.data.sequences import FloatArray

Filling = Literal["interpolate", "hold"]


def fill_missing(frames: FloatArray, filling: Filling) -> FloatArray:
    """Return (T, J, 3) without NaN.

    A joint that is never there is put into the middle of those that are.

    Args:
        frames: (T, J, 3), NaN in all coordinates of a missing joint, zeros in a frame that was lost.
        filling: on the straight line between the places before and after, or at the place before; ahead of
            the first place and behind the last, that one is held.
    """
    missing = np.isnan(frames[:, :, 0])
    if not missing.any():
        return frames
    filled = frames.copy()
    tracked = frames.any(axis=(1, 2))  # NaN counts
    times = np.arange(len(frames))
    for joint in np.flatnonzero(missing.any(axis=0)):
        seen = np.flatnonzero(~missing[:, joint] & tracked)
        lost = np.flatnonzero(missing[:, joint])
        if not len(seen):
            continue
        if filling == "hold":
            before = np.clip(np.searchsorted(seen, lost) - 1, 0, None)
            filled[lost, joint] = frames[seen[before], joint]
            continue
        for axis in range(frames.shape[2]):
            filled[lost, joint, axis] = np.interp(times[lost], seen, frames[seen, joint, axis])
    still = np.isnan(filled[:, :, 0])
    if still.any():
        middle = np.nanmean(filled, axis=1, keepdims=True)
        filled = np.where(still[:, :, None], middle, filled)
    return filled
