"""The hand-in of some runs: which, and the zip with all that belongs to it."""

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st

from app.shell.lab import get_lab
from app.shell.run_titles import title_of
from har_core.data.sources import source_stamp
from har_core.data.splits import AnySplit
from har_core.errors import HarError
from har_core.report.progress import runs_that_count
from har_core.report.written import Answers
from har_core.training.kept_arrays import stamp_of
from har_core.training.store import Run

_READ = ("label.json", "metrics.jsonl", "predictions.npz", "features.npz", "results.json")
"""The files of a run that change what is handed in, when they change."""


class Made(TypedDict):
    """A hand-in that was made: the zip, and the size of each file in it, in bytes."""

    packed: bytes
    sizes: dict[str, int]


def choose_runs(runs: Sequence[Run], source: str, course: AnySplit | None) -> list[Run]:
    """Draw the choice of runs, at first those that the 14 steps count, and return them in the order chosen.

    Args:
        runs: that have ended, the newest first.
        source: the selected data set.
        course: its ``course_split``.
    """
    by_id = {run.run_id: run for run in runs}
    chosen = st.multiselect(
        "Runs", list(by_id), [run.run_id for run in runs_that_count(runs, source, course).values()],
        key=f"hand-in runs of {source}", format_func=lambda run_id: title_of(by_id[run_id]),
        placeholder="Choose the runs that you hand in", persist_state="session", wrap=True,
        help="At first the runs that the 14 steps count: of each model the newest one on the selected data "
        "set that did what the course sets, or else the newest. They appear in this order.",
    )  # fmt: skip
    return [by_id[run_id] for run_id in chosen if run_id in by_id]


def state_of(run: Run) -> tuple[object, ...]:
    """Return what changes when anything changes that a hand-in says of a run."""
    try:
        data = source_stamp(run.config.source)
    except HarError:
        data = ""  # it is not here; the report says so
    return run.run_id, data, stamp_of(run.path, *_READ)


@st.cache_data(max_entries=3, show_spinner="Making the report, the notebook and the tables")
def make(
    home: str, states: tuple[tuple[object, ...], ...], run_ids: tuple[str, ...], author: str, answers: str
) -> Made:
    """Return the hand-in, made once as long as nothing of it changes.

    Args:
        home: folder of the runs.
        states: of the runs.
        run_ids: the runs, in order.
        author: who hands in.
        answers: what is answered, as JSON.

    Raises:
        RunError: a file of a run is missing or damaged.
    """
    from har_core.report.hand_in import hand_in, zipped  # plotly and scikit-learn take seconds to import

    given = Answers.model_validate_json(answers)
    files = hand_in(get_lab().store, run_ids, author=author, answers=given)
    return {"packed": zipped(files), "sizes": {name: len(content) for name, content in files.items()}}
