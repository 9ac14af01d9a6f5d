"""Which cell of a confusion matrix is chosen: by a click on it, or in two drop-downs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from app.ui.confusion_matrix import Cell, chosen_cell


@dataclass(frozen=True)
class CellChoice:
    """The choice of a cell; the session keeps it as what its drop-downs hold.

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
        return chosen_cell([st.session_state.get(key) for key in self._keys], self.actions)

    def hold(self, cell: Cell) -> None:
        """Let the drop-downs hold a cell; those that were not drawn for a while have forgotten theirs."""
        for key, action in zip(self._keys, cell, strict=True):
            st.session_state[key] = action

    def take(self, cell: Cell) -> None:
        """Follow the visitor to a cell."""
        self.hold(cell)
        self.then(cell)

    def draw(self) -> None:
        """Draw the drop-downs, in the place of the page where this is called."""
        st.caption("Click a cell, or choose it here.")
        labels = ("True action", "Predicted action")
        for column, label, key in zip(st.columns(2), labels, self._keys, strict=True):
            column.selectbox(label, self.actions, key=key, on_change=lambda: self.take(self.cell))

    @property
    def _keys(self) -> tuple[str, str]:
        return f"{self.name} true", f"{self.name} predicted"
