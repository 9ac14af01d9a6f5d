"""How far a figure is luck: of who trains and who tests, and of the seed."""

import streamlit as st

from app.screens.ladder.seeds import draw_seeds
from app.screens.ladder.splits import draw_splits
from app.shell.selection import selected_source


def draw_lotteries() -> None:
    """Draw the lotteries of the selected data set: of the splits at the left, of the seeds at the right."""
    sequences = selected_source().sequences
    left, right = st.columns(2, gap="medium")
    with left:
        draw_splits(sequences)
    with right:
        draw_seeds(sequences.fingerprint)
