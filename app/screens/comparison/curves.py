"""Loss and accuracy of several runs over the epochs."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.components.chart import draw_chart
from app.runs.numbers import curves_of
from app.screens.comparison.compared import Compared, say_what_is_missing
from har_core.plots.captions import Caption
from har_core.plots.run_curves import PANELS, Panel, curves_figure, say_panel
from har_core.training.store import Run
from har_core.wording import counted

MOST_CURVES = 100
"""Runs whose curves are drawn at once: more can neither be told apart nor read in a moment."""

_ALL = "Loss and accuracy, all parts"
_HEIGHT = 480
_PANELS: dict[str, tuple[Panel, ...]] = {_ALL: PANELS} | {say_panel(panel): (panel,) for panel in PANELS}
"""What can be shown: all in one figure, or one of them large."""


@dataclass(frozen=True)
class _Choice:
    shown: str
    means: bool
    smoothing: float


def draw_curves(compared: Compared) -> None:
    """Draw the choice of the curves, and the curves."""
    choice = _choose()
    trained = [run for run in compared.runs if run.config.training]
    panels = [panel for panel in _PANELS[choice.shown] if any(_has(run, panel) for run in trained)]
    measured = [run for run in trained if any(_has(run, panel) for panel in panels)]
    curves = curves_of(measured[:MOST_CURVES])
    drawn = compared.among([run for run in measured if run.run_id in curves])
    if drawn.runs:
        title = say_panel(panels[0]) if len(panels) == 1 else "Loss and accuracy"
        draw_chart(
            curves_figure(
                drawn.groups, curves, drawn.titles, panels=panels, places=drawn.places, ground=drawn.ground,
                height=_HEIGHT, means=choice.means, smoothing=choice.smoothing,
            ),
            key="curves of runs", height=_HEIGHT, caption=Caption(title, [drawn.ground]),
            alt=f"{title} over the epochs of {counted(len(drawn.runs), 'run')} of "
            f"{counted(len(drawn.groups), 'config')}, in {counted(len(panels), 'panel')}.",
        )  # fmt: skip
        _say_how_measured(panels)
    if len(measured) > MOST_CURVES:
        st.caption(f"The newest {MOST_CURVES} of {len(measured):,} runs; choose others in the table.")
    _say_who_is_missing(compared.runs, panels)
    if not drawn.runs and (measured or not trained):
        say_what_is_missing(f"None of these runs has gone through an epoch{' yet' if trained else ''}.")


def _choose() -> _Choice:
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = st.selectbox(
            "Curves", list(_PANELS), key="curves shown", width=260, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        means = st.toggle(
            "Mean of the seeds", True, key="curves means", persist_state="session",
            help="Draws the mean of the runs that differ in nothing but the seed, with a band of one sample "
            "standard deviation to both sides, as far as the shortest run goes.",
        )  # fmt: skip
        with st.popover("Smoothing", icon=":material/timeline:"):
            smoothing = st.slider(
                "Smoothing", 0.0, 0.98, 0.0, step=0.02, key="curves smoothing", width=220,
                persist_state="session", help="Weight of the moving average of each run.",
            )  # fmt: skip
    return _Choice(shown, means, smoothing)


def _has(run: Run, panel: Panel) -> bool:
    return panel[1] in run.config.split.parts


def _say_how_measured(panels: Sequence[Panel]) -> None:
    parts = {part for _, part in panels}
    said = []
    if "train" in parts:
        said.append(
            "Training: the running mean over the batches of each epoch, with dropout and any augmentation on."
        )
    if parts - {"train"}:
        said.append("Validation and test: after each epoch, without dropout.")
    st.caption(" ".join(said))


def _say_who_is_missing(runs: Sequence[Run], panels: Sequence[Panel]) -> None:
    without_epochs = sum(not run.config.training for run in runs)
    unvalidated = sum(bool(run.config.training) and not run.config.validated for run in runs)
    said = []
    if without_epochs:
        said.append(f"Not drawn: {counted(without_epochs, 'run')} of a model without epochs.")
    if unvalidated and any(part == "validation" for _, part in panels or PANELS):
        said.append(f"No validation curve: {counted(unvalidated, 'run')} without a validation part.")
    if said:
        st.caption(f":material/info: {' '.join(said)}")
