"""Distances by dynamic time warping against dtaidistance, and the two ways to them against each other."""

import logging

import numpy as np
import pytest
from dtaidistance import dtw_ndim
from hypothesis import given, settings
from hypothesis import strategies as some

from har_core.models import dtw

WORTH_IT = 1 << 60  # products


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own wish, of which tests know nothing, is forgotten."""
    monkeypatch.delenv("HAR_KERNELS", raising=False)


def measured(fill, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    blocks = dtw.blocks_of(right)
    found = np.full((len(left), len(blocks), dtw.LANES), np.nan, np.float32)
    for number, block in enumerate(blocks):
        part = np.empty((len(left), dtw.LANES), np.float32)
        fill(left, block, part)
        found[:, number] = part
    return found.reshape(len(left), -1)[:, : len(right)]


def sequences(count: int, frames: int, width: int, seed: int = 0) -> np.ndarray:
    steps = np.random.default_rng(seed).normal(size=(count, frames, width))
    return np.cumsum(steps, axis=1).astype(np.float32)


@pytest.mark.parametrize("way", ["compiled", "plain"])
@pytest.mark.parametrize(
    ("count", "others", "frames", "width"), [(3, 5, 10, 1), (2, 17, 48, 7), (5, 16, 2, 60)]
)
def test_distances_are_those_of_dtaidistance(
    way: str, count: int, others: int, frames: int, width: int
) -> None:
    fill = dtw.filler(WORTH_IT if way == "compiled" else 0)
    assert (fill is dtw.filler(0)) == (way == "plain")
    left, right = sequences(count, frames, width), sequences(others, frames, width, seed=1)
    found = measured(fill, left, right)
    for row, one in enumerate(left.astype(float)):
        for column, other in enumerate(right.astype(float)):
            least = dtw_ndim.distance_fast(one, other, inner_dist="euclidean")
            assert found[row, column] == pytest.approx(least / (2 * frames), rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(
    count=some.integers(1, 40), others=some.integers(1, 40), width=some.integers(1, 9),
    frames=some.integers(1, 8).map(lambda half: 2 * half), seed=some.integers(0, 999),
)  # fmt: skip
def test_both_ways_give_the_same_bits_in_any_company_and_direction(
    count: int, others: int, frames: int, width: int, seed: int
) -> None:
    left, right = sequences(count, frames, width, seed), sequences(others, frames, width, seed + 1)
    compiled, plain = dtw.filler(WORTH_IT), dtw.filler(0)
    found = measured(compiled, left, right)
    assert np.array_equal(found, measured(plain, left, right))
    assert np.array_equal(found, measured(compiled, right, left).T)
    assert np.array_equal(found[:1, -1:], measured(compiled, left[:1], right[-1:]))


def test_kernels_that_are_off_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dtw, "_compiled", lambda: pytest.fail("it was compiled"))
    monkeypatch.setenv("HAR_KERNELS", "off")
    assert dtw.filler(WORTH_IT) is dtw.filler(0)


def test_where_nothing_can_be_compiled_numpy_takes_over_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "numba", None)
    dtw._compile.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert dtw.filler(WORTH_IT) is dtw.filler(WORTH_IT) is dtw.filler(0)
    finally:
        dtw._compile.cache_clear()
    assert [record.message for record in caplog.records] == [
        "Distances can't be compiled (import of numba halted; None in sys.modules): numpy, which is slower, "
        "takes over."
    ]
