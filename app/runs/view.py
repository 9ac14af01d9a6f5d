"""The curves of a run, while it is trained and after."""

import time
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from app.components.chart import draw_chart
from app.shell.faults import draw_missing_records
from har_core.data.splits import PARTS
from har_core.plots.captions import Caption
from har_core.plots.live_curves import live_curves, round_end
from har_core.training.records import EpochRecord
from har_core.training.store import Run
from har_core.wording import counted

CURVES_EVERY = 2.0
"""Seconds between two drawings of the curves of a run that is trained."""

_SEEN = 0.01
"""Share of the axis by which curves have to grow until they are drawn anew: less is hardly seen."""

_LIVE = "live"


def draw_curve_options(run: Run) -> None:
    """Draw how curves are shown: how smooth, on which scale, and whether those of a run at work move."""
    with st.popover("Curves", icon=":material/tune:"):
        st.slider(
            "Smoothing", 0.0, 0.98, 0.0, step=0.02, key="smoothing", persist_state="session",
            help="Weight of the moving average. The raw curve stays, faint.",
        )  # fmt: skip
        st.toggle("Logarithmic loss", key="logarithmic", persist_state="session")
        if _is_at_work(run):
            st.toggle(
                "Live curves", True, key=_LIVE, persist_state="session",
                on_change=lambda: st.session_state.pop(_shown_of(run), None),
                help="Off, the curves stand still, so that you can zoom in and read them; the numbers go on.",
            )  # fmt: skip


def draw_curves(run: Run, records: Sequence[EpochRecord], *, height: int = 360) -> None:
    """Draw loss and accuracy side by side; the height stays the same with and without records.

    Args:
        run: the run.
        records: of its epochs.
        height: of each figure, in pixels.
    """
    draw_missing_records(run, len(records))
    at_work = _is_at_work(run)
    still = at_work and not st.session_state.get(_LIVE, True)
    if at_work:
        records = records[: _shown_epochs(run, len(records), still=still)]
    left, right = st.columns(2)
    for column, metric in ((left, "loss"), (right, "accuracy")):
        figure = live_curves(
            records, metric, title=metric.capitalize(), of=run.config.epochs if at_work else None,
            smoothing=st.session_state.get("smoothing", 0.0),
            logarithmic=st.session_state.get("logarithmic", False),
            mark_best="best" in run.config.checkpoints,
        )  # fmt: skip
        facts = [run.config.kind.title, f"run {run.run_id}", "all parts"]
        draw_chart(
            figure, key=f"{metric} of {run.run_id}", place=column, height=height,
            alt=_describe_curves(records, metric, still=still),
            caption=Caption(metric.capitalize(), [*facts, run.config.source]),
        )  # fmt: skip


def _is_at_work(run: Run) -> bool:
    return run.status.state in ("running", "queued")


def _shown_of(run: Run) -> str:
    return f"the curves of {run.run_id}"


def _shown_epochs(run: Run, epochs: int, *, still: bool) -> int:
    """Return how many epochs the curves of a run show: those there are, or were when they came to stand."""
    key = _shown_of(run)
    # To draw charts anew takes the browser a tenth of a second of a core, which training may need itself.
    shown, since = st.session_state.get(key, (0, 0.0))
    seen = epochs - shown >= _SEEN * round_end(epochs)
    if not shown or (not still and seen and time.monotonic() - since >= CURVES_EVERY):
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
