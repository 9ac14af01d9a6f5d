"""What a run's curves say, in numbers and in words."""

import math
from collections.abc import Sequence
from itertools import accumulate

from har_core.training.records import EpochRecord

PATIENCE = 100
"""Epochs before anything is said of a run: at first every curve is flat."""

_HARDLY_LEARNED = 0.9  # of the loss of guessing; every model of the course is below 0.8 by epoch 100
_CLEAR_RISE = 1.2  # a validation loss that much over its lowest is no noise


def best_record(records: Sequence[EpochRecord]) -> EpochRecord | None:
    """Return the record of the best validation accuracy; of equals the one with the lower loss."""
    row = best_row(records)
    return None if row is None else records[row]


def best_row(records: Sequence[EpochRecord]) -> int | None:
    """Return where the record of ``best_record`` stands; of wholly equal ones the first."""
    return max(
        range(len(records)),
        key=lambda row: (records[row].validation_accuracy, -records[row].validation_loss),
        default=None,
    )


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
    said = []
    guessing = math.log(classes)  # the cross-entropy of giving every action the same probability
    train = _recent(records, "train_loss")
    if train > _HARDLY_LEARNED * guessing:
        said.append(
            f"No learning: after {len(records):,} epochs the training loss is {train:.3f}, and guessing "
            f"gives {guessing:.3f}. Try a lower learning rate where the curve jumps, a higher one where it "
            "creeps, or look at the preparation."
        )
    since = overfitting_since(records)
    if since is not None:
        lowest = next(record for record in records if record.epoch == since)
        last = records[-1]
        said.append(
            f"Overfitting since epoch {since:,}: the validation loss has risen from "
            f"{lowest.validation_loss:.3f} to {last.validation_loss:.3f}, while the training loss fell from "
            f"{lowest.train_loss:.3f} to {last.train_loss:.3f}."
        )
    return said


def overfitting_since(records: Sequence[EpochRecord]) -> int | None:
    """Return the epoch of the lowest validation loss, if it has clearly risen while the training loss fell.

    The rise is measured on the mean of the last tenth of the epochs, so that one bad epoch is none.

    Args:
        records: of one run, in order.
    """
    if not records:
        return None
    lowest = min(records, key=lambda record: record.validation_loss)
    validation, train = _recent(records, "validation_loss"), _recent(records, "train_loss")
    risen = validation > _CLEAR_RISE * lowest.validation_loss and train < lowest.train_loss
    return lowest.epoch if risen else None


def _recent(records: Sequence[EpochRecord], name: str) -> float:
    """Return the mean of a value over the last tenth of the epochs."""
    last = records[-max(1, len(records) // 10) :]
    return float(sum(getattr(record, name) for record in last) / len(last))
