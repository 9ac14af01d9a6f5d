"""The 14 steps of the practical work: where each is done, and whether it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.ui.navigation import link_to
from har_core.training.store import Run


@dataclass(frozen=True)
class Step:
    """A step of the practical work.

    Attributes:
        what: what the student does.
        page: where it is done.
        needs: models whose finished run the step needs; none where it only needs looking.
    """

    what: str
    page: str
    needs: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step("Load the three files and understand how each is organised", "data_set"),
    Step("Look at sequences as moving skeletons", "skeletons"),
    Step("Find the number of classes", "data_set"),
    Step("Normalise the sequences to [-1, 1]", "data_set"),
    Step("Split by subject: 1 to 5 train, 6 and 7 validation, the rest test", "training"),
    Step("First model: one LSTM layer of 24 units, then dropout 0.5", "training"),
    Step("Train it for 2,000 epochs with batches of 256", "training", ("lstm",)),
    Step("Evaluate on the test set", "results", ("lstm",)),
    Step("Plot the curves of loss and accuracy", "results", ("lstm",)),
    Step("A deeper model of at least two LSTM layers", "training", ("stacked-lstm",)),
    Step("Confusion matrix, and the sequences that were confused", "results", ("lstm",)),
    Step("PCA of the last LSTM layer's features on the training set", "features", ("lstm",)),
    Step("Bi-LSTM: forward and backward, combined", "comparison", ("bilstm",)),
    Step("A 1D-CNN of as many parameters, for a fair comparison", "comparison", ("cnn",)),
)


def draw_steps(runs: Sequence[Run], source: str) -> None:
    """Draw the steps, each with its state and a link to its page.

    Args:
        runs: all runs, the newest first.
        source: the data set whose runs count.
    """
    newest: dict[str, Run] = {}
    for run in runs:
        if run.results and run.config.source == source:
            newest.setdefault(run.config.model.name, run)
    for number, step in enumerate(STEPS, start=1):
        what, where = st.columns([4, 1], vertical_alignment="center")
        what.markdown(f"**{number}** &nbsp; {step.what} {_state(step, newest)}")
        with where:
            link_to(step.page)


def _state(step: Step, newest: dict[str, Run]) -> str:
    if not step.needs:
        return ""
    if any(model not in newest for model in step.needs):
        return ":orange-badge[needs a run]"
    epochs = min(newest[model].status.epoch for model in step.needs)
    return f":green-badge[:material/check: run of {epochs:,} epochs]"
