"""A run while it is trained and after: its cards, and its curves if it has epochs."""

import time
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from app.components.chart import draw_chart
from app.shell.faults import draw_missing_records
from app.shell.lab import get_lab
from app.shell.messages import leak_notice, synthetic_notice
from app.shell.wording import plain
from har_core.analysis.learning import best_record, diagnose, say_one_action
from har_core.analysis.predictions import load_predictions
from har_core.data.splits import PARTS
from har_core.errors import HarError
from har_core.plots.captions import Caption
from har_core.plots.live_curves import live_curves
from har_core.training.named_settings import say_departures
from har_core.training.records import EpochRecord, Meta
from har_core.training.store import Run
from har_core.wording import counted, duration, percent, score_title

CURVES_EVERY = 2.0
"""Seconds between two drawings of the curves of a run that is trained; the cards change every second."""

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
    """Draw a run's state, cards and curves."""
    st.markdown(f"{_STATES[run.status.state]} {plain(_settings_of(run))}")
    if run.meta:
        synthetic_notice(run.meta.synthetic)
    leak_notice([run.config.split])
    if run.status.error:
        st.error(plain(run.status.error), icon=":material/error:")
    if run.config.training:
        _cards(run, records)
        draw_curves(run, records)
    elif run.results:
        st.metric(
            "Time spent", duration(run.status.seconds), border=True, width=200,
            help="On learning, and on saying what every sequence is. This model has no epochs.",
        )  # fmt: skip
    if run.meta:
        for sentence in _diagnosis_of(run, run.meta, records):
            st.warning(plain(sentence), icon=":material/lightbulb:")


def _diagnosis_of(run: Run, meta: Meta, records: Sequence[EpochRecord]) -> list[str]:
    """Say what stands out in a run's curves and, once it has ended, in its predictions."""
    said = diagnose(records, len(meta.actions))
    if run.results:
        actions = meta.action_names
        for weighting in run.config.weightings:
            try:
                predictions = load_predictions(get_lab().store, run.run_id, weighting)
            except HarError as error:
                return [*filter(None, said), str(error)]
            said.append(say_one_action(predictions, actions, weighting if run.config.training else None))
    return [*filter(None, said)]


def _settings_of(run: Run) -> str:
    """Say in a line what was asked for, as far as it is not the course's."""
    config = run.config
    said = [f"{run.meta.parameters:,} parameters"] if run.meta and run.meta.parameters else []
    said.append(f"split {config.split.name}")
    said += say_departures(config).values()
    return " · ".join(said)


def _cards(run: Run, records: Sequence[EpochRecord]) -> None:
    # Without a validation part nothing chooses an epoch: the run is judged by its last.
    validated = run.config.validated
    judged = best_record(records) if validated else records[-1] if records else None
    running = run.status.state == "running"
    pace = run.status.seconds / run.status.epoch if run.status.epoch else 0.0
    epochs = run.config.epochs or 0
    left = pace * (epochs - run.status.epoch)
    none = "none yet"
    cards = (
        ("Epoch", f"{len(records):,} of {epochs:,}", "Rounds through the training part."),
        *([(
            score_title("validation", "best"), percent(judged.validation_accuracy or 0) if judged else none,
            "The best accuracy on the validation part so far. The weights of that epoch are kept.",
        )] if validated else []),
        (
            score_title("test", run.config.judged_by), percent(judged.test_accuracy) if judged else none,
            "Accuracy on the test part with those weights. It is only reported: it chooses nothing."
            if validated
            else "Accuracy on the test part. Without a validation part no epoch is chosen as the best.",
        ),
        (
            "Time an epoch", duration(pace) if pace else none,
            "Mean over the epochs so far: training, and evaluation of the other parts.",
        ),
        ("Time left", duration(left) if pace else none, "At the pace so far.") if running
        else ("Time spent", duration(run.status.seconds), "On training and evaluation, pauses not counted."),
    )  # fmt: skip
    with st.container(horizontal=True):
        for title, value, meaning in cards:
            st.metric(title, value, border=True, help=meaning)


def draw_curves(run: Run, records: Sequence[EpochRecord]) -> None:
    """Draw loss and accuracy side by side; the height stays the same with and without records."""
    draw_missing_records(run, len(records))
    with st.container(horizontal=True, vertical_alignment="center"):
        smoothing = st.slider(
            "Smoothing", 0.0, 0.98, 0.0, step=0.02, key="smoothing", width=220, persist_state="session",
            help="Weight of the moving average. The raw curve stays, faint.",
        )  # fmt: skip
        logarithmic = st.toggle("Logarithmic loss", key="logarithmic", persist_state="session")
        if run.status.state in ("running", "queued"):
            records = records[: _shown_epochs(run, len(records))]
    left, right = st.columns(2)
    still = run.status.state in ("running", "queued") and not st.session_state["live"]
    for column, metric in ((left, "loss"), (right, "accuracy")):
        figure = live_curves(
            records, metric, title=metric.capitalize(), smoothing=smoothing, logarithmic=logarithmic
        )
        facts = [run.config.kind.title, f"run {run.run_id}", "all parts"]
        draw_chart(
            figure, key=f"{metric} of {run.run_id}", place=column, height=360,
            alt=_describe_curves(records, metric, still=still),
            caption=Caption(metric.capitalize(), [*facts, run.config.source]),
        )  # fmt: skip


def _shown_epochs(run: Run, epochs: int) -> int:
    """Draw the toggle that lets the curves of a run stand still, and return how many epochs they show."""
    key = f"the curves of {run.run_id}"
    live = st.toggle(
        "Live curves", True, key="live", persist_state="session",
        on_change=lambda: st.session_state.pop(key, None),
        help="Off, the curves stand still, so that you can zoom in and read them; the cards go on.",
    )  # fmt: skip
    # To draw charts anew takes the browser a tenth of a second of a core, which training may need itself.
    shown, since = st.session_state.get(key, (0, 0.0))
    if not shown or (live and time.monotonic() - since >= CURVES_EVERY):
        shown, since = epochs, time.monotonic()
        st.session_state[key] = shown, since
    return int(shown)


def _describe_curves(
    records: Sequence[EpochRecord], metric: Literal["loss", "accuracy"], *, still: bool
) -> str:
    if not records:
        return f"Curves of the {metric}: no epoch yet."
    last = records[-1]
    found = {part: last.of(part, metric) for part in PARTS}
    ends = ", ".join(f"{part} {value:.3f}" for part, value in found.items() if value is not None)
    standing = ", standing still" if still else ""
    return f"Curves of the {metric} over {counted(len(records), 'epoch')}{standing}, at the last: {ends}."
