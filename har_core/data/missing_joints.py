"""Missing joints: NaN in frames, filled in or masked for whoever has to compute with them."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import FloatArray

Filling = Literal["interpolate", "hold", "mask"]


def fill_missing(frames: FloatArray, filling: Filling) -> FloatArray:
    """Return (T, J, 3) without NaN.

    A joint that is never there is put into the middle of those that are.

    Args:
        frames: (T, J, 3), NaN in all coordinates of a missing joint, zeros in a frame that was lost.
        filling: on the straight line between the places before and after, or at the place before; ahead of
            the first place and behind the last, that one is held. What is to be masked is on the line until
            ``mask_missing``.
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


def mask_missing(prepared: FloatArray, recorded: FloatArray, moments: NDArray[np.float64]) -> FloatArray:
    """Return (T', J, 3) prepared frames that are 0 where a joint was missing.

    Args:
        prepared: (T', J, 3).
        recorded: (T, J, 3), NaN in all coordinates of a missing joint.
        moments: (T') which recorded frame each prepared one shows; where it lies between two, the joint has
            to be there in both.
    """
    missing = np.isnan(recorded[:, :, 0])
    before, after = (missing[end(moments).astype(np.int64)] for end in (np.floor, np.ceil))
    return np.where((before | after)[:, :, None], np.float32(0), prepared)
