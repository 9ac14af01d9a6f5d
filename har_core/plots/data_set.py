"""What a data set holds, in figures that ECharts draws."""

import numpy as np
import pandas as pd

from har_core.data.sequences import FloatArray, IntArray, SkeletonSequences
from har_core.plots.colours import ACCENT, AXIS_COLOURS, CHOSEN, EMPTY, SEQUENTIAL, in_either
from har_core.plots.echarts import INK, LEGEND, Option, axis, frame_of
from har_core.plots.shades import shades
from har_core.wording import counted

_MOST_BARS = 40  # of the lengths
_BINS = 80  # of the coordinates
_ROW = 26  # pixels of an action
_EMPTY = in_either(**EMPTY)
_GAP = {"borderColor": _EMPTY, "borderWidth": 2}  # between two cells


def counts_figure(sequences: SkeletonSequences, chosen: int | None = None) -> Option:
    """Return how many sequences each subject has of each action.

    Args:
        sequences: to count.
        chosen: row of the sequence whose cell is framed.
    """
    subjects = [str(number) for number in sorted({int(number) for number in sequences.subjects})]
    actions = sequences.action_names
    cells = pd.DataFrame(
        {
            "Subject": [str(int(number)) for number in sequences.subjects],
            "Action": [actions[label] for label in sequences.labels],
        }
    )
    counts = cells.value_counts(sort=False).rename("Sequences").reset_index()
    option = frame_of(
        "Sequences of each action and subject", counts,
        axis("Subject", type="category", data=subjects),
        axis("Action", type="category", data=actions, inverse=True),
    )  # fmt: skip
    option["grid"] |= {
        "show": True,
        "backgroundColor": _EMPTY,
        "borderWidth": 0,
    }  # where there is no sequence
    cells_drawn: list[Option] = [
        {"value": list(row), "itemStyle": _GAP | {"color": colour}, "label": {"color": ink}}
        for row, colour, ink in zip(
            counts.itertuples(index=False), *_colours_of(counts["Sequences"].to_numpy()), strict=True
        )
    ]
    cell: Option = {
        "type": "heatmap", "dimensions": list(counts), "emphasis": {"disabled": True},
        "label": {"show": True, "formatter": "{@[2]}", "fontSize": 12, "textBorderWidth": 0},
    }  # fmt: skip
    option |= {
        "tooltip": {"formatter": "{@Action}, subject {@Subject}. Sequences: {@Sequences}"},
        "series": [cell | {"data": cells_drawn}],
    }  # fmt: skip
    if chosen is not None:
        of = cells.iloc[chosen]
        count = int((cells == of).all(axis="columns").sum())
        place = [of["Subject"], of["Action"], count]
        drawn = next(drawn for drawn in cells_drawn if drawn["value"] == place)
        framed = drawn | {"itemStyle": drawn["itemStyle"] | {"borderColor": CHOSEN, "borderWidth": 3}}
        option["series"].append(cell | {"data": [framed], "silent": True, "z": 3})
    return option


def _colours_of(counts: IntArray) -> tuple[list[str], list[str]]:
    """Return for each count the colour of its cell and of its number, which follow the theme."""
    places = np.linspace(0, counts.max(initial=1), len(SEQUENTIAL["light"]))
    both = shades(counts, places, SEQUENTIAL)
    colours, inks = (
        [in_either(*pair) for pair in zip(one["light"], one["dark"], strict=True)] for one in both
    )
    return colours, inks


def counts_height(sequences: SkeletonSequences) -> int:
    """Return the pixels that ``counts_figure`` needs to be readable."""
    return max(320, 96 + _ROW * len(sequences.actions))


def lengths_figure(sequences: SkeletonSequences, chosen: int | None = None) -> Option:
    """Return the histogram of the lengths; the few far longer than the rest are counted in the last bar.

    Args:
        sequences: to count.
        chosen: row of the sequence whose length is marked.
    """
    lengths = sequences.lengths
    limit = int(np.ceil(5 * np.median(lengths)))
    shown = np.minimum(lengths, limit)
    first = int(shown.min())
    width = 1 + (int(shown.max()) - first) // _MOST_BARS  # whole frames
    counts = np.bincount((shown - first) // width)
    starts = first + width * np.arange(len(counts))
    ends = starts + width - 1
    bars = pd.DataFrame(
        {
            "Frames": [
                str(start) if width == 1 else f"{start} to {end}"
                for start, end in zip(starts, ends, strict=True)
            ],
            "Middle": (starts + ends) / 2,
            "Sequences": counts,
        }
    )
    longer = int((lengths > limit).sum())
    note = f" ({longer} longer than {limit} frames in the last bar)" if longer else ""
    option = frame_of(f"Lengths{note}", bars, axis("Frames of a sequence", scale=True), axis("Sequences"))
    series: Option = {
        "type": "bar", "color": ACCENT, "barCategoryGap": "5%", "encode": {"x": "Middle", "y": "Sequences"}
    }  # fmt: skip
    if chosen is not None:
        said = f"{sequences.ids[chosen]}: {counted(int(lengths[chosen]), 'frame')}"
        series["markLine"] = {
            "silent": True, "symbol": "none", "data": [{"xAxis": int(shown[chosen])}],
            "lineStyle": {"type": "solid", "color": CHOSEN, "width": 2},
            "label": {"formatter": said, "color": INK, "fontSize": 12},
        }  # fmt: skip
    tooltip = {"formatter": "Frames: {@Frames}. Sequences: {@Sequences}"}
    return option | {"tooltip": tooltip, "series": [series]}


def coordinates_figure(frames: FloatArray, *, title: str, unit: str) -> Option:
    """Return the distribution of the x, y and z coordinates of (S, J, 3) frames.

    Args:
        frames: positions of all joints.
        title: which frames these are.
        unit: what the numbers are measured in.
    """
    low, high = float(frames.min()), float(frames.max())
    limits = (low, high if high > low else low + 1)
    edges = np.linspace(*limits, _BINS + 1)
    shares = {}
    for column, name in enumerate(AXIS_COLOURS):
        # By hand: numpy's histogram takes five times as long.
        places = ((frames[..., column] - limits[0]) * (_BINS / (limits[1] - limits[0]))).astype(np.intp)
        counts = np.bincount(np.minimum(places, _BINS - 1).ravel(), minlength=_BINS)
        shares[name] = 100 * counts / max(1, counts.sum())
    data = pd.DataFrame({"Coordinate": (edges[:-1] + edges[1:]) / 2} | shares)
    header = {"label": {"precision": 2}}
    option = frame_of(
        title, data, axis(f"Coordinate ({unit})", scale=True, axisPointer=header),
        axis("Share of joints (%)"),
    )  # fmt: skip
    option["grid"]["bottom"] = 32
    return option | {
        "legend": LEGEND,
        "tooltip": {"trigger": "axis", "valueFormatter": "%.1f %%"},
        "series": [
            {
                "type": "line", "name": name, "symbol": "none", "color": colour,
                "encode": {"x": "Coordinate", "y": name}, "lineStyle": {"type": dash, "width": 2.5},
            }
            for (name, colour), dash in zip(AXIS_COLOURS.items(), ("solid", "dashed", "dotted"), strict=True)
        ],
    }  # fmt: skip
