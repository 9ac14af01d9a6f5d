"""Frames a second: what recordings tell of them, one by one, and the one rate of a data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import Assumption
from har_core.wording import counted

_UNITS = {
    "seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "steps of 100 nanoseconds": 10**7,
    "nanoseconds": 10**9,
}  # fmt: skip
"""How many of them make a second; those of 100 nanoseconds are the Kinect's."""

_SLOWEST, _FASTEST = 4, 250  # frames a second; what fits two units is of the first
_WHOLE = 0.02  # of a rate: clocks waver, cameras run at whole numbers
_MOST_TOLD = 4


def rate_of_times(times: NDArray[np.floating[Any]]) -> tuple[float, str] | None:
    """Return the rate of one recording and the unit of its times; None where they are no such times.

    Args:
        times: (T) of its frames, growing.
    """
    steps = np.diff(times[np.isfinite(times)])
    steps = steps[steps > 0]
    if not len(steps):
        return None
    step = float(np.median(steps))
    for unit, in_second in _UNITS.items():
        rate = in_second / step
        if _SLOWEST <= rate <= _FASTEST:
            near = abs(rate - round(rate)) <= _WHOLE * rate
            return float(round(rate) if near else round(rate, 1)), unit
    return None


def one_rate(rates: Sequence[float | None]) -> tuple[float | None, tuple[Assumption, ...]]:
    """Return the rate that most recordings have, and a sentence where not all have it.

    Args:
        rates: of each recording, as it tells; None where it tells nothing.
    """
    told = Counter(rate for rate in rates if rate is not None)
    if not told:
        return None, ()
    rate, count = min(told.items(), key=lambda each: (-each[1], each[0]))
    if count == len(rates):
        return rate, ()
    others = [f"{other:g} of {number:,}" for other, number in told.most_common() if other != rate]
    more = [*others[:_MOST_TOLD], *(["others"] if len(others) > _MOST_TOLD else [])]
    silent = len(rates) - told.total()
    more += [f"none of {silent:,}"] if silent else []
    return rate, (
        Assumption(
            "rate",
            f"Of {counted(len(rates), 'sequence')} the files tell {rate:g} frames a second of {count:,}, "
            f"{', '.join(more)}: {rate:g} is taken for all, so that those of another rate seem too fast or "
            "too slow. Bring these in as a data set of their own.",
        ),
    )


def say_units(rate: float | None, units: Iterable[str]) -> tuple[Assumption, ...]:
    """Say which units times were taken for, where times tell the rate.

    Args:
        rate: frames a second.
        units: of the times.
    """
    different = sorted(set(units))
    if rate is None or not different:
        return ()
    said = f"The times in the files are taken for {' and '.join(different)}"
    return (Assumption("rate", f"{said}, which makes {rate:g} frames a second."),)
