"""The matrix shows each count, in colours that can be read, and frames the chosen cell."""

import json

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from har_core.analysis.error_blocks import ErrorBlocks
from har_core.plots.colours import DIVERGING, EMPTY, SEQUENTIAL, Theme
from har_core.plots.confusion_matrix import Chart, blocks_chart, confusion_chart, difference_chart

ACTIONS = ("hammer", "draw x", "side-boxing")
COUNTS = np.array([[5, 0, 1], [2, 3, 0], [0, 0, 4]])
OTHER = np.array([[4, 1, 1], [2, 3, 0], [3, 0, 1]])
MIXED = [2, 0, 1]
BOTH_THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


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


@BOTH_THEMES
@pytest.mark.parametrize("percent", [False, True])
def test_the_largest_value_has_the_last_colour_and_nothing_has_none(percent: bool, theme: Theme) -> None:
    chart = confusion_chart(COUNTS, ACTIONS, percent=percent)
    top = (2, 2) if percent else (0, 0)
    assert chart["colours"][theme][top[0]][top[1]] == SEQUENTIAL[theme][-1].lower()
    for row, column in zip(*np.nonzero(COUNTS == 0), strict=True):
        assert chart["colours"][theme][row][column] == chart["inks"][theme][row][column] == ""


@BOTH_THEMES
def test_colours_lie_between_their_neighbours_on_the_scale(theme: Theme) -> None:
    counts = np.diag([10, 3])  # the second lies half-way from the second colour to the third, of six
    colour = confusion_chart(counts, ("a", "b"))["colours"][theme][1][1]
    expected = np.round((rgb(SEQUENTIAL[theme][1]) + rgb(SEQUENTIAL[theme][2])) / 2)
    assert rgb(colour).tolist() == expected.tolist()


@BOTH_THEMES
def test_numbers_can_be_read_on_their_colours(theme: Theme) -> None:
    counts = np.arange(400).reshape(20, 20)
    names = [f"action {number}" for number in range(20)]
    for chart in (confusion_chart(counts, names), difference_chart(counts, counts.T, names)):
        pairs = zip(sum(chart["colours"][theme], []), sum(chart["inks"][theme], []), strict=True)
        assert min(contrast(colour, ink) for colour, ink in pairs if colour) >= 4.5


@BOTH_THEMES
@pytest.mark.parametrize("most", [1, 2, 9, 15, 400])
def test_the_more_there_are_the_more_a_cell_stands_out_and_a_single_one_is_seen(
    most: int, theme: Theme
) -> None:
    counts = np.diag(np.arange(1, most + 1)) if most < 20 else np.diag([1, 40, 200, most])
    colours = confusion_chart(counts, [str(row) for row in range(len(counts))])["colours"][theme]
    apart = [contrast(colours[row][row], EMPTY[theme]) for row in range(len(counts))]
    assert apart == sorted(apart)
    assert apart[0] >= 1.3 and apart[-1] >= 7


@BOTH_THEMES
def test_the_more_two_runs_differ_the_more_a_cell_stands_out(theme: Theme) -> None:
    change = np.diag([-5, -3, -1, 1, 3, 5])
    colours = difference_chart(np.maximum(0, -change), np.maximum(0, change), "abcdef")["colours"][theme]
    apart = [contrast(colours[row][row], EMPTY[theme]) for row in range(6)]
    assert apart[0] > apart[1] > apart[2] >= 1.1 and 1.1 <= apart[3] < apart[4] < apart[5]


def test_the_bar_has_the_numbers_of_its_colours() -> None:
    assert confusion_chart(2 * COUNTS, ACTIONS)["bar"]["numbers"] == ["0", "5", "10"]
    assert confusion_chart(COUNTS, ACTIONS)["bar"]["numbers"] == ["0", "5"]  # no whole number is half of it
    assert confusion_chart(COUNTS, ACTIONS, percent=True)["bar"]["numbers"] == ["0", "50", "100"]
    assert difference_chart(COUNTS, OTHER, ACTIONS)["bar"]["numbers"] == ["\N{MINUS SIGN}3", "0", "+3"]


def test_words_tell_the_most_frequent_errors_first() -> None:
    said = "Taken most often: draw x for hammer (2), hammer for side-boxing (1)."
    assert confusion_chart(COUNTS, ACTIONS)["said"] == said
    assert confusion_chart(COUNTS, ACTIONS, order=MIXED)["said"] == said
    assert confusion_chart(np.eye(3, dtype=int), ACTIONS)["said"] == "There is no error."
    assert difference_chart(COUNTS, OTHER, ACTIONS)["said"] == "4 cells of 9 differ."


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


@BOTH_THEMES
def test_more_and_less_have_the_colours_of_the_two_ends(theme: Theme) -> None:
    less, more = (rgb(end) for end in (DIVERGING[theme][0], DIVERGING[theme][-1]))
    colours = difference_chart(COUNTS, OTHER, ACTIONS)["colours"][theme]
    gained, lost = rgb(colours[2][0]), rgb(colours[2][2])  # three more, and three fewer
    assert np.abs(gained - more).max() < 50 < np.abs(gained - less).max()
    assert np.abs(lost - less).max() < 50 < np.abs(lost - more).max()


@pytest.mark.parametrize("size", [0, 1, 3])
def test_matrices_with_nothing_in_them_can_be_drawn(size: int) -> None:
    nothing, names = np.zeros((size, size), int), ACTIONS[:size]
    for chart in (confusion_chart(nothing, names), difference_chart(nothing, nothing, names)):
        assert chart["numbers"] == [[""] * size] * size


BLOCKS = ErrorBlocks((4, 12), np.array([[3, 0], [1, 0], [0, 0]]), np.array([[3, 2], [4, 2], [2, 0]]))


@BOTH_THEMES
def test_errors_by_subject_have_a_row_for_each_action_and_the_colour_of_their_share(theme: Theme) -> None:
    chart = blocks_chart(BLOCKS, ACTIONS, chosen=(ACTIONS[1], "12"))
    assert (chart["actions"], chart["columns"], chart["axes"]) == (
        list(ACTIONS), ["4", "12"], ["Action", "Subject"],
    )  # fmt: skip
    assert chart["numbers"] == [["3", ""], ["1", ""], ["", "\N{EN DASH}"]] and chart["chosen"] == [1, 1]
    assert chart["facts"]["wrong"] == [["3", "0"], ["1", "0"], ["0", "0"]]
    assert chart["facts"]["percent of them"] == [["100", "0"], ["25", "0"], ["0", "0"]]
    colours = chart["colours"][theme]
    assert colours[0][0].upper() == SEQUENTIAL[theme][-1].upper() != colours[1][0].upper()
    assert not colours[0][1] and not colours[2][1]


def test_charts_are_ready_for_json() -> None:
    matrices = (confusion_chart(COUNTS, ACTIONS), difference_chart(COUNTS, OTHER, ACTIONS))
    for chart in (*matrices, blocks_chart(BLOCKS, ACTIONS)):
        assert json.loads(json.dumps(chart)) == chart


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], float)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of the Web Content Accessibility Guidelines, with a gamma of 2.2."""
    light, dark = sorted(
        ((rgb(colour) / 255) ** 2.2 @ [0.2126, 0.7152, 0.0722] for colour in (first, second)), reverse=True
    )
    return float((light + 0.05) / (dark + 0.05))
