"""The runs of a hand-in side by side: their scores, their seeds, and which of them really differ."""

from collections.abc import Sequence

import pandas as pd

from har_core.analysis.intervals import wilson_interval
from har_core.analysis.mcnemar import RARE, PairedTest, pair, why_not_comparable
from har_core.analysis.seeds import group_by_config, seed_table
from har_core.report.findings import Findings
from har_core.training.records import CheckpointChoice
from har_core.wording import count_of, duration, interval, mean_and_deviation, percent

Row = dict[str, str]

NOTHING = "none"
"""In the place of what a run has not."""


def score_row(found: Findings) -> Row:
    """Return the scores of a run in words."""
    judged, best = found.judged.of("test"), found.results.best
    low, high = wilson_interval(judged.correct, len(judged))
    return {
        "number": str(found.number),
        "title": found.title,
        "model": found.kind.title,
        "parameters": f"{found.meta.parameters:,}" if found.meta.parameters else NOTHING,
        "seed": str(found.run.config.seed) if found.kind.seeded else NOTHING,
        "epoch": f"{best.epoch:,}" if best else NOTHING,
        "validation": percent(best.validation) if best and best.validation is not None else NOTHING,
        "best": _score(found, "best") if best else NOTHING,
        "interval": interval(low, high),
        "last": _score(found, "last"),
        "train": percent(found.results.last.train),
        "time": duration(found.run.status.seconds),
    }


def _score(found: Findings, checkpoint: CheckpointChoice) -> str:
    test = found.predictions[checkpoint].of("test")
    return f"{percent(found.results.of(checkpoint).test)}, {count_of(test.correct, len(test))}"


def seed_rows(runs: Sequence[Findings]) -> list[Row]:
    """Return means over the seeds of each config, where a config has several; of runs that are no refits."""
    runs = [found for found in runs if not found.refit]
    groups = [group for group in group_by_config([found.run for found in runs]) if len(group.results) > 1]
    return [
        {
            "config": row["config"], "seeds": str(row["seeds"]),
            **{
                f"{when}_{part}": _mean(row[f"{when}_{part}_mean"], row[f"{when}_{part}_sd"])
                for when in ("best", "last")
                for part in ("validation", "test")
            },
        }
        for row in seed_table(groups).to_dict("records")
    ]  # fmt: skip


def refit_rows(runs: Sequence[Findings]) -> list[Row]:
    """Return the scores of each config that was refitted, over its seeds where it has several."""
    groups = group_by_config([found.run for found in runs if found.refit])
    return [
        {
            "config": row["config"], "seeds": str(row["seeds"]),
            **{
                part: _mean(row[f"refitted_{part}_mean"], row[f"refitted_{part}_sd"])
                for part in ("test", "train")
            },
        }
        for row in seed_table(groups).to_dict("records")
    ]  # fmt: skip


def _mean(mean: float, deviation: float) -> str:
    if pd.isna(mean):
        return NOTHING
    return percent(mean) if pd.isna(deviation) else mean_and_deviation(mean, deviation)


def paired_tests(runs: Sequence[Findings]) -> list[Row]:
    """Return McNemar's test for each pair of configs that can be compared, by the first run of each."""
    by_id = {found.run.run_id: found for found in runs}
    firsts = [by_id[group.runs[0].run_id] for group in group_by_config([found.run for found in runs])]
    firsts.sort(key=lambda found: found.number)
    return [
        _paired_test(first, second)
        for place, first in enumerate(firsts)
        for second in firsts[place + 1 :]
        if not why_not_comparable(first.run, second.run)
    ]


def _paired_test(first: Findings, second: Findings) -> Row:
    found = pair(first.judged, second.judged)
    return {
        "first": f"{first.number}. {first.title}", "second": f"{second.number}. {second.title}",
        "both": str(found.both_right), "only_first": str(found.only_first),
        "only_second": str(found.only_second), "neither": str(found.both_wrong),
        "p": f"{found.p:.3g}" if found.p >= 0.001 else "below 0.001",
        "said": _in_short(found),
    }  # fmt: skip


def _in_short(found: PairedTest) -> str:
    if found.only_first == found.only_second:
        return "no difference"
    return "more than chance" if found.p < RARE else "may be chance"
