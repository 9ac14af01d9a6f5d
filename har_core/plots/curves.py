"""Loss and accuracy over the epochs: what is drawn of them, and Plotly's figure of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from har_core.analysis.learning import best_row, smooth
from har_core.data.splits import PARTS, Part
from har_core.plots.colours import NEUTRAL, PART_COLOURS
from har_core.training.records import EpochRecord, Metric
from har_core.wording import PART_TITLES

MOST_POINTS = 500
"""Points of a curve that travel to the browser; more can't be told apart on a screen."""


@dataclass(frozen=True, eq=False)
class Line:
    """A curve as it is drawn.

    Attributes:
        part: of which part of the split.
        values: (N), one at each drawn epoch: nats, or percent.
        faint: True for the raw curve beneath the smoothed one.
    """

    part: Part
    values: NDArray[np.float64]
    faint: bool


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a figure of curves shows, whoever draws it.

    Attributes:
        epochs: (N), thinned.
        lines: of the parts that there are; of each the faint one first.
        best_epoch: the one to mark; None where there is none, or none yet.
    """

    epochs: NDArray[np.int64]
    lines: tuple[Line, ...]
    best_epoch: int | None


def drawn_curves(
    records: Sequence[EpochRecord], metric: Metric, *, smoothing: float = 0.0, mark_best: bool = True
) -> Drawn:
    """Return what is drawn of a run's loss or accuracy.

    Args:
        records: of one run, in order.
        metric: ``loss`` in nats or ``accuracy`` in percent.
        smoothing: weight of the moving average, 0 to under 1; the raw curve stays, faint.
        mark_best: False for a run of which no epoch is chosen as the best.
    """
    best = best_row(records) if mark_best else None
    rows = spread(len(records), best)
    lines = []
    for part in PARTS:
        if any(record.of(part, metric) is None for record in records[:1]):
            continue  # the run has no such part
        raw = _values(records if smoothing else [records[row] for row in rows], part, metric)
        shown = [raw[rows], np.array(smooth(raw.tolist(), smoothing))[rows]] if smoothing else [raw]
        lines += [Line(part, values, faint=values is not shown[-1]) for values in shown]
    epochs = np.array([records[row].epoch for row in rows], int)
    return Drawn(epochs, tuple(lines), None if best is None else records[best].epoch)


def _values(records: Sequence[EpochRecord], part: Part, metric: Metric) -> NDArray[np.float64]:
    return _FACTORS[metric] * np.array([record.of(part, metric) for record in records], float)


_FACTORS: dict[Metric, float] = {"loss": 1, "accuracy": 100}
AXES: dict[Metric, str] = {"loss": "Loss (cross-entropy, nats)", "accuracy": "Accuracy (%)"}


def curves(
    records: Sequence[EpochRecord],
    metric: Metric,
    *,
    title: str,
    smoothing: float = 0.0,
    logarithmic: bool = False,
    mark_best: bool = True,
) -> go.Figure:
    """Return the curves of the parts, the best validation epoch marked.

    Args:
        records: of one run, in order.
        metric: ``loss`` in nats or ``accuracy`` in percent.
        title: what the figure shows, of which run.
        smoothing: weight of the moving average, 0 to under 1; the raw curve stays, faint.
        logarithmic: True for a logarithmic axis of the loss.
        mark_best: False for a run of which no epoch is chosen as the best.
    """
    drawn = drawn_curves(records, metric, smoothing=smoothing, mark_best=mark_best)
    traces = [
        {
            "type": "scatter", "mode": "lines", "name": PART_TITLES[line.part],
            "x": drawn.epochs, "y": line.values,  # arrays, which travel as bytes
            "line": {"color": PART_COLOURS[line.part], "width": 2},
            "opacity": FAINT if line.faint else 1.0, "showlegend": not line.faint,
            "hoverinfo": "skip" if line.faint else None,
            "hovertemplate": None if line.faint else _HOVERS[metric],
        }
        for line in drawn.lines
    ]  # fmt: skip
    # In one piece: a figure that is put together step by step takes Plotly twice as long.
    return go.Figure(traces, _layout(drawn.best_epoch, metric, title, logarithmic))


FAINT = 0.25
"""Opacity of a raw curve beneath the smoothed one."""

_HOVERS: dict[Metric, str] = {"loss": "%{y:.3f}", "accuracy": "%{y:.1f} %"}


def _layout(best_epoch: int | None, metric: Metric, title: str, logarithmic: bool) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "title": {"text": title},
        "hovermode": "x unified",
        "legend": {"orientation": "h", "y": -0.25},
        "margin": {"t": 48, "r": 12, "l": 12, "b": 12},
        "height": 360,
        "xaxis": {"title": {"text": "Epoch"}},
        "yaxis": {"title": {"text": AXES[metric]}, "range": [0, 101]},
    }
    if metric == "loss":
        kind = {"type": "log"} if logarithmic else {"rangemode": "tozero"}
        layout["yaxis"] = {"title": {"text": AXES[metric]}, **kind}
    if best_epoch is not None:
        place = {"x": best_epoch, "xref": "x", "yref": "y domain"}
        line = {"dash": "dot", "color": NEUTRAL, "width": 1.5}
        ends = {"x0": best_epoch, "x1": best_epoch, "y0": 0, "y1": 1, "yref": "y domain"}
        layout["shapes"] = [{"type": "line", "line": line, **ends}]
        upright = {"y": 1, "yanchor": "top"} if metric == "accuracy" else {"y": 0, "yanchor": "bottom"}
        said = {"text": f"best epoch {best_epoch:,}", "showarrow": False, "xanchor": "right"}
        layout["annotations"] = [place | upright | said]
    return layout


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
