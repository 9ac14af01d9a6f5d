"""Features as points along two axes, such as their largest components."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.plots.feature_groups import (
    BY_ACTION,
    Colouring,
    Group,
    axis_title,
    groups_of,
    middles_of,
)

_FULL, _FAINT = 0.85, 0.12
_HEIGHT, _WIDTH = 620, 520  # pixels, about, of the figure
_HALO = "0 0 2px Canvas, 0 0 3px Canvas, 0 0 4px Canvas"  # in the colour of the page, light or dark
_LABEL_HEIGHT, _LETTER_WIDTH = 15, 7  # pixels of a label


def feature_map(
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    *,
    title: str,
    colour: Colouring = "correct",
) -> go.Figure:
    """Return a scatter of sequences; each point carries the name of its sequence in ``customdata``.

    Twenty actions can't be told apart by twenty colours: each action's name stands at the middle of its
    points, and a colour is used again with another symbol.

    Args:
        projection: points (N, 2).
        predictions: of the same N sequences.
        actions: K names.
        title: what the figure shows, of which run.
        colour: what the colour of a point says.
    """
    x, y = projection.points.T
    traces = [
        {
            "type": "scatter", "x": x[group.rows], "y": y[group.rows],
            **_points(group, predictions, actions, size=9),
        }
        for group in groups_of(predictions, actions, colour)
    ]  # fmt: skip
    layout = {
        "title": {"text": title}, "height": _HEIGHT, "dragmode": "pan", "clickmode": "event+select",
        "showlegend": colour not in BY_ACTION, "legend": {"orientation": "h", "y": -0.12},
        "margin": {"t": 64, "r": 12, "l": 12, "b": 12},
        "xaxis": _axis(axis_title(projection, 0)), "yaxis": _axis(axis_title(projection, 1)),
        "annotations": _names(projection, middles_of(projection, predictions, actions, colour)),
    }  # fmt: skip
    # In one piece: a figure that is put together step by step takes Plotly several times as long.
    return go.Figure(traces, layout)


def _points(group: Group, predictions: Predictions, actions: Sequence[str], *, size: int) -> dict[str, Any]:
    """Return what the points of a group show."""
    about = [
        [
            str(predictions.ids[row]), actions[predictions.truth[row]], actions[predicted],
            int(predictions.subjects[row]),
        ]
        for row, predicted in zip(group.rows, predictions.predicted[group.rows], strict=True)
    ]  # fmt: skip
    return {
        "mode": "markers", "name": group.name, "customdata": about,
        "marker": {"color": group.colour, "symbol": group.symbol, "size": size, "opacity": _FULL},
        "text": [escape(name, quote=False) for name, *_ in about],
        "hovertemplate": "%{text}<br>%{customdata[1]}, subject %{customdata[3]}"
        "<br>predicted: %{customdata[2]}<extra></extra>",
    }  # fmt: skip


def _axis(title: str) -> dict[str, Any]:
    if not title:
        return {"zeroline": False, "showticklabels": False}  # the numbers of such an axis mean nothing
    return {"title": {"text": title}, "zeroline": False}


def _names(
    projection: Projection, middles: Sequence[tuple[str, NDArray[np.float64]]]
) -> list[dict[str, Any]]:
    """Return an annotation at the middle of each action, moved up or down where names would overlap."""
    reach = np.ptp(projection.points, axis=0) if len(projection.points) else np.ones(2)
    scale = np.array([_WIDTH, _HEIGHT * 0.8]) / np.where(reach > 0, reach, 1)
    placed: list[tuple[float, float, float]] = []  # left, right and height of each name, in pixels
    names = []
    for name, (x, y) in sorted(middles, key=lambda found: float(found[1][1])):
        half = len(name) * _LETTER_WIDTH / 2
        left, right, height = x * scale[0] - half, x * scale[0] + half, y * scale[1] + 14
        shift = next(
            shift
            for shift in (step * sign * _LABEL_HEIGHT for step in range(len(middles) + 1) for sign in (1, -1))
            if not any(
                left < other[1] and other[0] < right and abs(height + shift - other[2]) < _LABEL_HEIGHT
                for other in placed
            )
        )
        placed.append((left, right, height + shift))
        names.append(
            {
                "x": x, "y": y, "text": name, "showarrow": False, "yshift": 14 + shift,
                "font": {"size": 12, "weight": 600, "shadow": _HALO},
            }
        )  # fmt: skip
    return names
