"""Loss and accuracy of many runs over the epochs, each part of the split in a panel of its own."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from har_core.analysis.learning import smooth
from har_core.analysis.seeds import Curves, SeedGroup, mean_curve
from har_core.data.splits import PARTS, Part
from har_core.plots.config_styles import Style, style_of
from har_core.plots.curves import spread
from har_core.plots.echarts import INK, LEGEND, Option, axis, heading
from har_core.training.records import Metric
from har_core.wording import PART_TITLES

Panel = tuple[Metric, Part]
Line = tuple[str, Style, list[NDArray[np.float64]]]
"""Name, style and values of each run of a curve: of several it is their mean."""

PANELS: tuple[Panel, ...] = tuple((metric, part) for metric in ("loss", "accuracy") for part in PARTS)
"""All that can be drawn, in the order of two rows."""

MOST_POINTS = 250
"""Of a curve in a panel among others; more can't be told apart there."""

_UNITS: dict[Metric, str] = {"loss": "nats", "accuracy": "%"}
_TOLD: dict[Metric, str] = {"loss": "%.3f", "accuracy": "%.1f %%"}
_NARROW = 600  # pixels, below which the panels stand in two columns
_HEAD, _FOOT, _GAP, _TITLE = 44, 68, 26, 18  # pixels above, below and between the panels, and of their titles
_LABELS = (4.5, 10.0)  # percent of the figure that the numbers at an axis take; on a narrow screen more


def say_panel(panel: Panel) -> str:
    """Say what a panel shows, such as ``Test loss``."""
    metric, part = panel
    return f"{PART_TITLES[part]} {metric}"


def curves_figure(
    groups: Sequence[SeedGroup],
    curves: Curves,
    titles: Mapping[str, str],
    *,
    panels: Sequence[Panel] = PANELS,
    places: Mapping[str, int],
    ground: str,
    height: int,
    means: bool = True,
    smoothing: float = 0.0,
) -> Option:
    """Return the curves of many runs: a panel for each metric and part, a colour for each config.

    All panels share the epochs, those of a metric its scale; what is hidden by the legend is so in all.

    Args:
        groups: what to draw.
        curves: of each run in them.
        titles: of each run, by the name of its directory.
        panels: what to draw of them, the losses first.
        places: of each run's config among those that are compared, by the name of the run's directory.
        ground: data set and split, for the title.
        height: of the figure in pixels.
        means: True for the mean of a config's seeds with a band of one standard deviation to both sides;
            False for each run by itself, the seeds told apart by their dash.
        smoothing: weight of the moving average of each run, 0 to under 1.
    """
    epochs = _epochs_of(curves, most=2 * MOST_POINTS if len(panels) == 1 else MOST_POINTS)
    columns: dict[str, NDArray[np.float64] | list[int]] = {"Epoch": epochs}
    series: list[Option] = []
    for place, panel in enumerate(panels):
        for name, style, values in _lines(groups, curves, titles, panel, places, means, smoothing):
            drawn = _draw(name, style, values, place, panel, epochs)
            series += [one for one, _ in drawn]
            columns |= {one["encode"]["y"]: points for one, points in drawn}
    names = list(dict.fromkeys(one["name"] for one in series))
    scales = {metric: _scale(metric, panels, series, columns) for metric in _UNITS}
    title = "Loss and accuracy" if len(panels) > 1 else _with_unit(panels[0])
    return {
        "animation": False,
        "legend": {**LEGEND, "type": "scroll", "left": 0, "right": 0, "data": names},
        "tooltip": {"trigger": "axis", "confine": True, "order": "valueDesc"},
        "dataZoom": [{"type": "inside", "filterMode": "none", "xAxisIndex": list(range(len(panels)))}],
        "toolbox": {"right": 0, "top": 0, "feature": {"dataZoom": {"filterMode": "none"}, "restore": {}}},
        "dataset": {"source": pd.DataFrame(columns)},
        "series": series,
        "title": [heading(title, ground), *(_panel_title(panel, alone=len(panels) == 1) for panel in panels)],
        "grid": [{"outerBoundsMode": "none"} for _ in panels],
        "xAxis": [_x_axis(place, epochs[-1]) for place in range(len(panels))],
        "yAxis": [
            axis("", gridIndex=place, min=0, **scales[metric]) for place, (metric, _) in enumerate(panels)
        ],
        "media": [
            {"query": {"maxWidth": _NARROW}, "option": _places(panels, height, down=True)},
            {"option": _places(panels, height, down=False)},
        ],
    }


def _epochs_of(curves: Curves, most: int) -> list[int]:
    """Return the epochs that are drawn, the last one of each run among them."""
    lengths = {len(table) for table in curves.values()}
    rows = {*spread(max(lengths), most=most), *(length - 1 for length in lengths)}
    return [row + 1 for row in sorted(rows)]


def _lines(
    groups: Sequence[SeedGroup], curves: Curves, titles: Mapping[str, str], panel: Panel,
    places: Mapping[str, int], means: bool, smoothing: float,
) -> list[Line]:  # fmt: skip
    """Return the curves of a panel; a run that has no such part has none."""
    metric, part = panel
    lines: list[Line] = []
    for group in groups:
        runs = [run for run in (group.runs if means else group.everyone) if part in run.config.split.parts]
        values = {
            run.run_id: _values(curves[run.run_id][f"{part}_{metric}"], metric, smoothing) for run in runs
        }
        if not values:
            continue
        place = places[runs[0].run_id]
        if means and len(values) > 1:
            name = f"{group.title}, mean of {len(values)} seeds"
            lines.append((name, style_of(place), list(values.values())))
            continue
        lines += [
            (titles[run_id], style_of(place, seed), [points])
            for seed, (run_id, points) in enumerate(values.items())
        ]
    return lines


