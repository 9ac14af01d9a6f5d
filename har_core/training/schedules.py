"""Schedules: how the learning rate goes over the steps of a training."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """How the learning rate goes from the first step to the last.

    Attributes:
        title: for people.
        factor: from the share of all steps that are done before a step, 0 at the first and below 1 at the
            last, to what its learning rate is multiplied by.
    """

    title: str
    factor: Callable[[float], float]


SCHEDULES: dict[str, Schedule] = {"constant": Schedule("constant", lambda done: 1.0)}


def rates_of(schedule: str, learning_rate: float, steps: range, in_all: int) -> list[float]:
    """Return the learning rate of some steps.

    Args:
        schedule: its name in ``SCHEDULES``.
        learning_rate: what is multiplied.
        steps: which, counted from 0.
        in_all: number of steps of the whole training.
    """
    factor = SCHEDULES[schedule].factor
    return [learning_rate * factor(step / in_all) for step in steps]
