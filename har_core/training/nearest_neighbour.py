"""The nearest training sequences vote: what is reached without any learning?"""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from har_core.data.sequences import FloatArray
from har_core.errors import ConfigError, DataError, RunError
from har_core.models import NearestNeighbourOptions
from har_core.training.checkpoint import load_weights
from har_core.training.config import ExperimentConfig
from har_core.training.learner import Learner, LearnerOutput, Weights
from har_core.training.parts import PartTensors, TrainingData
from har_core.training.records import CheckpointChoice, EpochRecord
from har_core.training.run import Run

_LEAST_SHARE = 1e-30
"""Of an action that no neighbour is of; the logarithm of none at all would be no number."""


class NearestNeighbour(Learner):
    """Compares prepared sequences frame by frame, by the Euclidean distance of all their numbers.

    A sequence of the training part is its own nearest neighbour, so that with one neighbour that part is
    recognised as a whole. The seed and the device change nothing.
    """

    def __init__(self, config: ExperimentConfig, data: TrainingData) -> None:
        self.check(data)
        training = data.parts["train"]
        self._set_training_part(config, _rows_of(training), training.labels.cpu().numpy(), data.class_count)

    @classmethod
    def check(cls, data: TrainingData) -> None:
        """Make sure that all sequences are equally long."""
        lengths = data.sequences.lengths
        if lengths.min() < lengths.max():
            raise ConfigError(
                "nearest neighbours are compared frame by frame, and the prepared sequences have "
                f"{lengths.min()} to {lengths.max()} frames; choose a number of frames in the preparation, "
                "such as 40."
            )

    @classmethod
    def load(cls, run: Run, checkpoint: CheckpointChoice) -> "NearestNeighbour":
        """Return that of an ended run, with the training sequences that it has kept."""
        path = run.path / f"{checkpoint}.safetensors"
        if run.meta is None or not path.exists():
            raise RunError(f"run {run.run_id} has no {path.name}; only a run that has ended has weights.")
        count, classes = run.meta.split_sizes["train"], len(run.meta.actions)
        frames = run.config.preparation.frames
        size = {"size": 4 * count * (frames * run.meta.inputs + 1)} if frames else {}
        kept = load_weights(path, **size)
        rows, labels = (kept.get(name, torch.empty(0)).numpy() for name in ("sequences", "labels"))
        sound = np.isin(labels, np.arange(classes)).all() and labels.shape == (count,)
        # Without a number of frames in the preparation, all sequences happen to have as many.
        frames = frames or rows.size // (count * run.meta.inputs)
        if not sound or rows.shape != (count, frames * run.meta.inputs):
            raise RunError(f"{path} holds other sequences than those of its run; train the run again.")
        return cls.restore(run.config, run.meta.inputs, classes, kept)

    @classmethod
    def restore(
        cls, config: ExperimentConfig, inputs: int, classes: int, weights: Weights
    ) -> "NearestNeighbour":
        """Return that of these training sequences."""
        rows, labels = weights["sequences"].numpy(), weights["labels"].numpy()
        learner = cls.__new__(cls)
        learner._set_training_part(config, rows, labels.astype(np.int64), classes)
        return learner

    def _set_training_part(
        self, config: ExperimentConfig, rows: FloatArray, labels: NDArray[np.int64], classes: int
    ) -> None:
        count = min(cast(NearestNeighbourOptions, config.model).neighbours, len(rows))
        self._rows, self._labels, self._classes = rows, labels, classes
        self._voters = KNeighborsClassifier(count, algorithm="brute").fit(rows, labels)

    def fit(self) -> Iterator[EpochRecord]:
        """Learn nothing: the training sequences are all there is to know."""
        return iter(())

    def predict(self, part: PartTensors) -> LearnerOutput:
        """Return the logarithm of each action's share of the nearest training sequences."""
        width = self._rows.shape[1]
        if (part.sequences.lengths * part.sequences.frames.shape[1] != width).any():
            raise DataError(
                "nearest neighbours are compared frame by frame, and these sequences have other lengths than "
                "those that were learned from; choose a number of frames in the preparation, such as 40."
            )
        votes = log_of_votes(self._voters, _rows_of(part), self._classes)
        return LearnerOutput(votes.astype(np.float32))

    def weights(self) -> Weights:
        """Return the training sequences and their actions."""
        return {"sequences": torch.from_numpy(self._rows), "labels": torch.from_numpy(self._labels).float()}


def log_of_votes(voters: KNeighborsClassifier, rows: NDArray[Any], classes: int) -> NDArray[np.float64]:
    """Return the (N, K) logarithms of each action's share of the neighbours of N sequences."""
    shares = np.zeros((len(rows), classes))
    shares[:, voters.classes_] = voters.predict_proba(rows)
    return np.asarray(np.log(np.maximum(shares, _LEAST_SHARE)))


def _rows_of(part: PartTensors) -> FloatArray:
    """Return (N, T F): the numbers of all frames of each sequence."""
    padded = part.sequences.padded().cpu()
    return padded.reshape(len(part), -1).numpy()
