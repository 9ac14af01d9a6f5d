"""Ladder: from the course's LSTM to the state of the art, one change upon the other."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.screens.ladder.lotteries import draw_lotteries
from app.screens.ladder.rungs import draw_rungs
from app.shell.page_header import page_header
from app.shell.selection import forget, recall, selected_source

_VIEW = "ladder view"

loaded = selected_source()
page_header(
    "Ladder", "What it takes from the course's LSTM to the state of the art, one change upon the other.",
    synthetic=loaded.sequences.synthetic,
)  # fmt: skip
row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
views: dict[str, Callable[[], None]] = {
    "Rungs": partial(draw_rungs, loaded, row), "Lotteries": draw_lotteries,
}  # fmt: skip
if recall("view") in views:  # a link asks for it once
    st.session_state[_VIEW] = recall("view")
    forget("view")
st.session_state.setdefault(_VIEW, next(iter(views)))
view = row.segmented_control(
    "View", list(views), key=_VIEW, required=True, persist_state="session", label_visibility="collapsed"
)  # fmt: skip
views[view]()
