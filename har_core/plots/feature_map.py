"""Features in the plane of their two largest components."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
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
    right = predictions.predicted == predictions.truth
    about = [
        [str(name), actions[truth], actions[predicted], int(subject)]
        for name, truth, predicted, subject in zip(
            predictions.ids, predictions.truth, predictions.predicted, predictions.subjects, strict=True
        )
    ]
    shown = np.array([not highlighted or actions[label] in highlighted for label in predictions.truth], bool)
    x, y = projection.points.T
    traces: list[dict[str, Any]] = []
    for name, mask, colour, symbol in (
        ("Recognised", right, CORRECT, "circle"),
        ("Confused", ~right, WRONG, "x"),
    ):
        rows = np.flatnonzero(mask)
        opacity = np.where(shown[rows], 0.85, 0.12)
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": name, "x": x[rows], "y": y[rows],
                "marker": {"color": colour, "symbol": symbol, "size": 9, "opacity": opacity},
                "customdata": [about[row] for row in rows],
                "text": [escape(str(predictions.ids[row]), quote=False) for row in rows],
                "hovertemplate": "%{text}<br>%{customdata[1]}, subject %{customdata[3]}"
                "<br>predicted: %{customdata[2]}<extra></extra>",
            }
        )  # fmt: skip
    for row in np.flatnonzero(predictions.ids == (chosen or "")):
        ring = {"symbol": "circle-open", "size": 20, "color": NEUTRAL, "line": {"width": 3}}
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": "Chosen", "x": x[[row]], "y": y[[row]],
                "marker": ring, "hoverinfo": "skip",
            }
        )  # fmt: skip
    first, second = projection.explained
    layout = {
        "title": {"text": title}, "height": 620, "dragmode": "pan", "clickmode": "event+select",
        "legend": {"orientation": "h", "y": -0.12}, "margin": {"t": 48, "r": 12, "l": 12, "b": 12},
        "xaxis": {"title": {"text": f"First component ({first:.1%} of the variance)"}, "zeroline": False},
        "yaxis": {"title": {"text": f"Second component ({second:.1%} of the variance)"}, "zeroline": False},
        "annotations": _names(projection, predictions, actions, highlighted),
    }  # fmt: skip
    # In one piece: a figure that is put together step by step takes Plotly several times as long.
    return go.Figure(traces, layout)


def _names(
    projection: Projection, predictions: Predictions, actions: Sequence[str], highlighted: Sequence[str]
) -> list[dict[str, Any]]:
    """Return an annotation with the name of each action at the middle of its points."""
    names = []
    for label, name in enumerate(actions):
        points = projection.points[predictions.truth == label]
        if len(points) and (not highlighted or name in highlighted):
            x, y = points.mean(axis=0)
            names.append(
                {"x": x, "y": y, "text": name, "showarrow": False, "font": {"size": 12}, "yshift": 14}
            )
    return names
