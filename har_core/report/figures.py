"""The interactive figures of the page. Colours of ground and text are the page's, which is light or dark."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any, get_args

import numpy as np
import plotly.graph_objects as go

from har_core.analysis.predictions import Predictions, confusion
from har_core.analysis.projection import Projection
from har_core.plots.colours import SEQUENTIAL
from har_core.plots.curves import curves
from har_core.plots.feature_map import feature_map
from har_core.report.findings import Findings
from har_core.training.records import Metric

_MOST_NAMES = 8
"""Names of sequences that a cell tells on hover; the page lists all of them on a click."""


def figures_of(found: Findings) -> dict[str, Any]:
    """Return the figures of a run as Plotly's JSON, by what they show: loss, accuracy, matrix, features.

    What a run has not, epochs or features, has no figure.
    """
    metrics = get_args(Metric) if found.records else ()
    figures = {
        metric: curves(found.records, metric, title=metric.capitalize(), mark_best=found.checkpoint == "best")
        for metric in metrics
    }
    figures["matrix"] = matrix_figure(found.judged.of("test"), found.actions)
    plane = training_plane(found)
    if plane is not None:
        actions = [escape(name, quote=False) for name in found.actions]  # Plotly reads markup in texts
        figures["features"] = feature_map(*plane, actions, title=f"Training part{found.said_weights}")
    return {name: _plain(figure) for name, figure in figures.items()}


def training_plane(found: Findings) -> tuple[Projection, Predictions] | None:
    """Return the training part in the plane of its components, and what is predicted of it."""
    if found.projection is None:
        return None
    predictions = found.judged
    points = found.projection.points[predictions.part == "train"]
    return Projection(points, found.projection.explained), predictions.of("train")


def matrix_figure(shown: Predictions, actions: Sequence[str]) -> go.Figure:
    """Return a confusion matrix that names the sequences of a cell on hover.

    Args:
        shown: predictions of one part.
        actions: K names; rows are true actions and columns predicted ones, in this order.
    """
    counts = confusion(shown, len(actions))
    names = [escape(name, quote=False) for name in actions]
    said = [
        [_said(shown.cell(true, predicted), names, true, predicted) for predicted in range(len(names))]
        for true in range(len(names))
    ]
    places = list(range(len(names)))
    axis = {"tickmode": "array", "tickvals": places, "ticktext": names, "showgrid": False, "zeroline": False}
    heat = {
        "type": "heatmap", "z": np.where(counts, counts.astype(float), np.nan).tolist(), "text": said,
        "texttemplate": "%{z}", "hovertemplate": "%{text}<extra></extra>",
        "colorscale": list(SEQUENTIAL["light"]),
        "zmin": 0, "zmax": max(1, int(counts.max(initial=0))), "showscale": False, "xgap": 1, "ygap": 1,
    }  # fmt: skip
    layout = {
        "title": {"text": "Confusion matrix, test part"},
        "height": 200 + 22 * len(names),
        "margin": {"t": 48, "r": 12, "l": 12, "b": 12},
        "xaxis": axis | {"title": {"text": "Predicted action"}, "tickangle": -45},
        "yaxis": axis | {"title": {"text": "True action"}, "autorange": "reversed"},
    }
    return go.Figure([heat], layout)


def _said(cell: Predictions, names: Sequence[str], true: int, predicted: int) -> str:
    listed = [escape(str(name), quote=False) for name in cell.ids[:_MOST_NAMES]]
    more = [f"and {len(cell) - _MOST_NAMES} more"] if len(cell) > _MOST_NAMES else []
    verb = "recognised" if true == predicted else f"taken for {names[predicted]}"
    return "<br>".join([f"{len(cell)} of {names[true]} {verb}", *listed, *more])


def _plain(figure: go.Figure) -> Any:
    figure.update_layout(template="none")
    return json.loads(figure.to_json(engine="json"))
