"""Skeletons: sequences as they move, recorded and prepared."""

import streamlit as st

from app.ui.clips import prepared_clip, recorded_clip
from app.ui.lab import get_prepared
from app.ui.messages import explain, synthetic_notice
from app.ui.player import skeleton_player
from app.ui.selection import recall, remember, selected_source, source_name
from har_core.data.preparation import Preparation

# The default preparation, but with a frame for each recorded one.
IN_STEP = Preparation(sequences="all", untracked="interpolate", frames=None)

loaded = selected_source()
sequences = loaded.sequences
actions = [action.name for action in sequences.actions]

st.title("Skeletons")
st.markdown("The sequences as they were recorded. The joints are all that a network sees of a person.")
synthetic_notice(sequences.synthetic)

wanted = recall("sequence")
start = sequences.row_of(wanted) if wanted in sequences.ids else 0
if wanted and wanted not in sequences.ids:
    st.info(f"Sequence {wanted!r} is not in {source_name()}; this is {sequences.ids[start]}.")
if (
    "skeletons sequence" not in st.session_state
    or st.session_state["skeletons sequence"] not in sequences.ids
):
    st.session_state["skeletons action"] = sequences.action_of(start).name
    st.session_state["skeletons sequence"] = sequences.ids[start]

first, second, third = st.columns([2, 3, 2], vertical_alignment="bottom")
action = first.selectbox("Action", actions, key="skeletons action")
rows = [row for row in range(len(sequences)) if sequences.action_of(row).name == action]
of_action = [sequences.ids[row] for row in rows]
if st.session_state["skeletons sequence"] not in of_action:
    st.session_state["skeletons sequence"] = of_action[0]
chosen = second.selectbox(
    "Sequence", of_action, key="skeletons sequence",
    format_func=lambda name: (
        f"{name} · subject {sequences.subjects[sequences.row_of(name)]} · "
        f"{sequences.lengths[sequences.row_of(name)]} frames"
    ),
)  # fmt: skip
remember("sequence", chosen)
beside = third.toggle(
    "Prepared beside it", key="skeletons prepared",
    help="The same sequence as a model is given it, centred and scaled to [-1, 1], but not resampled, "
    "so that the two move in step.",
)  # fmt: skip

with explain():
    clips = [recorded_clip(sequences, chosen)]
    if beside:
        prepared = get_prepared(source_name(), recall("layout"), IN_STEP)
        if chosen in prepared.ids:
            clips.append(prepared_clip(prepared, chosen, "Prepared: "))
        else:
            st.info(f"{chosen} is left out of training: the tracker never saw the body.")
skeleton_player(clips, key="skeletons player", height=520)
