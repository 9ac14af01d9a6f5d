"""What is wrong with sequences: a table, and the chosen one as it moves."""

import streamlit as st

from app.components.player import skeleton_player
from app.shell.selection import forget, remember
from app.shell.widget_keys import ROWS, draw_following
from har_core.data.describe import Description
from har_core.data.sequences import SkeletonSequences
from har_core.player.recordings import recorded_clip
from har_core.wording import counted


def draw_faults(sequences: SkeletonSequences, found: Description, chosen: int | None) -> None:
    """Draw the sequences with a fault, and the chosen one beside them.

    Args:
        sequences: as recorded.
        found: what is wrong with them.
        chosen: row of the selected sequence, if it is one of these.
    """
    if not found.faults:
        st.caption("No sequence is badly tracked or far too long.")
        return
    lost = found.untracked_frames
    st.caption(
        f"{counted(lost, 'frame')} {'is' if lost == 1 else 'are'} all zero: the tracker had lost the body. "
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
        selected = sequences.ids[chosen] if chosen is not None else None
        draw_following(
            st.dataframe, "faults", [names.index(selected)] if selected in names else [], take_fault,
            [{"Sequence": fault.id, "Fault": fault.fault} for fault in found.faults],
            form=ROWS, among=names, hide_index=True, selection_mode="single-row",
            alt="The sequences with a fault, and what is wrong with each.",
        )  # fmt: skip
    with picture:
        name = found.faults[0].id if chosen is None else sequences.ids[chosen]
        clip = recorded_clip(sequences, name)
        skeleton_player([clip], key="data set player", height=400, grows=True)
        if chosen is None:
            st.caption(":material/touch_app: This is the first. Choose a row to see its sequence move.")
