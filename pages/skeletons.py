"""Skeletons: sequences as they move, alone, prepared, two in step, or a grid of an action."""

from functools import partial

import streamlit as st

from app.components.player import skeleton_player
from app.screens.skeletons.views import GRID, VIEWS, draw_saving
from app.shell.messages import stop_on_error
from app.shell.page_header import page_header
from app.shell.selection import recall, remember, selected_source, source_name, source_to_keep
from app.shell.view_choice import choose_view
from app.shell.widget_keys import draw_following
from app.shell.wording import as_told, escape_markdown
from har_core.training.last_data_set import keep_watched
from har_core.wording import counted

loaded = selected_source()
sequences = loaded.sequences
actions = sequences.action_names

page_header(
    "Skeletons",
    "The sequences as they move. The joints are all that a network sees of a person.",
    synthetic=sequences.synthetic,
)

wanted = recall("sequence")
chosen = wanted if wanted in sequences.ids else sequences.ids[0]
if wanted and wanted != chosen:
    st.info(escape_markdown(f"Sequence {as_told(wanted)} is not in {source_name()}; this is {chosen}."))
action = sequences.action_of(sequences.row_of(chosen)).name
of_action = [name for row, name in enumerate(sequences.ids) if sequences.action_of(row).name == action]


def take_action(name: str) -> None:
    """Select the first sequence of the chosen action."""
    label = actions.index(name)
    remember("sequence", sequences.ids[int((sequences.labels == label).argmax())])


with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    view = choose_view("skeletons view", list(VIEWS))
    saving = st.container(width="content")
first, second, third = st.columns([2, 3, 3], gap="xsmall")
draw_following(
    first.selectbox, "skeletons action", action, take_action, "Action", actions, label_visibility="collapsed"
)
if view != GRID:
    draw_following(
        second.selectbox, "skeletons sequence", chosen, partial(remember, "sequence"), "Sequence", of_action,
        label_visibility="collapsed",
        format_func=lambda name: (
            f"{name} · subject {sequences.subjects[sequences.row_of(name)]} · "
            f"{counted(int(sequences.lengths[sequences.row_of(name)]), 'frame')}"
        ),
    )  # fmt: skip

with stop_on_error():
    with second if view == GRID else third:
        shown = VIEWS[view](sequences, chosen)
    skeleton_player(shown.clips, key="skeletons player", height=564, positions=True, grows=True)
    keep_watched(source_to_keep())
    with saving:
        draw_saving(shown, sequences.synthetic)
