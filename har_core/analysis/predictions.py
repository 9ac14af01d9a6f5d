"""A run's predictions, keyed by sequence, and the way from a confusion cell to its sequences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import IntArray
from har_core.data.splits import Part
from har_core.training.probabilities import softmax
from har_core.training.records import CheckpointChoice
from har_core.training.store import Run, RunStore


@dataclass(frozen=True, eq=False)
class Predictions:
    """What one set of weights says of some sequences.

    Attributes:
        ids: N names.
        subjects: (N) subject numbers.
        truth: (N) action indices.
        logits: (N, K).
        part: N names of parts.
    """

    ids: NDArray[np.str_]
    subjects: IntArray
    truth: IntArray
    logits: NDArray[np.float32]
    part: NDArray[np.str_]

    @property
    def predicted(self) -> IntArray:
        """(N) action indices: the largest logit of each sequence."""
        return np.asarray(self.logits.argmax(axis=1), dtype=np.int64)

    @property
    def probability(self) -> NDArray[np.float64]:
        """(N) the model's probability of the action that it predicts."""
        return np.asarray(softmax(self.logits).max(axis=1), dtype=np.float64)

    @property
    def correct(self) -> int:
        """How many sequences were recognised."""
        return int((self.predicted == self.truth).sum())

    @property
    def loss(self) -> float:
        """Mean cross-entropy, in nats; of one sequence at least."""
        logits = self.logits.astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        own = logits[np.arange(len(self)), self.truth]
        return float((np.log(np.exp(logits).sum(axis=1)) - own).mean())

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, part: Part) -> Predictions:
        """Return the predictions of one part."""
        return self.take(self.part == part)

    def cell(self, true: int, predicted: int) -> Predictions:
        """Return the sequences of one cell of the confusion matrix."""
        return self.take((self.truth == true) & (self.predicted == predicted))

    def take(self, rows: NDArray[np.bool_] | IntArray) -> Predictions:
        """Return those of some rows: (N) True for them, or their numbers."""
        return Predictions(
            self.ids[rows], self.subjects[rows], self.truth[rows], self.logits[rows], self.part[rows]
        )


def load_predictions(store: RunStore, run_id: str, checkpoint: CheckpointChoice) -> Predictions:
    """Read what a run predicts with its best or last weights.

    Raises:
        RunError: the run has not ended, or its file is damaged.
    """
    arrays = store.arrays(run_id, "predictions.npz", [checkpoint])
    return Predictions(
        arrays["ids"], arrays["subjects"], arrays["truth"], arrays[f"logits_{checkpoint}"], arrays["part"]
    )


def load_pair(
    store: RunStore, first: Run, second: Run, checkpoint: CheckpointChoice
) -> tuple[Predictions, Predictions]:
    """Read what two runs predict with their best or last weights; with the last, where there are no best.

    Raises:
        RunError: as ``load_predictions``.
    """
    one, other = (
        load_predictions(store, run.run_id, run.config.checkpoint_for(checkpoint)) for run in (first, second)
    )
    return one, other


def confusion(predictions: Predictions, classes: int) -> IntArray:
    """Return the (K, K) counts: a row for each true action, a column for each predicted one."""
    return count_cells(predictions.truth, predictions.predicted, classes)


def count_cells(truth: IntArray, predicted: IntArray, classes: int) -> IntArray:
    """Return the same of (N) true and (N) predicted action indices."""
    cells = truth * classes + predicted
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)
