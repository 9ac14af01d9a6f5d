"""The way into the presentation, and back to the page where it was begun."""

import streamlit as st

from app.shell.navigation import PRESENTATION, file_of
from app.shell.selection import forget, remember

_FROM = "the page where the presentation was begun"
_STEPS = {"data_set": 1, "skeletons": 2, "training": 7, "results": 11, "features": 12, "comparison": 14}
"""The step whose figure is that of a page."""


def present_button(page: str) -> None:
    """Draw the button that begins the presentation at the figure of the page.

    Args:
        page: a key of ``PAGES``.
    """
    if st.button(
        "Present", icon=":material/slideshow:", shortcut="p", width="stretch",
        help="One figure on the whole page, in large letters, and the 14 steps by the arrow keys.",
    ):  # fmt: skip
        st.session_state[_FROM] = page
        remember("step", str(_STEPS.get(page, 1)))
        st.switch_page(file_of(PRESENTATION))


def leave_presentation() -> None:
    """Go back to where it was begun; to the overview, where it was opened by its URL."""
    forget("step")
    st.switch_page(file_of(st.session_state.pop(_FROM, "overview")))
