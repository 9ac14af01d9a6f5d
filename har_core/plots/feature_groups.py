"""What the points of a figure of features say: their kinds, colours and symbols, names and axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.data.sequences import BoolArray, IntArray
from har_core.plots.colours import CORRECT, MANY, WRONG
from har_core.wording import percent

Colouring = Literal["correct", "action", "predicted", "subject"]
"""What the colour of a point says: whether it was recognised, its action, the predicted one, its subject."""

BY_ACTION: tuple[Colouring, ...] = ("action", "predicted")
"""Where names in the figure do what a legend would."""

SYMBOLS = ("circle", "diamond", "square", "cross", "x")
"""Where colours run out, another symbol goes on; figures in 3D know these, too."""

ORDINALS = ("First", "Second", "Third")


@dataclass(frozen=True, eq=False)
class Group:
    """Points of one kind.

    Attributes:
        name: in the legend.
        rows: of the points.
        colour: of all of them.
        symbol: of all of them, one of ``SYMBOLS``.
    """

    name: str
    rows: IntArray
    colour: str
    symbol: str


def groups_of(predictions: Predictions, actions: Sequence[str], colour: Colouring) -> list[Group]:
    """Return the kinds of points, each of the N sequences in one; only right and wrong may be empty.

    Twenty actions can't be told apart by twenty colours: a colour is used again with another symbol.

    Args:
        predictions: of N sequences.
        actions: K names.
        colour: what makes a kind.
    """
    if colour == "correct":
        right = predictions.predicted == predictions.truth
        return [
            Group("Recognised", np.flatnonzero(right), CORRECT, "circle"),
            Group("Confused", np.flatnonzero(~right), WRONG, "x"),
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
        groups.append(Group(names[kind], np.flatnonzero(values == kind), MANY[style], symbol))
    return [group for group in groups if len(group.rows)]


def axis_title(projection: Projection, axis: int) -> str:
    """Return what an axis is, with its share of the variance; nothing for axes that are no components."""
    if not projection.explained:
        return ""
    return f"{ORDINALS[axis]} component ({percent(projection.explained[axis])} of the variance)"


def middles_of(
    projection: Projection,
    predictions: Predictions,
    actions: Sequence[str],
    colour: Colouring,
    picked: BoolArray | None = None,
) -> list[tuple[str, NDArray[np.float64]]]:
    """Return the name and the middle of each action that has points, by the action that the colour says.

    Args:
        projection: points (N, axes).
        predictions: of the same N sequences.
        actions: K names.
        colour: ``predicted`` puts a name amid what was taken for it; all others amid what it is.
        picked: (N) True for the points that count; None means all.
    """
    shown = np.ones(len(predictions), bool) if picked is None else picked
    labels = predictions.predicted if colour == "predicted" else predictions.truth
    found = []
    for label, name in enumerate(actions):
        points = projection.points[(labels == label) & shown]
        if len(points):
            found.append((name, points.mean(axis=0)))
    return found
