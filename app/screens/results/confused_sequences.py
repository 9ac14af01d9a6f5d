"""The confusion matrix, and the sequences of the cell that was clicked."""

from functools import partial

import numpy as np
import streamlit as st

from app.components.cell_choice import CellChoice
from app.components.confusion_matrix import Cell, confusion_matrix
from app.components.player import skeleton_player
from app.runs.chooser import Chosen
from app.runs.frame_by_frame import change_of_mind, colours_of, unfolding_of, with_probabilities
from app.shell.messages import explain
from app.shell.selection import forget, recall, remember, source_of
from app.shell.widget_keys import draw_following
from app.shell.wording import plain
from har_core.analysis.neighbours import nearest_example
from har_core.analysis.predictions import Predictions, confusion
from har_core.analysis.scores import confused_pairs, order_by_confusion, order_by_similarity
from har_core.data.sequences import IntArray
from har_core.player.recordings import recorded_clip
from har_core.plots.confusion_matrix import confusion_chart
from har_core.wording import counted


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
    return CellChoice("cell", actions, lambda cell: _select_first_of_cell(cell, predictions, actions))


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


def draw_matrix(about: Chosen, cell: Cell) -> None:
    """Draw the confusion matrix, with the chosen cell framed, and the choice of another."""
    predictions = about.predictions.of(about.part)
    actions = about.actions
    counts = confusion(predictions, len(actions))
    order, percent = _how_to_draw(about, counts)
    choice = choice_of(about)
    confusion_matrix(
        confusion_chart(counts, actions, order=order, percent=percent, chosen=cell), key="confusion matrix",
        alt=_describe_matrix(predictions), caption=about.caption("Confusion matrix"), on_choose=choice.take,
    )  # fmt: skip
    choice.draw(cell)


def draw_cell(about: Chosen, cell: Cell) -> None:
    """Draw the sequences of a cell, and the chosen one in the player."""
    predictions, actions = about.predictions.of(about.part), about.actions
    inside = predictions.cell(*map(actions.index, cell))
    if len(inside):
        _draw_sequences(about, inside, actions)
    else:
        true, predicted = cell
        st.info(plain(f"No sequence of {true} was taken for {predicted}."))


def _how_to_draw(about: Chosen, counts: IntArray) -> tuple[list[int], bool]:
    """Draw the choice of order and unit; return the order of the actions, and whether to show percent."""
    orders = {
        "as published": "",
        "by similarity": "By similarity: actions with like features on the training part are neighbours. ",
        "by confusion": "By confusion: the largest share of mistakes first.",
    }
    if not about.kind.features:
        del orders["by similarity"]
    if st.session_state.get("matrix order") not in orders:  # at first, and after a run that had features
        st.session_state["matrix order"] = next(iter(orders))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox(
            "Order of actions", list(orders), key="matrix order", persist_state="session",
            width=220, help="".join(orders.values()),
        )  # fmt: skip
        percent = st.toggle(
            "Percent of a row", key="matrix percent", persist_state="session",
            help="Of the sequences of each true action, instead of their number.",
        )  # fmt: skip
    if order == "by confusion":
        return order_by_confusion(counts), percent
    if about.features is not None and order == "by similarity":
        train = about.predictions.part == "train"
        return order_by_similarity(
            about.features[train], about.predictions.truth[train], len(counts)
        ), percent
    return list(range(len(counts))), percent


def _select_first_of_cell(cell: Cell, predictions: Predictions, actions: list[str]) -> None:
    inside = predictions.cell(*map(actions.index, cell))
    if len(inside):
        remember("sequence", str(inside.ids[0]))
    else:
        forget("sequence")


def _describe_matrix(predictions: Predictions) -> str:
    return (
        f"Confusion matrix of {counted(len(predictions), 'sequence')}, a row for each true and a column for "
        f"each predicted action: {predictions.correct} lie on the diagonal."
    )


def _draw_sequences(about: Chosen, cell: Predictions, actions: list[str]) -> None:
    sure = dict(zip(cell.ids, cell.probability, strict=True))
    subject = dict(zip(cell.ids, cell.subjects, strict=True))
    ids = [str(name) for name in cell.ids]
    true, predicted = int(cell.truth[0]), int(cell.predicted[0])
    verb = "recognised" if true == predicted else f"taken for {actions[predicted]}"
    st.markdown(f"**{counted(len(ids), 'sequence')} of {plain(f'{actions[true]} {verb}')}**")
    wanted = recall("sequence")
    chosen = wanted if wanted in ids else ids[0]
    with st.container(height=116 if len(ids) > 4 else "content", border=False):
        draw_following(
            st.radio, "sequence of the cell", chosen, partial(remember, "sequence"), "Sequence", ids,
            label_visibility="collapsed",
            format_func=lambda name: (
                f"{plain(name)} · subject {subject[name]} · {about.say_sure(sure[name])}"
            ),
        )  # fmt: skip
    if about.kind.scores:
        st.caption(f"The percentage is {about.kind.scores}.")
    _play(about, chosen, true, predicted)


def _play(about: Chosen, sequence: str, true: int, predicted: int) -> None:
    """Play a sequence, one that was confused beside an example of what it was taken for."""
    with explain():
        sequences = source_of(about.run).sequences
        clips = [recorded_clip(sequences, sequence)]
        names = [sequence]
        if true != predicted and about.features is not None:
            example = nearest_example(about.features, about.predictions, sequence, predicted)
            if example:
                clips.append(recorded_clip(sequences, example, "Nearest: "))
                names.append(example)
    found = [unfolding_of(about, name) for name in names]
    if found[0]:
        st.markdown(change_of_mind(found[0], about.actions, true, len(clips[0].frames)))
    colours = colours_of(true, predicted)
    skeleton_player(
        [
            with_probabilities(clip, one, about.actions, colours) if one else clip
            for clip, one in zip(clips, found, strict=True)
        ],
        key="results player", height=560, caption=about.say_prediction(sequence),
    )  # fmt: skip
