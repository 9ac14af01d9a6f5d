"""The confusion matrix, its cells to be clicked."""

from collections.abc import Sequence
from typing import Any

from har_core.data.sequences import IntArray
from har_core.plots.colours import CHOSEN, EMPTY, SEQUENTIAL

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
    names = [actions[label] for label in (range(len(actions)) if order is None else order)]
    axes = {
        "x": _axis("predicted", "Predicted action", names) | {"axis": _LABELS | {"labelAngle": -45}},
        "y": _axis("true", "True action", names) | {"axis": _LABELS},
    }
    shown, most = ("percent", 100) if percent else ("count", max(1, int(counts.max(initial=0))))
    layers = [_cells(axes, shown, most), _numbers(axes, shown, most)]
    if chosen is not None:
        frame = {"type": "rect", "filled": False, "stroke": CHOSEN, "strokeWidth": 3}
        place = {"values": [{"true": chosen[0], "predicted": chosen[1]}]}
        layers.append({"mark": frame, "data": place, "encoding": axes})
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


def _axis(field: str, title: str, actions: Sequence[str]) -> dict[str, Any]:
    return {"field": field, "type": "nominal", "sort": list(actions), "title": title}


def _cells(axes: dict[str, Any], shown: str, most: int) -> dict[str, Any]:
    scale = {"domain": [0, most], "range": SEQUENTIAL}
    colour = {
        "condition": {"test": "datum.count == 0", "value": EMPTY},
        "field": shown, "type": "quantitative", "scale": scale, "legend": None,
    }  # fmt: skip
    return {
        "name": _CELLS,
        "mark": {"type": "rect", "cursor": "pointer"},
        "encoding": {**axes, "color": colour, "tooltip": _TOOLTIP},
    }


def _numbers(axes: dict[str, Any], shown: str, most: int) -> dict[str, Any]:
    light = {"condition": {"test": f"datum.{shown} > {most * 0.45}", "value": "white"}, "value": "#1B2430"}
    text = {"field": shown, "type": "quantitative", "format": ".0f"}
    return {
        "transform": [{"filter": "datum.count > 0"}],
        "mark": {"type": "text", "fontSize": 12, "cursor": "pointer"},
        "encoding": {**axes, "text": text, "color": light, "tooltip": _TOOLTIP},
    }
