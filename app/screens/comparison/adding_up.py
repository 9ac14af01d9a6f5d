"""Chosen runs are added up: their probabilities, by weights, as a run of its own."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.shell.lab import get_source
from app.shell.queueing import queue_experiments
from app.shell.run_titles import title_of
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.settings import fault_of
from har_core.training.config import ExperimentConfig, Member
from har_core.training.members import add_up_runs
from har_core.training.store import Run


def draw_adding_up(chosen: Sequence[Run], row: DeltaGenerator) -> None:
    """Draw the way to an ensemble of the chosen runs; nothing where there are fewer than two.

    Args:
        chosen: runs of the table.
        row: where what can be done with them stands.
    """
    if len(chosen) < 2:
        return
    with row.popover("Add up", icon=":material/functions:", key="add up chosen runs"):
        st.markdown(
            "A run of its own adds up what these say: the probabilities of each action, by their weights."
        )
        weights = [_weight_of(run) for run in chosen]
        config, fault = _sum_of(chosen, weights)
        if fault:
            st.caption(f":red[{escape_markdown(fault)}]")
        st.button(
            "Queue the sum", type="primary", icon=":material/play_arrow:", key="queue the sum",
            disabled=config is None, on_click=_queue, args=(config,),
            help="Puts it at the end of the queue, as a run of its own.",
        )  # fmt: skip


def _weight_of(run: Run) -> float:
    """Draw the field of a run's weight; return what it says, which may be no weight."""
    return st.number_input(
        escape_markdown(title_of(run)), value=1.0, step=1.0, format="%g", key=f"weight of {run.run_id}",
        help="What its probabilities are multiplied by.", persist_state="session",
    )  # fmt: skip


def _sum_of(chosen: Sequence[Run], weights: Sequence[float]) -> tuple[ExperimentConfig | None, str]:
    """Return the experiment that adds up runs; or None, and in a sentence why there is none."""
    fault = next(filter(None, (fault_of(Member, "weight", weight) for weight in weights)), "")
    if fault:
        return None, fault
    config = chosen[0].config
    try:
        fingerprint = get_source(config.source, config.reading).sequences.fingerprint
        return add_up_runs(chosen, weights, fingerprint), ""
    except HarError as error:
        return None, str(error)


def _queue(config: ExperimentConfig) -> None:
    try:
        queue_experiments([config])
    except HarError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
