"""What is wrong with a run: said of the run, in no way of the others."""

import os
from collections.abc import Iterator
from pathlib import Path

from har_core.files import stat_regular
from har_core.training.config import ExperimentConfig
from har_core.training.records import Meta, Results, Status


def find_contradiction(
    config: ExperimentConfig, status: Status, meta: Meta | None, results: Results | None
) -> str:
    """Say what can't be true of a run whose files are each in order; empty where they fit together.

    Args:
        config: what was asked for.
        status: where the run stands.
        meta: what it was made from, if its data were read.
        results: what it gave, if it has ended.
    """
    epochs = config.epochs or 0
    if status.epoch > epochs:
        return f"status.json says epoch {status.epoch:,} of {epochs:,}"
    if status.best_epoch > status.epoch:
        return f"status.json says best epoch {status.best_epoch:,} of {status.epoch:,}"
    if meta and tuple(meta.split_sizes) != config.split.parts:
        return f"meta.json tells of the parts {', '.join(meta.split_sizes)}, config.json of others"
    if meta and len(meta.members) not in ({len(config.members)} if results else {0, len(config.members)}):
        return f"meta.json names {len(meta.members)} members, config.json {len(config.members)}"
    return _contradiction_of(results, config) if results else ""


def _contradiction_of(results: Results, config: ExperimentConfig) -> str:
    epochs, last = config.epochs, results.last.epoch
    if (results.best is not None) != ("best" in config.checkpoints):
        return "results.json and config.json differ on whether there is a best epoch"
    for found in filter(None, (results.best, results.last)):
        if (found.epoch is None) != (epochs is None):
            return "results.json and config.json differ on whether there are epochs"
        if (found.validation is None) == config.validated:
            return "results.json and config.json differ on whether there is a validation part"
    if last is not None and last > (epochs or 0):
        return f"results.json says epoch {last:,} of {epochs or 0:,}"
    if results.best and (results.best.epoch or 0) > (last or 0):
        return f"results.json says best epoch {results.best.epoch or 0:,} of {last or 0:,}"
    return ""


def find_damage(path: Path, config: ExperimentConfig, status: Status) -> tuple[str, ...]:
    """Return a sentence for each file that a run with results should have, and has not.

    It looks at no content, so that a thousand runs are listed at once; a file of rubbish is told where it
    is opened.

    Args:
        path: the run's directory.
        config: what was asked for.
        status: where the run stands.
    """
    if status.state != "done" and not (status.state == "stopped" and (path / "results.json").exists()):
        return ()
    folder = str(path)  # a thousand runs have seven thousand files: joining paths takes as long as looking
    found = ((name, _fault_of(os.path.join(folder, name))) for name in _files_of_results(config))
    return tuple(
        f"run {path.name} is damaged: {name} {fault}; train it again to have it whole."
        for name, fault in found
        if fault
    )


def _files_of_results(config: ExperimentConfig) -> Iterator[str]:
    yield from ("meta.json", "results.json", "predictions.npz")
    if config.training:
        yield "metrics.jsonl"
    if config.kind.features:
        yield "features.npz"
    if not config.members:  # what those have learned lies with them
        yield from (f"{checkpoint}.safetensors" for checkpoint in config.checkpoints)


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
