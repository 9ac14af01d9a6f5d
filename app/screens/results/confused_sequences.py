"""The confusion matrix, and the sequences of the cell that was clicked."""

from functools import partial

import numpy as np
import streamlit as st

from app.components.cell_choice import CellChoice
from app.components.confusion_matrix import Cell, confusion_matrix
from app.components.into_view import call_into_view
from app.components.player import skeleton_player
from app.runs.chooser import Chosen
from app.runs.frame_by_frame import change_of_mind, colours_of, prefix_predictions_of, with_probabilities
from app.shell.lab import get_source
from app.shell.messages import stop_on_error
from app.shell.navigation import SIDE_BY_SIDE, link_to
from app.shell.selection import forget, recall, remember
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.analysis.neighbours import nearest_example
from har_core.analysis.predictions import Predictions, confusion
from har_core.analysis.scores import confused_pairs, order_by_confusion, order_by_similarity
from har_core.player.recordings import recorded_clip
from har_core.plots.confusion_matrix import confusion_chart
from har_core.wording import counted

_HEIGHT, _HEIGHT_OF_PLAYER = 460, 476
"""In pixels, so that all is seen at once on a screen of 1280 x 720."""

_PLAYER = "results player"
_PERCENT = "matrix percent"


def shown_cell(about: Chosen) -> Cell:
    """Return the cell of the selected sequence, or else the one chosen last, or the most confused."""
    choice = choice_of(about)
    cell = _cell_of_selected(about) or choice.cell
    if cell is None:
        return _most_confused(about)
    choice.hold(cell)
    return cell


def choice_of(about: Chosen) -> CellChoice:
    """Return the choice of a cell of the run's matrix."""
    predictions, actions = about.predictions.of(about.part), about.actions
    return CellChoice("cell", actions, lambda cell: _open_cell(cell, predictions, actions))


def _cell_of_selected(about: Chosen) -> Cell | None:
    predictions, actions = about.predictions.of(about.part), about.actions
    rows = np.flatnonzero(predictions.ids == (recall("sequence") or ""))
    if not len(rows):
        return None
    return actions[predictions.truth[rows[0]]], actions[predictions.predicted[rows[0]]]


def _most_confused(about: Chosen) -> Cell:
    actions = about.actions
    pairs = confused_pairs(confusion(about.predictions.of(about.part), len(actions)), most=1)
    return (actions[pairs[0].true], actions[pairs[0].predicted]) if pairs else (actions[0], actions[0])


def choose_order(about: Chosen, cell: Cell) -> list[int]:
    """Draw what can be chosen of the matrix, folded away; return the actions' indices in the chosen order."""
    with st.popover("Options", key="matrix options"):
        choice_of(about).draw(cell)
        order = _choose_order(about)
        st.toggle(
            "Percent of a row", key=_PERCENT, persist_state="session",
            help="Of the sequences of each true action, instead of their number.",
        )  # fmt: skip
        link_to(
            "comparison", "Beside another run", run=about.run.run_id, view=SIDE_BY_SIDE,
            about="The matrices of this run and another, side by side, with McNemar's test.",
        )  # fmt: skip
    return order


def draw_matrix(about: Chosen, cell: Cell, order: list[int]) -> None:
    """Draw the confusion matrix with its actions in an order, and a cell framed."""
    predictions = about.predictions.of(about.part)
    counts = confusion(predictions, len(about.actions))
    percent = bool(st.session_state[_PERCENT])
    confusion_matrix(
        confusion_chart(counts, about.actions, order=order, percent=percent, chosen=cell, height=_HEIGHT),
        key="confusion matrix", alt=_describe_matrix(predictions), caption=about.caption("Confusion matrix"),
        on_choose=choice_of(about).take, grows=True,
    )  # fmt: skip


def draw_cell(about: Chosen, cell: Cell) -> None:
    """Draw the sequences of a cell, and the chosen one in the player."""
    predictions, actions = about.predictions.of(about.part), about.actions
    inside = predictions.cell(*map(actions.index, cell))
    with st.container(gap="xsmall"):
        if len(inside):
            _draw_sequences(about, inside, cell)
        else:
            _draw_turned(about, cell)
            st.info(_say_empty(cell))


