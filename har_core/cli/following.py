"""Training before the eyes of the user: what is compiled ahead, and each epoch as it ends."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TimeRemainingColumn

from har_core.data.splits import PARTS
from har_core.models.compiled import compile_ahead
from har_core.models.threads import MOST_THREADS
from har_core.terminal import changing_text, screen
from har_core.training.config import ExperimentConfig
from har_core.training.records import EpochRecord
from har_core.training.store import Run
from har_core.wording import PART_TITLES, loss, percent

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


def follow(epochs: Iterator[EpochRecord], run: Run, as_json: bool) -> None:
    """Show how a run is trained; of one whose end is told as JSON nothing."""
    total = run.config.epochs
    with Progress(
        changing_text("epoch {task.completed:.0f} of {task.total:.0f}"), BarColumn(),
        changing_text("{task.description}"), TimeRemainingColumn(), console=screen,
        disable=as_json or total is None,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=total)
        for record in epochs:  # a model without epochs has none to show
            found = {part: record.of(part, "accuracy") for part in PARTS}
            said = ", ".join(
                f"{PART_TITLES[part].lower()} {percent(value)}"
                for part, value in found.items()
                if value is not None
            )
            said = f"loss {loss(record.train_loss)}, accuracy: {said}"
            progress.update(task, completed=record.epoch, description=said)
