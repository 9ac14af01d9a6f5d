"""The confusion matrices of two runs, their difference, and the sequences that only one recognises."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from app.ui.confusion_matrix import Cell, confusion_matrix
from app.ui.lab import get_lab
from app.ui.messages import explain
from app.ui.player import skeleton_player
from app.ui.selection import source_of
from app.ui.wording import count_of, plain
from har_core.analysis.predictions import load_predictions
from har_core.analysis.scores import order_by_confusion
from har_core.analysis.shared_predictions import SharedPredictions, share
from har_core.data.sequences import IntArray
from har_core.player.recordings import recorded_clip
from har_core.plots.confusion_matrix import Chart, confusion_chart, difference_chart
from har_core.training.records import Weighting
from har_core.training.store import Run

_TRUE, _PREDICTED = "difference true", "difference predicted"
_VIEWS = ("Difference", "Side by side")


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two runs on the same test sequences.

    Attributes:
        run: the first; its data set is that of both.
        titles: of the first and the second.
        shared: what they say.
        actions: K names.
        counts: the (K, K) matrices of the first and the second.
    """

    run: Run
    titles: tuple[str, str]
    shared: SharedPredictions
    actions: list[str]
    counts: tuple[IntArray, IntArray]


def draw_matrices(first: Run, second: Run, titles: tuple[str, str], weighting: Weighting) -> None:
    """Draw where the predictions of two comparable runs differ.

    Args:
        first: a run with results.
        second: another one on the same data and split.
        titles: of the first and the second.
        weighting: which weights of both.
    """
    store = get_lab().store
    with explain():
        shared = share(*(load_predictions(store, run.run_id, weighting) for run in (first, second)))
    actions = [action.name for action in first.meta.actions]
    pair = _Pair(first, titles, shared, actions, shared.matrices(len(actions)))
    st.subheader("Where they differ")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control(
            "Matrices", _VIEWS, default=_VIEWS[0], required=True, key="matrices", persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        order = st.selectbox(
            "Order of actions", ["as published", "by confusion"], key="matrices order", width=220,
            persist_state="session", help="By confusion: the largest share of mistakes of both first.",
        )  # fmt: skip
    rows = order_by_confusion(sum(pair.counts)) if order == "by confusion" else list(range(len(actions)))
    cell = _shown_cell(pair)
    draw = _draw_both if view == "Side by side" else _draw_difference
    draw(pair, rows, cell)


def _draw_difference(pair: _Pair, order: list[int], cell: Cell) -> None:
    left, right = st.columns([5, 4], gap="medium")
    with left:
        chart = difference_chart(*pair.counts, pair.actions, order=order, chosen=cell)
        _draw_chart(chart, "difference", "What the second run has more or less in each cell of the matrix.")
        first, second = map(plain, pair.titles)
        st.caption(f"Blue, +: more with {second}; orange, −: more with {first}.")
        _draw_choice(pair)
    with right:
        _draw_sequences(pair, cell)


def _draw_both(pair: _Pair, order: list[int], cell: Cell) -> None:
    columns = zip(st.columns(2), ("first", "second"), pair.titles, pair.counts, strict=True)
    for column, which, title, counts in columns:
        with column:
            right, total = int(counts.trace()), len(pair.shared.ids)
            st.markdown(f"**{plain(title)}**: {count_of(right, total)} recognised")
            chart = confusion_chart(counts, pair.actions, order=order, chosen=cell, height=480)
            _draw_chart(chart, which, f"Confusion matrix of {total} test sequences: {right} on the diagonal.")
    left, right_side = st.columns(2, gap="medium")
    with left:
        _draw_choice(pair)
    with right_side:
        _draw_sequences(pair, cell)


def _draw_chart(chart: Chart, which: str, alt: str) -> None:
    confusion_matrix(chart, key=f"matrix of {which}", alt=alt, on_choose=_take_cell)


def _draw_choice(pair: _Pair) -> None:
    st.caption("Click a cell, or choose it here.")
    for column, label, key in zip(
        st.columns(2), ("True action", "Predicted action"), (_TRUE, _PREDICTED), strict=True
    ):
        column.selectbox(label, pair.actions, key=key)


def _shown_cell(pair: _Pair) -> Cell:
    """Return the cell chosen last, or else the one with the largest difference."""
    chosen = st.session_state.get(_TRUE), st.session_state.get(_PREDICTED)
    if not all(action in pair.actions for action in chosen):
        change = np.abs(pair.counts[1] - pair.counts[0])
        cell = divmod(int(change.argmax()), len(pair.actions))
        chosen = pair.actions[cell[0]], pair.actions[cell[1]]
    # A drop-down that was not drawn for a while forgets its value unless it is set again.
    st.session_state[_TRUE], st.session_state[_PREDICTED] = chosen
    return chosen


def _take_cell(cell: Cell) -> None:
    st.session_state[_TRUE], st.session_state[_PREDICTED] = cell


def _draw_sequences(pair: _Pair, cell: Cell) -> None:
    """List the sequences of a cell that only one run recognises, and let the chosen one play."""
    shared, actions = pair.shared, pair.actions
    true, predicted = map(actions.index, cell)
    rows = {str(shared.ids[row]): int(row) for row in shared.only_one_right(true, predicted)}
    what = plain(actions[true]) + ("" if true == predicted else f", taken for {plain(actions[predicted])}")
    st.markdown(f"**{what}**: {_count(len(rows))} that only one run recognises")
    apart = shared.both_wrong_apart(true, predicted)
    if apart:
        st.caption(f"{_count(apart)} more that neither recognises, and only one takes for this action.")
    if not rows:
        return
    with st.container(height=116 if len(rows) > 4 else "content", border=False):
        chosen = st.radio(
            "Sequence", list(rows), key=f"difference sequence {true} {predicted}",
            label_visibility="collapsed",
            format_func=lambda name: f"{plain(name)} · {_said(pair, rows[name])}",
        )  # fmt: skip
    with explain():
        skeleton_player(
            [recorded_clip(source_of(pair.run).sequences, chosen)], key="difference player", height=330
        )


def _count(number: int) -> str:
    return f"{number} sequence" if number == 1 else f"{number} sequences"


def _said(pair: _Pair, row: int) -> str:
    """Say which run recognises a sequence, and what the other takes it for."""
    shared = pair.shared
    if shared.first[row] == shared.truth[row]:
        return f"first right, second says {pair.actions[shared.second[row]]}"
    return f"second right, first says {pair.actions[shared.first[row]]}"
