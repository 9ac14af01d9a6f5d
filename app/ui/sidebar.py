"""The sidebar: which data set, and what is being trained."""

import streamlit as st

from app.ui.lab import get_lab
from app.ui.selection import select_source, title_of


def sidebar() -> None:
    """Draw the choice of the data set and the state of the queue."""
    with st.sidebar:
        select_source()
        running = [run for run in get_lab().store.runs() if run.status.state == "running"]
        st.fragment(_queue_state, run_every=2.0 if running or get_lab().queue.waiting() else None)()


def _queue_state() -> None:
    runs = get_lab().store.runs()
    running = [run for run in runs if run.status.state == "running"]
    waiting = sum(run.status.state == "queued" for run in runs)
    with st.container(border=True):
        if not running and not waiting:
            st.caption("Nothing is being trained.")
        for run in running:
            st.progress(run.status.epoch / run.config.epochs, text=title_of(run).rsplit(" · ", 1)[0])
            st.caption(f"Epoch {run.status.epoch:,} of {run.config.epochs:,}")
        if waiting:
            st.caption(f"{waiting} waiting")
