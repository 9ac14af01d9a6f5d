"""How many rows of a table, one a joint, are a frame: found in the data, where nothing tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FEWEST, _MOST = 2, 66  # joints that are looked for; two bodies of 33
_SAMPLED_TABLES = 20
_SAMPLED_ROWS = 3000
# From frame to frame a joint moves about a tenth of what lies between two joints of a frame.
_CLEARLY_WORSE = 1.5
_AS_GOOD = 1.3


def joints_of_rows(tables: Sequence[NDArray[np.floating[Any]]], usual: int) -> int:
    """Return how many rows make a frame: after so many, each row is much like it was.

    Args:
        tables: each (R, 3), a joint a row, frame after frame.
        usual: what is believed as long as the data do not contradict.
    """
    if all(len(table) < 2 * usual for table in tables):  # a frame each, if so much
        lengths = {len(table) for table in tables}
        return lengths.pop() if len(lengths) == 1 else usual
    found = ((joints, _step(tables, joints)) for joints in range(_FEWEST, _MOST + 1))
    steps = {joints: step for joints, step in found if step is not None}
    least = min(steps.values(), default=0.0)
    if usual not in steps or steps[usual] <= _CLEARLY_WORSE * least:
        return usual
    return min(joints for joints, step in steps.items() if step <= _AS_GOOD * least)


def _step(tables: Sequence[NDArray[np.floating[Any]]], joints: int) -> float | None:
    """Return how far a row is from the one so many rows before; None where no table has two frames."""
    steps = []
    chosen = tables[:: max(1, len(tables) // _SAMPLED_TABLES)][:_SAMPLED_TABLES]
    for table in chosen:
        rows = table[:_SAMPLED_ROWS]
        if len(rows) >= 2 * joints:
            tracked = np.isfinite(rows).all(axis=1) & (rows != 0).any(axis=1)
            both = tracked[joints:] & tracked[:-joints]
            steps.append(np.abs(rows[joints:][both] - rows[:-joints][both]).ravel())
    values = np.concatenate(steps) if steps else np.empty(0)
    return float(np.median(values)) if len(values) else None
