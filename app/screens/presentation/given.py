"""What the presentation is given: the data set, and the runs that its steps are about."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.runs.chooser import Chosen
from app.shell.lab import get_lab
from app.shell.selection import load_selected, recall, source_to_keep, was_watched
from har_core.analysis.predictions import load_predictions
from har_core.data.reading.data_set import LoadedSource
from har_core.data.splits import Part
from har_core.errors import HarError
from har_core.report.progress import StepState, progress
from har_core.training.store import Run

_OF_ANY_RUN = (7, 8, 9, 11, 12)
"""The steps that show the selected run, whatever its model is; each other one is about a model of its own."""


class NothingToShowError(HarError):
    """A step has no figure yet, and what to do about it."""


@dataclass(frozen=True, eq=False)
class Given:
    """What the steps are presented of.

    Attributes:
        loaded: the selected data set.
        states: of the 14 steps.
    """

    loaded: LoadedSource
    states: Sequence[StepState]

    def run_of(self, step: int) -> Run:
        """Return the run that a step shows.

        Raises:
            NothingToShowError: there is none yet.
        """
        state = self.states[step - 1]
        run = (_selected_run() if step in _OF_ANY_RUN else None) or state.run
        if run is None:
            raise NothingToShowError(
                f"Nothing to show yet: {state.said}. Leave, and press Queue the practical work on the "
                "overview."
            )
        return run

    def ended_run_of(self, step: int) -> Run:
        """Return the run that a step shows, with results.

        Raises:
            NothingToShowError: there is none yet, or it has not ended.
        """
        run = self.run_of(step)
        if not run.results or not run.meta:
            raise NothingToShowError(
                f"{run.config.kind.title} is {_STATES.get(run.status.state, run.status.state)}: there is "
                "something to show when it has ended. Go on with another step, or leave and look at Training."
            )
        return run

    def chosen(self, step: int, part: Part) -> Chosen:
        """Return the run that a step shows, with its predictions on a part.

        Raises:
            HarError: there is none yet, it has not ended, or its predictions can't be read.
        """
        run = self.ended_run_of(step)
        weights = run.config.checkpoint_for("last" if recall("weights") == "last" else "best")
        return Chosen(run, weights, part, load_predictions(get_lab().store, run.run_id, weights))


_STATES = {"running": "in training", "queued": "waiting to be trained"}


def look_around() -> Given:
    """Return what there is to present.

    Raises:
        HarError: the data set or the runs can't be read.
    """
    loaded = load_selected()
    runs = get_lab().store.runs()
    return Given(loaded, progress(loaded.sequences, runs, source_to_keep(), watched=was_watched()))


def _selected_run() -> Run | None:
    """Return the selected run, where it is one of the selected data set, can be read, and is no refit."""
    wanted = recall("run")
    try:
        run = get_lab().store.get(wanted) if wanted else None
    except HarError:  # deleted or damaged
        return None
    counts = run and run.config.source == source_to_keep() and not run.config.split.refit
    return run if counts else None
