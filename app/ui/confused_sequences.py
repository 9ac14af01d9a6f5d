"""The confusion matrix, and the sequences of the cell that was clicked."""

import streamlit as st

from app.ui.clips import recorded_clip
from app.ui.messages import explain
from app.ui.player import skeleton_player
from app.ui.selection import recall, remember, source_of
from har_core.analysis.predictions import Predictions, confusion
from har_core.data.sequences import IntArray
from har_core.plots.confusion_matrix import SELECTION, confusion_chart
from har_core.training.store import Run

_TRUE, _PREDICTED, _CHART = "cell true", "cell predicted", "confusion matrix"


def draw_confused_sequences(predictions: Predictions, training: Predictions, run: Run) -> None:
    """Draw the matrix, and beside it the sequences of the chosen cell with the player.

    Args:
        predictions: of the part that is shown.
        training: predictions of the training part, for an example of what was predicted.
        run: whose predictions they are.
    """
    actions = [action.name for action in run.meta.actions]
    counts = confusion(predictions, len(actions))
    true, predicted = _cell_or_most_confused(counts, actions)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.altair_chart(
            confusion_chart(counts, actions, chosen=(true, predicted)),
            key=_CHART, on_select=_take_click, selection_mode=SELECTION, width="stretch",
        )  # fmt: skip
    with right:
        st.caption("Click a cell, or choose it here.")
        first, second = st.columns(2)
        first.selectbox("True action", actions, key=_TRUE)
        second.selectbox("Predicted action", actions, key=_PREDICTED)
        cell = predictions.cell(actions.index(true), actions.index(predicted))
        if not len(cell):
            st.info(f"No sequence of {true} was taken for {predicted}.")
            return
        _draw_cell(cell, training, actions, run)


def _cell_or_most_confused(counts: IntArray, actions: list[str]) -> tuple[str, str]:
    """Return the chosen cell; at first the largest one beside the diagonal."""
    if st.session_state.get(_TRUE) not in actions or st.session_state.get(_PREDICTED) not in actions:
        mistakes = counts.copy()
        mistakes[range(len(actions)), range(len(actions))] = 0
        true, predicted = divmod(int(mistakes.argmax()), len(actions))
        st.session_state[_TRUE], st.session_state[_PREDICTED] = actions[true], actions[predicted]
    else:
        # A drop-down that was not drawn for a while forgets its value unless it is set again.
        st.session_state[_TRUE] = st.session_state[_TRUE]
        st.session_state[_PREDICTED] = st.session_state[_PREDICTED]
    return st.session_state[_TRUE], st.session_state[_PREDICTED]


def _take_click() -> None:
    picked = st.session_state[_CHART]["selection"].get(SELECTION)
    if picked:
        st.session_state[_TRUE] = picked[0]["true"]
        st.session_state[_PREDICTED] = picked[0]["predicted"]


def _draw_cell(cell: Predictions, training: Predictions, actions: list[str], run: Run) -> None:
    sure = dict(zip(cell.ids, cell.probability, strict=True))
    subject = dict(zip(cell.ids, cell.subjects, strict=True))
    ids = [str(name) for name in cell.ids]
    true, predicted = int(cell.truth[0]), int(cell.predicted[0])
    verb = "recognised" if true == predicted else f"taken for {actions[predicted]}"
    st.markdown(f"**{len(ids)} {'sequence' if len(ids) == 1 else 'sequences'} of {actions[true]} {verb}**")
    wanted = recall("sequence")
    with st.container(height=180 if len(ids) > 5 else "content", border=False):
        chosen = st.radio(
            "Sequence",
            ids,
            index=ids.index(wanted) if wanted in ids else 0,
            key=f"sequence of {true} taken for {predicted}",
            format_func=lambda name: f"{name} · subject {subject[name]} · {100 * sure[name]:.0f} % sure",
            label_visibility="collapsed",
        )
    remember("sequence", chosen)
    sequences = source_of(run).sequences
    with explain():
        clips = [recorded_clip(sequences, chosen)]
        example = _example(training, predicted)
        if true != predicted and example:
            clips.append(recorded_clip(sequences, example, "Example: "))
        skeleton_player(clips, key="results player", height=330)


def _example(training: Predictions, action: int) -> str | None:
    """Return a training sequence of an action that the model recognises best."""
    right = training.cell(action, action)
    return str(right.ids[right.probability.argmax()]) if len(right) else None
