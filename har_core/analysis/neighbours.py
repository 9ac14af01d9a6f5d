"""Sequences that a model sees alike: those whose features lie near each other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions


def nearest_example(
    features: NDArray[Any], predictions: Predictions, sequence: str, action: int
) -> str | None:
    """Return the training sequence of an action, correctly classified, whose features are the nearest.

    Args:
        features: (N, width), in the order of the predictions.
        predictions: of a run, all parts.
        sequence: name of the sequence to start from.
        action: index of the action that the example shall be of.

    Returns:
        Its name, by Euclidean distance; None where no training sequence of the action was recognised.
    """
    right = (predictions.truth == action) & (predictions.predicted == action)
    rows = np.flatnonzero(right & (predictions.part == "train") & (predictions.ids != sequence))
    if not len(rows):
        return None
    own = features[np.flatnonzero(predictions.ids == sequence)[0]].astype(np.float64)
    distances = np.linalg.norm(features[rows] - own, axis=1)
    return str(predictions.ids[rows[distances.argmin()]])


def nearest_neighbours(
    features: NDArray[Any], predictions: Predictions, sequence: str, count: int = 5
) -> list[str]:
    """Return the names of the sequences with the nearest features, the nearest first.

    Args:
        features: (N, width), in the order of the predictions.
        predictions: of a run, all parts.
        sequence: name of the sequence to start from; it is not its own neighbour.
        count: how many at most.
    """
    row = int(np.flatnonzero(predictions.ids == sequence)[0])
    distances = np.linalg.norm(features.astype(np.float64) - features[row].astype(np.float64), axis=1)
    order = [other for other in np.argsort(distances, kind="stable") if other != row]
    return [str(predictions.ids[other]) for other in order[:count]]
