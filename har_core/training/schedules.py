"""Schedules: how the learning rate goes over the steps of a training."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi


@dataclass(frozen=True)
class Schedule:
    """How the learning rate goes from the first step to the last.

    Attributes:
        title: for people.
        factor: from the number of steps that are done before a step, and that of all, to what its learning
            rate is multiplied by.
        description: what it does, in a sentence.
        comes_to_rest: whether the rate falls to nearly nothing at the end, so that the last epoch counts and
            no validation part chooses one.
    """

    title: str
    factor: Callable[[int, int], float]
    description: str = ""
    comes_to_rest: bool = False


_WARMS_UP, _FIRST, _LAST = 0.3, 1 / 25, 1 / 25e4
"""Share of the steps in which one cycle rises; what it rises from and falls to, beside its highest."""


def _one_cycle(step: int, steps: int) -> float:
    """Return the factor of torch's ``OneCycleLR`` at its defaults (Smith and Topin, 2017)."""
    top, end = _WARMS_UP * steps - 1, steps - 1
    if step <= top:
        return _between(_FIRST, 1.0, step / top)
    return _between(1.0, _LAST, (step - top) / (end - top))


def _between(start: float, end: float, done: float) -> float:
    """Return how far half a wave of the cosine has come from one number to another."""
    return end + (start - end) / 2 * (1 + cos(pi * done))


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule("constant", lambda step, steps: 1.0),
    "one-cycle": Schedule(
        "one cycle",
        _one_cycle,
        "From 1/25 of the rate up to it in the first 30 % of all steps, then down to nearly nothing, both in "
        "half a wave of the cosine. Its last epoch counts.",
        comes_to_rest=True,
    ),
}


def rates_of(schedule: str, learning_rate: float, steps: range, in_all: int) -> list[float]:
    """Return the learning rate of some steps.

    Args:
        schedule: its name in ``SCHEDULES``.
        learning_rate: what is multiplied.
        steps: which, counted from 0.
        in_all: number of steps of the whole training.
    """
    factor = SCHEDULES[schedule].factor
    return [learning_rate * factor(step, in_all) for step in steps]