def _choose_order(about: Chosen) -> list[int]:
    orders = {
        "as published": "",
        "by similarity": "By similarity: actions with like features on the training part are neighbours. ",
        "by confusion": "By confusion: the largest share of mistakes first.",
    }
    if not about.kind.features:
        del orders["by similarity"]
    if st.session_state.get("matrix order") not in orders:  # at first, and after a run that had features
        st.session_state["matrix order"] = next(iter(orders))
    order = st.selectbox(
        "Order of actions", list(orders), key="matrix order", persist_state="session",
        help="".join(orders.values()),
    )  # fmt: skip
    count = len(about.actions)
    if order == "by confusion":
        return order_by_confusion(confusion(about.predictions.of(about.part), count))
    if about.features is not None and order == "by similarity":
        train = about.predictions.part == "train"
        return order_by_similarity(about.features[train], about.predictions.truth[train], count)
    return list(range(count))


def _open_cell(cell: Cell, predictions: Predictions, actions: list[str]) -> None:
    """Select the first sequence of a cell, and let it be seen, or what there is to say instead."""
    inside = predictions.cell(*map(actions.index, cell))
    open_sequence(str(inside.ids[0]) if len(inside) else None, _say_empty(cell))


def open_sequence(sequence: str | None, empty: str) -> None:
    """Select the sequence that a cell opens, and let it be seen; where there is none, say so instead."""
    if sequence is None:
        forget("sequence")
        st.toast(empty)
    else:
        remember("sequence", sequence)
        call_into_view(_PLAYER)


def _say_empty(cell: Cell) -> str:
    return escape_markdown(f"No sequence of {cell[0]} was taken for {cell[1]}.")


def _describe_matrix(predictions: Predictions) -> str:
    return (
        f"Confusion matrix of {counted(len(predictions), 'sequence')}, a row for each true and a column for "
        f"each predicted action: {predictions.correct} lie on the diagonal."
    )


def _draw_sequences(about: Chosen, inside: Predictions, cell: Cell) -> None:
    sure = dict(zip(inside.ids, inside.probability, strict=True))
    subject = dict(zip(inside.ids, inside.subjects, strict=True))
    ids = [str(name) for name in inside.ids]
    true, predicted = cell
    verb = "recognised" if true == predicted else f"taken for {predicted}"
    st.markdown(f"**{counted(len(ids), 'sequence')} of {escape_markdown(f'{true} {verb}')}**")
    wanted = recall("sequence")
    chosen = wanted if wanted in ids else ids[0]
    with st.container(horizontal=True, gap="xsmall"):
        draw_following(
            st.selectbox, "sequence of the cell", chosen, partial(remember, "sequence"), "Sequence", ids,
            label_visibility="collapsed",
            format_func=lambda name: f"{name} · subject {subject[name]} · {about.say_sure(sure[name])}",
        )  # fmt: skip
        _draw_turned(about, cell)
    play(about, chosen, *map(about.actions.index, cell))
    if about.kind.scores:
        st.caption(f"The percentage is {about.kind.scores}.")


def _draw_turned(about: Chosen, cell: Cell) -> None:
    """Draw the way to the cell across the diagonal, where a cell has one."""
    true, predicted = cell
    if true == predicted:
        return
    count = len(about.predictions.of(about.part).cell(*map(about.actions.index, (predicted, true))))
    st.button(
        "Swap", icon=":material/swap_horiz:", key="other way round", on_click=choice_of(about).take,
        args=((predicted, true),),
        help=escape_markdown(
            f"The other way round: {counted(count, 'sequence')} of {predicted} taken for {true}."
        ),
    )  # fmt: skip


def play(about: Chosen, sequence: str, true: int, predicted: int) -> None:
    """Play a sequence, one that was confused beside an example of what it was taken for."""
    with stop_on_error(ends_page=False):
        sequences = get_source(about.run.config.source, about.run.config.reading).sequences
        clips = [recorded_clip(sequences, sequence)]
        names = [sequence]
        if true != predicted and about.features is not None:
            example = nearest_example(about.features, about.predictions, sequence, predicted)
            if example:
                clips.append(recorded_clip(sequences, example, "Nearest: "))
                names.append(example)
        found = [prefix_predictions_of(about, name) for name in names]
        colours = colours_of(true, predicted)
        skeleton_player(
            [
                with_probabilities(clip, one, about.actions, colours) if one else clip
                for clip, one in zip(clips, found, strict=True)
            ],
            key=_PLAYER, height=_HEIGHT_OF_PLAYER, caption=about.say_prediction(sequence), grows=True,
        )  # fmt: skip
        if found[0]:
            st.caption(change_of_mind(found[0], about.actions, true, len(clips[0].frames)))
