"""Runs that differ in nothing but the seed: their mean and how far they scatter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import PurePath
from statistics import fmean, stdev
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from har_core.data.splits import PARTS
from har_core.training.ladder import say_rung
from har_core.training.named_settings import say_non_default_settings, say_seed
from har_core.training.records import EpochRecord, Results
from har_core.training.store import Run

Curves = Mapping[str, pd.DataFrame]
"""Records as tables, see ``as_curves``, by the name of the run."""


@dataclass(frozen=True)
class SeedGroup:
    """Runs of one config on the same sequences, one for each seed.

    Attributes:
        title: what sets the config apart from the others beside it.
        runs: by seed. Of several runs of one seed it is the newest that came to its end: the same seed gives
            the same numbers again, and would make the scatter look smaller than it is. Of a model whose seed
            changes nothing there is one run.
        repeated: runs that are left aside in a mean because their seed is there already.
    """

    title: str
    runs: tuple[Run, ...]
    repeated: tuple[Run, ...] = ()

    @property
    def everyone(self) -> tuple[Run, ...]:
        """All runs of the config."""
        return self.runs + self.repeated

    @property
    def complete(self) -> tuple[Run, ...]:
        """One run a seed that went through all its epochs."""
        return tuple(run for run in self.runs if run.is_complete)

    @property
    def results(self) -> list[Results]:
        """What the complete runs gave."""
        return [run.results for run in self.complete if run.results]


def group_by_config(runs: Sequence[Run]) -> list[SeedGroup]:
    """Return the runs by config, the order of the first of each kept."""
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        config = run.config.model_dump_json(exclude={"seed", "device"})
        groups.setdefault((config, run.meta.fingerprint if run.meta else ""), []).append(run)
    members = [_one_a_seed(group) for group in groups.values()]
    titles = _titles([group[0] for group in members])
    return [
        SeedGroup(title, tuple(chosen), tuple(run for run in group if run not in chosen))
        for title, chosen, group in zip(titles, members, groups.values(), strict=True)
    ]


def _one_a_seed(runs: Sequence[Run]) -> list[Run]:
    chosen: dict[int, Run] = {}
    for run in sorted(runs, key=lambda run: (run.is_complete, run.run_id)):
        chosen[run.config.seed if run.config.kind.seeded else 0] = run
    return [chosen[seed] for seed in sorted(chosen)]


def _titles(runs: Sequence[Run]) -> list[str]:
    """Return a title for each config: its model, and what is not the same for all."""
    rungs = [say_rung(run.config) for run in runs]  # a name that stands for all its settings
    said = [
        {
            "source": run.config.source,
            "split": f"split {run.config.split.label}",
            **({} if rung else say_non_default_settings(run.config)),
        }
        for run, rung in zip(runs, rungs, strict=True)
    ]
    common = set.intersection(*(set(facts.items()) for facts in said)) if said else set()
    titles = []
    for run, rung, facts in zip(runs, rungs, said, strict=True):
        own = [text for name, text in facts.items() if (name, text) not in common]
        titles.append(", ".join([rung or run.config.kind.title, *own]))
    return _told_apart(titles, [run.meta.fingerprint[:6] if run.meta else run.run_id[-6:] for run in runs])


def short_titles(groups: Sequence[SeedGroup]) -> dict[str, str]:
    """Return a title for each run, by the name of its directory: its own name, or config and seed."""
    runs = [(group, run) for group in groups for run in group.everyone]
    titles = [run.label.name or ", ".join([group.title, *say_seed(run.config)]) for group, run in runs]
    told_apart = _told_apart(titles, [run.run_id[-6:] for _, run in runs])
    return {run.run_id: title for (_, run), title in zip(runs, told_apart, strict=True)}


def _told_apart(titles: Sequence[str], marks: Sequence[str]) -> list[str]:
    count = Counter(titles)
    return [
        f"{title} ({mark})" if count[title] > 1 else title for title, mark in zip(titles, marks, strict=True)
    ]


def seed_table(groups: Sequence[SeedGroup]) -> pd.DataFrame:
    """Return a row for each config: means and sample standard deviations over the seeds (accuracies 0 to 1).

    Only runs that went through all their epochs count; a standard deviation of one run is missing. Those that
    were refitted on training and validation have columns of their own, ``refitted_test_mean`` and its like.
    """
    return pd.DataFrame([_statistics(group) for group in groups])


def _statistics(group: SeedGroup) -> dict[str, Any]:
    results = group.results
    row: dict[str, Any] = {"config": group.title, "seeds": len(results)}
    refit = any(run.config.split.refit for run in group.runs)
    ends = {"best": "best", "refitted": "last"} if refit else {"best": "best", "last": "last"}
    for when in ("best", "last", "refitted"):
        for part in PARTS if when != "refitted" else ("train", "test"):
            own = [getattr(result, ends[when]) for result in results if when in ends]
            found = [scores.of(part) for scores in own if scores]
            values = [value for value in found if value is not None]
            row[f"{when}_{part}_mean"] = fmean(values) if values else None
            row[f"{when}_{part}_sd"] = stdev(values) if len(values) > 1 else None
    return row


def as_curves(records: Sequence[EpochRecord]) -> pd.DataFrame:
    """Return records as a table: a row an epoch, a column for each field of ``EpochRecord``."""
    return pd.DataFrame(
        [record.as_dict() for record in records], columns=[field.name for field in fields(EpochRecord)]
    )


def mean_curve(
    curves: Sequence[Sequence[float]] | Sequence[NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and sample standard deviation at each epoch, as far as the shortest curve goes.

    Args:
        curves: one for each seed, a value an epoch; at least one. The deviation of a single one is 0.
    """
    shortest = min(len(curve) for curve in curves)
    values = np.array([curve[:shortest] for curve in curves], dtype=np.float64)
    deviation = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(shortest)
    return values.mean(axis=0), deviation


def say_weights(runs: Sequence[Run]) -> str:
    """Say which weights runs are judged by, for the title of a figure; empty where none has epochs."""
    judged_by = {run.config.judged_by if run.config.training else None for run in runs}
    if judged_by == {None}:
        return ""
    return f"{judged_by.pop()} epoch" if len(judged_by) == 1 else "best epoch where there is one"


def common_ground(runs: Sequence[Run]) -> str:
    """Say data set and split where they are the same for all runs, for the title of a figure."""
    sources = {PurePath(run.config.source).name for run in runs}
    splits = {run.config.split.label for run in runs}
    said = [*sources] if len(sources) == 1 else ["several data sets"]
    said += [f"split {name}" for name in splits] if len(splits) == 1 else ["several splits"]
    return ", ".join(said)
