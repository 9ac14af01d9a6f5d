"""What a data set holds, in figures."""

import numpy as np
import plotly.graph_objects as go

from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.plots.colours import ACCENT, AXIS_COLOURS, CHOSEN, SEQUENTIAL

_MARGIN = {"t": 48, "r": 12, "l": 12, "b": 12}


def counts_figure(sequences: SkeletonSequences, chosen: int | None = None) -> go.Figure:
    """Return how many sequences each subject has of each action.

    Args:
        sequences: to count.
        chosen: row of the sequence whose cell is framed.
    """
    subjects = sorted({int(number) for number in sequences.subjects})
    counts = np.zeros((len(sequences.actions), len(subjects)), int)
    columns = np.searchsorted(subjects, sequences.subjects)
    np.add.at(counts, (sequences.labels, columns), 1)
    figure = go.Figure(
        go.Heatmap(
            z=counts, x=[str(number) for number in subjects], y=[action.name for action in sequences.actions],
            text=counts, texttemplate="%{text}", colorscale=SEQUENTIAL, showscale=False, xgap=2, ygap=2,
            hovertemplate="%{y}, subject %{x}: %{z} sequences<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        title={"text": "Sequences of each action and subject"},
        height=max(320, 60 + 26 * len(counts)),
        margin=_MARGIN,
    )
    if chosen is not None:
        column, row = int(columns[chosen]), int(sequences.labels[chosen])
        figure.add_shape(
            type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5,
            line={"color": CHOSEN, "width": 3}, name=sequences.ids[chosen],
        )  # fmt: skip
    figure.update_xaxes(title_text="Subject", type="category")
    figure.update_yaxes(title_text="Action", autorange="reversed")
    return figure


def lengths_figure(sequences: SkeletonSequences, chosen: int | None = None) -> go.Figure:
    """Return the histogram of the lengths; the few far longer than the rest are counted in the last bar.

    Args:
        sequences: to count.
        chosen: row of the sequence whose length is marked.
    """
    lengths = sequences.lengths
    limit = int(np.ceil(5 * np.median(lengths)))
    figure = go.Figure(
        go.Histogram(
            x=np.minimum(lengths, limit), marker_color=ACCENT, nbinsx=40,
            hovertemplate="%{x} frames: %{y} sequences<extra></extra>",
        )
    )  # fmt: skip
    longer = int((lengths > limit).sum())
    note = f" ({longer} longer than {limit} frames in the last bar)" if longer else ""
    figure.update_layout(title={"text": f"Lengths{note}"}, height=320, margin=_MARGIN, bargap=0.05)
    if chosen is not None:
        figure.add_vline(
            x=min(int(lengths[chosen]), limit), line={"color": CHOSEN, "width": 2},
            annotation_text=f"{sequences.ids[chosen]}: {lengths[chosen]} frames",
        )  # fmt: skip
    figure.update_xaxes(title_text="Frames of a sequence")
    figure.update_yaxes(title_text="Sequences")
    return figure


def coordinates_figure(frames: FloatArray, *, title: str, unit: str) -> go.Figure:
    """Return the distribution of the x, y and z coordinates of (S, J, 3) frames.

    Args:
        frames: positions of all joints.
        title: which frames these are.
        unit: what the numbers are measured in.
    """
    figure = go.Figure()
    low, high = float(frames.min()), float(frames.max())
    edges = np.linspace(low, high if high > low else low + 1, 81)
    for axis, (name, dash) in enumerate((("x", "solid"), ("y", "dash"), ("z", "dot"))):
        counts, _ = np.histogram(frames[..., axis], edges)
        figure.add_scatter(
            x=(edges[:-1] + edges[1:]) / 2,
            y=100 * counts / max(1, counts.sum()),
            name=name,
            mode="lines",
            line={"dash": dash, "width": 2.5, "color": AXIS_COLOURS[name]},
            hovertemplate=f"{name} = %{{x:.2f}}: %{{y:.1f}} %<extra></extra>",
        )
    figure.update_layout(
        title={"text": title}, height=320, margin=_MARGIN, legend={"orientation": "h", "y": -0.3}
    )
    figure.update_xaxes(title_text=f"Coordinate ({unit})")
    figure.update_yaxes(title_text="Share of joints (%)", rangemode="tozero")
    return figure
