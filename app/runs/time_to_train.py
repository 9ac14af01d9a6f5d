"""How long runs will take, told before they start."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.runs.torch_ready import draw_with_torch
from app.shell.wording import plain
from har_core.data.sequences import SkeletonSequences
from har_core.training.config import ExperimentConfig
from har_core.training.run import Run
from har_core.training.time_estimate import TimeEstimate, estimate_time, say_time, size_of, total_time

_LONG = 1800.0
"""Seconds from which on a time stands out, for nobody waits for that beside the screen."""


def draw_time(
    groups: Sequence[Sequence[ExperimentConfig]], sequences: SkeletonSequences, runs: Sequence[Run]
) -> None:
    """Draw how long experiments take, one after the other.

    Args:
        groups: at least one, of at least one experiment; those of a group differ in their seed alone.
        sequences: of their data set.
        runs: that tell how long others will take.
    """
    known = [estimate_time(experiments, sequences, runs, None) for experiments in groups]
    asked = [not estimate and group[0].kind.network for estimate, group in zip(known, groups, strict=True)]
    if not any(asked):
        _draw(total_time(known))
    else:
        draw_with_torch(
            partial(_draw_by_size, groups, sequences, runs),
            "How long it takes is told as soon as the server is ready to train.",
        )


def _draw_by_size(
    groups: Sequence[Sequence[ExperimentConfig]], sequences: SkeletonSequences, runs: Sequence[Run]
) -> None:
    estimates = [estimate_time(group, sequences, runs, size_of(group[0], sequences)) for group in groups]
    _draw(total_time(estimates))


def _draw(estimate: TimeEstimate | None) -> None:
    said = f":material/schedule: {plain(say_time(estimate))}"
    st.caption(f":orange[{said}]" if estimate and estimate.high >= _LONG else said)
