"""The matrix shows each count, and a click names its cell."""

import numpy as np

from har_core.plots.confusion_matrix import SELECTION, confusion_chart, difference_chart

ACTIONS = ("hammer", "draw x", "side-boxing")
COUNTS = np.array([[5, 0, 1], [2, 3, 0], [0, 0, 4]])


def layers(**options) -> tuple[dict, list[dict]]:
    chart = confusion_chart(COUNTS, ACTIONS, **options)
    return chart, chart["layer"]


def rows_of(chart: dict) -> list[dict]:
    return chart["data"]["values"]


def test_every_cell_holds_its_count_and_the_size_of_its_row():
    chart, _ = layers()
    found = {(row["true"], row["predicted"]): (row["count"], row["of"]) for row in rows_of(chart)}
    assert found == {
        (true, predicted): (COUNTS[i, j], sum(COUNTS[i]))
        for i, true in enumerate(ACTIONS)
        for j, predicted in enumerate(ACTIONS)
    }


def test_rows_are_true_actions_and_columns_predicted_ones_in_their_order():
    _, (cells, *_) = layers()
    assert cells["encoding"]["y"]["field"] == "true" and cells["encoding"]["x"]["field"] == "predicted"
    for axis in "xy":
        assert cells["encoding"][axis]["sort"] == list(ACTIONS) and cells["encoding"][axis]["title"]


def test_a_click_selects_a_cell_by_its_two_actions():
    chart, _ = layers()
    (selection,) = chart["params"]
    assert selection["name"] == SELECTION
    assert selection["views"] == [chart["layer"][0]["name"]]
    assert selection["select"]["fields"] == ["true", "predicted"]


def test_the_chosen_cell_is_framed():
    _, plain = layers()
    _, framed = layers(chosen=("draw x", "hammer"))
    assert framed[:-1] == plain
    assert framed[-1]["data"]["values"] == [{"true": "draw x", "predicted": "hammer"}]


def test_a_matrix_without_counts_can_be_drawn():
    chart = confusion_chart(np.zeros((3, 3), int), ACTIONS)
    assert {row["count"] for row in rows_of(chart)} == {0}


def test_difference_holds_both_counts_and_what_the_second_has_more():
    other = np.array([[4, 1, 1], [2, 3, 0], [3, 0, 1]])
    chart = difference_chart(COUNTS, other, ACTIONS, order=[2, 0, 1], chosen=("draw x", "hammer"))
    found = {
        (row["true"], row["predicted"]): (row["first"], row["second"], row["change"])
        for row in rows_of(chart)
    }
    assert found == {
        (true, predicted): (COUNTS[i, j], other[i, j], other[i, j] - COUNTS[i, j])
        for i, true in enumerate(ACTIONS)
        for j, predicted in enumerate(ACTIONS)
    }
    cells, _, frame = chart["layer"]
    assert cells["encoding"]["y"]["sort"] == ["side-boxing", "hammer", "draw x"]
    low, *_, high = cells["encoding"]["color"]["scale"]["domain"]
    assert -low == high > abs(other - COUNTS).max()
    assert frame["data"]["values"] == [{"true": "draw x", "predicted": "hammer"}]


def test_equal_matrices_have_a_difference_that_can_be_drawn():
    assert {row["change"] for row in rows_of(difference_chart(COUNTS, COUNTS, ACTIONS))} == {0}
