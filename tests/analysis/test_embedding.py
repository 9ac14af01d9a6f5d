"""t-SNE brings neighbours together, and gives the same picture each time."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_info, threadpool_limits

from har_core.analysis.embedding import MOST_POINTS, neighbour_map, rows_of_map
from har_core.errors import RunError


def test_neighbours_stay_neighbours_and_the_picture_is_the_same_each_time():
    features, groups = make_blobs(n_samples=90, n_features=8, centers=5, random_state=2)
    points = neighbour_map(features.astype(np.float32))
    assert points.shape == (90, 2)
    assert trustworthiness(features, points, n_neighbors=5) > 0.9
    assert KNeighborsClassifier(3).fit(points, groups).score(points, groups) == 1
    np.testing.assert_array_equal(neighbour_map(features.astype(np.float32)), points)


def test_it_takes_one_thread_and_gives_the_digits_of_two(monkeypatch):
    taken = []
    fit_transform = TSNE.fit_transform

    def watched(self, features):
        taken.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp")
        return fit_transform(self, features)

    monkeypatch.setattr(TSNE, "fit_transform", watched)
    features = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
    with threadpool_limits(2, user_api="openmp"):
        points = neighbour_map(features)
        assert taken and set(taken) == {1}
        on_two = TSNE(init="pca", perplexity=29 / 3, random_state=0)
        np.testing.assert_array_equal(points, fit_transform(on_two, np.ldexp(features.astype(float), -2)))


@pytest.mark.parametrize("power", [-90, 120])
def test_features_of_any_size_give_the_same_picture(power):
    features = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
    points = neighbour_map(np.ldexp(features, power))
    np.testing.assert_array_equal(points, neighbour_map(features))


@pytest.mark.parametrize("count", [4, 5, 12])
def test_few_sequences_are_enough(count):
    points = neighbour_map(np.random.default_rng(0).normal(size=(count, 6)).astype(np.float32))
    assert points.shape == (count, 2) and np.isfinite(points).all()


@pytest.mark.parametrize("shape", [(3, 6), (0, 6), (9, 1)])
def test_too_few_are_told(shape):
    with pytest.raises(RunError, match="at least four sequences and two features"):
        neighbour_map(np.zeros(shape, np.float32))


def test_features_that_are_all_the_same_lie_in_one_point():
    assert not neighbour_map(np.ones((9, 5), np.float32)).any()


@pytest.mark.parametrize("count", [0, 5, MOST_POINTS])
def test_a_map_shows_all_sequences_as_long_as_they_are_not_too_many(count):
    np.testing.assert_array_equal(rows_of_map(count), np.arange(count))


def test_of_too_many_sequences_a_map_shows_the_same_ones_each_time():
    rows = rows_of_map(60_000)
    assert len(set(rows.tolist())) == MOST_POINTS and (np.diff(rows) > 0).all()
    assert 0 <= rows[0] and rows[-1] < 60_000
    assert abs(rows.mean() / 30_000 - 1) < 0.05  # of the beginning as of the end
    np.testing.assert_array_equal(rows_of_map(60_000), rows)
