"""Runs against each other: accuracies, curves, settings, a test of the difference, parallel coordinates."""

from collections.abc import Callable, Sequence
from typing import get_args

import pandas as pd
import streamlit as st

from app.components.chart import draw_chart
from app.runs.numbers import curves_of
from app.runs.table import as_csv
from app.shell.navigation import link_to
from har_core.analysis.comparison import say_of_run, settings_by_name, titles_by_name
from har_core.analysis.intervals import wilson_interval
from har_core.analysis.seeds import common_ground, group_by_config, seed_table, short_titles
from har_core.data.splits import Part
from har_core.plots.captions import Caption
from har_core.plots.comparison import accuracy_figure, colouring_part, overlaid_curves, parallel_coordinates
from har_core.training.records import Metric
from har_core.training.store import Run
from har_core.wording import PART_TITLES, counted, mean_and_deviation, percent, score_title

_PARTS: tuple[Part, ...] = ("test", "validation", "train")
MOST_CURVES = 100
"""Runs whose curves are drawn at once: more can neither be told apart nor read in a moment."""
MOST_ROWS = 40
"""Configs whose accuracies are drawn at once; the table beneath has them all."""


def draw_comparison(runs: Sequence[Run]) -> None:
    """Draw the choice of a view, and that view of the runs."""
    view = st.segmented_control(
        "View", list(_VIEWS), key="comparison view", required=True, default=next(iter(_VIEWS)),
        persist_state="session",
    )  # fmt: skip
    _VIEWS[view](runs)


