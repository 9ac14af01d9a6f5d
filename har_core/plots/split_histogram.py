"""How often which accuracy comes of splitting the subjects into halves, with the usual splits marked."""

from collections.abc import Mapping
from math import floor

from har_core.analysis.split_lottery import Half, SplitLottery
from har_core.plots.colours import ACCENT, CHOSEN, NEUTRAL
from har_core.plots.echarts import INK, Option, axis, heading
from har_core.wording import counted, percent

BARS = "splits"
"""The series of the bars; each mark is a series that bears the name of its split."""


def bin_of(half: Half) -> int:
    """Return the whole points in which an accuracy lies: 94 from 94.0 to below 95; 100 is in 99."""
    return min(floor(100 * half.correct / half.total), 99)


def bins_of(lottery: SplitLottery) -> dict[int, list[Half]]:
    """Return all bins from the first that is needed to the last, each with its halves, the best first."""
    everyone = [*lottery.halves, *lottery.usual.values()]
    numbers = range(min(map(bin_of, everyone)), max(map(bin_of, everyone)) + 1)
    found: dict[int, list[Half]] = {number: [] for number in numbers}
    for half in sorted(lottery.halves, key=lambda half: half.accuracy, reverse=True):
        found[bin_of(half)].append(half)
    return found


def say_bin(number: int, halves: int) -> str:
    """Say a bin and how many splits are in it."""
    return f"{number} to {number + 1} %: {counted(halves, 'split')}"


def split_histogram(lottery: SplitLottery, about: str, chosen: int | str | None) -> Option:
    """Return a bar for each whole point of accuracy, and a mark for each of the usual splits.

    Args:
        lottery: of a data set.
        about: of which model and data set it is.
        chosen: the bin whose bar stands out, or the name of the split whose mark does.
    """
    bins = bins_of(lottery)
    numbers, top = list(bins), max(map(len, bins.values()))
    bars = [
        {
            "value": len(halves), "name": say_bin(number, len(halves)),
            "itemStyle": {"color": CHOSEN if number == chosen else ACCENT},
        }
        for number, halves in bins.items()
    ]  # fmt: skip
    series = [
        {"type": "bar", "name": BARS, "id": BARS, "data": bars, "barCategoryGap": "10%", **_SELECTED},
        *(
            _mark(name, numbers.index(bin_of(half)), top * (1.12 + 0.17 * place), half, name == chosen)
            for place, (name, half) in enumerate(_from_the_right(lottery.usual))
        ),
    ]
    return {
        "animation": False,
        "title": heading(
            f"{percent(lottery.mean)} ± {100 * lottery.deviation:.1f} points over {len(lottery.halves):,} "
            "splits", about,
        ),
        "tooltip": {"trigger": "item", "formatter": "{b}", "confine": True},
        "grid": {"left": 0, "right": 8, "top": 52, "bottom": 18, "outerBoundsMode": "same"},
        "xAxis": axis(
            "Test accuracy (%), rounded down", type="category", nameGap=22,
            data=[str(number) for number in numbers],
        ),
        "yAxis": axis("Splits", minInterval=1, nameGap=28, max=_round_up(top * 1.4)),
        "series": series,
    }  # fmt: skip


_SELECTED: Option = {"selectedMode": "single", "select": {"itemStyle": {"borderWidth": 0}}}


def _from_the_right(usual: Mapping[str, Half]) -> list[tuple[str, Half]]:
    """Return the marks so that the words of each, which stand to the left of it, cross no other."""
    return sorted(usual.items(), key=lambda its: its[1].accuracy)


def _mark(name: str, place: int, height: float, half: Half, chosen: bool) -> Option:
    said = f"{name}: {percent(half.accuracy)}"
    colour = CHOSEN if chosen else NEUTRAL
    label = {"show": True, "position": "left", "formatter": said, "color": INK, "fontSize": 12}
    return {
        "type": "line", "name": name, "id": name, "z": 4, "color": colour, "lineStyle": {"width": 2},
        "symbol": "diamond", "symbolSize": 12, **_SELECTED,
        "data": [
            {"value": [place, 0], "symbolSize": 0, "name": said},
            {"value": [place, height], "name": f"{said}, {half.who}", "label": label},
        ],
    }  # fmt: skip


def _round_up(value: float) -> int:
    """Return a whole number for the end of an axis."""
    step = 10 if value > 20 else 5
    return int(-(-value // step) * step)
