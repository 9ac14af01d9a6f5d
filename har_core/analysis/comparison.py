"""Runs side by side."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from har_core.models import MODELS
from har_core.training.store import Run

Row = dict[str, Any]


def comparison_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return a row for each run: model, parameters, accuracies (0 to 1), epochs and seconds.

    What a run does not have yet is missing in its row.
    """
    return pd.DataFrame([_row(run) for run in runs], columns=list(_COLUMNS)).astype(_COLUMNS)


_COLUMNS: dict[str, str] = {
    "run": "object",
    "model": "object",
    "source": "object",
    "split": "object",
    "seed": "Int64",
    "state": "object",
    "parameters": "Int64",
    "epochs": "Int64",
    "best_epoch": "Int64",
    "best_validation": "Float64",
    "best_test": "Float64",
    "last_train": "Float64",
    "last_test": "Float64",
    "test_sequences": "Int64",
    "seconds": "Float64",
}


def _row(run: Run) -> Row:
    row: Row = {
        "run": run.run_id,
        "model": MODELS[run.config.model.name].title,
        "source": run.config.source,
        "split": run.config.split.name,
        "seed": run.config.seed,
        "state": run.status.state,
        "epochs": run.status.epoch,
        "best_epoch": run.status.best_epoch or None,
        "seconds": run.status.seconds,
    }
    if run.meta:
        row |= {"parameters": run.meta.parameters, "test_sequences": run.meta.split_sizes["test"]}
    if run.results:
        best, last = run.results.best, run.results.last
        row |= {"best_validation": best.validation, "best_test": best.test}
        row |= {"last_train": last.train, "last_test": last.test}
    return row