def _ended(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that have results, and say what they were made from."""
    return [run for run in runs if run.results and run.meta]


def _draw_accuracies(runs: Sequence[Run]) -> None:
    ended = _ended(runs)
    if not ended:
        _say_what_is_missing("None of these runs has ended yet, so there is no accuracy to compare.")
        return
    groups = group_by_config(ended)
    drawn = groups[:MOST_ROWS]
    if len(groups) > MOST_ROWS:
        st.caption(
            f"The newest {MOST_ROWS} of {len(groups):,} configs; the table beneath has all. "
            "Choose others in the table above."
        )
    draw_chart(
        accuracy_figure(drawn, short_titles(groups), common_ground(ended)),
        key="accuracies", caption=Caption("Test accuracy, best epoch", [common_ground(ended)]),
        alt=f"Test accuracy of {counted(sum(len(group.everyone) for group in drawn), 'run')}, a row for each "
        f"of {counted(len(drawn), 'config')}; the table beneath holds means and standard deviations.",
    )  # fmt: skip
    table = seed_table(groups)
    shown = pd.DataFrame({"config": table["config"], "seeds": table["seeds"]})
    columns = {
        "config": st.column_config.TextColumn("Config", help="Runs that differ in nothing but the seed."),
        "seeds": st.column_config.NumberColumn(
            "Seeds", help="Runs with different seeds that went through all their epochs; only these count."
        ),
    }
    for when in ("best", "last"):
        for part in _PARTS:
            pairs = zip(table[f"{when}_{part}_mean"], table[f"{when}_{part}_sd"], strict=True)
            shown[f"{when}_{part}"] = [_mean_and_deviation(mean, deviation) for mean, deviation in pairs]
            columns[f"{when}_{part}"] = st.column_config.TextColumn(
                score_title(part, when),
                help="Mean accuracy over the seeds ± sample standard deviation, without dropout, with the "
                f"weights of the {when} epoch. {_MEANING[when]}",
            )
    st.dataframe(
        shown, hide_index=True, key="seed table", column_config=columns, placeholder="",
        alt="Mean and standard deviation of the accuracies of each config",
    )  # fmt: skip
    st.download_button(
        "CSV of the means", lambda: as_csv(table), "seeds.csv", "text/csv",
        icon=":material/download:",
        help="Downloads means and standard deviations of each config, shares from 0 to 1.",
    )  # fmt: skip
    _say_how_sure(ended[0])


_MEANING = {
    "best": "The best epoch is that of the best validation accuracy.",
    "last": "Of a model without epochs, its only accuracy.",
}


def _say_how_sure(run: Run) -> None:
    total = run.meta.split_sizes["test"]
    share = run.results.chosen.test
    low, high = wilson_interval(round(share * total), total)
    st.caption(
        f"One of {total} test sequences is {100 / total:.1f} points. The 95 % interval of the newest run, "
        f"{percent(share)}, goes from {percent(low)} to {percent(high)}"
        + (": look at several seeds before you call a model better." if run.config.kind.seeded else ".")
    )


def _mean_and_deviation(mean: float | None, deviation: float | None) -> str:
    if pd.isna(mean):
        return ""
    return percent(mean) if pd.isna(deviation) else mean_and_deviation(mean, deviation)


def _draw_curves(runs: Sequence[Run]) -> None:
    metric, part, means, smoothing = _choose_curves()
    trained = [run for run in runs if run.config.training]
    measured = [run for run in trained if part in run.config.split.parts]
    _say_who_has_no_curve(len(runs) - len(trained), len(trained) - len(measured))
    if trained and not measured:
        return
    curves = curves_of(measured[:MOST_CURVES])
    drawn = [run for run in measured if run.run_id in curves]
    if not drawn:
        _say_what_is_missing(f"None of these runs has gone through an epoch{' yet' if trained else ''}.")
        return
    if len(measured) > MOST_CURVES:
        st.caption(f"The newest {MOST_CURVES} of {len(measured):,} runs; choose others in the table.")
    groups = group_by_config(drawn)
    figure = overlaid_curves(
        groups, curves, short_titles(groups), metric=metric, part=part, ground=common_ground(drawn),
        means=means, smoothing=smoothing,
    )  # fmt: skip
    draw_chart(
        figure, key="overlaid curves",
        caption=Caption(f"{PART_TITLES[part]} {metric}", [common_ground(drawn)]),
        alt=f"{PART_TITLES[part]} {metric} over the epochs of {counted(len(drawn), 'run')} of "
        f"{counted(len(groups), 'config')}.",
    )  # fmt: skip
    st.caption(
        "Of the training part, the running mean over the batches of each epoch, with dropout and any "
        "augmentation on."
        if part == "train"
        else "After each epoch, without dropout."
    )


def _say_who_has_no_curve(without_epochs: int, without_part: int) -> None:
    said = []
    if without_epochs:
        said.append(f"{counted(without_epochs, 'run')} of a model without epochs")
    if without_part:
        said.append(f"{counted(without_part, 'run')} without a validation part")
    if said:
        st.caption(f":material/info: Not drawn: {' and '.join(said)}.")


def _choose_curves() -> tuple[Metric, Part, bool, float]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric: Metric = st.selectbox(
            "Metric", get_args(Metric), index=1, key="curves metric", format_func=str.capitalize, width=150,
            persist_state="session",
        )  # fmt: skip
        part: Part = st.selectbox(
            "Part", _PARTS, index=_PARTS.index("validation"), key="curves part",
            format_func=PART_TITLES.get, width=150, persist_state="session",
        )  # fmt: skip
        smoothing = st.slider(
            "Smoothing", 0.0, 0.98, 0.0, step=0.02, key="curves smoothing", width=220,
            persist_state="session", help="Weight of the moving average of each run.",
        )  # fmt: skip
        means = st.toggle(
            "Mean of the seeds", True, key="curves means", persist_state="session",
            help="Draws the mean of the runs that differ in nothing but the seed, with a band of one sample "
            "standard deviation to both sides, as far as the shortest run goes.",
        )  # fmt: skip
    return metric, part, means, smoothing


def _draw_differences(runs: Sequence[Run]) -> None:
    if len(runs) < 2:
        st.info("Choose at least two runs, or none for all, to see in what they differ.")
        return
    only = st.toggle("Differences only", True, key="differences only", persist_state="session")
    settings = settings_by_name(runs, only_differences=only)
    if not settings:
        st.info("These runs have the same settings, the seed too: they should give the same numbers.")
        return
    titles = short_titles(group_by_config(runs))
    table = pd.DataFrame(
        {
            name: [say_of_run(run, name, value) for run, value in zip(runs, values, strict=True)]
            for name, values in settings.items()
        }
    )
    table.insert(0, "run", [titles[run.run_id] for run in runs])
    known = titles_by_name(runs)
    columns = {
        name: st.column_config.TextColumn(known.get(name, name), help=_meaning(name)) for name in settings
    }
    columns["run"] = st.column_config.TextColumn("Run", pinned=True)
    st.dataframe(
        table, hide_index=True, key="differences", column_config=columns,
        alt=f"Settings of {counted(len(runs), 'run')}, {'those that differ' if only else 'all of them'}",
    )  # fmt: skip
    st.caption("An empty cell: that run has no such setting.")


def _meaning(name: str) -> str:
    if name == "fingerprint":
        return "The first digits of a number that is computed from the recorded sequences."
    return f"{name} in config.json of each run."


def _draw_mcnemar(runs: Sequence[Run]) -> None:
    ended = _ended(runs)
    if len(ended) < 2:
        _say_what_is_missing("The test compares two runs that have ended: choose two, or none for all.")
        return
    from app.screens.comparison.paired_test import (
        draw_paired_test,  # brings torch and scikit-learn, which take seconds
    )

    draw_paired_test(ended)


def _draw_coordinates(runs: Sequence[Run]) -> None:
    ended = _ended(runs)
    if len(ended) < 2:
        _say_what_is_missing("Parallel coordinates need at least two runs that have ended.")
        return
    draw_chart(
        parallel_coordinates(ended, common_ground(ended)),
        key="coordinates", caption=Caption("Settings and accuracies, best epoch", [common_ground(ended)]),
        alt=f"Parallel coordinates of {counted(len(ended), 'run')}: an axis for each setting that differs "
        "and one for each accuracy. The table above holds the same numbers.",
    )  # fmt: skip
    part = PART_TITLES[colouring_part(ended)].lower()
    st.caption(
        f"A line is a run; the bluer, the better on the {part} part, the more orange, the worse. Drag along "
        "an axis to keep the runs that cross it there; the filter and the chosen runs above do so by "
        "keyboard. Choose a config by the validation accuracy: the test part chooses nothing."
    )


def _say_what_is_missing(sentence: str) -> None:
    st.info(sentence, icon=":material/hourglass_empty:")
    link_to("training", "Train a model")


_VIEWS: dict[str, Callable[[Sequence[Run]], None]] = {
    "Accuracies": _draw_accuracies,
    "Curves": _draw_curves,
    "Differences": _draw_differences,
    "McNemar test": _draw_mcnemar,
    "Parallel coordinates": _draw_coordinates,
}
