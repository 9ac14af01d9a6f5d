"""Features are projected as scikit-learn's PCA does, fitted on training sequences only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from har_core.analysis.projection import load_features, principal_components, project
from har_core.errors import RunError
from har_core.training.store import RunStore


def some_features(count: int = 30, width: int = 6, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (random.normal(size=(count, width)) * (9, 4, 2, 1, 1, 1)[:width] + 3).astype(np.float32)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), training=st.integers(2, 29))
def test_points_are_those_of_scikit_learn_but_for_the_sign(seed, training):
    features, mask = some_features(seed=seed), np.arange(30) < training
    found = project(features, mask)
    reference = PCA(n_components=2).fit(features[mask].astype(np.float64))
    expected = reference.transform(features.astype(np.float64))
    assert found.points.shape == (30, 2)
    np.testing.assert_allclose(np.abs(found.points), np.abs(expected), atol=1e-6)
    np.testing.assert_allclose(found.explained, reference.explained_variance_ratio_, atol=1e-9)


def test_points_are_those_of_a_singular_value_decomposition():
    features, mask = some_features().astype(np.float64), np.arange(30) % 3 > 0
    centred = features - features[mask].mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred[mask], full_matrices=False)
    found = project(features, mask)
    np.testing.assert_allclose(np.abs(found.points), np.abs(centred @ axes[:2].T), atol=1e-9)
    np.testing.assert_allclose(found.explained, (sizes**2 / (sizes**2).sum())[:2])


def test_other_sequences_do_not_move_the_plane():
    features, mask = some_features(), np.arange(30) < 20
    other = features.copy()
    other[~mask] *= 100
    np.testing.assert_array_equal(project(features, mask).points[mask], project(other, mask).points[mask])


def test_the_picture_does_not_flip():
    features, mask = some_features(), np.ones(30, bool)
    points = project(features, mask).points
    strongest = features[:, 0] - features[:, 0].mean()  # the first component is mostly the first feature
    assert np.corrcoef(points[:, 0], strongest)[0, 1] > 0.9
    np.testing.assert_allclose(project(features[::-1], mask).points[::-1], points, atol=1e-6)


def test_features_that_are_all_the_same_lie_in_one_point():
    found = project(np.ones((5, 3), np.float32), np.ones(5, bool))
    assert not found.points.any() and found.explained == (0.0, 0.0)


def test_all_components_hold_the_shares_of_scikit_learn_and_place_what_they_never_saw():
    features, mask = some_features(), np.arange(30) < 20
    found = principal_components(features, mask)
    reference = PCA().fit(features[mask].astype(np.float64))
    np.testing.assert_allclose(found.shares, reference.explained_variance_ratio_, atol=1e-9)
    assert found.shares.sum() == pytest.approx(1)
    strange = some_features(count=4, seed=9)
    expected = reference.transform(strange.astype(np.float64))
    for count in (2, 3, 6):
        placed = found.place(strange, count)
        np.testing.assert_allclose(np.abs(placed.points), np.abs(expected[:, :count]), atol=1e-6)
        np.testing.assert_allclose(placed.explained, found.shares[:count])
    np.testing.assert_array_equal(project(features, mask, 3).points, found.place(features, 3).points)


def test_the_strongest_feature_of_each_axis_weighs_positive():
    axes = principal_components(some_features(), np.ones(30, bool)).axes
    assert all(axis[np.abs(axis).argmax()] > 0 for axis in axes)


def test_too_little_for_a_third_component_is_told():
    with pytest.raises(RunError, match="at least three training sequences and three features"):
        project(some_features(width=2), np.ones(30, bool), 3)


@pytest.mark.parametrize(("count", "width"), [(1, 5), (0, 5), (9, 1)])
def test_too_little_for_a_plane_is_told(count, width):
    with pytest.raises(RunError, match="at least two training sequences and two features"):
        project(some_features(width=max(width, 1)), np.arange(30) < count)


def test_features_that_are_not_there_are_told(har_home, small_config):
    store = RunStore()
    run = store.create(small_config)
    with pytest.raises(RunError, match=r"features\.npz can't be read"):
        load_features(store, run.run_id, "best")
