"""Scaling: the coordinates of a sequence to [-1, 1], by its own reach or by that of the training part.

The size of a body is another scale: ``preparation.py`` measures it where lost frames are still known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import FloatArray
from har_core.errors import DataError

Scaling = Literal["training-set", "sequence", "sequence-axis", "body", "none"]


@dataclass(frozen=True, eq=False)
class Scale:
    """What moves and scales a sequence so that the smallest coordinate becomes -1 and the largest 1.

    Attributes:
        scaling: of the preparation.
        middle: (3) what of the training part becomes zero; where a sequence is scaled by itself, nothing.
        size: what is divided by.
    """

    scaling: Scaling
    middle: FloatArray | None = None
    size: NDArray[np.float32] | None = None

    def of(self, frames: FloatArray) -> FloatArray:
        """Return the (T, J, 3) frames of a sequence, scaled."""
        if self.scaling in ("none", "body"):  # a body was measured before its frames were resampled
            return frames
        if self.middle is not None and self.size is not None:
            return (frames - self.middle) / self.size
        middle, half = _range(frames)
        size = half if self.scaling == "sequence-axis" else half.max()
        # Rounding can carry the ends a hair beyond.
        scaled: FloatArray = np.clip((frames - middle) / not_zero(size), -1, 1)
        return scaled


def measure_scale(scaling: Scaling, training: Iterable[FloatArray], source: str) -> Scale:
    """Return the scale of a preparation.

    Args:
        scaling: of the preparation.
        training: the sequences of the training part; only ``training-set`` looks at them.
        source: for the error.

    Raises:
        DataError: there is nothing to measure it on.
    """
    if scaling != "training-set":
        return Scale(scaling)
    ends = [end for frames in training for end in (frames.min(axis=(0, 1)), frames.max(axis=(0, 1)))]
    if not ends:
        raise DataError(f"{source}: no sequence of the training part to measure the scale on.")
    middle, half = _range(np.array(ends)[:, None])
    return Scale(scaling, middle, not_zero(half.max()))


def _range(frames: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the middle and half the width of the range of each axis, (3) and (3)."""
    low, high = frames.min(axis=(0, 1)), frames.max(axis=(0, 1))
    return (low + high) / 2, (high - low) / 2


def not_zero(size: np.float32 | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sizes to divide by; what has none, such as a single point, stays at its middle."""
    return np.where(size > 0, size, np.float32(1))
