"""What a model makes of a sequence frame by frame: when does it know, and where does it change its mind?

Every model answers the same question: what would it say if the sequence ended here? The first t prepared
frames go through it as a sequence of their own, for t = 1 to T, so that the last answer is that of
``predictions.npz``. Its inputs are computed from these frames alone: an input that looks ahead sees none that
come later. The preparation saw the whole sequence: where it scales or resamples each sequence by
itself, even the first frames know how far the movement will reach, and how long it will take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from har_core.data.inputs import inputs_of, width_of
from har_core.data.preparation import prepare, prepare_every, recorded_moments
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.engine import Batch
from har_core.errors import RunError
from har_core.models.networks import Network
from har_core.training.prediction import scale_of_run
from har_core.training.probabilities import softmax
from har_core.training.records import CheckpointChoice
from har_core.training.store import Run
from har_core.training.trained import trained_model

MOST_READINGS = 240
"""A longer sequence is not read at each of its frames, but at so many evenly spaced ones."""

_MOST_VALUES = 4_000_000  # numbers of one batch of prefixes: 16 MB


@dataclass(frozen=True, eq=False)
class PrefixPredictions:
    """R readings of one sequence, each of a longer beginning of it; the last is of all its frames.

    Attributes:
        moments: (R) positions of the last frame read in the sequence as recorded, in frames from 0.
        probabilities: (R, K) of each action, 0 to 1.
        features: (R, width) what the last layer before the linear one gives.
    """

    moments: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    features: FloatArray


@dataclass(frozen=True)
class Segment:
    """Readings in a row in which one action is the most probable.

    Attributes:
        action: its index.
        first: row of the first of these readings.
        last: row of the last.
    """

    action: int
    first: int
    last: int


def prefix_predictions(
    run: Run, checkpoint: CheckpointChoice, sequences: SkeletonSequences, sequence_id: str
) -> PrefixPredictions:
    """Let the model of an ended run read more and more of a sequence.

    Args:
        run: the run.
        checkpoint: which of its weights.
        sequences: the data set that the run was trained on, as recorded.
        sequence_id: a sequence that the preparation keeps.

    Raises:
        RunError: the model has no network, its weights can't be read, or the data set is not the one that the
            run was trained on.
        DataError: there is no such sequence, or the preparation leaves it out.
    """
    model = _network_of(run, checkpoint)
    if run.meta and run.meta.fingerprint != sequences.fingerprint:
        raise RunError(
            f"run {run.run_id} was trained on other data than {sequences.source} holds now; "
            "bring the old data back, or train anew."
        )
    return _read(run, model, sequences, sequence_id, _prepare_one(run, sequences, sequence_id))


def prefix_predictions_of_other(
    run: Run, checkpoint: CheckpointChoice, sequences: SkeletonSequences, sequence_id: str
) -> PrefixPredictions:
    """Let the model of an ended run read more and more of a sequence of other data.

    Args:
        run: the run.
        checkpoint: which of its weights.
        sequences: of the run's skeleton, as recorded.
        sequence_id: one of them.

    Raises:
        RunError: the model has no network, its weights can't be read, or a scale for all sequences can't be
            measured any more.
        DataError: there is no such sequence, or it can't be computed with.
    """
    model, one = _network_of(run, checkpoint), sequences.take([sequences.row_of(sequence_id)])
    return _read(run, model, one, sequence_id, prepare_every(one, run.config.preparation, scale_of_run(run)))


def _network_of(run: Run, checkpoint: CheckpointChoice) -> Network:
    if not run.config.kind.network:
        raise RunError(f"{run.config.kind.title} answers for whole sequences only.")
    return trained_model(run, checkpoint)


def _read(
    run: Run, model: Network, sequences: SkeletonSequences, sequence_id: str, prepared: SkeletonSequences
) -> PrefixPredictions:
    """Let a model read a sequence, which stands among the prepared ones.

    The other arguments are those of ``prefix_predictions``.
    """
    inputs, skeleton, view = run.config.inputs, sequences.skeleton, run.config.view
    if run.meta and run.meta.inputs != width_of(inputs, skeleton, view):
        raise RunError(
            f"run {run.run_id} says in meta.json that it was given {run.meta.inputs:,} numbers a frame, "
            f"{sequences.source} has {width_of(inputs, skeleton, view):,}; train the run again."
        )
    row = prepared.row_of(sequence_id)
    frames, recorded = prepared[row], int(prepared.recorded_lengths[row])
    counts = _counts(len(frames))
    logits, features = read_prefixes(
        model, lambda count: inputs_of(inputs, frames[:count], skeleton, recorded, view), counts
    )
    if not (np.isfinite(logits).all() and np.isfinite(features).all()):
        raise RunError(f"the weights of run {run.run_id} give no finite numbers; train the run again.")
    untracked = sequences.untracked_in(sequences.row_of(sequence_id))
    moments = recorded_moments(untracked, run.config.preparation)[counts - 1]
    return PrefixPredictions(moments, softmax(logits), features)


def _prepare_one(run: Run, sequences: SkeletonSequences, sequence_id: str) -> SkeletonSequences:
    """Return a sequence as the run saw it, prepared; others may stand beside it."""
    row, preparation = sequences.row_of(sequence_id), run.config.preparation
    rows = trained = np.array([row])
    if preparation.scaling == "training-set":  # one scale for all, that of the training part
        trained = run.config.split.rows(sequences)["train"]
        rows = np.union1d(trained, row)
    return prepare(sequences.take(rows), preparation, np.flatnonzero(np.isin(rows, trained))).sequences


def _counts(length: int) -> NDArray[np.int64]:
    """Return how many frames each reading takes: rising, the last all of them."""
    return np.unique(np.linspace(1, length, min(length, MOST_READINGS)).round().astype(np.int64))


@torch.no_grad()
def read_prefixes(
    model: Network, inputs: Callable[[int], FloatArray], counts: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    """Return what a model says of the beginnings of a sequence.

    Args:
        model: in evaluation mode.
        inputs: from a count of frames to the (count, F) inputs of a sequence that ends there.
        counts: (R) how many frames each beginning has, at least 1, rising.

    Returns:
        (R, K) logits and (R, width) features.
    """
    size = max(1, _MOST_VALUES // inputs(int(counts[-1])).size)
    logits, features = [], []
    for first in range(0, len(counts), size):
        beginnings = [torch.tensor(inputs(int(count))) for count in counts[first : first + size]]
        its_features, its_logits = model.features_and_logits(Batch.of(beginnings))
        logits.append(its_logits.numpy())
        features.append(its_features.numpy())
    return np.concatenate(logits), np.concatenate(features)


def segments(probabilities: NDArray[np.float64]) -> list[Segment]:
    """Return which action leads, from the first reading to the last.

    Args:
        probabilities: (R, K).
    """
    leading = probabilities.argmax(axis=1)
    starts = [0, *(np.flatnonzero(np.diff(leading)) + 1)]
    ends = [*(start - 1 for start in starts[1:]), len(leading) - 1]
    return [
        Segment(int(leading[start]), int(start), int(end)) for start, end in zip(starts, ends, strict=True)
    ]


def actions_that_matter(
    probabilities: NDArray[np.float64], always: Sequence[int], most: int = 5
) -> list[int]:
    """Return the actions whose lines are worth a look: some at any rate, and those that lead somewhere.

    Args:
        probabilities: (R, K).
        always: indices of actions to begin with.
        most: actions in all; of those that lead, the ones that lead at the most readings.
    """
    wins = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    order = [int(action) for action in np.argsort(-wins, kind="stable") if wins[action]]
    return list(dict.fromkeys([*always, *order]))[:most]
