"""What a run's curves say, in numbers and in words."""

from collections.abc import Sequence
from itertools import accumulate

from har_core.training.fit import EpochRecord

PATIENCE = 100
"""Epochs before anything is said of a run: at first every curve is flat."""

_CLEAR_RISE = 1.2  # a validation loss that much over its lowest is no noise


def best_record(records: Sequence[EpochRecord]) -> EpochRecord | None:
    """Return the record of the best validation accuracy; of equals the one with the lower loss."""
    return max(
        records,
        key=lambda record: (record.validation_accuracy, -record.validation_loss, -record.epoch),
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
        classes: K, for the accuracy of guessing.
    """
    if len(records) < PATIENCE:
        return []
    said = []
    chance = 1 / classes
    trained = max(record.train_accuracy for record in records)
    if trained < 2 * chance:
        said.append(
            f"No learning: after {len(records):,} epochs the training accuracy never passed "
            f"{100 * trained:.1f} %, and guessing gives {100 * chance:.1f} %. Try a higher learning rate, "
            "or look at the preparation."
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
    last = records[-max(1, len(records) // 10) :]
    validation = sum(record.validation_loss for record in last) / len(last)
    train = sum(record.train_loss for record in last) / len(last)
    risen = validation > _CLEAR_RISE * lowest.validation_loss and train < lowest.train_loss
    return lowest.epoch if risen else None
