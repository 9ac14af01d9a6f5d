"""Features as points along two or three axes, such as their largest components."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.data.sequences import BoolArray, IntArray
from har_core.plots.colours import CORRECT, MANY, NEUTRAL, WRONG

Colouring = Literal["correct", "action", "predicted", "subject"]
"""What the colour of a point says: whether it was recognised, its action, the predicted one, its subject."""

Drag = Literal["pan", "lasso", "select"]

SYMBOLS = ("circle", "diamond", "square", "cross", "x")
"""Where colours run out, another symbol goes on; figures in 3D know these, too."""

_BY_ACTION: tuple[Colouring, ...] = ("action", "predicted")  # names in the figure do what a legend would
_ORDINALS = ("First", "Second", "Third")
_FULL, _FAINT = 0.85, 0.12
_HEIGHT, _WIDTH = 620, 520  # pixels, about, of the figure
_HALO = "0 0 2px Canvas, 0 0 3px Canvas, 0 0 4px Canvas"  # in the colour of the page, light or dark
_LABEL_HEIGHT, _LETTER_WIDTH = 15, 7  # pixels of a label


@dataclass(frozen=True, eq=False)
class _Group:
    """Points of one kind.

    Attributes:
        name: in the legend.
        rows: of the points.
        colour: of all of them.
        symbol: of all of them.
    """

    name: str
    rows: IntArray
    colour: str
    symbol: str


def feature_map(
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    *,
    title: str,
    colour: Colouring = "correct",
    picked: BoolArray | None = None,
    chosen: str | None = None,
    behind: NDArray[np.float64] | None = None,
    drag: Drag = "pan",
) -> go.Figure:
    """Return a scatter of sequences; each point carries the name of its sequence in ``customdata``.

    Twenty actions can't be told apart by twenty colours: each action's name stands at the middle of its
    points, a colour is used again with another symbol, and some points can be picked out.

    Args:
        projection: points (N, 2).
        predictions: of the same N sequences.
        actions: K names.
        title: what the figure shows, of which run.
        colour: what the colour of a point says.
        picked: (N) True for the points to show full; the others go faint. None means all.
        chosen: the sequence to ring.
        behind: (M, 2) further points, faint and without a name, such as those of the training part.
        drag: what dragging does: it moves the picture, or draws a loop or a box around points.
    """
    x, y = projection.points.T
    traces: list[dict[str, Any]] = []
    if behind is not None:
        marker = {"color": NEUTRAL, "size": 6, "opacity": 0.25}
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": "Training part", "x": behind[:, 0],
                "y": behind[:, 1], "marker": marker, "hoverinfo": "skip",
            }
        )  # fmt: skip
    for group in _groups(predictions, actions, colour):
        traces.append(
            {
                "type": "scatter", "x": x[group.rows], "y": y[group.rows],
                **_points(group, predictions, actions, picked, size=9),
            }
        )  # fmt: skip
    traces += _rings(projection, predictions, chosen, size=20)
    layout = {
        "title": {"text": title}, "height": _HEIGHT, "dragmode": drag, "clickmode": "event+select",
        "showlegend": colour not in _BY_ACTION, "legend": {"orientation": "h", "y": -0.12},
        "margin": {"t": 64, "r": 12, "l": 12, "b": 12},
        "xaxis": _axis(projection, 0), "yaxis": _axis(projection, 1),
        "annotations": _names(projection, _middles(projection, predictions, actions, colour, picked)),
    }  # fmt: skip
    # In one piece: a figure that is put together step by step takes Plotly several times as long.
    return go.Figure(traces, layout)


def feature_space(
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    *,
    title: str,
    colour: Colouring = "correct",
    picked: BoolArray | None = None,
    chosen: str | None = None,
) -> go.Figure:
    """Return the same in three dimensions, to be turned and looked at; see ``feature_map``.

    Args:
        projection: points (N, 3).
        predictions: of the same N sequences.
        actions: K names.
        title: what the figure shows, of which run.
        colour: what the colour of a point says.
        picked: (N) True for the points to show full; the others go faint. None means all.
        chosen: the sequence to ring.
    """
    x, y, z = projection.points.T
    shown = np.ones(len(x), bool) if picked is None else picked
    traces: list[dict[str, Any]] = []
    for group in _groups(predictions, actions, colour):
        # Here a trace has one opacity, so that the faint points of a group are a trace of their own.
        for full in (True, False):
            rows = group.rows[shown[group.rows] == full]
            if not len(rows):
                continue
            part = _Group(group.name, rows, group.colour, group.symbol)
            points = _points(part, predictions, actions, None, size=5)
            points["marker"]["opacity"] = _FULL if full else _FAINT
            traces.append({"type": "scatter3d", "x": x[rows], "y": y[rows], "z": z[rows], **points})
            traces[-1] |= {"legendgroup": group.name, "showlegend": full or not shown[group.rows].any()}
    traces += _rings(projection, predictions, chosen, size=14)
    names = [
        {"x": middle[0], "y": middle[1], "z": middle[2], "text": name, "showarrow": False}
        for name, middle in _middles(projection, predictions, actions, colour, picked)
    ]
    scene = {
        f"{axis}axis": {"title": {"text": f"{ordinal} ({share:.1%})"}}  # a longer one is cut off
        for axis, ordinal, share in zip("xyz", _ORDINALS, projection.explained, strict=True)
    }
    layout = {
        "title": {"text": title}, "height": _HEIGHT, "showlegend": colour not in _BY_ACTION,
        "legend": {"orientation": "h", "y": -0.05}, "margin": {"t": 64, "r": 0, "l": 0, "b": 0},
        "scene": {**scene, "annotations": names, "camera": {"eye": {"x": 1.7, "y": 1.7, "z": 0.9}}},
    }  # fmt: skip
    return go.Figure(traces, layout)


def _groups(predictions: Predictions, actions: Sequence[str], colour: Colouring) -> list[_Group]:
    if colour == "correct":
        right = predictions.predicted == predictions.truth
        return [
            _Group("Recognised", np.flatnonzero(right), CORRECT, "circle"),
            _Group("Confused", np.flatnonzero(~right), WRONG, "x"),
        ]
    if colour == "subject":
        values, kinds = predictions.subjects, [int(subject) for subject in np.unique(predictions.subjects)]
        names = {subject: f"subject {subject}" for subject in kinds}
    else:
        values = predictions.truth if colour == "action" else predictions.predicted
        kinds, names = list(range(len(actions))), dict(enumerate(actions))
    groups = []
    for place, kind in enumerate(kinds):
        turn, style = divmod(place, len(MANY))
        symbol = SYMBOLS[turn % len(SYMBOLS)]
        groups.append(_Group(names[kind], np.flatnonzero(values == kind), MANY[style], symbol))
    return [group for group in groups if len(group.rows)]


def _points(
    group: _Group, predictions: Predictions, actions: Sequence[str], picked: BoolArray | None, *, size: int
) -> dict[str, Any]:
    """Return what the points of a group have in two and three dimensions alike."""
    about = [
        [
            str(predictions.ids[row]), actions[predictions.truth[row]], actions[predicted],
            int(predictions.subjects[row]),
        ]
        for row, predicted in zip(group.rows, predictions.predicted[group.rows], strict=True)
    ]  # fmt: skip
    opacity = _FULL if picked is None else np.where(picked[group.rows], _FULL, _FAINT)
    return {
        "mode": "markers", "name": group.name, "customdata": about,
        "marker": {"color": group.colour, "symbol": group.symbol, "size": size, "opacity": opacity},
        "text": [escape(name, quote=False) for name, *_ in about],
        "hovertemplate": "%{text}<br>%{customdata[1]}, subject %{customdata[3]}"
        "<br>predicted: %{customdata[2]}<extra></extra>",
    }  # fmt: skip


def _rings(
    projection: Projection, predictions: Predictions, chosen: str | None, *, size: int
) -> list[dict[str, Any]]:
    """Return a ring around the chosen sequence in as many dimensions as the points have, if it is here."""
    marker = {"symbol": "circle-open", "size": size, "color": NEUTRAL, "line": {"width": 3}}
    kind = "scatter" if projection.points.shape[1] == 2 else "scatter3d"
    return [
        {
            **dict(zip("xyz", projection.points[[row]].T, strict=False)),
            "type": kind, "mode": "markers", "name": "Chosen", "marker": marker, "hoverinfo": "skip",
        }
        for row in np.flatnonzero(predictions.ids == (chosen or ""))
    ]  # fmt: skip


def _axis(projection: Projection, axis: int) -> dict[str, Any]:
    if not projection.explained:
        return {"zeroline": False, "showticklabels": False}  # the numbers of such an axis mean nothing
    share = projection.explained[axis]
    title = f"{_ORDINALS[axis]} component ({share:.1%} of the variance)"
    return {"title": {"text": title}, "zeroline": False}


def _middles(
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    colour: Colouring,
    picked: BoolArray | None,
) -> list[tuple[str, NDArray[np.float64]]]:
    """Return the name and the middle of each action that has points, by the action that the colour says."""
    shown = np.ones(len(predictions), bool) if picked is None else picked
    labels = predictions.predicted if colour == "predicted" else predictions.truth
    found = []
    for label, name in enumerate(actions):
        points = projection.points[(labels == label) & shown]
        if len(points):
            found.append((name, points.mean(axis=0)))
    return found


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
