"""The matrix shows each count, in colours that can be read, and frames the chosen cell."""

import json

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from har_core.plots.colours import DIVERGING, SEQUENTIAL
from har_core.plots.confusion_matrix import Chart, confusion_chart, difference_chart

ACTIONS = ("hammer", "draw x", "side-boxing")
COUNTS = np.array([[5, 0, 1], [2, 3, 0], [0, 0, 4]])
OTHER = np.array([[4, 1, 1], [2, 3, 0], [3, 0, 1]])
MIXED = [2, 0, 1]


def cells_of(chart: Chart, name: str) -> dict[tuple[str, str], str]:
    """What each cell says of itself, by true and predicted action."""
    values = chart["numbers"] if name == "number" else chart["facts"][name]
    return {
        (true, predicted): values[row][column]
        for row, true in enumerate(chart["actions"])
        for column, predicted in enumerate(chart["actions"])
    }


def by_actions(values: np.ndarray, form: str = "d") -> dict[tuple[str, str], str]:
    return {(ACTIONS[i], ACTIONS[j]): format(value, form) for (i, j), value in np.ndenumerate(values)}


@pytest.mark.parametrize("order", [None, MIXED])
def test_cells_tell_counts_and_shares_of_their_row_as_scikit_learn_has_them(order: list[int] | None) -> None:
    truth, predicted = (np.repeat(labels.ravel(), COUNTS.ravel()) for labels in np.indices((3, 3)))
    chart = confusion_chart(COUNTS, ACTIONS, order=order)
    shares = 100 * confusion_matrix(truth, predicted, normalize="true")
    assert cells_of(chart, "count") == by_actions(confusion_matrix(truth, predicted))
    assert cells_of(chart, "percent of them") == by_actions(shares, ".1f")
    sizes = np.repeat(np.bincount(truth), 3).reshape(3, 3)
    assert cells_of(chart, "of all of this action") == by_actions(sizes)


def test_rows_and_columns_follow_the_order() -> None:
    assert confusion_chart(COUNTS, ACTIONS)["actions"] == list(ACTIONS)
    chart = confusion_chart(COUNTS, ACTIONS, order=MIXED)
    assert chart["actions"] == ["side-boxing", "hammer", "draw x"]
    assert chart["numbers"] == [["4", "", ""], ["1", "5", ""], ["", "2", "3"]]


def test_percent_shows_shares_of_a_row() -> None:
    chart = confusion_chart(COUNTS, ACTIONS, percent=True)
    assert chart["numbers"] == [["83", "", "17"], ["40", "60", ""], ["", "", "100"]]


@pytest.mark.parametrize("percent", [False, True])
def test_the_largest_value_has_the_last_colour_and_nothing_has_none(percent: bool) -> None:
    chart = confusion_chart(COUNTS, ACTIONS, percent=percent)
    top = (2, 2) if percent else (0, 0)
    assert chart["colours"][top[0]][top[1]] == SEQUENTIAL[-1].lower()
    for row, column in zip(*np.nonzero(COUNTS == 0), strict=True):
        assert chart["colours"][row][column] == chart["inks"][row][column] == ""


def test_colours_lie_between_their_neighbours_on_the_scale() -> None:
    counts = np.diag([10, 3])  # the second lies half-way from the second colour to the third, of six
    colour = confusion_chart(counts, ("a", "b"))["colours"][1][1]
    expected = np.round((rgb(SEQUENTIAL[1]) + rgb(SEQUENTIAL[2])) / 2)
    assert rgb(colour).tolist() == expected.tolist()


def test_numbers_can_be_read_on_their_colours() -> None:
    counts = np.arange(400).reshape(20, 20)
    names = [f"action {number}" for number in range(20)]
    for chart in (confusion_chart(counts, names), difference_chart(counts, counts.T, names)):
        pairs = zip(sum(chart["colours"], []), sum(chart["inks"], []), strict=True)
        assert min(contrast(colour, ink) for colour, ink in pairs if colour) >= 4.5


def test_the_chosen_cell_is_framed_wherever_the_order_puts_it() -> None:
    assert confusion_chart(COUNTS, ACTIONS)["chosen"] is None
    for draw in (confusion_chart, lambda *given, **options: difference_chart(COUNTS, *given, **options)):
        row, column = draw(COUNTS, ACTIONS, order=MIXED, chosen=("draw x", "hammer"))["chosen"]
        assert (MIXED[row], MIXED[column]) == (1, 0)


def test_difference_tells_both_counts_and_what_the_second_has_more() -> None:
    chart = difference_chart(COUNTS, OTHER, ACTIONS, order=MIXED)
    assert cells_of(chart, "first run") == by_actions(COUNTS)
    assert cells_of(chart, "second run") == by_actions(OTHER)
    change = {
        cell: text.replace("-", "\N{MINUS SIGN}") for cell, text in by_actions(OTHER - COUNTS, "+d").items()
    }
    assert cells_of(chart, "number") == {cell: text.replace("+0", "") for cell, text in change.items()}
    assert cells_of(chart, "change") == {cell: text.replace("+0", "0") for cell, text in change.items()}


def test_more_and_less_have_the_colours_of_the_two_ends() -> None:
    less, more = (rgb(end) for end in (DIVERGING[0], DIVERGING[-1]))
    colours = difference_chart(COUNTS, OTHER, ACTIONS)["colours"]
    gained, lost = rgb(colours[2][0]), rgb(colours[2][2])  # three more, and three fewer
    assert np.abs(gained - more).max() < 50 < np.abs(gained - less).max()
    assert np.abs(lost - less).max() < 50 < np.abs(lost - more).max()


@pytest.mark.parametrize("size", [0, 1, 3])
def test_matrices_with_nothing_in_them_can_be_drawn(size: int) -> None:
    nothing, names = np.zeros((size, size), int), ACTIONS[:size]
    for chart in (confusion_chart(nothing, names), difference_chart(nothing, nothing, names)):
        assert chart["numbers"] == [[""] * size] * size


def test_charts_are_ready_for_json() -> None:
    for chart in (confusion_chart(COUNTS, ACTIONS), difference_chart(COUNTS, OTHER, ACTIONS)):
        assert json.loads(json.dumps(chart)) == chart


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], float)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of the Web Content Accessibility Guidelines, with a gamma of 2.2."""
    light, dark = sorted(
        ((rgb(colour) / 255) ** 2.2 @ [0.2126, 0.7152, 0.0722] for colour in (first, second)), reverse=True
    )
    return float((light + 0.05) / (dark + 0.05))
