"""Which cell of a confusion matrix is chosen: by a click on it, or in two drop-downs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.components.confusion_matrix import Cell, chosen_cell
from app.shell.widget_keys import draw_following


@dataclass(frozen=True)
class CellChoice:
    """The choice of a cell, which the session keeps.

    Attributes:
        name: of the choice; the keys of its drop-downs begin with it.
        actions: those of the matrix.
        then: called with a cell that the visitor has chosen, before the page is drawn anew.
    """

    name: str
    actions: Sequence[str]
    then: Callable[[Cell], None] = lambda cell: None

    @property
    def cell(self) -> Cell | None:
        """The chosen cell, or None where none of these actions is chosen yet."""
        return chosen_cell(st.session_state.get(self._kept), self.actions, self.actions)

    def hold(self, cell: Cell) -> None:
        """Let a cell be the chosen one."""
        st.session_state[self._kept] = cell

    def take(self, cell: Cell) -> None:
        """Follow the visitor to a cell."""
        self.hold(cell)
        self.then(cell)

    def draw(self, cell: Cell) -> None:
        """Draw the drop-downs, in the place of the page where this is called.

        Args:
            cell: that is shown: the chosen one, or another where none is.
        """
        st.caption("Click a cell, or choose it here.")
        labels = ("True action", "Predicted action")
        for column, at, label in zip(st.columns(2), (0, 1), labels, strict=True):
            draw_following(
                column.selectbox, f"{self.name} {label.split()[0].lower()}", cell[at],
                partial(self._take_half, cell, at), label, self.actions,
            )  # fmt: skip

    def _take_half(self, shown: Cell, at: int, action: str) -> None:
        true, predicted = self.cell or shown
        self.take((true, action) if at else (action, predicted))

    @property
    def _kept(self) -> str:
        return f"{self.name} chosen in the matrix"
