"""Try a file: what a run makes of sequences that are not of its data."""

from functools import partial

import streamlit as st

from app.runs.run_choice import select_ended_run
from app.screens.try_a_file.answer import answer_of, draw_answer
from app.screens.try_a_file.upload import draw_upload
from app.shell.messages import stop_on_error
from app.shell.page_header import page_header
from app.shell.selection import recall, remember, selected_source
from app.shell.widget_keys import draw_following
from har_core.player.recordings import title_of_sequence

page_header("Try a file", "What does a run make of other people, other trackers, your own recordings?")

row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
with row.container(key="run to be shown"):
    run = select_ended_run()
which = row.container()
with row.container(width="content"):
    draw_upload()
given = selected_source().sequences
wanted = recall("sequence")
chosen = wanted if wanted in given.ids else given.ids[0]
with which:
    draw_following(
        st.selectbox, "sequence to be tried", chosen, partial(remember, "sequence"), "Sequence",
        list(given.ids), label_visibility="collapsed",
        format_func=lambda name: title_of_sequence(given, given.row_of(name)),
    )  # fmt: skip
with stop_on_error():
    draw_answer(answer_of(run, given, chosen))
