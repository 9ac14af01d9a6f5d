"""Lines, marks and texts as SVG: what a picture needs that is printed, with no browser to draw it."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

INK, QUIET, RULE = "#101924", "#5C6773", "#D9DEE7"

Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]


class Drawing:
    """A picture on white ground. Every text goes through the XML writer, so none of it becomes markup."""

    def __init__(self, width: float, height: float, title: str) -> None:
        """Start a picture.

        Args:
            width: in pixels, as all lengths here.
            height: counted downwards.
            title: what is seen, for those who do not see it; it stands on top, too.
        """
        self._root = Element(
            "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_n(width)} {_n(height)}",
            width=_n(width), height=_n(height), role="img",
        )  # fmt: skip
        self._root.set("font-family", "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif")
        SubElement(self._root, "title").text = _printable(title)
        self.rectangle(0, 0, width, height, "#FFFFFF")
        self.text(12, 24, title, size=16, weight="600")

    def line(self, start: Place, end: Place, colour: str, *, dash: str = "") -> None:
        """Draw a thin line."""
        x1, y1, x2, y2 = map(_n, (*start, *end))
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_dasharray=dash)

    def bone(self, start: Place, end: Place, colour: str) -> None:
        """Draw a thick line with round ends."""
        x1, y1, x2, y2 = map(_n, (*start, *end))
        line = {"stroke": colour, "stroke_width": "3", "stroke_linecap": "round"}
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, **line)

    def curve(self, points: Sequence[Place], colour: str) -> None:
        """Draw a line through points."""
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._add(
            "polyline", points=path, fill="none", stroke=colour, stroke_width="2", stroke_linejoin="round"
        )

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""
        self._add("rect", x=_n(x), y=_n(y), width=_n(width), height=_n(height), fill=colour)

    def dot(self, x: float, y: float, colour: str) -> None:
        """Draw a round mark."""
        self._add("circle", cx=_n(x), cy=_n(y), r="4", fill=colour, fill_opacity="0.8")

    def cross(self, x: float, y: float, colour: str) -> None:
        """Draw a mark of two strokes."""
        self._add("path", d=f"M{_n(x - 4)} {_n(y - 4)}l8 8m-8 0l8 -8", stroke=colour, stroke_width="2.5")

    def text(
        self, x: float, y: float, said: str, *, size: float = 13, colour: str = INK, anchor: Anchor = "start",
        weight: str = "", turned: float = 0,
    ) -> None:  # fmt: skip
        """Write a text.

        Args:
            x: of the anchor.
            y: of the line that the letters stand on.
            said: the text.
            size: of the letters.
            colour: of the letters.
            anchor: which end of the text is at ``x``.
            weight: of the letters; empty for the usual.
            turned: degrees clockwise about the anchor.
        """
        turn = f"rotate({_n(turned)} {_n(x)} {_n(y)})" if turned else ""
        self._add(
            "text", x=_n(x), y=_n(y), font_size=_n(size), fill=colour, text_anchor=anchor, font_weight=weight,
            transform=turn,
        ).text = _printable(said)  # fmt: skip

    def _add(self, tag: str, **attributes: str) -> Element:
        named = {name.replace("_", "-"): value for name, value in attributes.items() if value}
        return SubElement(self._root, tag, named)

    def as_svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        return tostring(self._root, encoding="unicode") + "\n"


class Axes:
    """A field of a drawing in which numbers have their places, with the lines and words around it."""

    def __init__(
        self, drawing: Drawing, box: tuple[float, float, float, float], x: Sequence[float], y: Sequence[float]
    ) -> None:
        """Draw grid and numbers.

        Args:
            drawing: to draw on.
            box: left, top, right and bottom of the field.
            x: the numbers at the bottom, the first and last of them the ends of the axis.
            y: the numbers at the left.
        """
        self.left, self.top, self.right, self.bottom = box
        self._x, self._y = (x[0], x[-1]), (y[0], y[-1])
        for value in y:
            drawing.line((self.left, self.down(value)), (self.right, self.down(value)), RULE)
            drawing.text(self.left - 8, self.down(value) + 4, _said(value, y), colour=QUIET, anchor="end")
        for value in x:
            drawing.line((self.across(value), self.bottom), (self.across(value), self.bottom + 5), QUIET)
            drawing.text(self.across(value), self.bottom + 20, _said(value, x), colour=QUIET, anchor="middle")

    def across(self, value: float) -> float:
        """Return how far from the left a number of the x axis is."""
        low, high = self._x
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def down(self, value: float) -> float:
        """Return how far from the top a number of the y axis is."""
        low, high = self._y
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return about so many round numbers, the first at or below ``low``, the last at or above ``high``."""
    if not low < high:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / count
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), -floor(-high / step + 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def _said(value: float, beside: Sequence[float]) -> str:
    step = beside[1] - beside[0]
    return f"{value:,.{max(0, -floor(log10(step) + 1e-9))}f}".replace("-", "\N{MINUS SIGN}")


def _n(value: float) -> str:
    """Write a length: a tenth of a pixel is finer than anybody sees."""
    return f"{value:.1f}".removesuffix(".0")


def _printable(text: str) -> str:
    """Return a text without the control characters that XML has no way to write."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
