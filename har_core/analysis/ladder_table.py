"""The ladder as a table: a row for each experiment, shares from 0 to 1."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from har_core.analysis.ladder import Ladder
from har_core.analysis.ladder_standing import Key
from har_core.data.splits import Part

_PARTS: tuple[Part, ...] = ("test", "validation")
_MEASURES = ("mean", "deviation", "low", "high", "gain", "gain_error")
_COLUMNS = (
    "rung", "title", "place", "change", "seeds", *(f"{part}_{name}" for part in _PARTS for name in _MEASURES),
    "seconds", "parameters",
)  # fmt: skip


def ladder_table(ladder: Ladder, keys: Iterable[Key]) -> pd.DataFrame:
    """Return what experiments reach at their last epoch, and what their change gives; missing is what isn't.

    ``test_low`` and ``test_high`` are the ends of the 95 % interval; ``test_gain`` is over the rung below,
    over the course's LSTM or against the top, with its standard error; ``seconds`` are of a run.

    Args:
        ladder: of one data set and split.
        keys: a row each.
    """
    return pd.DataFrame([_row(ladder, key) for key in keys], columns=list(_COLUMNS))


def _row(ladder: Ladder, key: Key) -> dict[str, Any]:
    standing = ladder.standings[key]
    row: dict[str, Any] = {
        "rung": standing.name, "title": standing.title, "place": standing.place, "change": standing.change,
        "seeds": len(standing.ended), "seconds": standing.seconds, "parameters": standing.parameters,
    }  # fmt: skip
    for part in _PARTS:
        reached, found = standing.reached(part), ladder.gain(standing.name, part, standing.place)
        if reached:
            low, high = reached.interval
            row |= {f"{part}_mean": reached.mean, f"{part}_deviation": reached.deviation}
            row |= {f"{part}_low": low, f"{part}_high": high}
        if found:
            row |= {f"{part}_gain": found.gain, f"{part}_gain_error": found.error}
    return row
