"""Ladder: from the course's LSTM to the state of the art, one change after the other."""

import streamlit as st

from app.screens.ladder.rungs import draw_rungs
from app.shell.page_header import page_header
from app.shell.selection import forget, recall, selected_source

_VIEWS = {"Rungs": draw_rungs}
_VIEW = "ladder view"

loaded = selected_source()
page_header(
    "Ladder", "What it takes from the course's LSTM to the state of the art, one change upon the other.",
    synthetic=loaded.sequences.synthetic,
)  # fmt: skip
if recall("view") in _VIEWS:  # a link asks for it once
    st.session_state[_VIEW] = recall("view")
    forget("view")
row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
view = next(iter(_VIEWS))
if len(_VIEWS) > 1:
    st.session_state.setdefault(_VIEW, view)
    view = row.segmented_control(
        "View", list(_VIEWS), key=_VIEW, required=True, persist_state="session", label_visibility="collapsed"
    )  # fmt: skip
_VIEWS[view](loaded, row)
