"""Which run a page is about: the selected one, or another that is chosen."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from app.shell.faults import draw_faults, draw_why_not
from app.shell.lab import get_lab
from app.shell.navigation import link_to
from app.shell.run_titles import title_of
from app.shell.selection import recall, select
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.training.store import Run


def select_run(runs: Sequence[Run], label: str = "Run") -> Run:
    """Draw the choice of a run, at first the first, and return the run as it is now."""
    by_id = {run.run_id: run for run in runs}
    wanted = recall("run")
    if wanted and wanted not in by_id:
        draw_why_not(wanted)
    titles = _told_apart(runs)
    chosen = select(label, "run", list(by_id), say=titles.__getitem__, label_visibility="collapsed")
    run = by_id[chosen]
    draw_faults(run)
    return run


def _told_apart(runs: Sequence[Run]) -> dict[str, str]:
    """Return a title for each run, by its name: of two that are shown alike the browser would choose one."""
    titles = {run.run_id: title_of(run) for run in runs}
    count = Counter(titles.values())
    return {
        run_id: f"{title}-{run_id[-6:]}" if count[title] > 1 else title for run_id, title in titles.items()
    }


def select_ended_run() -> Run:
    """Draw the choice of a run with results; a page without one, or with another selected, ends with why."""
    pending = _selected_without_results()
    runs = [run for run in get_lab().store.runs() if run.results] if pending else ended_runs()
    run = select_run([pending, *runs] if pending else runs)
    if pending and run is pending:
        st.info(
            f"{escape_markdown(title_of(run))} {_where_it_stands(run)}", icon=":material/hourglass_empty:"
        )
        link_to("training", "See it in Training", run=run.run_id)
        st.stop()
    return run


def _selected_without_results() -> Run | None:
    """Return the selected run where it is whole, but has no results."""
    wanted = recall("run")
    try:
        run = get_lab().store.get(wanted) if wanted else None
    except HarError:
        return None  # there is none, or it is damaged, which the choice says itself
    return run if run and not run.results else None


def _where_it_stands(run: Run) -> str:
    status = run.status
    if status.state == "running":
        epochs = run.config.epochs
        return f"is being trained{f': epoch {status.epoch:,} of {epochs:,}' if epochs else ''}."
    if status.state == "queued":
        return "is waiting to be trained."
    if status.state == "failed":
        return f"failed: {escape_markdown(status.error) or 'nobody knows why.'}"
    return f"is {status.state} and has no results yet."


def ended_runs() -> list[Run]:
    """Return the runs that have results; a page without one says what to do."""
    runs = [run for run in get_lab().store.runs() if run.results]
    if not runs:
        st.info(
            "No run has ended yet. Train a model, or queue the whole practical work on the overview.",
            icon=":material/hourglass_empty:",
        )
        link_to("training", "Train a model")
        st.stop()
    return runs
