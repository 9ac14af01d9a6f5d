"""Training: choose an experiment, queue it, watch it learn."""

from collections.abc import Sequence

import streamlit as st

from app.runs.deleted_runs import draw_deleted_runs, draw_undo
from app.runs.run_choice import select_run
from app.runs.view import CURVES_EVERY, draw_curve_options, draw_curves
from app.screens.training.controls import draw_course, draw_uses
from app.screens.training.experiment_form import experiment_form
from app.screens.training.queue import draw_queue
from app.screens.training.watched_run import (
    draw_empty_place,
    draw_no_curves,
    draw_notes,
    draw_numbers,
    has_curves,
)
from app.shell.lab import get_lab
from app.shell.messages import stop_on_error
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from app.shell.queueing import active_now, changed_since_drawn, queue_experiments
from app.shell.run_titles import title_of
from app.shell.selection import chosen_reading, remember, selected_source, source_to_keep
from app.shell.wording import escape_markdown
from har_core.data.named_splits import course_split
from har_core.training.practical_work import is_of_course
from har_core.training.records import EpochRecord
from har_core.training.store import Run

lab = get_lab()
loaded = selected_source()

page_header(
    "Training",
    "Choose a model, start it, and watch loss and accuracy on all parts of the split.",
    synthetic=loaded.sequences.synthetic,
)


HEIGHT = 290  # pixels of the curves: with them the page ends where a class's screen of 720 does
CHOICE_WIDTH = 560  # pixels of the choice of a run: the buttons beside it fit into the line, but for a phone


@st.fragment(run_every=CURVES_EVERY)
def watch_curves(run_id: str) -> None:
    """Draw the curves of a run at work, less often than its numbers: they take the browser longer."""
    draw_figures(*read(run_id))


@st.fragment(run_every=0.6)
def watch_numbers(run_id: str) -> None:
    """Draw the numbers of a run at work; the whole page is drawn anew when that or the queue changes."""
    if changed_since_drawn(active_now()):
        st.rerun()
    draw_numbers(*read(run_id))


@st.fragment(run_every=5.0)
def watch_notes(run_id: str) -> None:
    """Draw what there is to say of a run at work."""
    draw_notes(*read(run_id))


def read(run_id: str) -> tuple[Run, list[EpochRecord]]:
    """Return a run and its records; a page that can't have them ends with the reason."""
    with stop_on_error():
        return lab.store.get(run_id), lab.store.metrics(run_id)


def draw_figures(run: Run, records: Sequence[EpochRecord]) -> None:
    """Draw the curves of a run, or what stands in their place."""
    if not has_curves(run, records):
        draw_no_curves(run)
        return
    if run.status.error:
        st.error(escape_markdown(run.status.error), icon=":material/error:")
    draw_curves(run, records, height=HEIGHT)


runs = lab.store.runs()
with st.container(border=True, gap="xsmall", key="experiment below curves" if runs else "experiment"):
    with stop_on_error():
        experiments, started = experiment_form(source_to_keep(), chosen_reading(), loaded.sequences, runs)
    if started:
        with stop_on_error(ends_page=False):
            queue_experiments(experiments)
            runs = lab.store.runs()

draw_undo()
if not runs:
    of_course = experiments and is_of_course(experiments[0], course_split(loaded.sequences))
    press = " The settings are the course's: press Start training." if of_course else " Press Start training."
    draw_empty_place(
        f"## :material/monitoring: Nothing was trained yet.{press if experiments else ''}",
        "Here you will see loss and accuracy of training, validation and test, epoch by epoch.",
        height=HEIGHT,
    )  # fmt: skip
    draw_deleted_runs()
    st.stop()
waiting = lab.queue.waiting()
running = [run for run in runs if run.status.state == "running"]
with st.container(horizontal=True, vertical_alignment="center"):
    # Whoever comes without a choice wants to see what goes on.
    with st.container(width=CHOICE_WIDTH):
        watched = select_run([*running, *waiting, *runs])
    draw_course(watched)
    if watched.results:
        link_to("results", "See the results of this run")
    records = lab.store.metrics(watched.run_id)
    if has_curves(watched, records):
        draw_curve_options(watched)
if watched.status.state in ("running", "queued"):
    for watch in (watch_curves, watch_numbers, watch_notes):
        watch(watched.run_id)
else:
    for draw in (draw_figures, draw_numbers, draw_notes):
        draw(watched, records)
draw_uses(watched)
if running and watched not in running and not waiting:
    st.button(
        f"Watch what is running: {escape_markdown(title_of(running[0]))}", icon=":material/visibility:",
        on_click=remember, args=("run", running[0].run_id),
    )  # fmt: skip
if waiting or len(running) > 1:
    draw_queue(running, waiting)
draw_deleted_runs()
