"""Training before the eyes of the user: a line that moves, in a terminal or in a notebook."""

import sys
import time
from collections import deque
from collections.abc import Iterator
from itertools import chain

from rich.progress import BarColumn, Progress, TimeRemainingColumn

from har_core.data.splits import PARTS
from har_core.terminal import changing_text, screen
from har_core.training.records import EpochRecord, Readiness
from har_core.wording import PART_TITLES, duration, loss, percent

_EVERY = 0.25
"""Seconds between two looks of a notebook's line."""

_BAR = 24  # signs


def follow_epochs(
    steps: Iterator[Readiness | EpochRecord],
    total: int | None,
    *,
    of_members: bool = False,
    quiet: bool = False,
) -> None:
    """Train to the end, and show where it stands.

    Args:
        steps: trains; says how far it is until the first epoch, and gives a record after each.
        total: how many epochs there will be; None of a model that has none, and then there is nothing to show
            of them.
        of_members: True of an ensemble, which is ready when its members are trained.
        quiet: True to show nothing.
    """
    epochs = _get_ready(steps, "training its members" if of_members else "getting ready", quiet)
    if quiet or total is None:
        deque(epochs, maxlen=0)
        return
    if in_notebook():
        _follow_in_notebook(epochs, total)
        return
    with Progress(
        changing_text("epoch {task.completed:.0f} of {task.total:.0f}"), BarColumn(),
        changing_text("{task.description}"), TimeRemainingColumn(), console=screen,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=total)
        for record in epochs:
            progress.update(task, completed=record.epoch, description=_say(record))


def _get_ready(steps: Iterator[Readiness | EpochRecord], said: str, quiet: bool) -> Iterator[EpochRecord]:
    """Show how far it is until learning begins, where that takes a while; return the records that follow."""
    first = next(steps, None)
    if isinstance(first, Readiness):
        with Progress(
            changing_text(said), BarColumn(), TimeRemainingColumn(), console=screen, disable=quiet
        ) as progress:
            task = progress.add_task("", total=1)
            while isinstance(first := next(steps, None), Readiness):
                progress.update(task, completed=first.share)
    following = steps if first is None else chain((first,), steps)
    return (step for step in following if isinstance(step, EpochRecord))


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this program, which shows more than a terminal."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return hasattr(shell, "kernel")


def _follow_in_notebook(epochs: Iterator[EpochRecord], total: int) -> None:
    from IPython.display import display  # there, because a notebook runs this

    started = shown = time.monotonic()
    line = display({"text/plain": f"epoch 0 of {total:,}"}, raw=True, display_id=True)  # type: ignore[no-untyped-call]
    said = ""
    for record in epochs:
        now = time.monotonic()
        left = duration((now - started) / record.epoch * (total - record.epoch))
        done = "━" * round(_BAR * record.epoch / total)
        said = f"epoch {record.epoch:,} of {total:,} {done:<{_BAR}} {_say(record)}, {left} left"
        if now - shown >= _EVERY:
            line.update({"text/plain": said}, raw=True)
            shown = now
    line.update({"text/plain": said.rpartition(",")[0] or "no epoch was left to train"}, raw=True)


def _say(record: EpochRecord) -> str:
    found = {part: record.of(part, "accuracy") for part in PARTS}
    said = ", ".join(
        f"{PART_TITLES[part].lower()} {percent(value)}" for part, value in found.items() if value is not None
    )
    return f"loss {loss(record.train_loss)}, accuracy: {said}"
