"""Features in the plane of their two largest components."""

from collections.abc import Sequence

import plotly.graph_objects as go

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.plots.colours import CORRECT, NEUTRAL, WRONG


def feature_map(
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    *,
    title: str,
    highlighted: Sequence[str] = (),
    chosen: str | None = None,
) -> go.Figure:
    """Return a scatter of sequences; each point carries the name of its sequence in ``customdata``.

    Twenty actions can't be told apart by twenty colours: the points say whether the prediction is right,
    by colour and shape, each action's name stands at its middle, and some actions can be highlighted.

    Args:
        projection: points (N, 2).
        predictions: of the same N sequences.
        actions: K names.
        title: what the figure shows, of which run.
        highlighted: names of actions to show full; the others go faint. None of them means all.
        chosen: the sequence to ring.
    """
    figure = go.Figure()
    right = predictions.predicted == predictions.truth
    shown = [not highlighted or actions[label] in highlighted for label in predictions.truth]
    for name, mask, colour, symbol in (
        ("Recognised", right, CORRECT, "circle"),
        ("Confused", ~right, WRONG, "x"),
    ):
        rows = [row for row, here in enumerate(mask) if here]
        figure.add_scatter(
            x=projection.points[rows, 0], y=projection.points[rows, 1], name=name, mode="markers",
            marker={
                "color": colour, "symbol": symbol, "size": 9,
                "opacity": [0.85 if shown[row] else 0.12 for row in rows],
            },
            customdata=[
                [predictions.ids[row], actions[predictions.truth[row]], actions[predictions.predicted[row]],
                 int(predictions.subjects[row])] for row in rows
            ],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}, subject %{customdata[3]}"
            "<br>predicted: %{customdata[2]}<extra></extra>",
        )  # fmt: skip
    _name_actions(figure, projection, predictions, actions, highlighted)
    for row in [row for row, name in enumerate(predictions.ids) if name == chosen]:
        figure.add_scatter(
            x=[projection.points[row, 0]], y=[projection.points[row, 1]], name="Chosen", mode="markers",
            marker={"symbol": "circle-open", "size": 20, "color": NEUTRAL, "line": {"width": 3}},
            hoverinfo="skip",
        )  # fmt: skip
    first, second = projection.explained
    figure.update_layout(
        title={"text": title}, height=620, dragmode="pan", clickmode="event+select",
        legend={"orientation": "h", "y": -0.12}, margin={"t": 48, "r": 12, "l": 12, "b": 12},
    )  # fmt: skip
    figure.update_xaxes(title_text=f"First component ({first:.1%} of the variance)", zeroline=False)
    figure.update_yaxes(title_text=f"Second component ({second:.1%} of the variance)", zeroline=False)
    return figure


def _name_actions(
    figure: go.Figure,
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    highlighted: Sequence[str],
) -> None:
    for label, name in enumerate(actions):
        points = projection.points[predictions.truth == label]
        if len(points) and (not highlighted or name in highlighted):
            x, y = points.mean(axis=0)
            figure.add_annotation(x=x, y=y, text=name, showarrow=False, font={"size": 12}, yshift=14)
