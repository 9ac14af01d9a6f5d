"""How many sequences each subject has of each action, in which part of the split, and how long they are."""

import streamlit as st

from app.components.chart import draw_chart
from app.shell.lab import get_prepared
from app.shell.messages import stop_on_error
from app.shell.selection import chosen_reading, source_name
from app.shell.wording import escape_markdown
from har_core.data.named_splits import about_split, parse_split
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import Split
from har_core.errors import ConfigError
from har_core.plots.captions import Caption
from har_core.plots.data_set import counts_figure, counts_height, lengths_figure
from har_core.wording import PART_TITLES, counted


def draw_counts(sequences: SkeletonSequences, chosen: int | None) -> None:
    """Draw the counts beside the split and the lengths.

    Args:
        sequences: as recorded.
        chosen: row of the selected sequence, if it is one of these.
    """
    split, refused = _course_split(sequences)
    left, right = st.columns([3, 2], gap="medium")
    parts = ", and the part of the split that each subject is in" if split else ""
    draw_chart(
        counts_figure(sequences, chosen, split), place=left, key="counts",
        caption=Caption("Sequences of each action and subject", [source_name()]),
        height=counts_height(sequences),
        alt=f"Heat map: how many of the {len(sequences)} sequences each subject has of each action{parts}.",
    )  # fmt: skip
    with right:
        with st.container(border=True, gap="xsmall"):
            if split:
                _draw_split(sequences, split)
            else:
                st.caption(f":orange[:material/info:] {escape_markdown(refused)}")
        lengths = sequences.lengths
        draw_chart(
            lengths_figure(sequences, chosen), key="lengths", height=240,
            caption=Caption("Lengths of the sequences", [source_name()]),
            alt=f"Histogram of the lengths, {lengths.min()} to {lengths.max()} frames.",
        )  # fmt: skip


def _course_split(sequences: SkeletonSequences) -> tuple[Split | None, str]:
    """Return the course's split, or what it is for these subjects; or why there is none."""
    try:
        split = parse_split("course", sequences.subjects.tolist())
    except ConfigError as error:
        return None, str(error)
    return (split, "") if isinstance(split, Split) else (None, "")


def _draw_split(sequences: SkeletonSequences, split: Split) -> None:
    with stop_on_error():
        prepared = get_prepared(source_name(), chosen_reading())
    title = "The course's split, by subject" if split.name == "course" else f"Split by subject: {split.name}"
    st.markdown(f"**{title}**")
    for part, rows in split.rows(prepared).items():
        st.markdown(f"{PART_TITLES[part]}: {split.who(part)} · {counted(len(rows), 'sequence')}")
    st.caption(f"Of the {counted(len(prepared), 'sequence')} that the default preparation keeps.")
    note = about_split("course", split, sequences.subjects.tolist())
    if note:
        st.caption(f":orange[:material/info:] {escape_markdown(note)}")
