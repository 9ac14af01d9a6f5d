"""Each point of the feature map is a sequence and says which."""

import numpy as np
import plotly.graph_objects as go

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


def test_actions_that_are_not_highlighted_go_faint():
    figure = draw(highlighted=["draw x"])
    opacity = {
        custom[0]: value
        for trace in figure.data
        for custom, value in zip(trace.customdata, trace.marker.opacity, strict=True)
    }
    assert opacity["a"] == opacity["b"] < opacity["c"] == opacity["d"]
    assert [note.text for note in figure.layout.annotations] == ["draw x"]


def test_the_chosen_sequence_is_ringed():
    ring = draw(chosen="c").data[-1]
    assert (list(ring.x), list(ring.y)) == ([4.0], [5.0]) and "open" in ring.marker.symbol
    assert len(draw(chosen="nobody").data) == len(draw().data) == 2


def test_axes_say_how_much_of_the_variance_they_hold():
    layout = draw().layout
    assert (
        "50" in layout.xaxis.title.text and "25" in layout.yaxis.title.text and layout.title.text == "a run"
    )
