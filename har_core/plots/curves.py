"""Loss and accuracy over the epochs."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from har_core.analysis.learning import best_record, smooth
from har_core.data.splits import PARTS
from har_core.plots.colours import NEUTRAL, PART_COLOURS, PART_TITLES
from har_core.training.records import EpochRecord

Metric = Literal["loss", "accuracy"]

MOST_POINTS = 500
"""Points of a curve that travel to the browser; more can't be told apart on a screen."""


def curves(
    records: Sequence[EpochRecord],
    metric: Metric,
    *,
    title: str,
    smoothing: float = 0.0,
    logarithmic: bool = False,
) -> go.Figure:
    """Return the curves of the three parts, the best validation epoch marked.

    Args:
        records: of one run, in order.
        metric: ``loss`` in nats or ``accuracy`` in percent.
        title: what the figure shows, of which run.
        smoothing: weight of the moving average, 0 to under 1; the raw curve stays, faint.
        logarithmic: True for a logarithmic axis of the loss.
    """
    rows = thin(records)
    epochs = np.array([records[row].epoch for row in rows])  # as arrays, which travel as bytes
    traces = []
    for part in PARTS:
        values = [_FACTORS[metric] * getattr(record, f"{part}_{metric}") for record in records]
        drawn = [(values, 1.0)] if not smoothing else [(values, 0.25), (smooth(values, smoothing), 1.0)]
        for line, opacity in drawn:
            faint = opacity < 1
            traces.append(
                {
                    "type": "scatter", "mode": "lines", "name": PART_TITLES[part],
                    "x": epochs, "y": np.array([line[row] for row in rows]),
                    "line": {"color": PART_COLOURS[part], "width": 2},
                    "opacity": opacity, "showlegend": not faint,
                    "hoverinfo": "skip" if faint else None,
                    "hovertemplate": None if faint else _HOVERS[metric],
                }
            )  # fmt: skip
    # In one piece: a figure that is put together step by step takes Plotly twice as long.
    return go.Figure(traces, _layout(records, metric, title, logarithmic))


_FACTORS: dict[Metric, float] = {"loss": 1, "accuracy": 100}
_HOVERS: dict[Metric, str] = {"loss": "%{y:.3f}", "accuracy": "%{y:.1f} %"}


def _layout(records: Sequence[EpochRecord], metric: Metric, title: str, logarithmic: bool) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "title": {"text": title},
        "hovermode": "x unified",
        "legend": {"orientation": "h", "y": -0.25},
        "margin": {"t": 48, "r": 12, "l": 12, "b": 12},
        "height": 360,
        "xaxis": {"title": {"text": "Epoch"}},
        "yaxis": {"title": {"text": "Accuracy (%)"}, "range": [0, 101]},
    }
    if metric == "loss":
        kind = {"type": "log"} if logarithmic else {"rangemode": "tozero"}
        layout["yaxis"] = {"title": {"text": "Loss (cross-entropy, nats)"}, **kind}
    best = best_record(records)
    if best is not None:
        place = {"x": best.epoch, "xref": "x", "yref": "y domain"}
        line = {"dash": "dot", "color": NEUTRAL, "width": 1.5}
        ends = {"x0": best.epoch, "x1": best.epoch, "y0": 0, "y1": 1, "yref": "y domain"}
        layout["shapes"] = [{"type": "line", "line": line, **ends}]
        upright = {"y": 1, "yanchor": "top"} if metric == "accuracy" else {"y": 0, "yanchor": "bottom"}
        said = {"text": f"best epoch {best.epoch:,}", "showarrow": False, "xanchor": "right"}
        layout["annotations"] = [place | upright | said]
    return layout


def thin(records: Sequence[EpochRecord], most: int = MOST_POINTS) -> list[int]:
    """Return at most ``most`` rows, evenly spaced, those of the first, the best and the last among them."""
    best = best_record(records)
    return spread(len(records), None if best is None else list(records).index(best), most)


def spread(count: int, keep: int | None = None, most: int = MOST_POINTS) -> list[int]:
    """Return at most ``most`` of ``count`` rows, evenly spaced, first and last among them.

    Args:
        count: how many rows there are.
        keep: a row that has to be among them.
        most: at least 3.
    """
    if count <= most:
        return list(range(count))
    step = (count - 1) / (most - 2)
    rows = {round(index * step) for index in range(most - 1)}
    return sorted(rows if keep is None else rows | {keep})