def _values(column: pd.Series, metric: Metric, smoothing: float) -> NDArray[np.float64]:
    values = column.tolist()
    calm = np.array(smooth(values, smoothing) if smoothing else values, np.float64)
    return 100 * calm if metric == "accuracy" else calm


Drawn = tuple[Option, NDArray[np.float64]]
"""A series, and the column that it draws."""


def _draw(
    name: str, style: Style, values: list[NDArray[np.float64]], place: int, panel: Panel, epochs: list[int]
) -> list[Drawn]:
    """Return a curve, and where it is a mean the band around it: its lower end, and how high it is."""
    mean, deviation = mean_curve(values)
    column = f"{name}: {say_panel(panel)}"
    on = {"type": "line", "name": name, "symbol": "none", "xAxisIndex": place, "yAxisIndex": place}
    line = {
        **on, "encode": {"x": "Epoch", "y": column}, "color": style.colour, "z": 3,
        "lineStyle": {"width": 2, "type": style.dash}, "tooltip": {"valueFormatter": _TOLD[panel[0]]},
    }  # fmt: skip
    drawn = [(line, _at(epochs, mean))]
    if len(values) == 1:
        return drawn
    band = {
        **on, "color": style.colour, "silent": True, "z": 2, "lineStyle": {"opacity": 0},
        "stack": column, "stackStrategy": "all", "tooltip": {"show": False},
    }  # fmt: skip
    ends = ("lower end of the band", mean - deviation), ("height of the band", 2 * deviation)
    for (what, points), shade in zip(ends, (0.0, 0.16), strict=True):
        part = {**band, "encode": {"x": "Epoch", "y": f"{column}, {what}"}, "areaStyle": {"opacity": shade}}
        drawn.append((part, _at(epochs, points)))
    return drawn


def _at(epochs: Sequence[int], curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values of a curve at epochs; NaN after its last."""
    return np.array([curve[epoch - 1] if epoch <= len(curve) else np.nan for epoch in epochs])


def _scale(
    metric: Metric,
    panels: Sequence[Panel],
    series: Sequence[Option],
    columns: Mapping[str, NDArray[np.float64] | list[int]],
) -> Option:
    """Return the end and the steps of a metric's axes, which its panels share; a band may be cut there."""
    if metric == "accuracy":
        return {"max": 100, "interval": 25}
    drawn = [one for one in series if panels[one["yAxisIndex"]][0] == metric and "stack" not in one]
    highest = max((float(np.nanmax(columns[one["encode"]["y"]])) for one in drawn), default=0.0) or 1.0
    step = 10.0 ** math.floor(math.log10(highest))
    step *= next(part for part in (0.25, 0.5, 1, 2) if 5 * part * step >= highest)
    return {"max": step * math.ceil(highest / step - 1e-9), "interval": step}


def _panel_title(panel: Panel, alone: bool) -> Option:
    words = {"fontSize": 12, "fontWeight": "normal", "color": INK}
    return {"text": _with_unit(panel), "padding": 0, "textStyle": words, "show": not alone}


def _with_unit(panel: Panel) -> str:
    return f"{say_panel(panel)} ({_UNITS[panel[0]]})"


def _x_axis(place: int, last: int) -> Option:
    header = {"label": {"formatter": "Epoch {value}", "precision": 0}}
    numbers = {"min": 1, "max": last, "minInterval": 1}
    return axis("Epoch", id=f"epochs {place}", gridIndex=place, nameGap=22, axisPointer=header, **numbers)


def _places(panels: Sequence[Panel], height: int, *, down: bool) -> Option:
    """Return where the panels stand: a column for each part, or on a narrow screen one for each metric.

    All is in percent of the height, so that a higher figure is filled, too, and has room for larger letters.
    """
    across, along = ([*dict.fromkeys(panel[side] for panel in panels)] for side in (1 - down, int(down)))
    room = (height - _HEAD - _FOOT - _GAP * (len(along) - 1)) // len(along)
    wide, labels = 100 / len(across), _LABELS[down]  # percent of the figure
    title = _TITLE if len(panels) > 1 else 0

    def share(pixels: int) -> str:
        return f"{100 * pixels / height:.2f}%"

    titles: list[Option] = [{}]
    grids, x_axes = [], []
    for place, panel in enumerate(panels):
        left = wide * across.index(panel[1 - down])
        row = along.index(panel[down])
        top, lowest = _HEAD + row * (room + _GAP), row == len(along) - 1
        titles.append({"left": f"{left:.2f}%", "top": share(top)})
        sides = {"left": f"{left + labels:.2f}%", "width": f"{wide - labels - 2:.2f}%"}
        grids.append({**sides, "top": share(top + title), "height": share(room - title)})
        # By its id: ECharts merges components by their names, before it goes by their order.
        name = "Epoch" if lowest else ""
        x_axes.append({"id": f"epochs {place}", "axisLabel": {"show": lowest}, "name": name})
    return {"title": titles, "grid": grids, "xAxis": x_axes}
