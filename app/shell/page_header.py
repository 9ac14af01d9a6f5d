"""The head of a page in one row: its title and what is done there."""

import streamlit as st

from app.shell.messages import synthetic_notice


def page_header(title: str, purpose: str, *, synthetic: bool = False) -> None:
    """Draw the head of a page.

    Args:
        title: of the page.
        purpose: a sentence.
        synthetic: whether what the page shows was computed from synthetic data, which is said too.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(title, width="content", anchor=False)
        st.caption(purpose, width="stretch")
        synthetic_notice(synthetic)
