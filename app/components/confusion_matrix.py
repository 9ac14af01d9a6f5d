"""A confusion matrix, or errors by subject, on a page: the cells are drawn and chosen in the browser.

For tests the element ``.matrix`` tells in ``data-drawn`` how many cells it has drawn. Each cell is a
``gridcell`` whose label begins ``Predicted action: X; True action: Y;`` or ``Subject: X; Action: Y;``; the
chosen one is ``aria-selected``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.component_messages import said_by
from har_core.plots.assets import MATRIX_CSS, MATRIX_HTML, MATRIX_SCRIPT
from har_core.plots.captions import Caption
from har_core.plots.confusion_matrix import Chart

_COMPONENT = st.components.v2.component(
    "confusion_matrix", html=MATRIX_HTML, css=MATRIX_CSS, js=MATRIX_SCRIPT
)

Cell = tuple[str, str]
"""Names of its row and its column: true and predicted action, or action and subject."""


def confusion_matrix(
    chart: Chart, *, key: str, alt: str, caption: Caption, on_choose: Callable[[Cell], None],
    large: bool = False, grows: bool = False,
) -> None:  # fmt: skip
    """Show a matrix, and call back when another cell of it is chosen, by click or by keyboard.

    Args:
        chart: what ``confusion_chart``, ``difference_chart`` or ``blocks_chart`` returned.
        key: the element's key, the same on every rerun.
        alt: says in a sentence what the matrix is of.
        caption: what it is called, full screen and saved.
        on_choose: gets the chosen cell before the page is drawn anew.
        large: whether its words can be read from the back row, as in full screen.
        grows: whether the height is that on a screen of 1280 x 720, and a larger one gives it more.
    """

    def take_choice() -> None:
        cell = chosen_cell(said_by(key, "cell"), chart["actions"], chart["columns"])
        if cell:
            on_choose(cell)

    data = chart | {"alt": alt, "caption": caption.as_json(), "large": large, "grows": grows}
    _COMPONENT(key=key, data=data, on_cell_change=take_choice)


def chosen_cell(sent: object, rows: Sequence[str], columns: Sequence[str]) -> Cell | None:
    """Return the cell that a browser sent, or None where it is none of these."""
    match sent:
        case [str(row), str(column)] if row in rows and column in columns:
            return row, column
    return None
