"""What the page needs to go from a number to the sequences behind it: which they are, and their skeletons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from har_core.analysis.predictions import Predictions
from har_core.models import MODELS
from har_core.report.clip_bank import ClipBank, ClipBankBuilder, set_of
from har_core.report.findings import Findings


def clip_bank(runs: Sequence[Findings]) -> ClipBank:
    """Return the skeletons of all test and training sequences, of mistakes first: there may be too many."""
    builder = ClipBankBuilder()
    confused, others = [], []
    for found in runs:
        if found.loaded is None:
            continue
        sequences = found.loaded.sequences
        test, train = (found.judged.of(part) for part in ("test", "train"))
        confused.append((sequences, [*found.nearest, *filter(None, found.nearest.values())]))
        others.append((sequences, [*map(str, test.ids), *map(str, train.ids)]))
    for sequences, names in [*confused, *others]:
        builder.add(sequences, names)
    return builder.bank()


def behind_run(found: Findings) -> dict[str, Any]:
    """Return the sequences behind the matrix and the features of a run, as JSON holds them."""
    predictions = found.judged
    return {
        "actions": found.actions,
        "set": set_of(found.meta.fingerprint),
        "fault": found.fault,
        "scores": MODELS[found.model].scores,
        "matrix": _sequences(predictions.of("test"), found.nearest),
        "features": _sequences(predictions.of("train"), {}),
    }


def _sequences(shown: Predictions, nearest: dict[str, str | None]) -> list[dict[str, Any]]:
    columns = (shown.ids, shown.subjects, shown.truth, shown.predicted, shown.probability)
    return [
        {
            "name": str(name), "subject": int(subject), "true": int(true), "predicted": int(predicted),
            "sure": round(100 * float(sure)), "nearest": nearest.get(str(name)),
        }
        for name, subject, true, predicted, sure in zip(*columns, strict=True)
    ]  # fmt: skip
