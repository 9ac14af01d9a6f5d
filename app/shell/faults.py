"""What a page says of a run whose files are damaged."""

import streamlit as st

from app.shell.lab import get_lab
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.training.damage import missing_records
from har_core.training.store import Run


def warn(fault: str) -> None:
    """Draw a sentence on something damaged."""
    st.warning(escape_markdown(fault), icon=":material/broken_image:")


def draw_faults(run: Run) -> None:
    """Draw what is wrong with the files of one run."""
    for fault in run.faults:
        warn(fault)


def draw_missing_records(run: Run, count: int) -> None:
    """Say how far the records of a run can be read, where that is not to its end.

    Args:
        run: whose records they are.
        count: how many can be read.
    """
    fault = missing_records(run.run_id, run.status, count)
    if fault:
        warn(fault)


def draw_why_not(run_id: str) -> None:
    """Say why a run that is asked for is not among those that can be chosen, if it is damaged."""
    store = get_lab().store
    try:
        store.place_of(run_id)
    except HarError:
        return  # there is no such run, which the choice says itself
    try:
        store.get(run_id)
    except HarError as error:
        warn(str(error))
