"""Which joint stands at which place of a frame, in words and on a skeleton."""

import pandas as pd
import streamlit as st

from app.components.player import skeleton_player
from har_core.data.sequences import SkeletonSequences
from har_core.player.gif import SIDE_COLOURS
from har_core.player.recordings import recorded_clip
from har_core.plots.shades import ink_on
from har_core.skeleton import Side, Skeleton
from har_core.wording import counted

_SIDES: dict[Side, str] = {"left": "left", "right": "right", "trunk": "middle"}


def draw_joints(sequences: SkeletonSequences, chosen: int) -> None:
    """Draw the order of the joints beside a sequence.

    Args:
        sequences: as recorded.
        chosen: row of the sequence that is shown.
    """
    skeleton = sequences.skeleton
    table, picture = st.columns([2, 3], gap="medium")
    with table:
        rows = _table(skeleton)
        st.dataframe(
            rows.style.apply(_coloured, axis="columns"), hide_index=True, height=480, row_height=22,
            column_config={
                "Index": st.column_config.NumberColumn(
                    width="small", help="Its place in a frame, from 0 as Python counts."
                ),
            },
            alt="The joints in the order of the files, with their index and side of the body.",
        )  # fmt: skip
    with picture:
        clip = recorded_clip(sequences, sequences.ids[chosen])
        skeleton_player([clip], key="joints player", height=440, grows=True)
        st.caption(
            f"{skeleton.said[:1].upper()}{skeleton.said[1:]}. Each frame holds x, y and z of "
            f"{counted(skeleton.joint_count, 'joint')} in this order, the same in every file. "
            "Left and right are the person's own."
        )


def _table(skeleton: Skeleton) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Index": range(skeleton.joint_count),
            "Joint": [name.replace("_", " ") for name in skeleton.joints],
            "Side": [_SIDES[side] for side in skeleton.joint_sides],
        }
    )


def _coloured(row: "pd.Series[str]") -> list[str]:
    """Return the styles of a row: the side's colour on its index."""
    colour = next(SIDE_COLOURS[side] for side, said in _SIDES.items() if said == row["Side"])
    return [f"background-color: {colour}; color: {ink_on(colour)}", "", ""]
