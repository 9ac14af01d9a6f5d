"""Skeletons: sequences as they move, alone, prepared, two in step, or a grid of an action."""

import streamlit as st

from app.ui.messages import explain, synthetic_notice
from app.ui.player import skeleton_player
from app.ui.selection import recall, remember, selected_source, source_name
from app.ui.skeleton_views import GRID, VIEWS, draw_saving

loaded = selected_source()
sequences = loaded.sequences
actions = [action.name for action in sequences.actions]

st.title("Skeletons")
st.markdown("The sequences as they were recorded. The joints are all that a network sees of a person.")
synthetic_notice(sequences.synthetic)

wanted = recall("sequence")
start = wanted if wanted in sequences.ids else sequences.ids[0]
if wanted and wanted != start:
    st.info(f"Sequence {wanted!r} is not in {source_name()}; this is {start}.")
if st.session_state.get("skeletons action") not in actions:
    st.session_state["skeletons action"] = sequences.action_of(sequences.row_of(start)).name

view = st.segmented_control(
    "View", list(VIEWS), default=next(iter(VIEWS)), required=True, key="skeletons view",
    label_visibility="collapsed",
)  # fmt: skip
first, second, third = st.columns([2, 3, 3], vertical_alignment="bottom")
action = first.selectbox("Action", actions, key="skeletons action")
of_action = [name for row, name in enumerate(sequences.ids) if sequences.action_of(row).name == action]
chosen = start if start in of_action else of_action[0]
if view != GRID:
    if st.session_state.get("skeletons sequence") not in of_action:
        st.session_state["skeletons sequence"] = chosen
    chosen = second.selectbox(
        "Sequence", of_action, key="skeletons sequence",
        format_func=lambda name: (
            f"{name} · subject {sequences.subjects[sequences.row_of(name)]} · "
            f"{sequences.lengths[sequences.row_of(name)]} frames"
        ),
    )  # fmt: skip
remember("sequence", chosen)

with explain():
    with second if view == GRID else third:
        shown = VIEWS[view](sequences, chosen)
    skeleton_player(shown.clips, key="skeletons player", height=shown.height)
    draw_saving(shown, sequences.synthetic)
