"""What is wrong with a run: said of the run, in no way of the others."""

import os
from pathlib import Path

from har_core.files import stat_regular
from har_core.training.config import ExperimentConfig
from har_core.training.records import Results, Status

_OF_RESULTS = (
    "meta.json", "metrics.jsonl", "results.json", "predictions.npz", "features.npz", "best.safetensors",
    "last.safetensors",
)  # fmt: skip


def find_contradiction(config: ExperimentConfig, status: Status, results: Results | None) -> str:
    """Say what can't be true of a run whose files are each in order; empty where they fit together.

    Args:
        config: what was asked for.
        status: where the run stands.
        results: what it gave, if it has ended.
    """
    if status.epoch > config.epochs:
        return f"status.json says epoch {status.epoch:,} of {config.epochs:,}"
    if status.best_epoch > status.epoch:
        return f"status.json says best epoch {status.best_epoch:,} of {status.epoch:,}"
    if results and results.last.epoch > config.epochs:
        return f"results.json says epoch {results.last.epoch:,} of {config.epochs:,}"
    if results and results.best.epoch > results.last.epoch:
        return f"results.json says best epoch {results.best.epoch:,} of {results.last.epoch:,}"
    return ""


def find_damage(path: Path, status: Status) -> tuple[str, ...]:
    """Return a sentence for each file that a run with results should have, and has not.

    It looks at no content, so that a thousand runs are listed at once; a file of rubbish is told where it
    is opened.

    Args:
        path: the run's directory.
        status: where the run stands.
    """
    if status.state != "done" and not (status.state == "stopped" and (path / "results.json").exists()):
        return ()
    folder = str(path)  # a thousand runs have seven thousand files: joining paths takes as long as looking
    found = ((name, _fault_of(os.path.join(folder, name))) for name in _OF_RESULTS)
    return tuple(
        f"run {path.name} is damaged: {name} {fault}; train it again to have it whole."
        for name, fault in found
        if fault
    )


def missing_records(run_id: str, status: Status, count: int) -> str:
    """Return a sentence if epochs are missing in ``metrics.jsonl``, else nothing.

    Args:
        run_id: the name of the run.
        status: where the run stands.
        count: how many records can be read.
    """
    if status.state not in ("done", "stopped") or count >= status.epoch:
        return ""
    return (
        f"run {run_id} is damaged: metrics.jsonl can be read up to epoch {count:,} of {status.epoch:,}; "
        "its results are whole, its curves are not."
    )


def _fault_of(path: str) -> str:
    try:
        return "" if stat_regular(path).st_size else "is empty"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"can't be opened ({error.strerror})"
