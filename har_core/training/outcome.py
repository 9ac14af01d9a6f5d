"""What a trained model gives: predictions, features and accuracies of every sequence."""

from dataclasses import dataclass

import numpy as np

from har_core.data.sequences import FloatArray
from har_core.data.splits import PARTS
from har_core.errors import RunError
from har_core.models.whole_steps import join_answers
from har_core.training.arrays import LARGEST_FEATURE, Arrays
from har_core.training.fit import TrainingState, Weights, answer
from har_core.training.parts import TrainingData
from har_core.training.records import Results, Weighting, WeightsResult


@dataclass(frozen=True, eq=False)
class Outcome:
    """The end of a run, with the weights of the best validation epoch and with the last.

    Attributes:
        weights: of the model, for ``best`` and ``last``.
        predictions: what ``predictions.npz`` holds: ``ids``, ``subjects``, ``truth`` and ``part`` (N),
            ``logits_best`` and ``logits_last`` (N, K).
        features: what ``features.npz`` holds: ``ids`` (N), ``best`` and ``last`` (N, width).
        results: accuracies of each part.
    """

    weights: dict[Weighting, Weights]
    predictions: Arrays
    features: Arrays
    results: Results


def conclude(data: TrainingData, state: TrainingState) -> Outcome:
    """Run the model over every sequence, with the best weights and with the last.

    The state keeps its weights.

    Raises:
        RunError: features are too large to be looked at.
    """
    last = {name: value.clone() for name, value in state.model.state_dict().items()}
    weights: dict[Weighting, Weights] = {"best": state.best_weights, "last": last}
    epochs: dict[Weighting, int] = {"best": state.best_epoch, "last": state.epoch}
    predictions = _who(data)
    learned: Arrays = {"ids": predictions["ids"]}
    results: dict[Weighting, WeightsResult] = {}
    for weighting, values in weights.items():
        state.model.load_state_dict(values)
        answers = {part: answer(state.model, data.parts[part]) for part in PARTS}
        together = join_answers(list(answers.values()))
        _check_size(together.features, weighting)
        predictions[f"logits_{weighting}"], learned[weighting] = together.logits, together.features
        shares = {part: float(its.right.mean()) for part, its in answers.items()}
        results[weighting] = WeightsResult(epoch=epochs[weighting], **shares)
    return Outcome(weights, predictions, learned, Results(best=results["best"], last=results["last"]))


def _check_size(features: FloatArray, weighting: Weighting) -> None:
    largest = float(np.abs(features).max(initial=0))
    if not largest <= LARGEST_FEATURE:
        raise RunError(
            f"the features of the {weighting} epoch reach {largest:.1e}, expected at most "
            f"{LARGEST_FEATURE:g}; choose a preparation that scales the sequences to [-1, 1]."
        )


def _who(data: TrainingData) -> Arrays:
    rows = np.concatenate([data.rows[part] for part in PARTS])
    return {
        "ids": np.array([data.sequences.ids[row] for row in rows]),
        "subjects": data.sequences.subjects[rows],
        "truth": data.sequences.labels[rows],
        "part": np.repeat(np.array(PARTS), [len(data.rows[part]) for part in PARTS]),
    }
