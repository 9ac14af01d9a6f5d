"""The row above results and features: which run, with which weights, on which part."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from app.runs.run_choice import select_ended_run
from app.shell.lab import get_lab
from app.shell.messages import notice_in_head, stop_on_error
from app.shell.run_titles import title_of
from app.shell.selection import chosen_here, recall, remember, select
from app.shell.wording import as_told, escape_markdown
from har_core.analysis.predictions import Predictions, load_predictions
from har_core.analysis.projection import load_features
from har_core.data.splits import PARTS, REFITTED, Part
from har_core.models import ModelKind
from har_core.plots.captions import Caption
from har_core.training.config import ExperimentConfig
from har_core.training.records import CheckpointChoice
from har_core.training.store import Run
from har_core.wording import PART_TITLES, percent

_WIDTH_OF_WEIGHTS, _WIDTH_OF_PART = 140, 170
"""In pixels, of what the longest option needs."""

BEST_EPOCH = "The best epoch is the one with the best accuracy on the validation part."


@dataclass(frozen=True, eq=False)
class Chosen:
    """What a page is about.

    Attributes:
        run: with results.
        checkpoint: which of its weights.
        part: of the split.
        predictions: of the run with those weights, all parts.
    """

    run: Run
    checkpoint: CheckpointChoice
    part: Part
    predictions: Predictions

    @property
    def kind(self) -> ModelKind:
        """The model of the run."""
        return self.run.config.kind

    @property
    def epoch_chosen(self) -> CheckpointChoice | None:
        """The epoch whose weights these are; None of a model without epochs."""
        return self.checkpoint if self.run.config.training else None

    def say_sure(self, probability: float) -> str:
        """Say a probability: how sure a network is. What that of another model is, the page has to say."""
        return f"{percent(probability, 0)}{'' if self.kind.scores else ' sure'}"

    def say_prediction(self, sequence: str) -> str:
        """Say which run, with which weights, calls a sequence what: for where the page can't be seen."""
        row = self.predictions.ids.tolist().index(sequence)
        truth, predicted = (int(of[row]) for of in (self.predictions.truth, self.predictions.predicted))
        verdict = "recognised" if truth == predicted else f"taken for {self.actions[predicted]}"
        epoch = f", {self.epoch_chosen} epoch" if self.epoch_chosen else ""
        sure = self.say_sure(self.predictions.probability[row])
        return f"{title_of(self.run)}{epoch}: {sequence}, {self.actions[truth]}, {verdict}, {sure}"

    @cached_property
    def features(self) -> NDArray[np.float32] | None:
        """(N, width), in the order of the predictions; read when first asked for. None of a model without."""
        if not self.kind.features:
            return None
        with stop_on_error():
            return load_features(get_lab().store, self.run.run_id, self.checkpoint)

    @property
    def actions(self) -> list[str]:
        """K names, in the order of the model's outputs."""
        return self.run.meta.action_names

    def caption(self, title: str, part: Part | None = None) -> Caption:
        """Return what a figure of it is called, by default one of the chosen part."""
        run, of = self.run, PART_TITLES[part or self.part].lower()
        epoch = [f"{self.epoch_chosen} epoch"] if self.epoch_chosen else []
        refit = [REFITTED] if run.config.split.refit else []
        facts = [self.kind.title, f"run {run.run_id}", *refit, f"{of} part", *epoch, run.config.source]
        return Caption(title, facts)


def choose_run(head: DeltaGenerator, default: Part, help: str | None = None) -> Chosen:
    """Draw the row; a page without a run that has results says why, and ends.

    Args:
        head: the page's, which says so where the run's data are synthetic, or its split leaks.
        default: the part that the page shows first.
        help: what choosing a part does on this page.
    """
    row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    with row.container(key="run to be shown"):
        run = select_ended_run()
    with row:
        with st.container(width=_WIDTH_OF_WEIGHTS) if len(run.config.checkpoints) > 1 else nullcontext():
            checkpoint = select_weights(run.config, label_visibility="collapsed")
        part_at = st.container(width=_WIDTH_OF_PART)
        meanings = [*([BEST_EPOCH] if len(run.config.checkpoints) > 1 else []), *([help] if help else [])]
        if meanings:  # labels that are not seen have no help of their own
            st.caption("", help="  \n".join(meanings), width="content")
    with stop_on_error():
        predictions = load_predictions(get_lab().store, run.run_id, checkpoint)
    sequence = recall("sequence")
    if sequence and sequence not in predictions.ids:
        st.info(escape_markdown(f"Sequence {as_told(sequence)} is not among those of this run."))
    with part_at:
        part = _select_part(predictions, sequence, default)
    with head:
        notice_in_head(run.meta.synthetic, run.config.split)
    return Chosen(run, checkpoint, part, predictions)


def select_weights(
    *configs: ExperimentConfig, label_visibility: Literal["visible", "collapsed"] = "visible"
) -> CheckpointChoice:
    """Draw the choice between the weights of the best and of the last epoch, where a run has both."""
    checkpoints = max((config.checkpoints for config in configs), key=len)
    if len(checkpoints) == 1:  # what was chosen stays so for the next run
        return checkpoints[0]
    chosen = select(
        "Weights", "weights", checkpoints, say="{} epoch".format, help=BEST_EPOCH,
        label_visibility=label_visibility,
    )  # fmt: skip
    return cast(CheckpointChoice, chosen)


def _select_part(predictions: Predictions, sequence: str | None, default: Part) -> Part:
    """Draw the choice of a part: that of the selected sequence, or else the one chosen on this page."""
    own = predictions.part[predictions.ids == (sequence or "")]
    chosen = chosen_here("part")
    remember("part", str(own[0]) if len(own) else chosen if chosen in PARTS else default)
    there = [part for part in PARTS if (predictions.part == part).any()]
    options = [default, *(part for part in there if part != default)]
    part = select(
        "Part", "part", options, say=lambda part: f"{PART_TITLES[part]} part", label_visibility="collapsed"
    )
    return cast(Part, part)
