"""The sidebar: which data set, which theme, and what is being trained."""

import streamlit as st

from app.shell.lab import get_lab
from app.shell.presenting import present_button
from app.shell.queueing import active_now, changed_since_drawn, say_what_ended
from app.shell.selection import select_source
from app.shell.theme import theme_choice
from app.shell.wording import escape_markdown
from har_core.errors import HarError


def sidebar(page: str) -> None:
    """Draw the choice of the data set, the state of the queue and the choice of the theme; tell what ended.

    Args:
        page: a key of ``PAGES``, beside which it stands.
    """
    with st.sidebar:
        select_source()
        present_button(page)
        try:
            say_what_ended()
        finally:
            _queue_state()  # where the runs can't be read, it has the page drawn anew when they can
            theme_choice()  # below, for on a low screen what is being trained has to be in sight


@st.fragment(run_every=2.0)
def _queue_state() -> None:
    """Draw what is being trained, by this server or by another process; redraw the page when that changes."""
    active = active_now()
    if changed_since_drawn(active):
        st.rerun()
    if active is None:
        return
    running = {run_id: status for run_id, status in active.items() if status.state == "running"}
    with st.container(border=True):
        if not active:
            st.caption("Nothing is being trained.")
        for run_id in running:
            _progress(run_id)
        if len(active) > len(running):
            st.caption(f"{len(active) - len(running)} waiting")


def _progress(run_id: str) -> None:
    try:
        run = get_lab().store.get(run_id)
    except HarError:  # damaged or deleted in this moment; the page tells
        return
    epoch, epochs = run.status.epoch, run.config.epochs
    title = escape_markdown(f"{run.config.kind.title} on {run.config.source}")
    if run.status.ready is not None:
        st.progress(run.status.ready, text=title)
        st.caption("Training its members" if run.config.members else "Getting ready")
        return
    if epochs is None:  # nobody knows how far it is
        st.markdown(title)
        return
    st.progress(epoch / epochs, text=title)
    st.caption(f"Epoch {epoch:,} of {epochs:,}")
