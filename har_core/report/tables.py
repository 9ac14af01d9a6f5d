"""The numbers of a hand-in as CSV, for whoever wants to count again."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from har_core.csv_table import csv_table
from har_core.report.findings import Findings
from har_core.training.records import EpochRecord


def metrics_csv(runs: Sequence[Findings]) -> bytes:
    """Return a row for each run and epoch: losses in nats, accuracies from 0 to 1."""
    values = [field.name for field in fields(EpochRecord)]
    rows = (
        [*_of_run(found), *(getattr(record, name) for name in values)]
        for found in runs
        for record in found.records
    )
    return csv_table(["run", "model", "split", *values], rows)


def predictions_csv(runs: Sequence[Findings]) -> bytes:
    """Return a row for each run, set of weights and sequence, with the probability of the prediction."""
    header = ["run", "model", "split", "weights", "sequence", "subject", "part", "true", "predicted"]
    header += ["probability", "correct"]
    return csv_table(header, (row for found in runs for row in _predictions(found)))


def _of_run(found: Findings) -> list[str]:
    """Return what each row says of its run; the split tells whether it was refitted."""
    return [found.run.run_id, found.model, found.run.config.split.label]


def _predictions(found: Findings) -> Iterable[list[Any]]:
    for checkpoint, said in found.predictions.items():
        columns = (said.ids, said.subjects, said.part, said.truth, said.predicted, said.probability)
        for name, subject, part, true, predicted, sure in zip(*columns, strict=True):
            yield [
                *_of_run(found), checkpoint, name, subject, part, found.actions[true],
                found.actions[predicted], f"{sure:.6f}", "yes" if true == predicted else "no",
            ]  # fmt: skip
