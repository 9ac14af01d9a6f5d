"""Sequences as points of a plane, as the scatter in the browser takes them: what is drawn, and how."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.data.sequences import BoolArray
from har_core.plots.colours import NEUTRAL
from har_core.plots.feature_groups import BY_ACTION, Colouring, axis_title, groups_of, middles_of


def feature_scatter(
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    *,
    title: str,
    about: str,
    colour: Colouring = "correct",
    picked: BoolArray | None = None,
    chosen: str | None = None,
    behind: NDArray[np.float64] | None = None,
    height: int = 580,
) -> dict[str, Any]:
    """Return, ready for JSON, a scatter in which each point is a sequence, in a plane or in space.

    Args:
        projection: points (N, 2) or (N, 3).
        predictions: of the same N sequences.
        actions: K names.
        title: what the figure shows.
        about: of which run, in smaller letters.
        colour: what the colour of a point says.
        picked: (N) True for the points to show full; the others go faint. None means all.
        chosen: the sequence to ring.
        behind: (M, axes) further points, faint and without a name, such as those of the training part.
        height: of the whole figure, in pixels.

    Returns:
        ``points``, the coordinates of each in turn, and for each point its place in ``names``, ``truth``,
        ``predicted`` (both index ``actions``), ``subjects``, ``kinds`` (it indexes ``groups``) and ``full``;
        ``labels``, each a text and where it stands; ``chosen``, a name of ``names`` or None; ``height``; what
        the rest is called.
    """
    groups = groups_of(predictions, actions, colour)
    kinds = np.zeros(len(predictions), np.int64)
    for place, group in enumerate(groups):
        kinds[group.rows] = place
    full = np.ones(len(predictions), bool) if picked is None else picked
    axes = range(projection.points.shape[1])
    middles = middles_of(projection, predictions, actions, colour, picked)
    return {
        "title": title,
        "about": about,
        "height": height,
        "axes": [axis_title(projection, axis) for axis in axes],
        "points": _numbers(projection.points),
        "names": [str(name) for name in predictions.ids],
        "truth": predictions.truth.tolist(),
        "predicted": predictions.predicted.tolist(),
        "subjects": predictions.subjects.tolist(),
        "kinds": kinds.tolist(),
        "full": full.tolist(),
        "actions": list(actions),
        "groups": [{"name": group.name, "colour": group.colour, "symbol": group.symbol} for group in groups],
        "legend": colour not in BY_ACTION,
        "labels": [{"text": name, "at": _numbers(middle)} for name, middle in middles],
        "chosen": chosen if chosen in predictions.ids else None,
        "behind": [] if behind is None else _numbers(behind),
        "neutral": NEUTRAL,
    }


def _numbers(points: NDArray[np.float64]) -> list[float]:
    """Return numbers of seven digits in a row: half as many characters, and more than a screen can show."""
    return [float(f"{value:.7g}") for value in points.ravel()]
