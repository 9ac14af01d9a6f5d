"""The nearest training sequence, and how far away is too far, beside a computation of every distance."""

import numpy as np
import pytest

from har_core.analysis.likeness import compare

RANDOM = np.random.default_rng(5)
TRAINING, VALIDATION, OTHERS = (
    RANDOM.normal(size=(30, 4)),
    RANDOM.normal(size=(20, 4)),
    RANDOM.normal(size=(9, 4)),
)
NAMES = [f"sequence {row}" for row in range(30)]


def distances(one, other):
    return np.sqrt(((one[:, None] - other[None]) ** 2).sum(axis=2))


def test_the_nearest_is_that_of_the_smallest_distance():
    found, expected = compare(NAMES, TRAINING, VALIDATION, OTHERS), distances(OTHERS, TRAINING)
    assert list(found.nearest) == [NAMES[row] for row in expected.argmin(axis=1)]
    assert np.allclose(found.distances, expected.min(axis=1))


@pytest.mark.parametrize("validation", [VALIDATION, np.empty((0, 4))], ids=["validation", "leave one out"])
def test_usual_is_what_99_in_100_known_sequences_keep_to(validation):
    found = compare(NAMES, TRAINING, validation, np.vstack([TRAINING[:1], TRAINING[:1] + 50]))
    own = distances(TRAINING, TRAINING) + np.diag(np.full(30, np.inf))
    nearest = np.sort((distances(validation, TRAINING) if len(validation) else own).min(axis=1))
    assert nearest[-2] < found.usual <= nearest[-1]
    assert found.usual == pytest.approx(np.quantile(nearest, 0.99))
    assert [found.is_unlike(row) for row in range(2)] == [False, True]


def test_one_training_sequence_makes_nothing_unlike():
    assert not compare(NAMES[:1], TRAINING[:1], np.empty((0, 4)), OTHERS + 1e6).is_unlike(0)
