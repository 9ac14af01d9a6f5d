"""How well each config does, with how sure that is."""

from typing import Any

import pandas as pd
import streamlit as st

from app.components.chart import draw_chart
from app.runs.table import as_csv
from app.screens.comparison.compared import Compared, say_what_is_missing
from har_core.analysis.intervals import wilson_interval
from har_core.analysis.seeds import seed_table
from har_core.data.splits import REFITTED, Part
from har_core.plots.accuracies import accuracy_figure, height_of
from har_core.plots.captions import Caption
from har_core.training.store import Run
from har_core.wording import counted, mean_and_deviation, percent, score_title

_PARTS: tuple[Part, ...] = ("test", "validation", "train")
MOST_ROWS = 40
"""Configs whose accuracies are drawn at once; the table beneath has them all."""


def draw_accuracies(compared: Compared) -> None:
    """Draw the test accuracies, and beneath them those of all parts as numbers."""
    ended = compared.ended
    if not ended.runs:
        say_what_is_missing("None of these runs has ended yet, so there is no accuracy to compare.")
        return
    before, refits = ended.apart
    if before.runs:
        _draw_those_before(before)
    if refits.runs:
        st.markdown(f"**{REFITTED.capitalize()}**")
        _draw_refits(refits)


def _draw_those_before(ended: Compared) -> None:
    groups = ended.groups
    drawn = groups[:MOST_ROWS]
    draw_chart(
        accuracy_figure(drawn, ended.titles, ended.places, ended.ground), height=height_of(drawn),
        key="accuracies", caption=Caption("Test accuracy", [ended.ground]),
        alt=f"Test accuracy of {counted(sum(len(group.everyone) for group in drawn), 'run')}, a row for each "
        f"of {counted(len(drawn), 'config')}; the table beneath holds means and standard deviations.",
    )  # fmt: skip
    if len(groups) > MOST_ROWS:
        st.caption(
            f"The newest {MOST_ROWS} of {len(groups):,} configs; the table beneath has all. "
            "Choose others in the table above."
        )
    _say_how_sure(ended.runs[0])
    _draw_numbers(seed_table(groups))


def _draw_refits(refits: Compared) -> None:
    """Draw a table of their own for runs that learned from the validation part, too."""
    table = seed_table(refits.groups)
    shown = pd.DataFrame({"config": table["config"], "seeds": table["seeds"]})
    columns = _columns()
    for part in ("test", "train"):
        name = f"refitted_{part}"
        pairs = zip(table[f"{name}_mean"], table[f"{name}_sd"], strict=True)
        shown[name] = [_mean_and_deviation(mean, deviation) for mean, deviation in pairs]
        columns[name] = st.column_config.TextColumn(
            score_title(part, "refitted"),
            help="Mean accuracy over the seeds ± sample standard deviation, without dropout, at the end.",
        )
    st.dataframe(
        shown, hide_index=True, key="refits", column_config=columns, placeholder="",
        alt=f"Mean and standard deviation of the accuracies of each config that was {REFITTED}",
    )  # fmt: skip
    st.caption(
        "They have learned from more people than the runs that chose their settings, so their test "
        "accuracies stand apart: set none beside those of other runs."
    )


def _columns() -> dict[str, Any]:
    return {
        "config": st.column_config.TextColumn(
            "Config", width=240, help="Runs that differ in nothing but the seed."
        ),
        "seeds": st.column_config.NumberColumn(
            "Seeds", help="Runs with different seeds that went through all their epochs; only these count."
        ),
    }


def _draw_numbers(table: pd.DataFrame) -> None:
    shown = pd.DataFrame({"config": table["config"], "seeds": table["seeds"]})
    columns = _columns()
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
