"""Errors by subject and action are counted as by hand, and what chance gives is drawn by chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.analysis.error_blocks import error_blocks, say_blocks
from har_core.analysis.predictions import Predictions

ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([3, 5, 11]), st.integers(0, 2)), min_size=1, max_size=40
)


def predictions_of(rows: list[tuple[int, int, int]]) -> Predictions:
    """Of rows of true action, subject and predicted action."""
    truth, subjects, predicted = np.array(rows, np.int64).T
    logits = np.eye(3, dtype=np.float32)[predicted]
    ids = np.array([f"s{row}" for row in range(len(rows))])
    return Predictions(ids, subjects, truth, logits, np.array(["test"] * len(rows)))


@given(ROWS)
def test_each_block_is_a_count_by_hand(rows: list[tuple[int, int, int]]) -> None:
    found = error_blocks(predictions_of(rows), 3)
    assert found.subjects == tuple(sorted({subject for _, subject, _ in rows}))
    for action in range(3):
        for column, subject in enumerate(found.subjects):
            own = [said for true, who, said in rows if (true, who) == (action, subject)]
            assert found.total[action, column] == len(own)
            assert found.wrong[action, column] == sum(said != action for said in own)
            whole = len(own) > 1 and all(said != action for said in own)
            assert found.throughout[action, column] == whole


@pytest.mark.parametrize("kept", [True, False])
def test_what_chance_gives_is_the_mean_of_errors_that_are_dealt_out_anew(kept: bool) -> None:
    rows = [(0, 3, 1)] * 3 + [(0, 5, 0)] * 3 + [(0, 11, 0), (0, 11, 1)] + [(1, 3, 0)] * 4 + [(1, 5, 0)] * 2
    found, random = error_blocks(predictions_of(rows), 3), np.random.default_rng(0)
    truth, subjects, predicted = np.array(rows).T
    wrong = truth != predicted
    counts = []
    for _ in range(4000):
        dealt = wrong.copy()
        for own in [truth == 0, truth == 1] if kept else [truth >= 0]:
            dealt[own] = random.permutation(wrong[own])
        again = list(zip(truth, subjects, np.where(dealt, 2, truth), strict=True))
        counts.append(int(error_blocks(predictions_of(again), 3).throughout.sum()))
    expected = pytest.approx(np.mean(counts), abs=4 * np.std(counts) / np.sqrt(len(counts)) + 1e-9)
    assert found.by_chance(of_each_action=kept) == expected


def test_the_sentence_says_how_many_errors_lie_in_blocks_that_are_wrong_throughout() -> None:
    right = [(1, 3, 1), (1, 5, 1), (1, 5, 1)]
    assert say_blocks(error_blocks(predictions_of(right), 3)) == "Every sequence of this part was recognised."
    # Two errors among four sequences of two subjects: of the six ways to lie, two fill a block; of the 21
    # ways to lie among all seven sequences, three do.
    block = [(0, 3, 1), (0, 3, 2), (0, 5, 0), (0, 5, 0), *right]
    assert say_blocks(error_blocks(predictions_of(block), 3)) == (
        "2 of the 2 errors lie in 1 of 4 blocks that is wrong throughout. Chance would give 0.1 such blocks "
        "if errors fell anywhere, 0.3 if each action kept its own."
    )
    apart = [(0, 3, 1), (0, 3, 0), (0, 5, 0), (0, 5, 2), *right]
    assert say_blocks(error_blocks(predictions_of(apart), 3)) == (
        "Of 4 blocks none is wrong throughout. Chance would give 0.1 such blocks if errors fell anywhere, "
        "0.3 if each action kept its own."
    )
    single = [(0, 3, 1), (1, 5, 1)]
    assert say_blocks(error_blocks(predictions_of(single), 3)) == (
        "1 error, and nobody shows an action twice: there are no blocks of them."
    )
