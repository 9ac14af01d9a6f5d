"""The ladder as a figure: a row for each rung, a dot for each seed, and what each change gives."""

import math
from collections.abc import Mapping, Sequence

from har_core.analysis.ladder import Ladder
from har_core.analysis.ladder_standing import Standing
from har_core.data.splits import Part
from har_core.plots.colours import PART_COLOURS
from har_core.plots.echarts import INK, Option, axis, heading
from har_core.training.ladder import RUNGS, Place
from har_core.wording import counted, interval, mean_and_deviation, percent, points

SEED, MEAN, INTERVAL, VALIDATION = "a seed, test", "mean, test", "95 % of the mean", "mean, validation"

_ROW, _HEAD, _FOOT, _LINE = 26, 64, 62, 22
"""Pixels: of a row, above the rows, below them, and of another line of the legend."""

_NARROW = 720  # pixels, below which there is no room for the columns; the table has them, too
_LEFT, _COLUMN = 132, 92  # pixels of the rungs' names, and of a column

_COLUMNS: dict[Place, str] = {"rung": "Step", "alone": "Alone in\nthe LSTM", "without": "Out of\nthe top"}

_ICONS = {
    SEED: "circle", MEAN: "path://M0 0H4V18H0Z", INTERVAL: "path://M0 4H24V6H0Z", VALIDATION: "diamond",
}  # fmt: skip


def height_of(ladder: Ladder) -> int:
    """Return the pixels that the figure takes."""
    return _HEAD + _FOOT + _LINE + _ROW * len(_rungs(ladder))


def ladder_figure(ladder: Ladder, ground: str) -> Option:
    """Return the test accuracy at the last epoch of each rung, a dot a seed, with mean and interval.

    To the right stands what each change gives, in points of the test part: over the rung below, alone in the
    course's LSTM, and taken out of the top, as far as that was trained.

    Args:
        ladder: of one data set and split.
        ground: data set and split, for the title.
    """
    rungs = _rungs(ladder)
    series = [one for row, standing in enumerate(rungs) for one in _marks(row, standing)]
    low, high = _ends(series)
    drawn = {one["name"] for one in series}
    columns: Mapping[Place, list[str]] = {
        place: [_gain(ladder, standing.name, place) for standing in rungs] for place in _COLUMNS
    }
    return {
        "animation": False,
        "title": heading("Test accuracy, last epoch", ground),
        "tooltip": {"trigger": "item", "formatter": "{b}", "confine": True},
        "legend": {
            "bottom": 0, "left": 0, "itemGap": 14, "itemHeight": 10, "selectedMode": False,
            "textStyle": {"color": INK, "fontSize": 12},
            "data": [{"name": name, "icon": icon} for name, icon in _ICONS.items() if name in drawn],
        },
        "grid": {"left": _LEFT, "right": 16, "top": _HEAD, "bottom": _FOOT, "outerBoundsMode": "none"},
        "xAxis": axis("Accuracy (%)", min=low, max=high, nameGap=24),
        "yAxis": [
            _words([standing.title for standing in rungs], "left", 0, ""),
            *(
                _words(texts, "right", _COLUMN * place, _COLUMNS[name])
                for place, (name, texts) in enumerate(columns.items())
            ),
        ],
        "series": series,
        "media": [
            {"query": {"maxWidth": _NARROW}, "option": _room(16, _FOOT + _LINE, columns=False)},
            {"option": _room(_COLUMN * len(_COLUMNS), _FOOT, columns=True)},
        ],
    }  # fmt: skip


def _rungs(ladder: Ladder) -> list[Standing]:
    return [standing for name in RUNGS if (standing := ladder.of(name))]


def _gain(ladder: Ladder, name: str, place: Place) -> str:
    found = ladder.gain(name, "test", place)
    if found:
        return points(found.gain, found.error)
    standing = ladder.of(name, place)
    return "waiting" if standing and standing.at_work and not standing.ended else ""


def _room(right: int, foot: int, *, columns: bool) -> Option:
    shown = [{}, *({"show": columns} for _ in _COLUMNS)]
    return {"grid": {"right": right, "bottom": foot}, "yAxis": shown}


def _words(texts: Sequence[str], side: str, offset: int, name: str) -> Option:
    """Return an axis that writes a text beside each row, and a name above them."""
    words = {"color": INK, "fontSize": 12}
    return {
        "type": "category", "position": side, "offset": offset, "data": list(texts), "name": name,
        "nameLocation": "end", "nameGap": 8,
        "nameTextStyle": {**words, "align": "left", "padding": [0, 0, 0, 8], "lineHeight": 14},
        "axisLabel": {**words, "interval": 0, "margin": 8}, "axisLine": {"show": False},
        "axisTick": {"show": False}, "splitLine": {"show": side == "left"},
    }  # fmt: skip


def _marks(row: int, standing: Standing) -> list[Option]:
    """Return the marks of a rung: its seeds, their mean and its interval, and the mean on validation."""
    test, validation = standing.reached("test"), standing.reached("validation")
    if not test:
        return []
    title = standing.title
    low, high = test.interval
    spread = mean_and_deviation(test.mean, test.deviation) if test.deviation is not None else ""
    said = f"{title}: {spread or percent(test.mean)} of the test part, {counted(test.seeds, 'seed')}"
    of = f"95 %: {interval(low, high)}"
    marks = [
        _bar(row, (low, high), f"{said}; {of}"),
        _dots(MEAN, row, [(test.mean, f"{said}; {of}")], "rect", [4, 18], 3),
        _dots(SEED, row, _seeds(standing), "circle", 9, 4),
    ]
    if validation:
        words = f"{title}: {percent(validation.mean)} of the validation part, mean"
        marks.append(_dots(VALIDATION, row, [(validation.mean, words)], "diamond", 10, 3))
    return marks


def _seeds(standing: Standing) -> list[tuple[float, str]]:
    runs = [(run.config.seed, run.results.last.test) for run in standing.ended if run.results]
    return [(share, f"{standing.title}, seed {seed}: {percent(share)}") for seed, share in runs]


def _bar(row: int, ends: tuple[float, float], said: str) -> Option:
    return {
        "type": "line", "name": INTERVAL, "symbol": "none", "color": PART_COLOURS["test"], "z": 2,
        "lineStyle": {"width": 2, "opacity": 0.6},
        "data": [{"value": [100 * end, row], "name": said} for end in ends],
    }  # fmt: skip


def _dots(
    name: str, row: int, values: Sequence[tuple[float, str]], symbol: str, size: int | list[int], z: int
) -> Option:
    part: Part = "validation" if name == VALIDATION else "test"
    hollow = {"color": "transparent", "borderColor": PART_COLOURS["validation"], "borderWidth": 2}
    style = {SEED: {"opacity": 0.7}, VALIDATION: hollow}.get(name, {})
    return {
        "type": "scatter", "name": name, "color": PART_COLOURS[part], "z": z, "symbol": symbol,
        "symbolSize": size, "itemStyle": style,
        "data": [{"value": [100 * share, row], "name": said} for share, said in values],
    }  # fmt: skip


def _ends(series: Sequence[Option]) -> tuple[int, int]:
    """Return where the axis begins and ends: at whole tens around all dots; a bar may go on beyond."""
    values = [point["value"][0] for one in series if one["type"] == "scatter" for point in one["data"]]
    if not values:
        return 0, 100
    low, high = 10 * math.floor(min(values) / 10), 10 * math.ceil(max(values) / 10)
    return max(0, low - 10 * (low == high)), min(100, high)
