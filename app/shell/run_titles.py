"""What a run is called in a line."""

from har_core.data.splits import REFITTED
from har_core.training.ladder import say_rung
from har_core.training.named_settings import say_seed
from har_core.training.store import Run
from har_core.wording import count_of, counted, percent


def title_of(run: Run) -> str:
    """Say in a line which run this is."""
    said = [run.label.name] if run.label.name else []
    rung = say_rung(run.config)
    said += [rung] if rung else []
    said += [
        run.config.kind.title,
        *say_seed(run.config),
        run.config.source,
    ]
    said += [_epochs_of(run, run.config.epochs)] if run.config.epochs else []
    said += [REFITTED] if run.config.split.refit else []
    if run.results:
        said.append(f"{percent(run.results.chosen.test)} test")
    return " · ".join([*said, run.run_id[:15]])


def _epochs_of(run: Run, asked: int) -> str:
    """Say how many epochs a run has, and of how many where it ended early or may be resumed."""
    # Of a run at work it is what was asked for: a title that changes each second could not be chosen.
    early = run.status.epoch < asked and run.status.state not in ("queued", "running")
    return f"{count_of(run.status.epoch, asked)} epochs" if early else counted(asked, "epoch")
