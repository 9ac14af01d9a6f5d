"""The sidebar: which data set, and what is being trained."""

import streamlit as st

from app.ui.lab import get_lab
from app.ui.selection import select_source, title_of
from app.ui.wording import plain
from har_core.errors import HarError
from har_core.models import MODELS
from har_core.training.records import Status

_SEEN = "runs at work when the page was drawn"


def sidebar() -> None:
    """Draw the choice of the data set and the state of the queue."""
    with st.sidebar:
        select_source()
        active = set(get_lab().store.active())
        for run_id in sorted(st.session_state.get(_SEEN, set()) - active):
            _say_how_it_ended(run_id)
        st.session_state[_SEEN] = active
        _queue_state()


def _say_how_it_ended(run_id: str) -> None:
    """Draw a toast for a run that was trained or waited when the page was drawn before."""
    try:
        run = get_lab().store.get(run_id)
    except HarError:
        return  # it was deleted
    if run.status.state in ("done", "stopped"):
        st.toast(f"{run.status.state.capitalize()}: {plain(title_of(run))}", icon=":material/check:")
    elif run.status.state in ("failed", "interrupted"):
        reason = f". {plain(run.status.error)}" if run.status.error else ""
        st.toast(f"{run.status.state.capitalize()}: {plain(title_of(run))}{reason}", icon=":material/error:")


@st.fragment(run_every=2.0)
def _queue_state() -> None:
    """Draw what is being trained, by this server or by another process; redraw the page when that changes."""
    active = get_lab().store.active()
    if set(active) != st.session_state.get(_SEEN):
        st.rerun()
    running = {run_id: status for run_id, status in active.items() if status.state == "running"}
    with st.container(border=True):
        if not active:
            st.caption("Nothing is being trained.")
        for run_id, status in running.items():
            _progress(run_id, status)
        if len(active) > len(running):
            st.caption(f"{len(active) - len(running)} waiting")


def _progress(run_id: str, status: Status) -> None:
    config = get_lab().store.get(run_id).config
    title = f"{MODELS[config.model.name].title} on {config.source}"
    st.progress(status.epoch / config.epochs, text=plain(title))
    st.caption(f"Epoch {status.epoch:,} of {config.epochs:,}")
