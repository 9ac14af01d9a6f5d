"""What a data set holds, in figures that ECharts draws."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from har_core.data.sequences import FloatArray, IntArray, SkeletonSequences
from har_core.data.splits import Part, Split
from har_core.plots.colours import (
    ACCENT,
    AXIS_COLOURS,
    CHOSEN,
    EMPTY,
    NEUTRAL,
    PART_COLOURS,
    SEQUENTIAL,
    in_either,
)
from har_core.plots.echarts import INK, LEGEND, Option, axis, frame_of
from har_core.plots.shades import ink_on, shades
from har_core.wording import PART_TITLES, counted

_MOST_BARS = 40  # of the lengths
_BINS = 80  # of the coordinates
_ROW = 18  # pixels of an action
_NARROW = 480  # pixels of a figure on a phone
_PART = "Part"
_EMPTY = in_either(**EMPTY)
_GAP = {"borderColor": _EMPTY, "borderWidth": 2}  # between two cells


def counts_figure(
    sequences: SkeletonSequences, chosen: int | None = None, split: Split | None = None
) -> Option:
    """Return how many sequences each subject has of each action.

    Args:
        sequences: to count.
        chosen: row of the sequence whose cell is framed.
        split: by subject; a row on top says which part each subject is in.
    """
    numbers = sorted({int(number) for number in sequences.subjects})
    subjects = [str(number) for number in numbers]
    actions = sequences.action_names
    cells = pd.DataFrame(
        {
            "Subject": [str(int(number)) for number in sequences.subjects],
            "Action": [actions[label] for label in sequences.labels],
        }
    )
    counts = cells.value_counts(sort=False).rename("Sequences").reset_index()
    parts = _parts_of(numbers, split) if split else {}
    told = (
        counts.assign(Part=[_title_of(parts[subject]) for subject in counts["Subject"]]) if parts else counts
    )
    option = frame_of(
        "Sequences of each action and subject", told,
        axis("Subject", type="category", data=subjects),
        axis("Action", type="category", data=[*([_PART] if parts else []), *actions], inverse=True),
    )  # fmt: skip
    option["grid"]["top"] = 36
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
    if parts:
        option["series"].append(_band(parts, _title_of))
        # Of two subjects the columns are narrower on a phone than a part's whole name.
        narrow, usual = ([_band(parts, say)] for say in (_short_title_of, _title_of))
        option["media"] = [
            {"query": {"maxWidth": _NARROW}, "option": {"series": narrow}}, {"option": {"series": usual}},
        ]  # fmt: skip
    return option


def _parts_of(subjects: Sequence[int], split: Split) -> dict[str, Part | None]:
    return {
        str(subject): next((part for part in split.parts if subject in split.subjects_of(part)), None)
        for subject in subjects
    }


def _title_of(part: Part | None) -> str:
    return PART_TITLES[part] if part else "Not used"


def _short_title_of(part: Part | None) -> str:
    return {"validation": "Val.", "train": "Train", "test": "Test", None: "–"}[part]


def _band(parts: Mapping[str, Part | None], say: Callable[[Part | None], str]) -> Option:
    """Return the row of the parts: a cell for each subject, the name amid those side by side."""
    cells: list[Option] = []
    for part, beside in groupby(parts.items(), key=itemgetter(1)):
        subjects = [subject for subject, _ in beside]
        colour, title = PART_COLOURS[part] if part else NEUTRAL, _title_of(part)
        for place, subject in enumerate(subjects):
            amid = [f"{50 * len(subjects)}%", "50%"]  # of the first cell
            label = {"show": not place, "color": ink_on(colour), "formatter": say(part), "position": amid}
            told = {"formatter": f"Subject {subject}. Part: {title}"}
            cells.append(
                {"value": [subject, _PART, 0], "itemStyle": {"color": colour}}
                | {"label": label, "tooltip": told}
            )
    return {
        "id": _PART, "type": "heatmap", "emphasis": {"disabled": True}, "data": cells,
        "labelLayout": {"hideOverlap": True},
        "label": {"fontSize": 12, "textBorderWidth": 0, "align": "center", "verticalAlign": "middle"},
    }  # fmt: skip


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
    return max(320, 112 + _ROW * len(sequences.actions))


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
    note = f" ({longer} over {limit} frames in the last bar)" if longer else ""
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
        frames: positions of all joints, NaN where one is missing.
        title: which frames these are.
        unit: what the numbers are measured in.
    """
    missing = np.isnan(frames[..., 0])
    frames = frames[~missing] if missing.any() else frames
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
    return option | _lines_of_axes("Coordinate", "%.1f %%")


def movement_figure(places: FloatArray, moments: NDArray[np.float64], *, title: str, unit: str) -> Option:
    """Return where a joint is over the frames of a sequence.

    Args:
        places: (T, 3) of one joint.
        moments: (T) which recorded frame each shows, from 0.
        title: which joint, and how its places came about.
        unit: what they are measured in.
    """
    data = pd.DataFrame({"Frame": moments + 1} | dict(zip(AXIS_COLOURS, places.T, strict=True)))
    frames = axis("Recorded frame", scale=True, minInterval=1, axisPointer={"label": {"precision": 1}})
    # No more numbers than have room one above the other on a screen of 720 pixels.
    option = frame_of(title, data, frames, axis(f"Place ({unit})", scale=True, splitNumber=3))
    return option | _lines_of_axes("Frame", "%.2f")


def _lines_of_axes(along: str, form: str) -> Option:
    """Return a line for each of x, y and z along a column, their legend, and how their values are told."""
    return {
        "legend": LEGEND,
        "tooltip": {"trigger": "axis", "valueFormatter": form},
        "grid": {"left": 0, "right": 8, "top": 40, "bottom": 32, "outerBoundsMode": "same"},
        "series": [
            {
                "type": "line", "name": name, "symbol": "none", "color": colour,
                "encode": {"x": along, "y": name}, "lineStyle": {"type": dash, "width": 2.5},
            }
            for (name, colour), dash in zip(AXIS_COLOURS.items(), ("solid", "dashed", "dotted"), strict=True)
        ],
    }  # fmt: skip
