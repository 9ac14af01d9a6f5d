"""Training: choose an experiment, queue it, watch it learn."""

import streamlit as st

from app.runs.deleted_runs import draw_deleted_runs, draw_undo
from app.runs.run_choice import select_run
from app.runs.view import draw_run
from app.screens.training.controls import draw_controls
from app.screens.training.experiment_form import experiment_form
from app.screens.training.queue import draw_queue
from app.shell.lab import get_lab
from app.shell.messages import explain
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from app.shell.queueing import active_now, changed_since_drawn, queue_experiments
from app.shell.run_titles import title_of
from app.shell.selection import recall, remember, selected_source, source_to_keep
from app.shell.wording import plain
from har_core.data.named_splits import course_split
from har_core.training.practical_work import is_of_course

lab = get_lab()
loaded = selected_source()

page_header(
    "Training",
    "Choose a model, start it, and watch loss and accuracy on all parts of the split.",
    synthetic=loaded.sequences.synthetic,
)


@st.fragment(run_every=1.0)
def watch_running(run_id: str) -> None:
    """Draw a run that waits or is trained; the whole page is drawn anew when that or the queue changes."""
    if changed_since_drawn(active_now()):
        st.rerun()
    with explain():
        run, records = lab.store.get(run_id), lab.store.metrics(run_id)
    draw_run(run, records)


with st.container(border=True):
    with explain():
        config, started = experiment_form(source_to_keep(), recall("layout"), loaded.sequences)
    if config and started:
        with explain(ends_page=False):
            queue_experiments([config])

draw_undo()
runs = lab.store.runs()
if not runs:
    draw_deleted_runs()
    of_course = config and is_of_course(config, course_split(loaded.sequences))
    st.info(
        "Nothing was trained yet. "
        + ("The settings are the course's: press Start training." if of_course else "Press Start training.")
        if config
        else "Nothing was trained yet."
    )
    st.stop()
waiting = lab.queue.waiting()
running = [run for run in runs if run.status.state == "running"]
if waiting or len(running) > 1:
    draw_queue(running, waiting)
watched = select_run([*running, *waiting, *runs])  # whoever comes without a choice wants to see what goes on
if watched.status.state in ("running", "queued"):
    watch_running(watched.run_id)
else:
    draw_run(watched, lab.store.metrics(watched.run_id))
draw_controls(watched)
if running and watched not in running and not waiting:
    st.button(
        f"Watch what is running: {plain(title_of(running[0]))}", icon=":material/visibility:",
        on_click=remember, args=("run", running[0].run_id),
    )  # fmt: skip
if watched.results:
    link_to("results", "See the results of this run")
draw_deleted_runs()
