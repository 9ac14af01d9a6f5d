"""The table of all runs: filtered, and some of them chosen, by pointer or by keyboard."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.runs.numbers import ends_of
from app.shell.selection import remember
from app.shell.widget_keys import ROWS, Form, draw_following
from app.shell.wording import STATES
from har_core.analysis.comparison import comparison_table
from har_core.csv_table import csv_table
from har_core.data.splits import PARTS
from har_core.training.config import ExperimentConfig
from har_core.training.store import Run
from har_core.wording import PART_TITLES, counted, score_title

_CHOSEN = "runs chosen in the table"
_ROW = 35  # pixels


def filter_runs(runs: Sequence[Run], row: DeltaGenerator) -> list[Run]:
    """Draw the filter, and return the runs that pass it.

    Args:
        runs: all of them.
        row: where the controls of the table stand.
    """
    tags = {tag for run in runs for tag in run.label.tags} | set(st.session_state.get("runs tags", ()))
    words = row.text_input(
        "Filter", key="runs filter", placeholder="Name, tag, note, model", type="search", width=190,
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    narrowed = any(st.session_state.get(key) for key in ("runs states", "runs tags"))
    with row.popover(
        "State, tags", icon=":material/filter_list:", key="narrow the table",
        type="primary" if narrowed else "secondary",
    ):  # fmt: skip
        states = st.multiselect(
            "State", list(STATES), key="runs states", format_func=lambda state: STATES.get(state, state),
            placeholder="Any", persist_state="session",
        )  # fmt: skip
        wanted = st.multiselect(
            "Tags", sorted(tags), key="runs tags", placeholder="Any" if tags else "No run has one",
            help="A run is shown if it has all of these tags.", persist_state="session",
        )  # fmt: skip
    return [
        run
        for run in runs
        if all(word in _found_by(run) for word in words.casefold().split())
        and (not states or run.status.state in states)
        and set(wanted) <= set(run.label.tags)
    ]


def _found_by(run: Run) -> str:
    model = run.config.kind.title
    said = [run.label.name, *run.label.tags, run.label.note, model, run.config.model.name]
    return "\n".join([*said, run.config.source, run.config.split.label, run.run_id]).casefold()


def choose(run_ids: Sequence[str]) -> None:
    """Choose runs in the table and in the drop-down beneath it."""
    st.session_state[_CHOSEN] = list(run_ids)


def draw_run_table(
    runs: Sequence[Run], titles: Mapping[str, str], row: DeltaGenerator, *, most: int
) -> list[Run]:
    """Draw a row for each run and the drop-down that chooses among them, and return the chosen ones.

    Args:
        runs: that passed the filter; at least one.
        titles: of each run, by the name of its directory.
        row: where the controls of the table stand.
        most: how many are seen without scrolling.
    """
    shown = [run.run_id for run in runs]
    chosen = [run_id for run_id in shown if run_id in st.session_state.get(_CHOSEN, ())]
    table = comparison_table(runs, ends_of(runs))
    as_listed = Form(read=lambda said: [run_id for run_id in shown if run_id in said])
    draw_following(
        row.multiselect, "runs list", chosen, _choose_here, "Chosen runs", shown, form=as_listed,
        among=shown, format_func=lambda run_id: titles.get(run_id, run_id),
        placeholder="All runs are compared: choose some", label_visibility="collapsed",
    )  # fmt: skip
    row.download_button(
        "CSV", lambda: as_csv(table), "runs.csv", "text/csv", icon=":material/download:",
        help="Downloads the table with all its columns, shares from 0 to 1.",
    )  # fmt: skip
    rows = [shown.index(run_id) for run_id in chosen]
    draw_following(
        st.dataframe, "runs table", rows,
        lambda rows: _choose_here([shown[row] for row in rows if row < len(shown)]), _as_shown(table),
        form=ROWS, among=shown, hide_index=True, column_order=_columns_of(table), column_config=_COLUMNS,
        height=_ROW * (min(len(runs), most) + 1) + 3, placeholder="",
        alt=f"Table of {counted(len(runs), 'run')}", selection_mode="multi-row",
    )  # fmt: skip
    return [run for run in runs if run.run_id in chosen]


def _columns_of(table: pd.DataFrame) -> list[str]:
    """Return the columns that are shown: those of refitted runs only where there is such a run."""
    refits = bool(table["refitted_test"].notna().any())
    return [name for name in _COLUMNS if refits or name not in _REFITTED]


def _choose_here(chosen: Sequence[str]) -> None:
    choose(chosen)
    if len(chosen) == 1:
        remember("run", chosen[0])


def as_csv(table: pd.DataFrame) -> bytes:
    """Return a table as a file; the tags of a run stand in one field, and what is missing is empty."""
    if "tags" in table:
        table = table.assign(tags=table["tags"].map(", ".join))
    present = table.astype(object).where(table.notna(), None)
    return csv_table(list(table.columns), present.itertuples(index=False, name=None))


_REFITTED = ("refitted_test", "refitted_train", "refitted_test_loss", "refitted_train_loss")
"""Columns that are there where a run was refitted on training and validation."""

_SHARES = [f"{when}_{part}" for when in ("best", "last") for part in PARTS] + [*_REFITTED[:2]]
_WHEN = {"best": "at the epoch with the best validation accuracy", "last": "at the last epoch"}
_ALSO = {"best": "", "last": " Of a model without epochs, its only accuracy."}
_HOW = "of runs that were refitted on training and validation: not to be set beside those of other runs"


def _as_shown(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(
        state=table["state"].map(STATES),
        **{name: 100 * table[name] for name in _SHARES},
    )


def _accuracy_column(when: str, part: str) -> Any:
    meaning = f"Share of the {PART_TITLES[part].lower()} sequences whose action was recognised, {_WHEN[when]}"
    dropout = "Without dropout; known when the run has ended." if part == "train" else "Without dropout."
    return st.column_config.NumberColumn(
        score_title(part, when), format="%.1f %%", help=f"{meaning}. {dropout}{_ALSO[when]}"
    )


def _loss_column(when: str, part: str) -> Any:
    how = (
        "The running mean over the batches of the epoch, with dropout and any augmentation on."
        if part == "train"
        else "After the epoch, without dropout."
    )
    return st.column_config.NumberColumn(
        f"{PART_TITLES[part]} loss, {when} epoch", format="%.3f",
        help=f"Mean cross-entropy in nats, {_WHEN[when]}. {how}",
    )  # fmt: skip


def _refitted_column(name: str) -> Any:
    _, part, *loss = name.split("_")
    title = f"{PART_TITLES[part]} loss, refitted" if loss else score_title(part, "refitted")
    what = "Mean cross-entropy in nats" if loss else f"Share of the {PART_TITLES[part].lower()} sequences"
    return st.column_config.NumberColumn(
        title, format="%.3f" if loss else "%.1f %%", help=f"{what} at the end, {_HOW}."
    )


def _number(title: str, meaning: str) -> Any:
    return st.column_config.NumberColumn(title, format="localized", help=meaning)


_COLUMNS: dict[str, Any] = {
    "name": st.column_config.TextColumn("Name", help="What you called the run."),
    "model": st.column_config.TextColumn("Model", help="What was trained."),
    "seed": _number("Seed", str(ExperimentConfig.model_fields["seed"].description)),
    "state": st.column_config.TextColumn("State", help="Where the run stands."),
    "best_test": _accuracy_column("best", "test"),
    "best_validation": _accuracy_column("best", "validation"),
    "best_epoch": _number(
        "Best epoch", "The one with the best validation accuracy; of equals the lower loss."
    ),
    "last_test": _accuracy_column("last", "test"),
    "refitted_test": _refitted_column("refitted_test"),
    "epochs": _number("Last epoch", "How many epochs the run has gone through."),
    "seconds": st.column_config.NumberColumn(
        "Seconds",
        format="%.1f",
        help="Spent on training and on the evaluation of each epoch; without epochs, on learning and "
        "answering.",
    ),
    "parameters": _number("Parameters", "How many values training changes."),
    "tags": st.column_config.ListColumn("Tags", help="Your words to find it by."),
    "note": st.column_config.TextColumn("Note", help="What you wrote down of it."),
    "best_train": _accuracy_column("best", "train"),
    "last_validation": _accuracy_column("last", "validation"),
    "last_train": _accuracy_column("last", "train"),
    **{
        f"{when}_{part}_loss": _loss_column(when, part)
        for when in _WHEN
        for part in ("test", "validation", "train")
    },
    **{name: _refitted_column(name) for name in _REFITTED[1:]},
    "test_sequences": _number("Test sequences", "How many a share of the test part is taken of."),
    "source": st.column_config.TextColumn("Data set", help="What the run was trained on."),
    "split": st.column_config.TextColumn("Split", help="What belongs to which part; whether that leaks."),
    "run": st.column_config.TextColumn("Run", help="The name of its folder."),
}
