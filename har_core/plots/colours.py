"""Colours mean one thing everywhere. They are of the Okabe-Ito family, safe for colour-blind eyes."""

from typing import Literal

from har_core.data.splits import Part

Theme = Literal["light", "dark"]

PART_COLOURS: dict[Part, str] = {"train": "#5C6773", "validation": "#E69F00", "test": "#009E73"}
CORRECT = "#0072B2"
WRONG = "#D55E00"
AXIS_COLOURS = {"x": "#CC79A7", "y": "#56B4E9", "z": "#8A94A0"}
CHOSEN = "#D55E00"
"""The frame around what is selected."""

ACCENT = "#3B5BDB"
NEUTRAL = "#8A94A0"
"""A grey that shows on white and on black."""

MANY = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A94A0")
"""For things of one kind side by side, such as configs; where they run out, another dash goes on."""

THEMES: tuple[Theme, ...] = ("light", "dark")

EMPTY: dict[Theme, str] = {"light": "#F4F5F7", "dark": "#1C222A"}
"""Where there is nothing to count: hardly there."""

DIVERGING: dict[Theme, tuple[str, ...]] = {
    "light": ("#B34E00", "#F3D3BC", "#C7DDEC", "#005A8C"),
    "dark": ("#FF9A57", "#6B3D20", "#24506B", "#74C3F5"),
}
"""From fewer to more: orange and blue, apart at zero, where they are nearest to the ground."""

SEQUENTIAL: dict[Theme, tuple[str, ...]] = {
    "light": ("#CBD6FB", "#B4C3F7", "#91A7F0", "#5C7CE6", "#3B5BDB", "#1E3494"),
    "dark": ("#31437F", "#3F57A8", "#5A76D6", "#869DEF", "#B3C3FA", "#E3EAFF"),
}
"""From few to many: away from the ground, which is light or dark."""

QUIET: dict[Theme, str] = {"light": "#4A5463", "dark": "#B6BFCB"}
"""For words that stand beside a figure."""

INKS = ("#000000", "#FFFFFF")
"""For numbers on a light colour, and on a dark one; pure, so that on any colour one of both stands out."""


def in_either(light: str, dark: str) -> str:
    """Return a colour for the browser that follows the theme by itself."""
    return f"light-dark({light}, {dark})"
