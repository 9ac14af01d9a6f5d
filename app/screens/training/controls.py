"""The buttons of a run: pause and stop it, go on with it, take its settings, delete it."""

from collections.abc import Callable

import streamlit as st

from app.runs.deleted_runs import delete_runs
from app.runs.members import draw_members
from app.screens.training.experiment_form import fill_in
from app.shell.lab import get_lab
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.training.store import Run


def draw_course(run: Run) -> None:
    """Draw what is next to be done about a run: pause, stop, or go on with it."""
    if run.status.state in ("running", "queued"):
        draw_pause_and_stop(run)
    elif not run.results:
        _draw_resume(run)


def draw_uses(run: Run) -> None:
    """Draw what else can be done with a run: go on though it was stopped, take its settings, delete it."""
    state = run.status.state
    with st.container(horizontal=True):
        if run.results and state not in ("done", "running", "queued"):
            _draw_resume(run)
        st.button(
            "Use these settings", icon=":material/content_copy:", key=f"settings of {run.run_id}",
            on_click=fill_in, args=(run.asked_for,), help="Fills the form with the settings of this run.",
        )  # fmt: skip
        if run.results and run.config.validated:
            st.button(
                "Refit with these settings", icon=":material/join:", key=f"refit {run.run_id}",
                on_click=fill_in, args=(run.asked_for.refitted,),
                help="Fills the form with them, to be trained on training and validation together.",
            )  # fmt: skip
        draw_members(run)
        if state != "running":
            st.button(
                "Delete", icon=":material/delete:", key=f"delete {run.run_id}", on_click=delete_runs,
                args=([run.run_id],), help="Moves the run to the trash folder. You can undo it.",
            )  # fmt: skip


def _draw_resume(run: Run) -> None:
    config = run.config
    st.button(
        "Retry" if run.status.state == "failed" else "Resume", icon=":material/play_arrow:",
        key=f"resume {run.run_id}", on_click=act, args=(_requeue, run.run_id),
        help="Goes on from the last checkpoint." if config.epochs or config.members else "Begins again.",
    )  # fmt: skip


def draw_pause_and_stop(run: Run, *, labels: bool = True) -> None:
    """Draw the two buttons of a run that waits or is trained.

    One without epochs has no results so far to end with, and can be asked only while it gets ready.

    Args:
        run: the run.
        labels: False where there is room for the icons only.
    """
    wishes = [
        ("pause", ":material/pause:", "Makes room for other runs; it can be resumed."),
        ("stop", ":material/stop:", "Ends here and keeps the results so far."),
    ]
    if run.status.state == "running" and not run.config.training:
        wishes = wishes[:1] if run.status.ready is not None else []
    for wish, icon, meaning in wishes:
        st.button(
            wish.capitalize() if labels else "", icon=icon, key=f"{wish} {run.run_id} {labels}",
            on_click=act, args=(get_lab().store.request, run.run_id, wish),
            help=f"{wish.capitalize()}: {meaning}", type="secondary" if labels else "tertiary",
        )  # fmt: skip


def _requeue(run_id: str) -> None:
    get_lab().store.requeue(run_id)
    get_lab().queue.wake()


def act(action: Callable[..., object], *args: object) -> None:
    """Do what a button asks for; what can't be done is told above the page."""
    try:
        action(*args)
    except HarError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
