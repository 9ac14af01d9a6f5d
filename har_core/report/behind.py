"""What the page needs to go from a number to the sequences behind it: which they are, and their skeletons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from har_core.analysis.neighbours import nearest_example
from har_core.analysis.predictions import Predictions
from har_core.report.clip_bank import ClipBank, ClipBankBuilder, set_of
from har_core.report.findings import Findings

Nearest = dict[str, str | None]
"""For each confused test sequence the nearest recognised training example of what was predicted."""


def nearest_examples(found: Findings) -> Nearest:
    """Return which example each confused test sequence is to be seen beside; None where there is none."""
    predictions = found.predictions["best"]
    test = predictions.of("test")
    return {
        str(name): nearest_example(found.features, predictions, str(name), int(predicted))
        for name, true, predicted in zip(test.ids, test.truth, test.predicted, strict=True)
        if true != predicted
    }


def clip_bank(runs: Sequence[Findings], nearest: Sequence[Nearest]) -> ClipBank:
    """Return the skeletons of all test and training sequences, of mistakes first in case there are too many.

    Args:
        runs: of the hand-in.
        nearest: of each run.
    """
    builder = ClipBankBuilder()
    confused, others = [], []
    for found, examples in zip(runs, nearest, strict=True):
        if found.loaded is None:
            continue
        sequences = found.loaded.sequences
        test, train = (found.predictions["best"].of(part) for part in ("test", "train"))
        confused.append((sequences, [*examples, *filter(None, examples.values())]))
        others.append((sequences, [*map(str, test.ids), *map(str, train.ids)]))
    for sequences, names in [*confused, *others]:
        builder.add(sequences, names)
    return builder.bank()


def behind_run(found: Findings, nearest: Nearest) -> dict[str, Any]:
    """Return the sequences behind the matrix and the features of a run, as JSON holds them."""
    predictions = found.predictions["best"]
    return {
        "actions": found.actions,
        "set": set_of(found.meta.fingerprint),
        "fault": found.fault,
        "matrix": _sequences(predictions.of("test"), nearest),
        "features": _sequences(predictions.of("train"), {}),
    }


def _sequences(shown: Predictions, nearest: Nearest) -> list[dict[str, Any]]:
    columns = (shown.ids, shown.subjects, shown.truth, shown.predicted, shown.probability)
    return [
        {
            "name": str(name), "subject": int(subject), "true": int(true), "predicted": int(predicted),
            "sure": round(100 * float(sure)), "nearest": nearest.get(str(name)),
        }
        for name, subject, true, predicted, sure in zip(*columns, strict=True)
    ]  # fmt: skip
