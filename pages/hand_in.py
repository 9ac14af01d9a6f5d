"""Hand in: a report, a notebook and tables of the chosen runs, in one zip."""

import shlex

import streamlit as st

from app.runs.run_choice import ended_runs
from app.screens.hand_in.answers import draw_answers
from app.screens.hand_in.contents import draw_contents, draw_doubts
from app.screens.hand_in.zip_of_runs import choose_runs, make, state_of
from app.shell.lab import get_lab
from app.shell.messages import leak_notice, stop_on_error, synthetic_notice
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from app.shell.selection import selected_source, source_to_keep
from har_core.data.named_splits import course_split
from har_core.report.written import LONGEST_AUTHOR, author_named
from har_core.wording import megabytes

MADE = "hand-in that was made"

store = get_lab().store
head = page_header(
    "Hand in",
    "One zip with what you have measured, and with your answers.",
)
runs = ended_runs()
with stop_on_error():
    source = source_to_keep()
course = course_split(selected_source().sequences)

row = st.container(horizontal=True, vertical_alignment="bottom")
button, told = row.container(width="content"), st.container()
with row:
    typed = st.text_input(
        "Your name", key="author", max_chars=LONGEST_AUTHOR, persist_state="session",
        help="It stands at the head of the report and of the notebook.",
    )  # fmt: skip
left, right = st.columns([3, 2], gap="medium")
with left:
    chosen = choose_runs(runs, source, course)
    if not chosen:
        st.info("Choose at least one run.", icon=":material/checklist:")
        st.stop()
    with head:
        synthetic_notice(any(run.meta.synthetic for run in chosen if run.meta))
    leak_notice(run.config.split for run in chosen)
    draw_doubts(chosen, course)
    with stop_on_error():
        author = author_named(typed)
    answers = draw_answers()
with right:
    draw_contents(chosen)

ids = tuple(run.run_id for run in chosen)
stamps = tuple(state_of(run) for run in chosen), author, answers.model_dump_json()
with button:
    if st.session_state.get(MADE) != stamps and st.button(
        "Make the hand-in", type="primary", icon=":material/assignment:"
    ):
        st.session_state[MADE] = stamps
        st.rerun()
if st.session_state.get(MADE) == stamps:
    with told, stop_on_error():
        made = make(str(store.folder), stamps[0], ids, *stamps[1:])
    with button:
        st.download_button(
            f"Download hand-in.zip ({megabytes(len(made['packed']))})", made["packed"], "hand-in.zip",
            "application/zip", type="primary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    told.caption(
        f"{len(made['sizes'])} files. Unpack it, open report.html, type your answers into the framed boxes, "
        "and press Save with my answers at its top. Bring that file in here, and the next zip has them, too."
    )
with st.expander("The same on the command line"):
    words = ["report", *ids, *(["--author", author] if author else []), "--out", "hand-in.zip"]
    st.code(f"python -m har_core {shlex.join(words)}", language="sh", wrap_lines=True)
link_to("comparison", "All runs side by side")
