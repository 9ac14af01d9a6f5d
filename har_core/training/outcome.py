"""What a learner gives in the end: predictions, features and accuracies of every sequence."""

from dataclasses import dataclass

import numpy as np

from har_core.data.sequences import FloatArray
from har_core.errors import RunError
from har_core.training.arrays import LARGEST_FEATURE, Arrays
from har_core.training.learner import Learner, Weights
from har_core.training.parts import TrainingData
from har_core.training.records import CheckpointChoice, Results, WeightsResult


@dataclass(frozen=True, eq=False)
class Outcome:
    """The end of a run, with the last weights, and with those of the best validation epoch if there is one.

    Attributes:
        weights: of the model, for ``best`` and ``last``; none of an ensemble.
        predictions: what ``predictions.npz`` holds: ``ids``, ``subjects``, ``truth`` and ``part`` (N),
            ``logits_best`` and ``logits_last`` (N, K).
        features: what ``features.npz`` holds: ``ids`` (N), ``best`` and ``last`` (N, width); None of a
            learner that has none.
        results: accuracies of each part.
    """

    weights: dict[CheckpointChoice, Weights]
    predictions: Arrays
    features: Arrays | None
    results: Results


def final_evaluation(
    data: TrainingData, learner: Learner, checkpoints: tuple[CheckpointChoice, ...]
) -> Outcome:
    """Let a learner say what every sequence is, with each of its weights; the last are in use afterwards.

    Args:
        data: what it has learned from.
        learner: that has learned.
        checkpoints: of the run; the last are the last.

    Raises:
        RunError: features are too large to be looked at.
    """
    predictions = _columns_of(data)
    features: Arrays = {}
    weights: dict[CheckpointChoice, Weights] = {}
    results: dict[CheckpointChoice, WeightsResult] = {}
    for checkpoint in checkpoints:
        epoch = learner.use(checkpoint)
        weights[checkpoint] = learner.weights()
        outputs = {name: learner.predict(part) for name, part in data.parts.items()}
        predictions[f"logits_{checkpoint}"] = np.concatenate([output.scores for output in outputs.values()])
        per_part = [output.features for output in outputs.values() if output.features is not None]
        if per_part:
            features[checkpoint] = np.concatenate(per_part)
            _check_size(features[checkpoint], checkpoint)
        results[checkpoint] = _result(data, predictions[f"logits_{checkpoint}"], epoch)
    with_ids = {"ids": predictions["ids"]} | features if features else None
    return Outcome(weights, predictions, with_ids, Results(best=results.get("best"), last=results["last"]))


def outcome_of(data: TrainingData, scores: FloatArray) -> Outcome:
    """Return the end of a run of which nothing is known but its scores.

    Args:
        data: what it is judged on.
        scores: (N, K), of the sequences of all parts.
    """
    predictions = _columns_of(data) | {"logits_last": scores}
    return Outcome({}, predictions, None, Results(last=_result(data, scores, None)))


def _result(data: TrainingData, scores: FloatArray, epoch: int | None) -> WeightsResult:
    """Return the share of each part that is recognised, by the scores of all parts, one behind the other."""
    accuracies: dict[str, float] = {}
    start = 0
    for part, rows in data.rows.items():
        predicted = scores[start : start + len(rows)].argmax(axis=1)
        accuracies[part] = float((predicted == data.sequences.labels[rows]).mean())
        start += len(rows)
    return WeightsResult.model_validate({"epoch": epoch, **accuracies})


def _check_size(features: FloatArray, checkpoint: CheckpointChoice) -> None:
    largest = float(np.abs(features).max(initial=0))
    if not largest <= LARGEST_FEATURE:
        raise RunError(
            f"the features of the {checkpoint} epoch reach {largest:.1e}, expected at most "
            f"{LARGEST_FEATURE:g}; choose a preparation that scales the sequences to [-1, 1]."
        )


def _columns_of(data: TrainingData) -> Arrays:
    rows = np.concatenate(list(data.rows.values()))
    return {
        "ids": np.array([data.sequences.ids[row] for row in rows]),
        "subjects": data.sequences.subjects[rows],
        "truth": data.sequences.labels[rows],
        "part": np.repeat(np.array(list(data.rows)), [len(its) for its in data.rows.values()]),
    }
