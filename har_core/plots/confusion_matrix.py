"""The confusion matrix, its cells to be clicked."""

from collections.abc import Sequence
from typing import Any

from har_core.data.sequences import IntArray
from har_core.plots.colours import CHOSEN, DIVERGING, EMPTY, SEQUENTIAL

SELECTION = "cell"
"""Name of the selection that a click sets; its fields are ``true`` and ``predicted``."""

_CELLS = "cells"  # the layer that takes the clicks


def confusion_chart(
    counts: IntArray, actions: Sequence[str], *, order: Sequence[int] | None = None, percent: bool = False,
    chosen: tuple[str, str] | None = None, height: int = 620,
) -> dict[str, Any]:  # fmt: skip
    """Return a matrix of counts as a Vega-Lite chart: a row for each true action, a column for a predicted.

    Plotly's heat maps can't be clicked in Streamlit. The chart is written as Vega-Lite reads it: built and
    checked by Altair it would cost each click a fifth of a second more.

    Args:
        counts: (K, K).
        actions: K names.
        order: the K indices as rows and columns follow each other; None for that of the actions.
        percent: True to show shares of a row instead of counts.
        chosen: true and predicted action of the cell to frame.
        height: in pixels.
    """
    rows = [
        {
            "true": true, "predicted": predicted, "count": int(counts[i, j]), "of": int(counts[i].sum()),
            "percent": 100 * counts[i, j] / max(1, counts[i].sum()),
        }
        for i, true in enumerate(actions)
        for j, predicted in enumerate(actions)
    ]  # fmt: skip
    axes = _axes(actions, order)
    shown, most = ("percent", 100) if percent else ("count", max(1, int(counts.max(initial=0))))
    scale = {"domain": [0, most], "range": SEQUENTIAL}
    cells = _cells(axes, shown, scale, empty="datum.count == 0", tooltip=_TOOLTIP)
    light = f"datum.{shown} > {most * 0.45}"
    numbers = _numbers(axes, shown, ".0f", light=light, where="datum.count > 0", tooltip=_TOOLTIP)
    return _chart(rows, axes, [cells, numbers], chosen, height)


def difference_chart(
    first: IntArray, second: IntArray, actions: Sequence[str], *, order: Sequence[int] | None = None,
    chosen: tuple[str, str] | None = None, height: int = 620,
) -> dict[str, Any]:  # fmt: skip
    """Return what the second of two matrices has more or less than the first, as a Vega-Lite chart.

    Args:
        first: (K, K) counts.
        second: (K, K) counts of the same sequences.
        actions: K names.
        order: the K indices as rows and columns follow each other; None for that of the actions.
        chosen: true and predicted action of the cell to frame.
        height: in pixels.
    """
    change = second - first
    rows = [
        {
            "true": true, "predicted": predicted, "change": int(change[i, j]), "first": int(first[i, j]),
            "second": int(second[i, j]),
        }
        for i, true in enumerate(actions)
        for j, predicted in enumerate(actions)
    ]  # fmt: skip
    axes = _axes(actions, order)
    most = max(1, int(abs(change).max(initial=0)))
    scale = {"domain": [-most - 0.5, -0.5, 0.5, most + 0.5], "range": DIVERGING}
    cells = _cells(axes, "change", scale, empty="datum.change == 0", tooltip=_DIFFERENCE_TOOLTIP)
    numbers = _numbers(
        axes, "change", "+d", light=f"abs(datum.change) > {most * 0.6}", where="datum.change != 0",
        tooltip=_DIFFERENCE_TOOLTIP,
    )  # fmt: skip
    return _chart(rows, axes, [cells, numbers], chosen, height)


def _axes(actions: Sequence[str], order: Sequence[int] | None) -> dict[str, Any]:
    names = [actions[label] for label in (range(len(actions)) if order is None else order)]
    return {
        "x": _axis("predicted", "Predicted action", names) | {"axis": _LABELS | {"labelAngle": -45}},
        "y": _axis("true", "True action", names) | {"axis": _LABELS},
    }


def _chart(
    rows: list[dict[str, Any]],
    axes: dict[str, Any],
    layers: list[dict[str, Any]],
    chosen: tuple[str, str] | None,
    height: int,
) -> dict[str, Any]:
    if chosen is not None:
        frame = {"type": "rect", "filled": False, "stroke": CHOSEN, "strokeWidth": 3}
        place = {"values": [{"true": chosen[0], "predicted": chosen[1]}]}
        layers = [*layers, {"mark": frame, "data": place, "encoding": axes}]
    click = {"type": "point", "fields": ["true", "predicted"], "toggle": False}
    return {
        "data": {"values": rows},
        "layer": layers,
        "params": [{"name": SELECTION, "select": click, "views": [_CELLS]}],
        "height": height,
    }


_LABELS = {"labelOverlap": False, "labelFlush": False, "labelLimit": 150}
_TOOLTIP = [
    {"field": "true", "type": "nominal", "title": "True"},
    {"field": "predicted", "type": "nominal", "title": "Predicted"},
    {"field": "count", "type": "quantitative", "title": "Sequences"},
    {"field": "of", "type": "quantitative", "title": "Of all of this action"},
    {"field": "percent", "type": "quantitative", "title": "Percent of them", "format": ".1f"},
]
_DIFFERENCE_TOOLTIP = [
    *_TOOLTIP[:2],
    {"field": "first", "type": "quantitative", "title": "First run"},
    {"field": "second", "type": "quantitative", "title": "Second run"},
    {"field": "change", "type": "quantitative", "title": "Second less first", "format": "+d"},
]


def _axis(field: str, title: str, actions: Sequence[str]) -> dict[str, Any]:
    return {"field": field, "type": "nominal", "sort": list(actions), "title": title}


def _cells(
    axes: dict[str, Any], shown: str, scale: dict[str, Any], *, empty: str, tooltip: list[dict[str, Any]]
) -> dict[str, Any]:
    colour = {
        "condition": {"test": empty, "value": EMPTY},
        "field": shown, "type": "quantitative", "scale": scale, "legend": None,
    }  # fmt: skip
    return {
        "name": _CELLS,
        "mark": {"type": "rect", "cursor": "pointer"},
        "encoding": {**axes, "color": colour, "tooltip": tooltip},
    }


def _numbers(
    axes: dict[str, Any], shown: str, form: str, *, light: str, where: str, tooltip: list[dict[str, Any]]
) -> dict[str, Any]:
    colour = {"condition": {"test": light, "value": "white"}, "value": "#1B2430"}
    text = {"field": shown, "type": "quantitative", "format": form}
    return {
        "transform": [{"filter": where}],
        "mark": {"type": "text", "fontSize": 12, "cursor": "pointer"},
        "encoding": {**axes, "text": text, "color": colour, "tooltip": tooltip},
    }
