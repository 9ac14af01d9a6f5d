"""Skeletons: sequences as they move, alone, prepared, two in step, or a grid of an action."""

import streamlit as st

from app.ui.messages import explain, synthetic_notice
from app.ui.player import skeleton_player
from app.ui.selection import recall, remember, selected_source, source_name
from app.ui.skeleton_views import GRID, VIEWS, draw_saving
from app.ui.wording import as_told, plain

VIEW, ACTION, SEQUENCE = "skeletons view", "skeletons action", "skeletons sequence"

loaded = selected_source()
sequences = loaded.sequences
actions = [action.name for action in sequences.actions]

st.title("Skeletons")
st.markdown("The sequences as they were recorded. The joints are all that a network sees of a person.")
synthetic_notice(sequences.synthetic)

wanted = recall("sequence")
chosen = wanted if wanted in sequences.ids else sequences.ids[0]
if wanted and wanted != chosen:
    st.info(plain(f"Sequence {as_told(wanted)} is not in {source_name()}; this is {chosen}."))
action = sequences.action_of(sequences.row_of(chosen)).name
of_action = [name for row, name in enumerate(sequences.ids) if sequences.action_of(row).name == action]


def take_action() -> None:
    """Select the first sequence of the chosen action."""
    label = actions.index(st.session_state[ACTION])
    remember("sequence", sequences.ids[int((sequences.labels == label).argmax())])


view = recall("view")
st.session_state[VIEW] = view if view in VIEWS else next(iter(VIEWS))
st.session_state[ACTION] = action
view = st.segmented_control(
    "View", list(VIEWS), required=True, key=VIEW, label_visibility="collapsed",
    on_change=lambda: remember("view", st.session_state[VIEW]),
)  # fmt: skip
first, second, third = st.columns([2, 3, 3], vertical_alignment="bottom")
first.selectbox("Action", actions, key=ACTION, on_change=take_action)
if view != GRID:
    st.session_state[SEQUENCE] = chosen
    second.selectbox(
        "Sequence", of_action, key=SEQUENCE,
        format_func=lambda name: (
            f"{name} · subject {sequences.subjects[sequences.row_of(name)]} · "
            f"{sequences.lengths[sequences.row_of(name)]} frames"
        ),
        on_change=lambda: remember("sequence", st.session_state[SEQUENCE]),
    )  # fmt: skip

with explain():
    with second if view == GRID else third:
        shown = VIEWS[view](sequences, chosen)
    skeleton_player(shown.clips, key="skeletons player", height=shown.height)
    draw_saving(shown, sequences.synthetic)
