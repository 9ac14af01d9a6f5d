"""Motion over a few frames."""

import numpy as np
import pytest

from har_core.data.motion import directions, lag, pace_of


@pytest.mark.parametrize("frames", [1, 2, 4, 5])
def test_a_lag_is_centred_and_zero_at_the_ends(frames: int) -> None:
    positions = np.arange(12.0)[None, :, None, None] ** 2 * np.ones((1, 1, 2, 3))
    found = lag(positions, frames)[0, :, 0, 0]
    before = frames // 2
    times = range(before, 12 - frames + before)
    assert all(found[t] == (t - before + frames) ** 2 - (t - before) ** 2 for t in times)
    assert not found[:before].any() and not found[12 - frames + before :].any()


def test_a_sequence_of_few_frames_stands_still():
    for length in range(1, 5):
        assert not lag(np.random.default_rng(0).normal(size=(length, 2, 3)), length).any()


def test_what_goes_far_has_a_direction_of_length_one_and_what_is_still_hardly_any():
    positions = np.zeros((5, 2, 3), np.float32)
    positions[:, 0, 1] = np.arange(5) * 10
    positions[:, 1, 2] = np.arange(5) * 0.001
    found = directions(positions)
    np.testing.assert_allclose(found[1:-1, 0], np.tile([0, 20 / 20.03, 0], (3, 1)), atol=1e-6)
    np.testing.assert_allclose(found[1:-1, 1], np.tile([0, 0, 0.002 / 0.032], (3, 1)), atol=1e-6)


def test_a_sequence_of_forty_one_frames_has_a_pace_of_one_and_of_four_times_as_long_a_half():
    np.testing.assert_allclose(pace_of(np.array([41.0, 161.0, 11.0])), [1, 0.5, 2])
    assert np.isfinite(pace_of(1.0))
