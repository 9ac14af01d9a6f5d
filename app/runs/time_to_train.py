"""How long runs will take, told before they start."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.runs.torch_ready import draw_with_torch
from app.shell.wording import escape_markdown
from har_core.data.sequences import SkeletonSequences
from har_core.training.config import ExperimentConfig
from har_core.training.run import Run
from har_core.training.time_estimate import TimeEstimate, estimate_all, say_time

_LONG = 1800.0
"""Seconds from which on a time stands out, for nobody waits for that beside the screen."""


def draw_time(
    experiments: Sequence[ExperimentConfig], sequences: SkeletonSequences, runs: Sequence[Run]
) -> None:
    """Draw how long experiments take, one after the other.

    Args:
        experiments: at least one.
        sequences: of their data set.
        runs: that tell how long others will take.
    """
    known = estimate_all(experiments, sequences, runs, by_size=False)
    if known or not any(config.kind.network for config in experiments):
        _draw(known)
    else:
        draw_with_torch(
            partial(_draw_by_size, experiments, sequences, runs),
            "How long it takes is told as soon as the server is ready to train.",
        )


def _draw_by_size(
    experiments: Sequence[ExperimentConfig], sequences: SkeletonSequences, runs: Sequence[Run]
) -> None:
    _draw(estimate_all(experiments, sequences, runs, by_size=True))


def _draw(estimate: TimeEstimate | None) -> None:
    said = f":material/schedule: {escape_markdown(say_time(estimate))}"
    st.caption(f":orange[{said}]" if estimate and estimate.high >= _LONG else said)
