"""The confusion matrix of one run, and the difference of two, as the browser draws them.

What is here says what stands in each cell; the files of ``assets`` draw it and take the clicks.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import IntArray
from har_core.plots.colours import CHOSEN, DIVERGING, EMPTY, INKS, SEQUENTIAL

Chart = dict[str, Any]
"""What the browser draws, ready for JSON.

- ``actions``: K names, as rows and columns follow each other.
- ``chosen``: row and column of the cell to frame, or None.
- ``numbers``, ``colours``, ``inks``: for each cell of each row what stands in it, its colour and that of its
  number; all three are empty where there is nothing to count.
- ``facts``: by name the values of each cell of each row that are told in words.
- ``empty``, ``frame``: the colours of a cell with nothing in it, and of the frame.
- ``height``: in pixels.
"""

MINUS = "\N{MINUS SIGN}"

Values = NDArray[np.floating[Any] | np.integer[Any]]


def confusion_chart(
    counts: IntArray, actions: Sequence[str], *, order: Sequence[int] | None = None, percent: bool = False,
    chosen: tuple[str, str] | None = None, height: int = 620,
) -> Chart:  # fmt: skip
    """Return a matrix of counts: a row for each true action, a column for each predicted one.

    Args:
        counts: (K, K).
        actions: K names.
        order: the K indices as rows and columns follow each other; None for that of the actions.
        percent: True to show shares of a row instead of counts.
        chosen: true and predicted action of the cell to frame.
        height: in pixels; many actions may take more.
    """
    totals = np.broadcast_to(counts.sum(axis=1, keepdims=True), counts.shape)
    shares = 100 * counts / np.maximum(1, totals)
    shown, most = (shares, 100) if percent else (counts, max(1, int(counts.max(initial=0))))
    facts = {
        "count": counts.astype(str), "of all of this action": totals.astype(str),
        "percent of them": _texts(shares, ".1f"),
    }  # fmt: skip
    colours = _blend(shown, np.linspace(0, most, len(SEQUENTIAL)), SEQUENTIAL)
    chart = _chart(_texts(shown, ".0f"), colours, counts == 0, facts, order)
    return chart | _frame(actions, order, chosen, height)


def difference_chart(
    first: IntArray, second: IntArray, actions: Sequence[str], *, order: Sequence[int] | None = None,
    chosen: tuple[str, str] | None = None, height: int = 620,
) -> Chart:  # fmt: skip
    """Return what the second of two matrices has more or less than the first.

    Args:
        first: (K, K) counts.
        second: (K, K) counts of the same sequences.
        actions: K names.
        order: the K indices as rows and columns follow each other; None for that of the actions.
        chosen: true and predicted action of the cell to frame.
        height: in pixels; many actions may take more.
    """
    change = second - first
    most = max(1, int(abs(change).max(initial=0)))
    texts = _texts(change, "+d")
    facts = {
        "change": np.where(change == 0, "0", texts), "first run": first.astype(str),
        "second run": second.astype(str),
    }  # fmt: skip
    colours = _blend(change, np.array([-most - 0.5, -0.5, 0.5, most + 0.5]), DIVERGING)
    return _chart(texts, colours, change == 0, facts, order) | _frame(actions, order, chosen, height)


def _chart(
    numbers: NDArray[np.str_],
    colours: NDArray[np.float64],
    empty: NDArray[np.bool_],
    facts: dict[str, NDArray[np.str_]],
    order: Sequence[int] | None,
) -> Chart:
    rows = np.arange(len(numbers)) if order is None else np.asarray(order)
    place = np.ix_(rows, rows)

    def ordered(values: NDArray[np.str_]) -> list[list[str]]:
        texts: list[list[str]] = values[place].tolist()
        return texts

    return {
        "numbers": ordered(np.where(empty, "", numbers)),
        "colours": ordered(np.where(empty, "", _hex(colours))),
        "inks": ordered(np.where(empty, "", _readable_on(colours))),
        "facts": {name: ordered(values) for name, values in facts.items()},
    }


def _frame(
    actions: Sequence[str], order: Sequence[int] | None, chosen: tuple[str, str] | None, height: int
) -> Chart:
    names = [actions[label] for label in (range(len(actions)) if order is None else order)]
    return {
        "actions": names,
        "chosen": None if chosen is None else [names.index(action) for action in chosen],
        "height": height, "empty": EMPTY, "frame": CHOSEN,
    }  # fmt: skip


def _texts(values: Values, form: str) -> NDArray[np.str_]:
    texts = [format(value, form).replace("-", MINUS) for value in values.ravel().tolist()]
    return np.array(texts, dtype=np.str_).reshape(values.shape)


def _blend(values: Values, places: NDArray[np.float64], palette: Sequence[str]) -> NDArray[np.float64]:
    """Return colours (..., 3) from 0 to 255: those of the palette at their places, mixed in between."""
    stops = np.array([_channels(colour) for colour in palette])
    mixed = [np.interp(values, places, stops[:, channel]) for channel in range(3)]
    return np.round(np.stack(mixed, axis=-1)).astype(float)


def _channels(colour: str) -> list[int]:
    return list(bytes.fromhex(colour.removeprefix("#")))


def _hex(colours: NDArray[np.float64]) -> NDArray[np.str_]:
    numbers = colours.astype(int) @ [1 << 16, 1 << 8, 1]
    return np.array([f"#{number:06x}" for number in numbers.ravel()]).reshape(numbers.shape)


def _readable_on(colours: NDArray[np.float64]) -> NDArray[np.str_]:
    """Return of the two inks the one that stands out more from each colour."""
    light = _luminance(colours)
    dark_ink, light_ink = (_luminance(np.array(_channels(ink), dtype=float)) for ink in INKS)
    return np.where((light + 0.05) / (dark_ink + 0.05) >= (light_ink + 0.05) / (light + 0.05), *INKS)


def _luminance(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the relative luminance of sRGB colours (..., 3), from 0 to 1.

    Source: Web Content Accessibility Guidelines 2.2, definition of relative luminance and contrast ratio.
    """
    shares = colours / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    luminance: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return luminance
