"""Data set: how the files are organised, what is in them, and what normalisation does to them."""

import streamlit as st

from app.screens.data_set.counts import draw_counts
from app.screens.data_set.faults import draw_faults
from app.screens.data_set.files import draw_files, load_or_ask
from app.screens.data_set.joints import draw_joints
from app.screens.data_set.normalisation import draw_normalisation
from app.screens.data_set.sources import draw_bringing_in, draw_what_was_done
from app.shell.messages import synthetic_notice
from app.shell.page_header import page_header
from app.shell.selection import recall
from app.shell.view_choice import choose_view
from har_core.data.describe import describe
from har_core.wording import counted

head = page_header(
    "Data set",
    "How the files are organised, what is in them, and what is wrong.",
)
draw_what_was_done()
cards = st.container(horizontal=True, gap="small")
row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
views = row.container(width="content")
with row:
    draw_bringing_in()
loaded = load_or_ask()
sequences = loaded.sequences
found = describe(loaded)

pace = "; the recordings have 15 a second" if loaded.action_names == "known" else ""
with head:
    synthetic_notice(found.synthetic)
with cards:
    for title, value, meaning in (
        ("Sequences", found.sequences, "Recordings: one person performs one action once."),
        ("Classes (actions)", found.classes, "Different actions. A network has one output for each."),
        ("Subjects", found.subjects, "Different persons."),
        ("Joints", found.joints, "Points of the body in each frame."),
        ("Frames", found.frames, f"Of all sequences together{pace}."),
    ):
        st.metric(title, f"{value:,}", border=True, help=meaning)

wanted = recall("sequence")
chosen = sequences.row_of(wanted) if wanted in sequences.ids else None
VIEWS = {
    "Actions by subject": lambda: draw_counts(sequences, chosen),
    "Files": lambda: draw_files(loaded, found, chosen or 0),
    "Joints": lambda: draw_joints(sequences, chosen or 0),
    "Normalisation": lambda: draw_normalisation(sequences, chosen or 0),
    "Faults": lambda: draw_faults(sequences, found, chosen),
}
notes = len(loaded.notes) + len(loaded.assumptions)
told = {"Files": counted(notes, "note") if notes else "", "Faults": len(found.faults)}
with views:
    view = choose_view(
        "data set view", list(VIEWS), say=lambda name: f"{name}: {told[name]}" if told.get(name) else name
    )
VIEWS[view]()
