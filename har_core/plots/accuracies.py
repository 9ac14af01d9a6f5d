"""Accuracies of many configs in one figure, with how sure they are."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from har_core.analysis.intervals import wilson_interval
from har_core.analysis.seeds import SeedGroup, say_weights
from har_core.plots.config_styles import style_of
from har_core.plots.echarts import INK, Option, axis, heading
from har_core.training.store import Run
from har_core.wording import count_of, counted, interval, mean_and_deviation, percent

RUN, LEFT_OUT = "a run", "a run left out of the mean"
MEAN = "mean ± standard deviation of the seeds"
INTERVAL = "95 % interval of a single run"

_ROW, _LOW_ROW = 40, 34  # pixels: a line of words, and the marks below it; of few configs, and of many
_FEW = 4  # configs
_HEAD, _FOOT, _LINE = 44, 62, 22  # pixels above and below the rows, and of a line of the legend
_NARROW = 720  # pixels, below which a name has less room, and the legend takes more lines


def height_of(groups: Sequence[SeedGroup]) -> int:
    """Return the pixels that the figure takes."""
    row = _ROW if len(groups) <= _FEW else _LOW_ROW
    return _HEAD + _FOOT + 2 * _LINE + row * len(groups)


def accuracy_figure(
    groups: Sequence[SeedGroup], titles: Mapping[str, str], places: Mapping[str, int], ground: str
) -> Option:
    """Return the test accuracy of each run, at its best epoch if it has one, a row for each config.

    Above the marks of a row stands what it is and what it comes to. Where a config has several seeds, a bar
    reaches one standard deviation to both sides of their mean; of a single run it is its 95 % interval. A run
    that was stopped early, or whose seed is there already, is hollow and doesn't count.

    Args:
        groups: of runs with results.
        titles: of each run, by the name of its directory.
        places: of each run's config among those that are compared, by the name of the run's directory.
        ground: data set and split, for the title.
    """
    bars = [bar for row, group in enumerate(groups) for bar in _bars(row, group, places)]
    dots = [dot for row, group in enumerate(groups) for dot in _dots(row, group, titles, places)]
    series = [*bars, *dots]
    said = say_weights([run for group in groups for run in group.everyone])
    low, high = _ends(series)
    names = {each["name"]: each for each in series}
    return {
        "animation": False,
        "title": heading(f"Test accuracy{said and f', {said}'}", ground),
        "tooltip": {"trigger": "item", "formatter": "{b}", "confine": True},
        "legend": {
            "bottom": 0, "left": 0, "itemGap": 16, "itemHeight": 10,
            "textStyle": {"color": INK, "fontSize": 12},
            "data": [{"name": name, "icon": _ICONS[name]} for name in _ICONS if name in names],
        },
        "grid": {"left": 8, "right": 16, "top": _HEAD, "outerBoundsMode": "none"},
        "xAxis": axis("Test accuracy (%)", min=low, max=high, nameGap=24),
        "yAxis": [_words([group.title for group in groups], "left"), _words(_results(groups), "right")],
        "series": series,
        "media": [
            {"query": {"maxWidth": _NARROW}, "option": _room(190, _FOOT + 2 * _LINE)},
            {"option": _room(600, _FOOT)},
        ],
    }  # fmt: skip


def _room(name: int, foot: int) -> Option:
    """Return how much room there is for a name and below the rows, in pixels."""
    return {"grid": {"bottom": foot}, "yAxis": [{"axisLabel": {"width": name}}, {}]}


_ICONS = {
    RUN: "circle", LEFT_OUT: "emptyCircle", MEAN: "path://M0 4H24V6H0ZM10 0H14V10H10Z",
    INTERVAL: "path://M0 0H2V4H22V0H24V10H22V6H2V10H0Z",
}  # fmt: skip


def _words(texts: Sequence[str], side: str) -> Option:
    """Return an axis that writes a text into each row, above its marks."""
    label = {
        "inside": True, "margin": 0, "interval": 0, "align": side, "verticalAlign": "bottom",
        "padding": [0, 4, 9, 4], "color": INK, "fontSize": 12, "overflow": "truncate",
    }  # fmt: skip
    plain = {"axisLine": {"show": False}, "axisTick": {"show": False}, "z": 4}
    return {
        "type": "category", "inverse": True, "position": side, "data": list(texts), "axisLabel": label,
        "splitLine": {"show": side == "left"}, **plain,
    }  # fmt: skip


def _results(groups: Sequence[SeedGroup]) -> list[str]:
    """Say of each config its mean and deviation, or the accuracy of its single run and its interval."""
    return [_result(group) for group in groups]


def _result(group: SeedGroup) -> str:
    values = [result.chosen.test for result in group.results]
    if not values:
        return "no whole run"
    if len(values) > 1:
        said = mean_and_deviation(float(np.mean(values)), float(np.std(values, ddof=1)))
        return f"{said}, {counted(len(values), 'seed')}"
    (run,) = [run for run in group.complete if run.results]
    return f"{percent(values[0])}, {interval(*_interval(run))}"


def _recognised(run: Run) -> tuple[int, int]:
    """Return how many test sequences a run that has results recognises, and of how many."""
    if not run.results or not run.meta:
        raise ValueError(f"{run.run_id} has no results")
    total = run.meta.split_sizes["test"]
    return round(run.results.chosen.test * total), total


def _interval(run: Run) -> tuple[float, float]:
    return wilson_interval(*_recognised(run))


def _bars(row: int, group: SeedGroup, places: Mapping[str, int]) -> list[Option]:
    """Return the bar of a config, and the mark of the mean in it."""
    values = 100 * np.array([result.chosen.test for result in group.results])
    colour = style_of(places[group.everyone[0].run_id]).colour
    if not len(values):
        return []
    if len(values) == 1:
        (run,) = [run for run in group.complete if run.results]
        low, high = (100 * end for end in _interval(run))
        said = f"{group.title}: {percent(values[0] / 100)}, 95 % interval {interval(low / 100, high / 100)}"
        return [_bar(INTERVAL, row, (low, high), said, colour)]
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    said = f"{group.title}: {mean_and_deviation(mean / 100, deviation / 100)}, {len(values)} seeds"
    mark = {
        "type": "scatter", "name": MEAN, "symbol": "rect", "symbolSize": [4, 14], "z": 3, "color": colour,
        "data": [{"value": [mean, row], "name": said}],
    }  # fmt: skip
    return [_bar(MEAN, row, (mean - deviation, mean + deviation), said, colour), mark]


def _bar(name: str, row: int, ends: tuple[float, float], said: str, colour: str) -> Option:
    return {
        "type": "line", "name": name, "symbol": "rect", "symbolSize": [2, 10], "color": colour, "z": 2,
        "lineStyle": {"width": 2}, "data": [{"value": [end, row], "name": said} for end in ends],
    }  # fmt: skip


def _dots(row: int, group: SeedGroup, titles: Mapping[str, str], places: Mapping[str, int]) -> list[Option]:
    """Return the marks of a config's runs.

    Those that would cover each other are one mark: of a thousand a browser would draw all, and show few.
    """
    counting = {run.run_id for run in group.complete}
    marks: dict[tuple[float, bool], list[Run]] = {}
    for run in group.everyone:
        if run.results:
            marks.setdefault((run.results.chosen.test, run.run_id in counting), []).append(run)
    colour = style_of(places[group.everyone[0].run_id]).colour
    return [
        {
            "type": "scatter", "name": RUN if counts else LEFT_OUT, "color": colour, "z": 4,
            "symbol": "circle" if counts else "emptyCircle", "symbolSize": 11, "itemStyle": {"opacity": 0.7},
            "data": [{"value": [100 * test, row], "name": _said_of(runs, titles)}],
        }
        for (test, counts), runs in marks.items()
    ]  # fmt: skip


def _said_of(runs: Sequence[Run], titles: Mapping[str, str]) -> str:
    """Say of runs at one place what is the same for all, and of a single one from which epoch it is."""
    run = runs[0]
    correct, total = _recognised(run)
    said = f"{titles[run.run_id]}: {percent(correct / total)}, {count_of(correct, total)} test sequences, "
    said += f"95 % interval {interval(*_interval(run))}"
    if len(runs) > 1:
        return f"{said}; and {len(runs) - 1:,} more with the same accuracy"
    epoch = run.results.chosen.epoch if run.results else None
    return f"{said}; weights of epoch {epoch:,}" if epoch else said


def _ends(series: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Return where the axis begins and ends: at whole tens, so that all is drawn and little is empty."""
    values = [point["value"][0] for each in series for point in each["data"]]
    return max(0, 10 * math.floor(min(values) / 10)), min(100, 10 * math.ceil(max(values) / 10))
