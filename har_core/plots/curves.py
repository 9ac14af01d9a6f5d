"""Loss and accuracy over the epochs."""

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from har_core.data.splits import PARTS
from har_core.plots.colours import NEUTRAL, PART_COLOURS, PART_TITLES
from har_core.training.fit import EpochRecord

MOST_POINTS = 500
"""Points of a curve that travel to the browser; more can't be told apart on a screen."""


def curves(records: Sequence[EpochRecord], metric: Literal["loss", "accuracy"], *, title: str) -> go.Figure:
    """Return the curves of the three parts, the best validation epoch marked.

    Args:
        records: of one run, in order.
        metric: ``loss`` in nats or ``accuracy`` in percent.
        title: what the figure shows, of which run.
    """
    shown = thin(records)
    factor = 100 if metric == "accuracy" else 1
    figure = go.Figure()
    for part in PARTS:
        figure.add_scatter(
            x=[record.epoch for record in shown],
            y=[factor * getattr(record, f"{part}_{metric}") for record in shown],
            name=PART_TITLES[part],
            mode="lines",
            line={"color": PART_COLOURS[part], "width": 2},
            hovertemplate="%{y:.1f} %" if metric == "accuracy" else "%{y:.3f}",
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
        figure.update_yaxes(title_text="Loss (cross-entropy, nats)", rangemode="tozero")
    return figure


def best_record(records: Sequence[EpochRecord]) -> EpochRecord | None:
    """Return the record of the best validation accuracy; of equals the one with the lower loss."""
    return max(
        records,
        key=lambda record: (record.validation_accuracy, -record.validation_loss, -record.epoch),
        default=None,
    )


def thin(records: Sequence[EpochRecord], most: int = MOST_POINTS) -> list[EpochRecord]:
    """Return at most ``most`` records, evenly spaced, the first, the best and the last among them."""
    if len(records) <= most:
        return list(records)
    step = (len(records) - 1) / (most - 2)
    rows = {round(index * step) for index in range(most - 1)}
    best = best_record(records)
    if best is not None:
        rows.add(list(records).index(best))
    return [records[row] for row in sorted(rows)]
