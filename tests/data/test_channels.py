"""Channels against the same written plainly, one sequence and one number at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from har_core.data.body_roles import BodyRoles, roles_of
from har_core.data.channels import CHANNEL_FRAMES, CHANNELS, bodies_of
from har_core.skeleton import KINECT_20, skeleton_of

T = CHANNEL_FRAMES
ENDS = [9, 10, 11, 12, 17, 18, 19]
ROLES = roles_of(KINECT_20)


def recorded(length: int, lost: tuple[int, ...] = (), seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    frames = (
        np.cumsum(random.normal(0, 0.05, (length, 20, 3)), axis=0)
        + random.normal(0, 0.5, (20, 3))
        + (0, 0, 3)
    )
    frames[list(lost)] = 0
    return frames.astype(np.float32)


def plainly(frames: np.ndarray) -> dict[str, np.ndarray]:
    x = frames.astype(float)
    times = [t for t in range(len(x)) if np.abs(x[t]).sum() > 0]
    middle = [np.median([x[t, 6, axis] for t in times]) for axis in range(3)]
    size = np.mean([np.linalg.norm(x[t, 19] - x[t, 6]) for t in times])
    length = times[-1] - times[0] + 1
    wanted = times[0] + np.linspace(0, length - 1, T)
    position = np.empty((T, 20, 3), np.float32)
    for joint in range(20):
        for axis in range(3):
            known = [(x[t, joint, axis] - middle[axis]) / size for t in times]
            each = np.interp(
                np.arange(times[0], times[-1] + 1), times, known
            )  # first in time, then resampled
            position[:, joint, axis] = np.interp(wanted, np.arange(times[0], times[-1] + 1), each)
    motion, directions = np.zeros((T, 20, 3)), np.zeros((T, 7, 3))
    for t in range(2, T - 2):
        motion[t] = (position[t + 2] - position[t - 2]) * (40 / (length - 1)) ** 0.5
    for t in range(1, T - 1):
        step = position[t + 1, ENDS] - position[t - 1, ENDS]
        directions[t] = step / (np.linalg.norm(step, axis=1, keepdims=True) + 0.03)
    return {"positions": position, "motion": motion, "directions": directions}


@pytest.mark.parametrize(
    "lost", [(), (0, 1), (28, 29), (5, 6, 7), (0, 9, 10, 20, 29)], ids=lambda lost: f"without {lost}"
)
def test_channels_are_what_is_said_of_them(lost: tuple[int, ...]) -> None:
    frames = recorded(30, lost)
    expected = plainly(frames)
    assert expected.keys() == CHANNELS.keys()
    bodies = bodies_of([frames, recorded(60)], ROLES)
    for name, channel in CHANNELS.items():
        found = channel.of(bodies)
        assert found.dtype == np.float32 and found.flags.c_contiguous and found.shape[:2] == (2, T)
        np.testing.assert_allclose(found[0], expected[name].reshape(T, -1), atol=2e-6)


@settings(deadline=None, max_examples=30)
@given(
    length=some.integers(1, 90), size=some.floats(0.1, 10),
    place=some.tuples(*[some.floats(-3, 3)] * 3), seed=some.integers(0, 99),
)  # fmt: skip
def test_neither_size_nor_place_of_a_body_matters(
    length: int, size: float, place: tuple[float, ...], seed: int
) -> None:
    frames = recorded(length, seed=seed)
    moved = (frames.astype(float) * size + place).astype(np.float32)
    one, other = (bodies_of([its], ROLES) for its in (frames, moved))
    for channel in CHANNELS.values():
        assert np.isfinite(channel.of(one)).all()
        np.testing.assert_allclose(channel.of(one), channel.of(other), atol=2e-3)


def test_a_body_that_was_never_seen_stands_still() -> None:
    bodies = bodies_of([np.zeros((9, 20, 3), np.float32)], ROLES)
    assert all(not channel.of(bodies).any() for channel in CHANNELS.values())


def test_twice_as_slow_is_half_as_fast_in_real_time_and_as_fast_in_resampled() -> None:
    fast = np.linspace(0, 1, 41)[:, None, None] * recorded(1) + recorded(1, seed=1)
    slow = np.linspace(0, 1, 81)[:, None, None] * recorded(1) + recorded(1, seed=1)
    one, other = (
        CHANNELS["motion"].of(bodies_of([its.astype(np.float32)], ROLES))[0, 5:-5] for its in (fast, slow)
    )
    np.testing.assert_allclose(one / other, 2**0.5, rtol=1e-2)


def test_of_nameless_joints_all_may_be_ends_and_the_farthest_gives_the_size() -> None:
    roles = roles_of(skeleton_of(7))
    assert roles == BodyRoles(middle=(0,), head=None, ends=tuple(range(7)))
    frames = recorded(20)[:, :7]
    bodies = bodies_of([frames], roles)
    distances = np.linalg.norm(bodies.positions - bodies.positions[:, :, :1], axis=-1).mean(axis=1)
    assert distances.max() == pytest.approx(1, abs=0.05)  # of the resampled frames, not of the recorded ones
    assert CHANNELS["directions"].of(bodies).shape == (1, T, 21)
