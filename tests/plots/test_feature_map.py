"""Each point of the feature map is a sequence and says which."""

import numpy as np
import plotly.graph_objects as go
import pytest

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.plots.feature_map import feature_map

ACTIONS = ("hammer", "draw x")
POINTS = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 9.0]])
PREDICTIONS = Predictions(
    np.array(["a", "b", "c", "d"]), np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1]),
    np.array([[1, 0], [0, 1], [0, 1], [0, 1]], np.float32), np.array(["train"] * 4),
)  # fmt: skip


def draw(**options) -> go.Figure:
    return feature_map(Projection(POINTS, (0.5, 0.25)), PREDICTIONS, ACTIONS, title="a run", **options)


def points_of(figure: go.Figure) -> dict[str, tuple]:
    return {
        custom[0]: (trace.name, x, y, *custom[1:])
        for trace in figure.data
        if trace.customdata is not None
        for x, y, custom in zip(trace.x, trace.y, trace.customdata, strict=True)
    }


def test_every_sequence_is_a_point_that_carries_its_name():
    assert points_of(draw()) == {
        "a": ("Recognised", 0.0, 1.0, "hammer", "hammer", 1),
        "b": ("Confused", 2.0, 3.0, "hammer", "draw x", 2),
        "c": ("Recognised", 4.0, 5.0, "draw x", "draw x", 3),
        "d": ("Recognised", 6.0, 9.0, "draw x", "draw x", 4),
    }


def test_right_and_wrong_differ_in_more_than_colour():
    markers = [trace.marker for trace in draw().data]
    assert len({marker.color for marker in markers}) == len({marker.symbol for marker in markers}) == 2


def test_each_action_s_name_stands_at_its_middle():
    names = {note.text: (note.x, note.y) for note in draw().layout.annotations}
    assert names == {"hammer": (1.0, 2.0), "draw x": (5.0, 7.0)}


def test_axes_say_how_much_of_the_variance_they_hold():
    layout = draw().layout
    assert (
        "50" in layout.xaxis.title.text and "25" in layout.yaxis.title.text and layout.title.text == "a run"
    )


def of_many(classes: int = 20, each: int = 3) -> tuple[Projection, Predictions, list[str]]:
    """Made-up features of twenty actions by five subjects, a third of them taken for the next action."""
    truth = np.repeat(np.arange(classes), each)
    predicted = np.where(np.arange(len(truth)) % 3, truth, (truth + 1) % classes)
    points = np.random.default_rng(0).normal(size=(len(truth), 3))
    predictions = Predictions(
        np.array([f"s{row}" for row in range(len(truth))]), np.arange(len(truth)) % 5 + 1, truth,
        np.eye(classes, dtype=np.float32)[predicted], np.array(["train"] * len(truth)),
    )  # fmt: skip
    return Projection(points, (0.5, 0.25, 0.1)), predictions, [f"action {label}" for label in range(classes)]


@pytest.mark.parametrize(("colour", "place"), [("action", 1), ("predicted", 2), ("subject", 3)])
def test_each_kind_has_a_look_of_its_own_and_holds_exactly_its_sequences(colour, place):
    projection, predictions, actions = of_many()
    projection = Projection(projection.points[:, :2], projection.explained[:2])
    figure = feature_map(projection, predictions, actions, title="a run", colour=colour)
    looks = {(trace.marker.color, trace.marker.symbol) for trace in figure.data}
    assert len(looks) == len(figure.data) == (5 if colour == "subject" else 20)
    seen = []
    for trace in figure.data:
        kinds = {custom[place] for custom in trace.customdata}
        assert len(kinds) == 1 and trace.name.endswith(str(kinds.pop()))
        for custom, *point in zip(trace.customdata, trace.x, trace.y, strict=True):
            row = predictions.ids.tolist().index(custom[0])
            np.testing.assert_array_equal(point, projection.points[row, :2])
            seen.append(custom[0])
    assert sorted(seen) == sorted(predictions.ids)


def test_names_stand_at_the_middle_of_what_the_colour_says():
    projection, predictions, actions = of_many()
    flat = Projection(projection.points[:, :2], projection.explained[:2])
    figure = feature_map(flat, predictions, actions, title="a run", colour="predicted")
    for note in figure.layout.annotations:
        inside = predictions.predicted == actions.index(note.text)
        np.testing.assert_allclose((note.x, note.y), flat.points[inside].mean(axis=0))


def test_names_do_not_lie_on_each_other():
    crowd = Projection(np.zeros((40, 2)), (0.5, 0.25))
    _, predictions, actions = of_many(each=2)
    notes = feature_map(crowd, predictions, actions, title="a run").layout.annotations
    shifts = sorted(note.yshift for note in notes)
    assert len(notes) == 20 and min(np.diff(shifts)) >= 12


def test_axes_that_are_no_components_have_no_numbers():
    layout = feature_map(Projection(POINTS, ()), PREDICTIONS, ACTIONS, title="a run").layout
    assert not layout.xaxis.showticklabels and not layout.yaxis.showticklabels and not layout.xaxis.title.text
