"""Each point of the scatter is a sequence and says which; what is drawn fits a browser's JSON."""

import json
from typing import Any

import numpy as np
import pytest

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.plots.assets import SCATTER_SCRIPT
from har_core.plots.feature_groups import SYMBOLS
from har_core.plots.feature_scatter import feature_scatter

ACTIONS = ("hammer", "draw <b>x</b>")
POINTS = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 1 / 3]])
PREDICTIONS = Predictions(
    np.array(["a", "b", "c", "d"]), np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1]),
    np.array([[1, 0], [0, 1], [0, 1], [0, 1]], np.float32), np.array(["test"] * 4),
)  # fmt: skip


def drawn(**options: Any) -> dict[str, Any]:
    projection = options.pop("projection", Projection(POINTS, (0.5, 0.25)))
    value = feature_scatter(
        projection, PREDICTIONS, ACTIONS, title="Test part", about="a run", **options
    )  # fmt: skip
    return dict(json.loads(json.dumps(value, allow_nan=False)))


def test_every_sequence_is_a_point_that_says_what_it_is_and_what_it_was_taken_for() -> None:
    found = drawn()
    np.testing.assert_allclose(np.reshape(found["points"], (-1, 2)), POINTS, rtol=1e-6)
    kinds = [found["groups"][kind]["name"] for kind in found["kinds"]]
    assert list(zip(found["names"], found["subjects"], kinds, strict=True)) == [
        ("a", 1, "Recognised"), ("b", 2, "Confused"), ("c", 3, "Recognised"), ("d", 4, "Recognised"),
    ]  # fmt: skip
    assert [found["actions"][label] for label in found["truth"]] == [ACTIONS[0]] * 2 + [ACTIONS[1]] * 2
    assert [found["actions"][label] for label in found["predicted"]] == [ACTIONS[0]] + [ACTIONS[1]] * 3


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ("action", ["hammer", "hammer", "draw <b>x</b>", "draw <b>x</b>"]),
        ("predicted", ["hammer", "draw <b>x</b>", "draw <b>x</b>", "draw <b>x</b>"]),
        ("subject", ["subject 1", "subject 2", "subject 3", "subject 4"]),
    ],
)
def test_groups_are_what_the_colour_says(colour: Any, expected: list[str]) -> None:
    found = drawn(colour=colour)
    assert [found["groups"][kind]["name"] for kind in found["kinds"]] == expected
    looks = {(group["colour"], group["symbol"]) for group in found["groups"]}
    assert len(looks) == len(found["groups"])
    assert found["legend"] == (colour == "subject")  # else the names in the figure say it


def test_right_and_wrong_differ_in_more_than_colour() -> None:
    right, wrong = drawn()["groups"]
    assert right["colour"] != wrong["colour"] and right["symbol"] != wrong["symbol"]


def test_the_browser_knows_every_symbol() -> None:
    (shapes,) = [text for text in SCATTER_SCRIPT.split("const ") if text.startswith("SHAPES = {")]
    for symbol in SYMBOLS:
        assert f"\n  {symbol}: " in shapes


def test_what_is_not_picked_goes_faint_and_loses_its_name() -> None:
    found = drawn(picked=np.array([False, False, True, True]))
    assert found["full"] == [False, False, True, True]
    assert [label["text"] for label in found["labels"]] == [ACTIONS[1]]
    assert drawn()["full"] == [True] * 4


@pytest.mark.parametrize(("colour", "rows"), [("correct", ([0, 1], [2, 3])), ("predicted", ([0], [1, 2, 3]))])
def test_names_stand_at_the_middle_of_what_the_colour_says(
    colour: Any, rows: tuple[list[int], list[int]]
) -> None:
    labels = drawn(colour=colour)["labels"]
    assert [label["text"] for label in labels] == list(ACTIONS)
    for label, inside in zip(labels, rows, strict=True):
        np.testing.assert_allclose(label["at"], POINTS[inside].mean(axis=0), rtol=1e-6)


def test_the_chosen_sequence_is_ringed_if_it_is_here() -> None:
    assert drawn(chosen="c")["chosen"] == "c"
    assert drawn(chosen="nobody")["chosen"] is None


def test_points_behind_carry_no_sequence() -> None:
    found = drawn(behind=np.array([[9.0, 8.0], [7.0, 6.0]]))
    assert found["behind"] == [9, 8, 7, 6] and found["names"] == ["a", "b", "c", "d"]
    assert drawn()["behind"] == []


def test_axes_say_how_much_of_the_variance_they_hold_unless_they_are_no_components() -> None:
    assert drawn()["axes"] == [
        "First component (50.0 % of the variance)", "Second component (25.0 % of the variance)",
    ]  # fmt: skip
    assert drawn(projection=Projection(POINTS, ()))["axes"] == ["", ""]


def test_in_space_points_names_and_axes_have_three_coordinates() -> None:
    points = np.column_stack([POINTS, [7.0, 8.0, 9.0, 10.0]])
    found = drawn(projection=Projection(points, (0.5, 0.25, 0.1)), chosen="b")
    np.testing.assert_allclose(np.reshape(found["points"], (-1, 3)), points, rtol=1e-6)
    middles = {label["text"]: label["at"] for label in found["labels"]}
    np.testing.assert_allclose(middles["hammer"], [1, 2, 7.5])
    assert [title.split()[0] for title in found["axes"]] == ["First", "Second", "Third"]
    assert found["chosen"] == "b"
