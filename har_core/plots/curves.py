"""Loss and accuracy over the epochs."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from har_core.analysis.learning import best_record, smooth
from har_core.data.splits import PARTS
from har_core.plots.colours import NEUTRAL, PART_COLOURS, PART_TITLES
from har_core.training.fit import EpochRecord

MOST_POINTS = 500
"""Points of a curve that travel to the browser; more can't be told apart on a screen."""


def curves(
    records: Sequence[EpochRecord],
    metric: Literal["loss", "accuracy"],
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
    factor, hover = (100, "%{y:.1f} %") if metric == "accuracy" else (1, "%{y:.3f}")
    figure = go.Figure()
    for part in PARTS:
        values = [factor * getattr(record, f"{part}_{metric}") for record in records]
        drawn = [(values, 1.0)] if not smoothing else [(values, 0.25), (smooth(values, smoothing), 1.0)]
        for line, opacity in drawn:
            figure.add_scatter(
                x=epochs,
                y=np.array([line[row] for row in rows]),
                name=PART_TITLES[part],
                mode="lines",
                line={"color": PART_COLOURS[part], "width": 2},
                opacity=opacity,
                showlegend=opacity == 1,
                hoverinfo="skip" if opacity < 1 else None,
                hovertemplate=None if opacity < 1 else hover,
            )
    best = best_record(records)
    if best is not None:
        figure.add_vline(
            x=best.epoch,
            line={"dash": "dot", "color": NEUTRAL, "width": 1.5},
            annotation_text=f"best epoch {best.epoch:,}",
            annotation_position="top left" if metric == "accuracy" else "bottom left",
        )
    figure.update_layout(
        title={"text": title},
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.25},
        margin={"t": 48, "r": 12, "l": 12, "b": 12},
        height=360,
    )
    figure.update_xaxes(title_text="Epoch")
    if metric == "accuracy":
        figure.update_yaxes(title_text="Accuracy (%)", range=[0, 101])
    else:
        kind = {"type": "log"} if logarithmic else {"rangemode": "tozero"}
        figure.update_yaxes(title_text="Loss (cross-entropy, nats)", **kind)
    return figure


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
