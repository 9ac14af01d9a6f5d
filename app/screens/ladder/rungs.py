"""The rungs: which changes matter most, the figure, the table, and the rung that is opened."""

from pathlib import PurePath
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.chart import draw_chart
from app.runs.table import as_csv
from app.screens.ladder.climb import Climb, choose_climb, draw_climb
from app.screens.ladder.opened_rung import draw_opened, open_row, opened_of
from app.shell.widget_keys import ROWS, draw_following
from har_core.analysis.ladder import Ladder
from har_core.analysis.ladder_standing import Key
from har_core.analysis.ladder_table import ladder_table
from har_core.analysis.what_matters import say_what_matters
from har_core.data.sources import LoadedSource
from har_core.plots.captions import Caption
from har_core.plots.ladder import height_of, ladder_figure
from har_core.wording import duration, interval, mean_and_deviation, percent, points

_WHEN_CHOOSING = "Choose by the validation part: the test part chooses nothing, it is only told."


def draw_rungs(loaded: LoadedSource, row: DeltaGenerator) -> None:
    """Draw the ladder of a data set.

    Args:
        loaded: the data set.
        row: where the controls stand.
    """
    climb = choose_climb(loaded, row)
    draw_climb(climb, loaded, row)
    ladder = climb.ladder
    st.markdown(say_what_matters(ladder))
    ground = f"{PurePath(loaded.sequences.source).name}, split {ladder.split.label}"
    draw_chart(
        ladder_figure(ladder, ground), key="ladder", height=height_of(ladder),
        caption=Caption("The ladder: test accuracy, last epoch", [ground]),
        alt="Test accuracy of each rung at its last epoch, a row for each, the lowest at the bottom; the "
        "table beneath holds the same numbers.",
    )  # fmt: skip
    st.caption(
        "Points of the test part that each change gives: upon the rung below (Step), alone in the course's "
        "LSTM, and taken out of the highest single network; ± standard error, from three seeds on. The last "
        f"epoch counts, for all rungs alike. {_WHEN_CHOOSING if 'validation' in ladder.parts else ''}"
    )
    keys = _rows(climb)
    _draw_table(ladder, keys)
    able = [key for key in keys if ladder.standings[key].ended]
    if able:
        draw_opened(ladder, able)


def _rows(climb: Climb) -> list[Key]:
    """Return all rungs, and what is known or asked for of their changes elsewhere that is no rung itself."""
    standings = climb.ladder.standings
    rungs = [one.experiments for (_, place), one in standings.items() if place == "rung"]
    return [
        key
        for key, one in standings.items()
        if key[1] == "rung"
        or (one.experiments not in rungs and (one.ended or one.at_work or key in climb.chosen))
    ]


def _draw_table(ladder: Ladder, keys: list[Key]) -> None:
    """Draw a row for each experiment; a chosen row is opened below."""
    table = ladder_table(ladder, keys)
    opened = opened_of(keys)
    draw_following(
        st.dataframe, "ladder table", [keys.index(opened)] if opened else [],
        lambda rows: open_row(keys[rows[0]] if rows and rows[0] < len(keys) else None),
        _as_shown(table), form=ROWS, among=keys, hide_index=True, column_config=_columns(),
        selection_mode="single-row", placeholder="", height="content",
        alt="What each rung and each change in another place reaches at the last epoch",
    )  # fmt: skip
    st.download_button(
        "CSV", lambda: as_csv(table), "ladder.csv", "text/csv", icon=":material/download:",
        help="Downloads the table with all its columns, shares from 0 to 1.",
    )  # fmt: skip


def _as_shown(table: pd.DataFrame) -> pd.DataFrame:
    shown = pd.DataFrame({"title": table["title"]})
    for part in ("test", "validation"):
        pairs = zip(table[f"{part}_mean"], table[f"{part}_deviation"], strict=True)
        shown[part] = [_say_mean(mean, deviation) for mean, deviation in pairs]
        if part == "test":
            ends = zip(table["test_low"], table["test_high"], strict=True)
            shown["interval"] = ["" if pd.isna(low) else interval(low, high) for low, high in ends]
        gains = zip(table[f"{part}_gain"], table[f"{part}_gain_error"], strict=True)
        shown[f"{part}_gain"] = [_say_gain(gain, error) for gain, error in gains]
    shown["seeds"] = table["seeds"]
    shown["time"] = ["" if pd.isna(seconds) else duration(seconds) for seconds in table["seconds"]]
    shown["parameters"] = table["parameters"].astype("Int64")
    shown["change"] = table["change"]
    return shown


def _say_mean(mean: float | None, deviation: float | None) -> str:
    if pd.isna(mean):
        return ""
    return percent(mean) if pd.isna(deviation) else mean_and_deviation(mean, deviation)


def _say_gain(gain: float | None, error: float | None) -> str:
    return "" if pd.isna(gain) else points(gain, None if pd.isna(error) else error)


def _columns() -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    scored = "Mean over the seeds ± sample standard deviation, at the last epoch, without dropout."
    sure = "95 %: of the mean by Student's t, of a single run by Wilson."
    gained = "Points that the change gives on this part, ± standard error."
    return {
        "title": text("Rung", help="Choose a row to open it below.", pinned=True),
        "test": text("Test, last epoch", help=f"{scored} {_WHEN_CHOOSING}", width=112),
        "interval": text("95 %", help=sure),
        "test_gain": text("Gain, test", help=gained),
        "validation": text("Validation, last epoch", help=scored),
        "validation_gain": text("Gain, validation", help=gained),
        "seeds": number("Seeds", format="localized", help="Runs that went through to their end."),
        "time": text("Time a run", help="In the mean."),
        "parameters": number("Parameters", format="localized", help="How many values training changes."),
        "change": text("What changes", help="In the rung below, or where the first column says."),
    }
