"""What the figures that ECharts draws have in common. Such a figure is a dict, ECharts' option.

ECharts needs a third of the browser's time that Plotly takes, so it draws what stands on a page beside other
figures or is drawn again and again.
"""

from typing import Any

import pandas as pd

from har_core.plots.colours import QUIET, in_either

Option = dict[str, Any]

INK = in_either(**QUIET)
"""Of words. Streamlit's theme is too pale for them; the browser chooses, at once when the theme changes."""

LEGEND: Option = {"bottom": 0, "itemStyle": {"opacity": 0}, "textStyle": {"color": INK, "fontSize": 12}}
"""Below the axes, a piece of each line without its symbol, so that its dash is seen."""


def frame_of(title: str, data: pd.DataFrame, x: Option, y: Option) -> Option:
    """Return the option of a figure with two axes, to which the series are still to be added.

    It is not animated: what is drawn again with an epoch more must not sway.

    Args:
        title: what the figure shows.
        data: a column for each series; the browser can show it as a table, too.
        x: the axis below.
        y: the axis at the left.
    """
    return {
        "animation": False,
        "title": {"text": title, "left": 0},
        "grid": {"left": 0, "right": 8, "top": 64, "bottom": 12, "outerBoundsMode": "same"},
        "dataset": {"source": data},
        "xAxis": x,
        "yAxis": y,
    }


def enlarged(option: Option, letter: float) -> Option:
    """Return a figure with letters of so many pixels, for a screen that is seen from far away.

    Args:
        option: with letters of 12 pixels.
        letter: height in pixels; lines and gaps grow with it.
    """
    scale = letter / _LETTER
    larger: Option = _scaled(option, scale)
    larger["title"] |= {"textStyle": {"fontSize": 1.15 * letter}}
    larger["grid"]["top"] = 3.4 * letter
    larger["xAxis"] |= {"nameGap": 1.6 * letter}
    larger["tooltip"] |= {"textStyle": {"fontSize": letter}}
    return larger


def grows_in_full_screen(option: Option, height: int, about: str) -> Option:
    """Return a figure whose letters grow where it is much higher than on its page, and shrink again.

    Args:
        option: with letters of 12 pixels.
        height: that it has on its page, in pixels.
        about: of what it is, which stands below its title there; on the page, that does.
    """
    usual = {name: option[name] for name in _WITH_LETTERS if name in option}
    larger: Option = _scaled(usual, _LETTER_IN_FULL_SCREEN / _LETTER)
    if isinstance(title := option.get("title"), dict) and "subtext" not in title:
        words = {"color": INK, "fontSize": _LETTER_IN_FULL_SCREEN}
        larger["title"] = title | {"subtext": about, "subtextStyle": words, "textStyle": {"fontSize": 25}}
        larger["grid"] = option["grid"] | {"top": 104}
        usual["title"] = title | {"subtext": "", "textStyle": {"fontSize": 14}}
    rules = option.get("media", [])
    default: Option = next((rule["option"] for rule in rules if "query" not in rule), {})
    full_screen = [{"query": query, "option": _merged(larger, default)} for query in _full_screen(height)]
    queried = [rule for rule in rules if "query" in rule]
    return option | {"media": [*queried, *full_screen, {"option": _merged(usual, default)}]}


def _full_screen(height: int) -> list[Option]:
    """Return by what a figure in full screen is known: it is wide, or higher than any is made on a page."""
    return [{"minHeight": height + 180, "minWidth": 1100}, {"minHeight": height + 380}]


def _merged(one: Any, other: Any) -> Any:
    """Return one part of an option with what another says over it, as ECharts joins them."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {name: _merged(one[name], its) if name in one else its for name, its in other.items()}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_merged(*pair) for pair in zip(one, other, strict=True)]
    return other


def _scaled(part: Any, scale: float, where: str = "") -> Any:
    if isinstance(part, dict):
        return {
            key: value * scale
            if key in ("fontSize", "lineHeight") or (where, key) in _GROWING
            else _scaled(value, scale, key)
            for key, value in part.items()
        }
    return [_scaled(each, scale, where) for each in part] if isinstance(part, list) else part


_LETTER, _LETTER_IN_FULL_SCREEN = 12, 22
_WITH_LETTERS = (
    "title",
    "legend",
    "grid",
    "xAxis",
    "yAxis",
    "tooltip",
    "visualMap",
    "parallel",
    "parallelAxis",
)
_GROWING = {("grid", "bottom"), ("lineStyle", "width"), ("xAxis", "nameGap")}


def axis(name: str, **more: Any) -> Option:
    """Return an axis with its name in the middle of it.

    Args:
        name: what is measured, with its unit.
        more: of ECharts' options of an axis, in its words.
    """
    words = {"color": INK, "fontSize": 12}
    named = {"name": name, "nameLocation": "middle", "nameTextStyle": words}
    return {"type": "value", **named, "axisLabel": words} | more


def heading(title: str, ground: str) -> Option:
    """Return a title, and below it in smaller letters of what the figure is.

    Args:
        title: what the figure shows.
        ground: data set and split.
    """
    return {
        "text": title, "subtext": ground, "left": 0, "top": 0, "padding": 0, "itemGap": 6,
        "textStyle": {"fontSize": 15, "lineHeight": 18}, "subtextStyle": {"color": INK, "fontSize": 12},
    }  # fmt: skip
