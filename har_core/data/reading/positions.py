"""Positions: the numbers of a file as float32, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import FloatArray
from har_core.errors import DataError

_LARGEST = float(np.finfo(np.float32).max)


def to_float32(values: NDArray[Any], where: str) -> FloatArray:
    """Return the (T, J, C) positions of a sequence as float32.

    Args:
        values: (T, J, C) in any type of number.
        where: what they are, for errors.

    Raises:
        DataError: a value is infinite, or a finite one too large for float32. NaN stays: it says that a
            value is missing.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        result = np.ascontiguousarray(values, dtype=np.float32)
    if np.isfinite(result).all():
        return result
    infinite = np.argwhere(np.isinf(result))
    if not len(infinite):
        return result
    frame, joint, axis = infinite[0]
    place = f"first in frame {frame + 1}, joint {joint + 1}, {'xyz'[axis]}"
    if np.isfinite(values[frame, joint, axis]):
        raise DataError(
            f"{where} holds values beyond {_LARGEST:.1e} ({place}), expected positions in metres. "
            "Check its units."
        )
    raise DataError(
        f"{where} holds infinite values ({place}), expected positions in metres, or NaN where one is missing."
    )
