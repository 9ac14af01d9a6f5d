"""Settings and accuracies of many runs: an axis for each, and a line for each run."""

import math
from collections.abc import Mapping, Sequence
from itertools import repeat
from textwrap import wrap
from typing import Any

from har_core.analysis.comparison import say_of_run, settings_by_name, titles_by_name
from har_core.analysis.seeds import say_weights
from har_core.data.splits import PARTS, Part
from har_core.plots.colours import CORRECT, WRONG, in_either
from har_core.plots.echarts import INK, Option, heading
from har_core.training.store import Run
from har_core.wording import PART_TITLES

_NARROW = 720  # pixels, below which the axes lie below each other
_LETTER = 7  # pixels, about
_FLAT = 56  # pixels of an axis that lies
_LINE = 14  # pixels of a line of words
_GROUND = in_either("#FFFFFF", "#12161C")
"""Around words that lines go through."""

Axis = tuple[Option, list[Any]]
"""What ECharts is told of an axis, and where each run lies on it."""


def parallel_coordinates(runs: Sequence[Run], titles: Mapping[str, str], ground: str) -> tuple[Option, int]:
    """Return a figure and its height: an axis for each setting that differs and each accuracy, a line a run.

    The colour goes by the accuracy on the ``colouring_part``, from orange to blue: both show on white and on
    black.

    Args:
        runs: with results, at least one.
        titles: of each run, by the name of its directory.
        ground: data set and split, for the title.
    """
    said = say_weights(runs)
    axes = [*_settings(runs), *_accuracies(runs)]
    colours = _colours(runs)
    series = {
        "type": "parallel", "smooth": False, "inactiveOpacity": 0.06, "activeOpacity": 0.9,
        "data": [
            {
                "value": [places[row] for _, places in axes], "name": titles[run.run_id],
                "lineStyle": {"color": colours[row], "width": 2, "opacity": 0.9},
            }
            for row, run in enumerate(runs)
        ],
    }  # fmt: skip
    option = {
        "animation": False,
        "title": heading(f"Settings and accuracies{said and f', {said}'}", ground),
        "tooltip": {"trigger": "item", "formatter": "{b}", "confine": True},
        "parallel": {"parallelAxisDefault": {"areaSelectStyle": {"width": 24, "color": CORRECT}}},
        "parallelAxis": [{**axis, "dim": dim} for dim, (axis, _) in enumerate(axes)],
        "series": [series],
        "media": [
            {"query": {"maxWidth": _NARROW}, "option": _lying(axes)},
            {"option": _upright(axes)},
        ],
    }
    return option, max(340, 64 + _FLAT * len(axes))


def _upright(axes: Sequence[Axis]) -> Option:
    wide = max(48, (_NARROW - 120) // len(axes))
    names = [wrap(axis["name"], wide // _LETTER, break_long_words=False) for axis, _ in axes]
    top = 64 + _LINE * max(map(len, names))
    looks = [
        _looks(axis, name, "end", "center", width=wide - 12, most=12)
        for (axis, _), name in zip(axes, names, strict=True)
    ]
    place = {"layout": "horizontal", "left": 56, "right": 64, "top": top, "bottom": 16}
    return {"parallel": place, "parallelAxis": looks}


def _lying(axes: Sequence[Axis]) -> Option:
    looks = [
        _looks(
            axis,
            wrap(axis["name"], 14, break_long_words=False),
            "start",
            "right",
            width=220 // len(axis.get("data", "12345")),
            most=5,
        )
        for axis, _ in axes
    ]
    place = {"layout": "vertical", "left": 108, "right": 28, "top": 56, "bottom": 40}
    return {"parallel": place, "parallelAxis": looks}


def _looks(axis: Option, name: Sequence[str], at: str, align: str, *, width: int, most: int) -> Option:
    """Return how an axis looks.

    Args:
        axis: whose words are broken into lines.
        name: its lines.
        at: which end of the axis it stands at.
        align: of the name.
        width: of a word in pixels.
        most: words that are all shown, whether or not they touch.
    """
    words = {"color": INK, "fontSize": 12, "lineHeight": _LINE}
    all_shown = {"interval": 0} if len(axis.get("data", ())) in range(1, most + 1) else {}
    label = {**words, "width": width, "overflow": "break", "textBorderColor": _GROUND, "textBorderWidth": 3}
    return {
        "name": "\n".join(name), "nameLocation": at, "nameGap": 12,
        "nameTextStyle": {**words, "align": align},
        "axisLabel": label | all_shown | axis.get("axisLabel", {}),
    }  # fmt: skip


def _settings(runs: Sequence[Run]) -> list[Axis]:
    """Return the axes of the settings that all runs have, and that differ."""
    settings = settings_by_name(runs, only_differences=True)
    of_all = {name: values for name, values in settings.items() if "" not in values}
    titles = titles_by_name(runs)
    return [
        _numbers(titles[name], values)
        if _are_numbers(values)
        else _words(titles[name], list(map(say_of_run, runs, repeat(name), values)))
        for name, values in of_all.items()
    ]


def _accuracies(runs: Sequence[Run]) -> list[Axis]:
    found = {part: [run.results.chosen.of(part) for run in runs if run.results] for part in PARTS}
    axes = []
    for part, shares in found.items():
        percents = [100 * share for share in shares if share is not None]
        if len(percents) == len(shares):
            low, high = 10 * math.floor(min(percents) / 10), 10 * math.ceil(max(percents) / 10)
            axes.append(({"name": f"{PART_TITLES[part]} (%)", "min": low, "max": high or 10}, percents))
    return axes


def colouring_part(runs: Sequence[Run]) -> Part:
    """Return the part whose accuracy colours the lines: validation, or test where not all runs have that."""
    return "validation" if all(run.config.validated for run in runs) else "test"


def _colours(runs: Sequence[Run]) -> list[str]:
    """Return the colour of each run, from the worst to the best."""
    by = colouring_part(runs)
    shares = [run.results.chosen.of(by) or 0.0 for run in runs if run.results]
    low, high = min(shares), max(shares)
    return [_between(WRONG, CORRECT, (share - low) / (high - low or 1)) for share in shares]


def _between(low: str, high: str, share: float) -> str:
    pairs = [(int(low[at : at + 2], 16), int(high[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + share * (b - a)):02X}" for a, b in pairs)


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _numbers(title: str, values: Sequence[float]) -> Axis:
    """Return an axis of a setting whose values are numbers, which lie where they are."""
    found = sorted(set(values))
    ticks = {"axisLabel": {"customValues": found}, "axisTick": {"customValues": found}}
    return {"name": title, "min": found[0], "max": found[-1], **(ticks if len(found) <= 8 else {})}, list(
        values
    )


def _words(title: str, said: Sequence[str]) -> Axis:
    """Return an axis of a setting whose values are said in words, which are evenly spaced."""
    words = list(dict.fromkeys(said))
    return {"name": title, "type": "category", "data": words}, [words.index(word) for word in said]
