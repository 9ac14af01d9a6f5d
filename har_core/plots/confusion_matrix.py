"""The confusion matrix of one run, the difference of two, and errors by subject, as the browser draws them.

What is here says what stands in each cell; the files of ``assets`` draw it and take the clicks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.error_blocks import ErrorBlocks, say_blocks
from har_core.data.sequences import IntArray
from har_core.plots.colours import CHOSEN, DIVERGING, EMPTY, SEQUENTIAL, THEMES, Theme, in_either
from har_core.plots.shades import Values, shades
from har_core.wording import counted

Chart = dict[str, Any]
"""What the browser draws, ready for JSON.

- ``actions``, ``columns``: the names of the rows and of the columns, as they follow each other.
- ``axes``: what rows and columns are.
- ``chosen``: row and column of the cell to frame, or None.
- ``numbers``: for each cell of each row what stands in it; empty where there is nothing to count.
- ``colours``, ``inks``: by theme, the colour of each cell of each row and that of its number, or nothing.
- ``facts``: by name the values of each cell of each row that are told in words.
- ``said``: what stands out in the matrix, in a sentence.
- ``bar``: that of the colours: its ``numbers`` from left to right, what they count, and its colours by theme.
- ``empty``, ``frame``: the colours of a cell with nothing in it, and of the frame.
- ``height``: in pixels, of the whole figure.
"""

MINUS = "\N{MINUS SIGN}"

NOBODY = "\N{EN DASH}"
"""In the place of a number where a subject shows nothing of an action."""

_STEPS = len(SEQUENTIAL["light"])


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
    most = 100 if percent else max(1, int(counts.max(initial=0)))
    shown = shares if percent else counts
    facts = {
        "count": counts.astype(str), "of all of this action": totals.astype(str),
        "percent of them": _texts(shares, ".1f"),
    }  # fmt: skip
    chart = _chart(
        _texts(shown, ".0f"), shown, SEQUENTIAL, np.linspace(0, most, _STEPS), counts == 0, facts, order
    )
    chart["bar"] |= {
        "numbers": ["0", *([] if most % 2 else [str(most // 2)]), str(most)],
        "of": "percent of a row" if percent else "sequences",
    }
    return chart | _frame(actions, order, chosen, height) | {"said": _say_errors(counts, actions)}


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
    places = np.array([-most - 0.5, -0.5, 0.5, most + 0.5])
    chart = _chart(texts, change, DIVERGING, places, change == 0, facts, order)
    chart["bar"] |= {"numbers": [f"{MINUS}{most}", "0", f"+{most}"], "of": "sequences fewer or more"}
    said = f"{counted(int(np.count_nonzero(change)), 'cell')} of {change.size:,} differ."
    return chart | _frame(actions, order, chosen, height) | {"said": said}


def blocks_chart(
    found: ErrorBlocks, actions: Sequence[str], *, chosen: tuple[str, str] | None = None, height: int = 620
) -> Chart:
    """Return the errors of each subject and action: a row for each action, a column for each subject.

    Args:
        found: K actions, S subjects.
        actions: K names.
        chosen: action and subject of the block to frame.
        height: in pixels; many actions may take more.
    """
    shares = 100 * found.wrong / np.maximum(1, found.total)
    facts = {
        "wrong": found.wrong.astype(str), "sequences": found.total.astype(str),
        "percent of them": _texts(shares, ".0f"),
    }  # fmt: skip
    places, none = np.linspace(0, 100, _STEPS), found.wrong == 0
    chart = _chart(found.wrong.astype(str), shares, SEQUENTIAL, places, none, facts, None)
    missing, subjects = found.total == 0, list(map(str, found.subjects))
    chart["numbers"] = np.where(missing, NOBODY, np.array(chart["numbers"])).tolist()
    chart["bar"] |= {"numbers": ["0", "50", "100"], "of": "percent wrong"}
    return chart | {
        "actions": list(actions), "columns": subjects, "axes": ["Action", "Subject"],
        "chosen": None if chosen is None else [actions.index(chosen[0]), subjects.index(chosen[1])],
        "height": height, "empty": in_either(**EMPTY), "frame": CHOSEN, "said": say_blocks(found),
    }  # fmt: skip


def _chart(
    numbers: NDArray[np.str_],
    values: Values,
    palettes: Mapping[Theme, Sequence[str]],
    places: NDArray[np.float64],
    empty: NDArray[np.bool_],
    facts: dict[str, NDArray[np.str_]],
    order: Sequence[int] | None,
) -> Chart:
    place = np.ix_(*(map(np.arange, numbers.shape) if order is None else (np.asarray(order),) * 2))

    def ordered(values: NDArray[np.str_]) -> list[list[str]]:
        texts: list[list[str]] = values[place].tolist()
        return texts

    colours, inks = shades(values, places, palettes)
    return {
        "numbers": ordered(np.where(empty, "", numbers)),
        "colours": {theme: ordered(np.where(empty, "", colours[theme])) for theme in THEMES},
        "inks": {theme: ordered(np.where(empty, "", inks[theme])) for theme in THEMES},
        "facts": {name: ordered(values) for name, values in facts.items()},
        "bar": {"colours": {theme: list(palettes[theme]) for theme in THEMES}},
    }


def _frame(
    actions: Sequence[str], order: Sequence[int] | None, chosen: tuple[str, str] | None, height: int
) -> Chart:
    names = [actions[label] for label in (range(len(actions)) if order is None else order)]
    return {
        "actions": names, "columns": names, "axes": ["True action", "Predicted action"],
        "chosen": None if chosen is None else [names.index(action) for action in chosen],
        "height": height, "empty": in_either(**EMPTY), "frame": CHOSEN,
    }  # fmt: skip


def _say_errors(counts: IntArray, actions: Sequence[str], most: int = 3) -> str:
    """Say which errors are the most frequent ones."""
    errors = counts - np.diag(np.diag(counts))
    places = [
        divmod(int(place), len(counts)) for place in np.argsort(-errors, axis=None, kind="stable")[:most]
    ]
    said = [f"{actions[i]} for {actions[j]} ({errors[i, j]})" for i, j in places if errors[i, j]]
    return f"Taken most often: {', '.join(said)}." if said else "There is no error."


def _texts(values: Values, form: str) -> NDArray[np.str_]:
    texts = [format(value, form).replace("-", MINUS) for value in values.ravel().tolist()]
    return np.array(texts, dtype=np.str_).reshape(values.shape)
