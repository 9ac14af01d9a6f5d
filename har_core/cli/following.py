"""Training before the eyes of the user: what is compiled ahead, and each epoch as it ends."""

from collections.abc import Iterator
from typing import Annotated

import typer

from har_core.engine import MOST_THREADS, compile_ahead
from har_core.progress import follow_epochs
from har_core.training.config import ExperimentConfig
from har_core.training.records import EpochRecord, Readiness
from har_core.training.store import Run

ThreadCount = Annotated[
    int | None,
    typer.Option(
        help=f"To compute on, 1 to {MOST_THREADS}; the numbers are the same on any. What is not said is as "
        "HAR_THREADS says, or as many as there are cores, up to four."
    ),
]


def compile_kernels_of(experiment: ExperimentConfig) -> None:
    """Begin to compile what an experiment is trained by, while torch is imported."""
    if experiment.kind.kernels:
        compile_ahead(experiment.kind.kernels)


def follow(steps: Iterator[Readiness | EpochRecord], run: Run, as_json: bool) -> None:
    """Show how a run is trained; of one whose end is told as JSON nothing."""
    follow_epochs(steps, run.config.epochs, of_members=bool(run.config.members), quiet=as_json)
