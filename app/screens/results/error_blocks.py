"""Errors by subject and action, and the sequences of the block that was clicked."""

from functools import partial

import numpy as np
import streamlit as st

from app.components.confusion_matrix import Cell, chosen_cell, confusion_matrix
from app.runs.chooser import Chosen
from app.screens.results.confused_sequences import open_sequence, play
from app.shell.selection import recall, remember
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.analysis.error_blocks import ErrorBlocks, error_blocks, say_blocks
from har_core.analysis.predictions import Predictions
from har_core.plots.confusion_matrix import blocks_chart
from har_core.wording import count_of, counted

_KEPT = "block chosen in the grid"
_HEIGHT = 444  # pixels, so that all is seen at once on a screen of 1280 x 720


def draw_blocks(about: Chosen, shown: Predictions) -> None:
    """Draw what the errors' blocks say, and a row for each action with a cell for each subject."""
    found = error_blocks(shown, len(about.actions))
    st.caption(say_blocks(found), help="A block is all that one subject shows of one action.")
    chart = blocks_chart(found, about.actions, chosen=_block(about, found), height=_HEIGHT)
    confusion_matrix(
        chart, key="errors by subject", caption=about.caption("Errors by subject"),
        alt=f"Errors among {counted(len(shown), 'sequence')}, a row for each action and a column for each "
        "subject.",
        on_choose=partial(_open, shown, about.actions), grows=True,
    )  # fmt: skip


def draw_block(about: Chosen) -> None:
    """Draw the sequences of a block, and the chosen one in the player."""
    shown, actions = about.predictions.of(about.part), about.actions
    block = _block(about, error_blocks(shown, len(actions)))
    inside = _inside(shown, actions, block)
    with st.container(gap="xsmall"):
        if not len(inside):
            st.info(_say_empty(block))
            return
        wrong = len(inside) - inside.correct
        said = f"{block[0]} by subject {block[1]}: {count_of(wrong, len(inside))} wrong"
        st.markdown(f"**{escape_markdown(said)}**")
        names = inside.ids.tolist()
        wanted = recall("sequence")
        chosen = str(wanted) if wanted in names else _first_of(inside)
        draw_following(
            st.selectbox, "sequence of the block", chosen, partial(remember, "sequence"), "Sequence", names,
            label_visibility="collapsed", format_func=lambda name: _say(about, inside, names.index(name)),
        )  # fmt: skip
        row = names.index(chosen)
        play(about, chosen, int(inside.truth[row]), int(inside.predicted[row]))
        if about.kind.scores:
            st.caption(f"The percentage is {about.kind.scores}.")


def _block(about: Chosen, found: ErrorBlocks) -> Cell:
    """Return the block of the selected sequence, or else the one chosen last, or the one of most errors."""
    shown, actions = about.predictions.of(about.part), about.actions
    rows = np.flatnonzero(shown.ids == (recall("sequence") or ""))
    if len(rows):
        return actions[shown.truth[rows[0]]], str(shown.subjects[rows[0]])
    kept = chosen_cell(st.session_state.get(_KEPT), actions, list(map(str, found.subjects)))
    row, column = divmod(int(found.wrong.argmax()), len(found.subjects))
    return kept or (actions[row], str(found.subjects[column]))


def _inside(shown: Predictions, actions: list[str], block: Cell) -> Predictions:
    action, subject = block
    return shown.take((shown.truth == actions.index(action)) & (shown.subjects == int(subject)))


def _first_of(inside: Predictions) -> str:
    """Return the first sequence of a block that is wrong, or else its first."""
    return str(inside.ids[int((inside.predicted != inside.truth).argmax())])


def _open(shown: Predictions, actions: list[str], block: Cell) -> None:
    """Select the first wrong sequence of a block, and let it be seen, or what there is to say instead."""
    st.session_state[_KEPT] = block
    inside = _inside(shown, actions, block)
    open_sequence(_first_of(inside) if len(inside) else None, _say_empty(block))


def _say_empty(block: Cell) -> str:
    return escape_markdown(f"Subject {block[1]} shows no {block[0]} in this part.")


def _say(about: Chosen, inside: Predictions, row: int) -> str:
    predicted = int(inside.predicted[row])
    wrong = predicted != inside.truth[row]
    verdict = f"taken for {about.actions[predicted]}" if wrong else "recognised"
    return f"{inside.ids[row]} · {verdict} · {about.say_sure(inside.probability[row])}"
