"""The head of a page in one row: its title and what is done there."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.shell.messages import synthetic_notice


def page_header(title: str, purpose: str, *, synthetic: bool = False) -> DeltaGenerator:
    """Draw the head of a page.

    Args:
        title: of the page.
        purpose: a sentence.
        synthetic: whether what the page shows was computed from synthetic data, which is said too.

    Returns:
        The row, for what is known only later of the data that the page shows.
    """
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row:
        st.title(title, width="content", anchor=False)
        st.caption(purpose, width="stretch")
        synthetic_notice(synthetic)
    return row
