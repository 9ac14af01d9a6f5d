"""The nearest example is the one that scikit-learn finds."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from har_core.analysis.neighbours import nearest_example, nearest_neighbours
from har_core.analysis.predictions import Predictions


@pytest.fixture
def predictions() -> Predictions:
    random = np.random.default_rng(3)
    truth = random.integers(0, 3, 60)
    logits = np.eye(3, dtype=np.float32)[truth] + random.normal(0, 0.6, (60, 3)).astype(np.float32)
    part = np.array(["train"] * 40 + ["test"] * 20)
    return Predictions(np.array([f"s{row}" for row in range(60)]), np.ones(60, int), truth, logits, part)


def test_example_is_the_nearest_recognised_training_sequence_of_the_action(predictions):
    features = np.random.default_rng(4).normal(size=(60, 5)).astype(np.float32)
    for row in range(60):
        for action in range(3):
            names = [
                other
                for other in range(40)
                if other != row and predictions.truth[other] == predictions.predicted[other] == action
            ]
            search = NearestNeighbors(n_neighbors=1).fit(features[names])
            found = names[search.kneighbors(features[[row]], return_distance=False)[0, 0]]
            assert nearest_example(features, predictions, f"s{row}", action) == f"s{found}"


def test_action_that_was_never_recognised_in_training_has_no_example(predictions):
    assert nearest_example(np.zeros((60, 5)), predictions, "s0", action=7) is None


def test_five_nearest_neighbours_are_those_of_scikit_learn(predictions):
    features = np.random.default_rng(5).normal(size=(60, 5)).astype(np.float32)
    found = NearestNeighbors(n_neighbors=6).fit(features).kneighbors(features, return_distance=False)
    for row in range(60):
        expected = [f"s{other}" for other in found[row] if other != row]
        assert nearest_neighbours(features, predictions, f"s{row}") == expected
