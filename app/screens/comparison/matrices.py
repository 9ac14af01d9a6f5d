"""The confusion matrices of two runs, their difference, and the sequences that only one recognises."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from app.components.cell_choice import CellChoice
from app.components.confusion_matrix import Cell, confusion_matrix
from app.components.into_view import call_into_view, callable_part
from app.components.player import skeleton_player
from app.screens.comparison.linked_view import MATRICES
from app.shell.lab import get_lab
from app.shell.messages import stop_on_error
from app.shell.navigation import SIDE_BY_SIDE
from app.shell.selection import source_of
from app.shell.wording import escape_markdown
from har_core.analysis.predictions import load_pair
from har_core.analysis.scores import order_by_confusion
from har_core.analysis.shared_predictions import SharedPredictions, share
from har_core.data.sequences import IntArray
from har_core.player.recordings import recorded_clip
from har_core.plots.captions import Caption
from har_core.plots.confusion_matrix import Chart, confusion_chart, difference_chart
from har_core.training.records import CheckpointChoice
from har_core.training.store import Run
from har_core.wording import count_of, counted

_VIEWS = ("Difference", SIDE_BY_SIDE)
_OPENED = "sequences-of-a-cell"


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

    @property
    def choice(self) -> CellChoice:
        """The choice of a cell, in all their matrices alike."""
        return CellChoice("difference", self.actions, then=lambda cell: call_into_view(_OPENED))


def draw_matrices(first: Run, second: Run, titles: tuple[str, str], checkpoint: CheckpointChoice) -> None:
    """Draw where the predictions of two comparable runs differ.

    Args:
        first: a run with results.
        second: another one on the same data and split.
        titles: of the first and the second.
        checkpoint: which weights of both; of a run that has no best epoch, the last.
    """
    with stop_on_error():
        shared = share(*load_pair(get_lab().store, first, second, checkpoint))
    actions = first.meta.action_names
    pair = _Pair(first, titles, shared, actions, shared.matrices(len(actions)))
    st.subheader("Where they differ")
    st.session_state.setdefault(MATRICES, _VIEWS[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control(
            "Matrices", _VIEWS, required=True, key=MATRICES, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        order = st.selectbox(
            "Order of actions", ["as published", "by confusion"], key="matrices order", width=220,
            persist_state="session", help="By confusion: the largest share of mistakes of both first.",
        )  # fmt: skip
    rows = order_by_confusion(sum(pair.counts)) if order == "by confusion" else list(range(len(actions)))
    cell = pair.choice.cell or _most_changed(pair)
    draw = _draw_both if view == SIDE_BY_SIDE else _draw_difference
    draw(pair, rows, cell)


def _draw_difference(pair: _Pair, order: list[int], cell: Cell) -> None:
    left, right = st.columns([5, 4], gap="medium")
    with left:
        chart = difference_chart(*pair.counts, pair.actions, order=order, chosen=cell)
        alt = "What the second run has more or less in each cell of the matrix."
        _draw_chart(pair, chart, "difference", alt)
        first, second = map(escape_markdown, pair.titles)
        st.caption(f"Blue, +: more with {second}; orange, −: more with {first}.")
        pair.choice.draw(cell)
    with right, callable_part(_OPENED):
        _draw_sequences(pair, cell)


def _draw_both(pair: _Pair, order: list[int], cell: Cell) -> None:
    columns = zip(st.columns(2), ("first", "second"), pair.titles, pair.counts, strict=True)
    for column, which, title, counts in columns:
        with column:
            right, total = int(counts.trace()), len(pair.shared.ids)
            # One line: the matrices begin at the same height, and both in sight.
            st.markdown(f"{count_of(right, total)} recognised by **{escape_markdown(title)}**", wrap=False)
            chart = confusion_chart(counts, pair.actions, order=order, chosen=cell, height=480)
            alt = f"Confusion matrix of {counted(total, 'test sequence')}: {right} on the diagonal."
            _draw_chart(pair, chart, which, alt)
    left, right_side = st.columns(2, gap="medium")
    with left:
        pair.choice.draw(cell)
    with right_side, callable_part(_OPENED):
        _draw_sequences(pair, cell)


def _draw_chart(pair: _Pair, chart: Chart, which: str, alt: str) -> None:
    runs = {"first": pair.titles[:1], "second": pair.titles[1:]}.get(which, pair.titles)
    title = "Difference of two confusion matrices" if which == "difference" else "Confusion matrix"
    caption = Caption(title, [" and ".join(runs), "test part", pair.run.config.source])
    confusion_matrix(chart, key=f"matrix of {which}", alt=alt, caption=caption, on_choose=pair.choice.take)


def _most_changed(pair: _Pair) -> Cell:
    change = np.abs(pair.counts[1] - pair.counts[0])
    true, predicted = divmod(int(change.argmax()), len(pair.actions))
    return pair.actions[true], pair.actions[predicted]


def _draw_sequences(pair: _Pair, cell: Cell) -> None:
    """List the sequences of a cell that only one run recognises, and let the chosen one play."""
    shared, actions = pair.shared, pair.actions
    true, predicted = map(actions.index, cell)
    rows = {str(shared.ids[row]): int(row) for row in shared.only_one_right(true, predicted)}
    what = escape_markdown(actions[true]) + (
        "" if true == predicted else f", taken for {escape_markdown(actions[predicted])}"
    )
    st.markdown(f"**{what}**: {counted(len(rows), 'sequence')} that only one run recognises")
    apart = shared.both_wrong_apart(true, predicted)
    if apart:
        more = counted(apart, "sequence")
        st.caption(f"{more} more that neither recognises, and only one takes for this action.")
    if not rows:
        return
    with st.container(height=116 if len(rows) > 4 else "content", border=False):
        chosen = st.radio(
            "Sequence", list(rows), key=f"difference sequence {true} {predicted}",
            label_visibility="collapsed", persist_state="session",
            format_func=lambda name: escape_markdown(f"{name} · {_said(pair, rows[name])}"),
        )  # fmt: skip
    with stop_on_error():
        skeleton_player(
            [recorded_clip(source_of(pair.run).sequences, chosen)], key="difference player", height=420,
            caption=f"{' and '.join(pair.titles)}: {_said(pair, rows[chosen])}",
        )  # fmt: skip


def _said(pair: _Pair, row: int) -> str:
    """Say which run recognises a sequence, and what the other takes it for."""
    shared = pair.shared
    if shared.first[row] == shared.truth[row]:
        return f"first right, second says {pair.actions[shared.second[row]]}"
    return f"second right, first says {pair.actions[shared.first[row]]}"
