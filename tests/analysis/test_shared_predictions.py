"""Two runs on the same sequences: their matrices, and who is right alone, against a count by hand."""

import numpy as np
import pytest

from har_core.analysis.predictions import Predictions
from har_core.analysis.shared_predictions import share
from har_core.errors import RunError

CLASSES = 3


def predictions(names: list[str], truth: list[int], said: list[int], part: str = "test") -> Predictions:
    logits = np.eye(CLASSES, dtype=np.float32)[said]
    return Predictions(
        np.array(names), np.ones(len(names), int), np.array(truth), logits, np.array([part] * len(names))
    )


def made_up(seed: int) -> tuple[Predictions, Predictions, list[tuple[str, int, int, int]]]:
    """Two runs that have 40 sequences in common, in another order, and what each says of them."""
    random = np.random.default_rng(seed)
    names, truth = [f"s{row}" for row in range(40)], random.integers(0, CLASSES, 40).tolist()
    said, replied = (random.integers(0, CLASSES, 40).tolist() for _ in range(2))
    order = random.permutation(40)
    second = predictions(
        [*(names[row] for row in order), "alone"], [*(truth[row] for row in order), 0],
        [*(replied[row] for row in order), 0],
    )  # fmt: skip
    return predictions(names, truth, said), second, list(zip(names, truth, said, replied, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_matrices_and_cells_are_those_of_a_count_by_hand(seed):
    first, second, rows = made_up(seed)
    shared = share(first, second)
    assert shared.left_out == 1 and sorted(shared.ids) == sorted(name for name, *_ in rows)
    before, after = shared.matrices(CLASSES)
    for true in range(CLASSES):
        for predicted in range(CLASSES):
            of_action = [(name, said, replied) for name, truth, said, replied in rows if truth == true]
            assert before[true, predicted] == sum(said == predicted for _, said, _ in of_action)
            assert after[true, predicted] == sum(replied == predicted for *_, replied in of_action)
            alone = {
                name for name, said, replied in of_action
                if (said == true) != (replied == true) and predicted in (said, replied)
            }  # fmt: skip
            assert set(shared.ids[shared.only_one_right(true, predicted)]) == alone
            apart = sum(
                said != true and replied != true and (said == predicted) != (replied == predicted)
                for _, said, replied in of_action
            )
            assert shared.both_wrong_apart(true, predicted) == apart


def test_on_the_diagonal_the_difference_is_that_of_who_is_right_alone():
    first, second, _ = made_up(5)
    shared = share(first, second)
    before, after = shared.matrices(CLASSES)
    for action in range(CLASSES):
        rows = shared.only_one_right(action, action)
        second_alone = int((shared.second[rows] == action).sum())
        assert (after - before)[action, action] == second_alone - (len(rows) - second_alone)


def test_runs_without_a_common_test_sequence_are_refused():
    with pytest.raises(RunError, match="no test sequence in common"):
        share(predictions(["a"], [0], [0]), predictions(["a"], [0], [0], part="train"))
