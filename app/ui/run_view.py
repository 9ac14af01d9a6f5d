"""A run while it is trained and after: its cards, its curves, its buttons."""

from collections.abc import Sequence

import streamlit as st

from app.ui.lab import get_lab
from app.ui.messages import explain, synthetic_notice
from app.ui.selection import title_of
from app.ui.wording import duration, percent
from har_core.analysis.learning import best_record, diagnose
from har_core.plots.curves import curves
from har_core.training.fit import EpochRecord
from har_core.training.store import Run

_STATES = {
    "queued": ":gray-badge[:material/schedule: waiting]",
    "running": ":blue-badge[:material/play_arrow: running]",
    "paused": ":orange-badge[:material/pause: paused]",
    "stopped": ":gray-badge[:material/stop: stopped]",
    "interrupted": ":orange-badge[:material/power_off: interrupted]",
    "done": ":green-badge[:material/check: done]",
    "failed": ":red-badge[:material/error: failed]",
}


def draw_run(run: Run, records: Sequence[EpochRecord]) -> None:
    """Draw a run's title, state, cards and curves."""
    st.markdown(f"**{title_of(run)}** {_STATES[run.status.state]}")
    if run.meta:
        synthetic_notice(run.meta.synthetic)
    if run.status.error:
        st.error(run.status.error, icon=":material/error:")
    _cards(run, records)
    draw_curves(run, records)
    if run.meta:
        for sentence in diagnose(records, len(run.meta.actions)):
            st.warning(sentence, icon=":material/lightbulb:")


def _cards(run: Run, records: Sequence[EpochRecord]) -> None:
    best = best_record(records)
    pace = run.status.seconds / run.status.epoch if run.status.epoch else 0.0
    left = pace * (run.config.epochs - run.status.epoch)
    first, second, third, fourth = st.columns(4)
    first.metric("Epoch", f"{len(records):,} of {run.config.epochs:,}", border=True)
    second.metric(
        "Best validation", percent(best.validation_accuracy) if best else "none yet", border=True,
        help="The best accuracy on the validation subjects so far. The weights of that epoch are kept.",
    )  # fmt: skip
    third.metric("Time an epoch", f"{1000 * pace:.0f} ms" if pace else "none yet", border=True)
    if run.status.state == "running":
        fourth.metric("Time left", duration(left) if pace else "none yet", border=True)
    else:
        fourth.metric("Time spent", duration(run.status.seconds), border=True)


def draw_curves(run: Run, records: Sequence[EpochRecord]) -> None:
    """Draw loss and accuracy side by side; the height stays the same with and without records."""
    with st.container(horizontal=True, vertical_alignment="center"):
        smoothing = st.slider(
            "Smoothing", 0.0, 0.98, 0.0, step=0.02, key="smoothing", width=220, persist_state="session",
            help="Weight of the moving average. The raw curve stays, faint.",
        )  # fmt: skip
        logarithmic = st.toggle("Logarithmic loss", key="logarithmic", persist_state="session")
    left, right = st.columns(2)
    for column, metric in ((left, "loss"), (right, "accuracy")):
        figure = curves(
            records, metric, title=metric.capitalize(), smoothing=smoothing, logarithmic=logarithmic
        )
        column.plotly_chart(figure, key=f"{metric} of {run.run_id}", config={"displaylogo": False})


def draw_controls(run: Run) -> None:
    """Draw the buttons that the state of a run allows."""
    lab = get_lab()
    state = run.status.state
    with st.container(horizontal=True):
        if state in ("running", "queued"):
            if st.button("Pause", icon=":material/pause:", key=f"pause {run.run_id}"):
                with explain():
                    lab.store.request(run.run_id, "pause")
                st.rerun()
            if st.button(
                "Stop", icon=":material/stop:", key=f"stop {run.run_id}",
                help="Ends here and keeps the results so far.",
            ):  # fmt: skip
                with explain():
                    lab.store.request(run.run_id, "stop")
                st.rerun()
        elif state != "done" and st.button(
            "Resume", icon=":material/play_arrow:", key=f"resume {run.run_id}"
        ):
            with explain():
                lab.store.requeue(run.run_id)
            lab.queue.wake()
            st.rerun()
        if state != "running" and st.button(
            "Delete",
            icon=":material/delete:",
            key=f"delete {run.run_id}",
            help="Moves the run to the trash folder.",
        ):
            with explain():
                lab.store.delete(run.run_id)
            st.rerun()
