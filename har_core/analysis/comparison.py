"""Runs side by side: what they were asked for, and what they gave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from har_core.data.splits import PARTS
from har_core.models import MODELS
from har_core.training.named_settings import meanings_of, say_setting, settings_of, titles_of
from har_core.training.records import CheckpointChoice, EpochRecord
from har_core.training.store import Run, RunStore
from har_core.wording import PART_TITLES

Row = dict[str, Any]


@dataclass(frozen=True)
class Ends:
    """The records of the two epochs that a run is judged by; None where there is none.

    Attributes:
        best: of the best accuracy on the validation part.
        last: of the last epoch.
    """

    best: EpochRecord | None = None
    last: EpochRecord | None = None


def end_epochs(run: Run) -> dict[CheckpointChoice, int | None]:
    """Return the epoch of the best validation accuracy and the last one; None where there is none (yet)."""
    if run.results:
        best = run.results.best
        return {"best": best.epoch if best else None, "last": run.results.last.epoch}
    return {"best": run.status.best_epoch or None, "last": run.status.epoch or None}


def read_ends(store: RunStore, run: Run) -> Ends:
    """Read the records of a run's best and last epoch, without reading all the others."""
    epochs = end_epochs(run)
    records = store.records_at(run.run_id, [epoch for epoch in epochs.values() if epoch])
    return Ends(records.get(epochs["best"] or 0), records.get(epochs["last"] or 0))


_NO_ENDS: Mapping[str, Ends] = {}
_SCORES = {
    f"{when}_{part}{metric}": "Float64"
    for when in ("best", "last", "refitted")
    for part in PARTS
    for metric in ("", "_loss")
    if (when, part) != ("refitted", "validation")
}
_COLUMNS: dict[str, str] = {
    "run": "object",
    "name": "object",
    "state": "object",
    "tags": "object",
    "note": "object",
    "model": "object",
    "source": "object",
    "split": "object",
    "seed": "Int64",
    "parameters": "Int64",
    "epochs": "Int64",
    "best_epoch": "Int64",
    **_SCORES,
    "test_sequences": "Int64",
    "seconds": "Float64",
}


def comparison_table(runs: Sequence[Run], ends: Mapping[str, Ends] = _NO_ENDS) -> pd.DataFrame:
    """Return a row for each run: its label, model, size, scores, epochs and seconds.

    ``best_test`` and its like are accuracies (0 to 1) in evaluation mode: those of ``results.json`` where the
    run has ended, and those of its records where it has not; that of the training part is known at the end
    alone. ``best_test_loss`` and its like are losses in nats from the records; that of the training part is
    the running mean of its epoch, with dropout and any augmentation on. What a run does not have yet is
    missing in its row. A run that was refitted on training and validation learned from others than the runs
    beside it: its scores stand in columns of their own, ``refitted_test`` and its like.

    Args:
        runs: a row each.
        ends: the records of their best and last epochs, by the name of the run.
    """
    rows = [_row(run, ends.get(run.run_id, Ends())) for run in runs]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _row(run: Run, ends: Ends) -> Row:
    row: Row = {
        "run": run.run_id,
        "name": run.label.name,
        "state": run.status.state,
        "tags": list(run.label.tags),
        "note": run.label.note,
        "model": run.config.kind.title,
        "source": run.config.source,
        "split": run.config.split.label,
        "seed": run.config.seed if run.config.kind.seeded else None,
        "epochs": run.status.epoch if run.config.training else None,
        "best_epoch": end_epochs(run)["best"],
        "seconds": run.seconds,
    }
    if run.meta:
        row |= {"parameters": run.meta.parameters, "test_sequences": run.meta.split_sizes["test"]}
    columns = {"best": "best", "last": "refitted" if run.config.split.refit else "last"}
    for when, record in ((columns["best"], ends.best), (columns["last"], ends.last)):
        if record:
            row |= {f"{when}_{part}_loss": record.of(part, "loss") for part in PARTS}
            row |= {f"{when}_{part}": record.of(part, "accuracy") for part in PARTS if part != "train"}
    if run.results:
        for when in run.config.checkpoints:
            row |= {f"{columns[when]}_{part}": run.results.of(when).of(part) for part in PARTS}
    return row


def settings_by_name(runs: Sequence[Run], *, only_differences: bool) -> dict[str, list[Any]]:
    """Return the settings of runs: for each dotted name a value for each run, in the order of the runs.

    A setting that a run's model does not have is ``""`` there. Beside the config stands what tells apart two
    data sets of one name, ``fingerprint``, the first eight digits of the recorded sequences'; ``device`` is
    that on which the run was computed.

    Args:
        runs: what to compare.
        only_differences: True for the settings that have more than one value.
    """
    found = [settings_of(run.config) | _found_out(run) for run in runs]
    names = dict.fromkeys(name for settings in found for name in settings)
    table = {name: [settings.get(name, "") for settings in found] for name in names}
    if not only_differences:
        return table
    return {name: values for name, values in table.items() if len(set(values)) > 1}


def _found_out(run: Run) -> dict[str, Any]:
    """Return what the config alone does not tell: on which data the run was trained, and where."""
    if run.meta is None:
        return {"fingerprint": "", "device": "auto"}
    return {"fingerprint": run.meta.fingerprint[:8], "device": run.meta.device.partition(":")[0]}


_TITLES = {
    "source": "Data set", "model.name": "Model", "split.name": "Split",
    **{f"split.{part}": f"{PART_TITLES[part]} subjects" for part in PARTS},
    "fingerprint": "Fingerprint",
}  # fmt: skip
"""Of settings that bear none, because the form shows them in another way."""

_MEANINGS = {
    "source": "What the run was trained on.",
    "model.name": "What was trained.", "split.name": "What belongs to which part.",
    **{f"split.{part}": f"Whose sequences the {PART_TITLES[part].lower()} part holds." for part in PARTS},
    "fingerprint": "The first digits of a number that is computed from the recorded sequences.",
}  # fmt: skip


def titles_by_name(runs: Sequence[Run]) -> dict[str, str]:
    """Return what users know the settings of runs by, for the names of ``settings_by_name``; each once.

    Two models may give two settings one title: of those the name is said, too.
    """
    titles = _TITLES | {name: title for run in runs for name, title in titles_of(run.config).items()}
    count = Counter(titles.values())
    return {
        name: f"{title} ({name.rpartition('.')[2].replace('_', ' ')})" if count[title] > 1 else title
        for name, title in titles.items()
    }


def meanings_by_name(runs: Sequence[Run]) -> dict[str, str]:
    """Return what the settings of runs mean, for the names of ``settings_by_name``."""
    return _MEANINGS | {name: said for run in runs for name, said in meanings_of(run.config).items()}


def say_of_run(run: Run, name: str, value: Any) -> str:
    """Say a value of ``settings_by_name``; nothing where the run's model has no such setting."""
    if name in titles_of(run.config):
        return say_setting(run.config, name)
    if name == "model.name":
        return MODELS[value].title
    if value is None:
        return "none"
    # Of the subjects of a part there may be none.
    return ", ".join(map(str, value)) or "nobody" if isinstance(value, tuple) else str(value)
