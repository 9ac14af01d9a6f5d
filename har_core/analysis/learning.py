"""What a run's curves and predictions say, in numbers and in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions
from har_core.training.records import CheckpointChoice, EpochRecord, rank_of
from har_core.wording import counted, loss

PATIENCE = 100
"""Epochs before anything is said of a run: at first every curve is flat."""

_HARDLY_LEARNED = 0.9  # of the loss of guessing; every model of the course is below 0.8 by epoch 100
_CLEAR_RISE = 1.2  # a validation loss that much over its lowest is no noise
_CLEAR_FALL = 0.95  # and a training loss that much below what it was then
_ROUNDING = 1e-3  # nats; below it, also below zero, a loss is the last bits of a sum
_LEAP = 3  # a training loss so many times its mean over the epochs before is no noise, either


def best_record(records: Sequence[EpochRecord]) -> EpochRecord | None:
    """Return the record of the best epoch, if the validation part chooses one."""
    row = best_row(records)
    return None if row is None else records[row]


def best_row(records: Sequence[EpochRecord]) -> int | None:
    """Return where the record of ``best_record`` stands."""
    ranks = [
        rank_of(record.validation_accuracy, record.validation_loss)
        for record in records
        if record.validation_accuracy is not None and record.validation_loss is not None
    ]
    return ranks.index(max(ranks)) if ranks else None


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Return the exponential moving average of a curve.

    It starts at the first value, so that a curve that falls is not shown as one that rises.

    Args:
        values: one an epoch.
        weight: of what came before, 0 (the curve itself) to under 1.
    """
    return list(accumulate(values, lambda before, value: weight * before + (1 - weight) * value))


def diagnose(records: Sequence[EpochRecord], classes: int) -> list[str]:
    """Say in words what a teacher would point at in the curves; nothing where nothing stands out.

    Args:
        records: of one run, in order.
        classes: K, for the loss of guessing.
    """
    if len(records) < PATIENCE:
        return []
    curves = _Curves.of(records)
    found = (_say_no_learning(curves, classes), _say_leap(curves), _say_overfitting(curves))
    return [sentence for sentence in found if sentence]


def say_one_action(
    predictions: Predictions, actions: Sequence[str], checkpoint: CheckpointChoice | None
) -> str:
    """Say that a model takes everything for one action, where it does; else nothing.

    Args:
        predictions: of all parts, with one set of weights.
        actions: K names.
        checkpoint: which weights those are; None of a model without epochs.
    """
    named = set(predictions.predicted.tolist())
    if len(named) != 1 or len(set(predictions.truth.tolist())) < 2:
        return ""
    weights = f"with the weights of the {checkpoint} epoch " if checkpoint else ""
    return (
        f"It knows one answer only: {weights}all {len(predictions):,} sequences are taken for "
        f"“{actions[named.pop()]}”. An accuracy then says no more than how often that action occurs."
        + (" A lower learning rate often helps." if checkpoint else "")
    )


@dataclass(frozen=True, eq=False)
class _Curves:
    """The losses of E epochs, and their means over the last tenth of them.

    Attributes:
        train: (E) nats.
        validation: (E) nats; not a number without a validation part.
        recent: how many epochs the last tenth has.
    """

    train: NDArray[np.float64]
    validation: NDArray[np.float64]
    recent: int

    @classmethod
    def of(cls, records: Sequence[EpochRecord]) -> "_Curves":
        count = len(records)
        train = np.fromiter((record.train_loss for record in records), np.float64, count)
        validation = np.array([record.validation_loss for record in records], np.float64)
        return cls(train, validation, max(1, count // 10))

    @property
    def recent_train(self) -> float:
        return float(self.train[-self.recent :].mean())

    @property
    def recent_validation(self) -> float:
        return float(self.validation[-self.recent :].mean())


def _say_no_learning(curves: _Curves, classes: int) -> str:
    guessing = math.log(classes)  # the cross-entropy of giving every action the same probability
    if curves.recent_train <= _HARDLY_LEARNED * guessing:
        return ""
    now = f"{loss(curves.recent_train)} in the mean of the last {counted(curves.recent, 'epoch')}"
    lowest = int(curves.train.argmin())
    if curves.train[lowest] <= _HARDLY_LEARNED * guessing:
        return (
            f"What was learned is lost again: the training loss was {loss(curves.train[lowest])} at epoch "
            f"{lowest + 1:,}, and is {now}. Guessing gives {loss(guessing)}. Try a lower learning rate."
        )
    return (
        f"Hardly any learning: after {counted(len(curves.train), 'epoch')} the training loss is {now}, and "
        f"guessing gives {loss(guessing)}. Try a lower learning rate where the curve jumps, a higher one "
        "where it creeps, or look at the preparation."
    )


def _say_leap(curves: _Curves) -> str:
    """Say where the training loss leapt highest above its mean over the epochs before, if it did."""
    # Each mean by itself: differences of one long sum would forget small losses after a huge one.
    before = np.convolve(curves.train, np.full(PATIENCE, 1 / PATIENCE), "valid")[:-1]
    after = curves.train[PATIENCE:]
    floor = np.maximum(before, _ROUNDING)
    leaps = np.flatnonzero(after > _LEAP * floor)
    if not len(leaps):
        return ""
    highest = leaps[(after[leaps] / floor[leaps]).argmax()]
    said = (
        f"The training loss leaps at epoch {highest + PATIENCE + 1:,}, to {loss(after[highest])}; the mean "
        f"of the {PATIENCE} epochs before is {loss(before[highest])}. Adam's steps do that now and then."
    )
    if leaps[-1] == len(after) - 1:
        said += " The last epoch is such a leap, so its accuracies say little of the run."
    return said


def _say_overfitting(curves: _Curves) -> str:
    since = _overfitting_since(curves)
    if since is None:
        return ""
    row = since - 1
    return (
        f"Overfitting since epoch {since:,}: the validation loss has risen from "
        f"{loss(curves.validation[row])} to {loss(curves.recent_validation)}, while the training loss fell "
        f"from {loss(curves.train[row])} to {loss(curves.recent_train)} (means of the last "
        f"{counted(curves.recent, 'epoch')})."
    )


def _overfitting_since(curves: _Curves) -> int | None:
    """Return the epoch of the lowest validation loss, if it has clearly risen while the training loss fell.

    Both are measured on the mean of the last tenth of the epochs, so that one bad epoch is none; the lowest
    lies before them.
    """
    if np.isnan(curves.validation).any():
        return None
    lowest = int(curves.validation.argmin())
    if lowest >= len(curves.validation) - curves.recent:
        return None
    risen = curves.recent_validation > _CLEAR_RISE * curves.validation[lowest]
    return lowest + 1 if risen and curves.recent_train < _CLEAR_FALL * curves.train[lowest] else None
