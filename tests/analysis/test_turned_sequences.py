"""Sequences that most seeds recognise on one side alone, counted by hand."""

import numpy as np

from har_core.analysis.predictions import Predictions
from har_core.analysis.turned_sequences import Turned, turned_sequences


def said(*predicted: int, ids: str = "abcde", part: str = "test") -> Predictions:
    """What a seed says of some sequences of action 0, of which each has a letter."""
    logits = np.eye(3, dtype=np.float32)[list(predicted)]
    count = len(predicted)
    return Predictions(
        np.array(list(ids[:count])),
        np.zeros(count, int),
        np.zeros(count, int),
        logits,
        np.array([part] * count),
    )


def test_the_majority_of_each_side_decides_and_the_clearest_come_first() -> None:
    before = [said(1, 2, 0, 0, 1), said(1, 2, 0, 1, 0), said(2, 0, 0, 0, 1)]
    now = [said(0, 0, 1, 0, 1), said(0, 0, 1, 0, 1), said(0, 1, 2, 0, 0)]
    found = turned_sequences(before, now)
    assert found.gained == (Turned("a", 0, 0, 3, 1), Turned("b", 0, 1, 2, 2))
    assert found.lost == (Turned("c", 0, 3, 0, 1),)
    assert found.compared == 5 and found.seeds == (3, 3)


def test_half_of_the_seeds_are_no_majority() -> None:
    found = turned_sequences([said(1), said(1)], [said(0), said(1)])
    assert not found.gained and not found.lost and found.compared == 1


def test_sides_may_have_different_numbers_of_seeds() -> None:
    found = turned_sequences([said(2)], [said(0), said(0), said(1)])
    assert found.gained == (Turned("a", 0, 0, 2, 2),) and found.seeds == (1, 3)


def test_only_test_sequences_that_both_sides_have_are_compared() -> None:
    assert turned_sequences([said(1, part="train")], [said(0, part="train")]).compared == 0
    found = turned_sequences([said(1, 1, ids="ab")], [said(0, 0, ids="bc")])
    assert [one.name for one in found.gained] == ["b"] and found.compared == 1
