"""How far joints are from each other, against numpy's own median without what is missing."""

import warnings

import numpy as np
import pytest

from har_core.data.reading.recognition import median_distances


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40, 41, 700])
@pytest.mark.parametrize("missing", [0.0, 0.3, 0.9])
def test_distances_are_the_medians_of_the_frames_that_have_both_joints(count: int, missing: float) -> None:
    random = np.random.default_rng(count)
    frames = random.normal(size=(count, 5, 3)).astype(np.float32)
    frames[random.random((count, 5)) < missing] = np.nan
    frames[:, 4] = np.nan  # one that never comes
    far = np.linalg.norm(frames[:, :, None] - frames[:, None], axis=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = np.nan_to_num(np.nanmedian(far, axis=0))
    np.testing.assert_allclose(median_distances(frames), expected, rtol=1e-5)
    assert not median_distances(frames)[4].any()
