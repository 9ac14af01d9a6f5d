"""Data set: how the files are organised, what is in them, and what normalisation does to them."""

import streamlit as st

from app.components.chart import draw_chart
from app.components.player import skeleton_player
from app.screens.data_set.files import draw_files, load_or_ask
from app.screens.data_set.sources import draw_sources
from app.shell.lab import get_prepared
from app.shell.messages import explain, synthetic_notice
from app.shell.page_header import page_header
from app.shell.selection import forget, recall, remember, source_name
from app.shell.widget_keys import ROWS, draw_following
from app.shell.wording import plain
from har_core.data.describe import describe
from har_core.data.named_splits import about_split, parse_split
from har_core.data.sequences import SkeletonSequences
from har_core.errors import ConfigError
from har_core.player.recordings import recorded_clip
from har_core.plots.captions import Caption
from har_core.plots.data_set import coordinates_figure, counts_figure, counts_height, lengths_figure
from har_core.wording import PART_TITLES, counted

page_header(
    "Data set",
    "How the files are organised, how many sequences each action and subject has, and what is wrong.",
)
draw_sources()

loaded = load_or_ask()
sequences = loaded.sequences


def draw_course_split(prepared: SkeletonSequences) -> None:
    """Draw who is in which part of the course's split, or of what it is for these subjects."""
    subjects = sequences.subjects.tolist()
    try:
        split = parse_split("course", subjects)
    except ConfigError as error:
        st.caption(f":orange[:material/info:] {plain(str(error))}")
        return
    title = "The course's split, by subject" if split.name == "course" else f"Split by subject: {split.name}"
    st.markdown(f"**{title}**")
    for part, rows in split.rows(prepared).items():
        st.markdown(f"{PART_TITLES[part]}: {split.who(part)} · {counted(len(rows), 'sequence')}")
    note = about_split("course", split, subjects)
    if note:
        st.caption(f":orange[:material/info:] {plain(note)}")


found = describe(loaded)
synthetic_notice(found.synthetic)
pace = "; the recordings have 15 a second" if loaded.action_names == "known" else ""
for column, (title, value, meaning) in zip(
    st.columns(5),
    (
        ("Sequences", found.sequences, "Recordings: one person performs one action once."),
        ("Classes (actions)", found.classes, "Different actions. A network has one output for each."),
        ("Subjects", found.subjects, "Different persons."),
        ("Joints", found.joints, "Points of the body in each frame."),
        ("Frames", found.frames, f"Of all sequences together{pace}."),
    ),
    strict=True,
):
    column.metric(title, f"{value:,}", border=True, help=meaning)

draw_files(loaded, found)

wanted = recall("sequence")
chosen = sequences.row_of(wanted) if wanted in sequences.ids else None
left, right = st.columns(2, gap="medium")
draw_chart(
    counts_figure(sequences, chosen), place=left, key="counts",
    caption=Caption("Sequences of each action and subject", [source_name()]), height=counts_height(sequences),
    alt=f"Heat map: how many of the {found.sequences} sequences each subject has of each action.",
)  # fmt: skip
with explain():
    prepared = get_prepared(source_name(), recall("layout"))
with right:
    draw_chart(
        lengths_figure(sequences, chosen), key="lengths", height=320,
        caption=Caption("Lengths of the sequences", [source_name()]),
        alt=f"Histogram of the lengths, {found.lengths['min']} to {found.lengths['max']} frames.",
    )  # fmt: skip
    with st.container(border=True):
        draw_course_split(prepared)
        st.caption(f"Of the {counted(len(prepared), 'sequence')} that the default preparation keeps.")

st.subheader("Before and after normalisation")
before, after = st.columns(2, gap="medium")
tracked = sequences.frames[~sequences.untracked]
draw_chart(
    coordinates_figure(tracked, title="As recorded, tracked frames", unit="m"),
    place=before, key="before", caption=Caption("Coordinates as recorded", [source_name()]), height=320,
    alt="Distribution of the x, y and z coordinates as recorded, in metres.",
)  # fmt: skip
draw_chart(
    coordinates_figure(prepared.frames, title="After the default preparation", unit="scaled"),
    place=after, key="after", caption=Caption("Coordinates after the default preparation", [source_name()]),
    height=320, alt="The same coordinates after preparation: from -1 to 1.",
)  # fmt: skip

st.subheader(f"Faults: {counted(len(found.faults), 'sequence')}" if found.faults else "Faults: none")
if not found.faults:
    st.caption("No sequence is badly tracked or far too long.")
    st.stop()
st.caption(
    f"{counted(found.untracked_frames, 'frame')} {'is' if found.untracked_frames == 1 else 'are'} all zero: "
    "the tracker had lost the body. "
    "Preparation mends or drops them."
)


def take_fault(rows: list[int]) -> None:
    """Select the sequence of the chosen row, or none where that was let go."""
    if rows and rows[0] < len(found.faults):
        remember("sequence", found.faults[rows[0]].id)
    else:
        forget("sequence")


table, picture = st.columns([3, 2], gap="medium")
with table:
    names = [fault.id for fault in found.faults]
    draw_following(
        st.dataframe, "faults", [names.index(wanted)] if wanted in names else [], take_fault,
        [{"Sequence": fault.id, "Fault": fault.fault} for fault in found.faults],
        form=ROWS, among=names, hide_index=True, selection_mode="single-row",
        alt="The sequences with a fault, and what is wrong with each.",
    )  # fmt: skip
with picture:
    if chosen is None:
        st.caption(":material/touch_app: Choose a row to see its sequence move.")
    else:
        skeleton_player([recorded_clip(sequences, sequences.ids[chosen])], key="data set player", height=400)
