"""Roughness: how far the numbers of an array go from one to the next, along time and from joint to joint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.sample import USUAL_MARKS, spread

AnyArray = NDArray[Any]

_MOST_SEQUENCES = 48
_MOST_VALUES = 400_000
_MOST_FRAMES = 500
_UNUSUAL = 0.99  # steps larger than this share of all are as large


class Sample:
    """Some sequences of an array, as they lie in it.

    Args:
        arrays: N of two to four axes.
    """

    def __init__(self, arrays: Sequence[AnyArray]) -> None:
        self._parts, count = [], 0
        for array in spread(arrays, _MOST_SEQUENCES):
            part = array.astype(np.float64)
            part[np.isin(part, USUAL_MARKS)] = np.nan
            self._parts.append(part)
            count += part.size
            if count > _MOST_VALUES:
                break

    @property
    def size(self) -> int:
        """How many numbers there are that are no marks."""
        return sum(int(np.isfinite(part).sum()) for part in self._parts)

    @property
    def deviation(self) -> float:
        """Standard deviation of the numbers that are no marks."""
        values = np.concatenate([part.ravel() for part in self._parts])
        return float(np.std(values, where=np.isfinite(values)))

    def roughness(self, arrange: Callable[[AnyArray], AnyArray]) -> tuple[float, float]:
        """Return the steps along time, and from joint to joint; infinity where there are none.

        Args:
            arrange: gives (T, J, C) of one sequence.
        """
        parts = [arrange(part) for part in self._parts]
        times = _steps(parts, axis=0)
        times = times[times > 0]  # what rests, or was repeated, says nothing
        joints = _steps(parts, axis=1)
        joints = joints[joints > 0]
        along_time = float(np.median(times)) if len(times) else np.inf
        if not len(joints):
            return along_time, np.inf
        # The mean, for the few steps from the last x to the first y shall count.
        return along_time, float(np.minimum(joints, np.quantile(joints, _UNUSUAL)).mean())

    def frames(self, arrange: Callable[[AnyArray], AnyArray]) -> AnyArray:
        """Return (F, J, C) of some of their frames."""
        frames = np.concatenate([arrange(part) for part in self._parts])
        return frames[:: -(-len(frames) // _MOST_FRAMES)]

    def is_confidence(self, arrange: Callable[[AnyArray], AnyArray]) -> bool:
        """Say whether the third number of each joint is no coordinate, but how sure the tracker was.

        It lies between 0 and 1, and beside it are pixels, or it leaps as no body does.
        """
        parts = [arrange(part) for part in self._parts]
        low = min(float(np.nanmin(part[:, :, 2], initial=np.inf)) for part in parts)
        high = max(float(np.nanmax(part[:, :, 2], initial=-np.inf)) for part in parts)
        far = max(float(np.nanmax(np.abs(part[:, :, :2]), initial=0)) for part in parts)
        if low < 0 or high > 1 or low == high:
            return False
        return far > _LARGEST_IN_ROOM or self._leaps(parts)

    def _leaps(self, parts: list[AnyArray]) -> bool:
        leaps = []
        for axis in range(3):
            values = np.concatenate([part[:, :, axis].ravel() for part in parts])
            steps = _steps([part[:, :, axis : axis + 1] for part in parts], axis=0)
            spread_of = float(np.nanstd(values))
            leaps.append(float(np.mean(steps)) / spread_of if len(steps) and spread_of else 0.0)
        return leaps[2] > _LEAPS * max(leaps[:2]) > 0


_LARGEST_IN_ROOM = 20  # metres; what is farther is in pixels or millimetres
_LEAPS = 4  # times as rough as coordinates


def _steps(parts: list[AnyArray], axis: int) -> NDArray[np.float64]:
    steps = np.concatenate([np.abs(np.diff(part, axis=axis)).ravel() for part in parts])
    finite: NDArray[np.float64] = steps[np.isfinite(steps)]
    return finite
