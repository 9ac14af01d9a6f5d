"""What a browser sends as the chosen cell is believed only where it names a cell of the matrix."""

import pytest

from app.components.confusion_matrix import chosen_cell

ACTIONS = ["hammer", "draw x", "<b>bend</b>"]


@pytest.mark.parametrize("true", ACTIONS)
@pytest.mark.parametrize("predicted", ACTIONS)
def test_each_cell_can_be_chosen(true: str, predicted: str) -> None:
    assert chosen_cell([true, predicted], ACTIONS, ACTIONS) == (true, predicted)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "hammer",
        [],
        ["hammer"],
        ["hammer"] * 3,
        ["hammer", "jump"],
        ["hammer", 1],
        [["hammer"], "hammer"],
    ],
)
def test_what_is_no_cell_chooses_nothing(sent: object) -> None:
    assert chosen_cell(sent, ACTIONS, ACTIONS) is None


def test_rows_and_columns_may_have_other_names() -> None:
    assert chosen_cell(["hammer", "8"], ACTIONS, ["8", "9"]) == ("hammer", "8")
    assert chosen_cell(["8", "hammer"], ACTIONS, ["8", "9"]) is None
