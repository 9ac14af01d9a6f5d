"""What the chosen runs gave, gathered once for all files of a hand-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.neighbours import nearest_example
from har_core.analysis.predictions import Predictions, load_predictions
from har_core.analysis.projection import Projection, load_features, project
from har_core.analysis.seeds import group_by_config, short_titles
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.sources import load_source
from har_core.errors import HarError, RunError
from har_core.models import ModelKind
from har_core.training.damage import missing_records
from har_core.training.records import CheckpointChoice, EpochRecord, Meta, Results
from har_core.training.store import Run, RunStore


@dataclass(frozen=True, eq=False)
class Findings:
    """What one run gave.

    Attributes:
        number: its place in the hand-in, from 1; files are named by it, never by a text of the user.
        title: its name, or what sets it apart from the other runs of the hand-in.
        run: config, status and label.
        meta: what it was made from.
        results: accuracies with the best weights, if there are such, and with the last.
        records: of all epochs.
        predictions: of all parts, with each of its weights.
        features: (N, width) with the weights that it is judged by, in the order of the predictions; None of
            a model that makes none.
        projection: of the features, the PCA fitted to the training part; None where there is none.
        loaded: its data set as recorded; None where that is not here any more.
        fault: a sentence, where the data set is not here.
    """

    number: int
    title: str
    run: Run
    meta: Meta
    results: Results
    records: tuple[EpochRecord, ...]
    predictions: dict[CheckpointChoice, Predictions]
    features: NDArray[np.float32] | None
    projection: Projection | None
    loaded: LoadedSource | None
    fault: str

    @property
    def actions(self) -> list[str]:
        """K names, in the order of the model's outputs."""
        return self.meta.action_names

    @property
    def model(self) -> str:
        """The name of the run's model in ``MODELS``."""
        return self.run.config.model.name

    @cached_property
    def nearest(self) -> dict[str, str | None]:
        """For each confused test sequence the nearest training example of what was predicted, or None."""
        predictions = self.judged
        test = predictions.of("test")
        return {
            str(name): self.features is not None
            and nearest_example(self.features, predictions, str(name), int(predicted))
            or None
            for name, true, predicted in zip(test.ids, test.truth, test.predicted, strict=True)
            if true != predicted
        }

    @property
    def loaded_as(self) -> tuple[str, ReadingChoices]:
        """What its data set is loaded by."""
        return self.run.config.source, self.run.config.reading

    @property
    def checkpoint(self) -> CheckpointChoice:
        """The weights that the run is judged by: the best, else the last."""
        return self.run.config.judged_by

    @property
    def judged(self) -> Predictions:
        """Its predictions with these, of all parts."""
        return self.predictions[self.checkpoint]

    @property
    def kind(self) -> ModelKind:
        """The line of ``MODELS`` that its model stands for."""
        return self.run.config.kind

    @property
    def refit(self) -> bool:
        """Whether it was refitted on training and validation: its test accuracy stands apart."""
        return self.run.config.split.refit

    @property
    def said_weights(self) -> str:
        """What these weights are called behind the name of a part; empty of a model without epochs."""
        return f", weights of the {self.checkpoint} epoch" if self.run.config.training else ""


def gather(store: RunStore, run_ids: Sequence[str]) -> list[Findings]:
    """Read all that a hand-in says of some runs.

    Args:
        store: where the runs lie.
        run_ids: runs that have ended, in the order of the hand-in; one that is named twice counts once.

    Raises:
        RunError: no run is named, one is not there or has not ended, or its files are damaged.
    """
    runs = [store.get(run_id) for run_id in dict.fromkeys(run_ids)]
    if not runs:
        raise RunError("a hand-in needs a run: name one or more that have ended.")
    titles = short_titles(group_by_config(runs))
    data = _DataSets()
    return [_gather_one(store, run, number, titles[run.run_id], data) for number, run in enumerate(runs, 1)]


def _gather_one(store: RunStore, run: Run, number: int, title: str, data: _DataSets) -> Findings:
    if run.meta is None or run.results is None:
        raise RunError(
            f"run {run.run_id} is {run.status.state} and has no results; choose runs that have ended."
        )
    checkpoints = run.config.checkpoints
    predictions = {checkpoint: load_predictions(store, run.run_id, checkpoint) for checkpoint in checkpoints}
    features = None
    if run.config.kind.features:
        features = load_features(store, run.run_id, run.config.judged_by)
    projection = _projection(features, predictions[run.config.judged_by])
    records = tuple(store.metrics(run.run_id))
    missing = missing_records(run.run_id, run.status, len(records))
    if missing:  # curves that end too early would not be those of the run
        raise RunError(f"{missing} Leave it out, or train it again.")
    loaded, fault = data.recorded(run)
    return Findings(
        number, title, run, run.meta, run.results, records, predictions, features, projection, loaded, fault
    )


def _projection(features: NDArray[np.float32] | None, predictions: Predictions) -> Projection | None:
    if features is None:
        return None
    try:
        return project(features, predictions.part == "train")
    except RunError:
        return None  # a layer of one unit has no plane


class _DataSets:
    """The data sets of the runs, each read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, ReadingChoices], LoadedSource | HarError] = {}

    def recorded(self, run: Run) -> tuple[LoadedSource | None, str]:
        """Return the recordings of a run, or why they can't be shown: its numbers stand without them."""
        key = (run.config.source, run.config.reading)
        if key not in self._read:
            try:
                self._read[key] = load_source(*key)
            except HarError as error:
                self._read[key] = error
        found = self._read[key]
        if isinstance(found, HarError):
            return None, f"The recordings are not here any more, so no skeletons are shown. {found}"
        if run.meta and found.sequences.fingerprint != run.meta.fingerprint:
            return None, "The data set has changed since the run was made, so no skeletons are shown."
        return found, ""
