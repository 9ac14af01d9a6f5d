"""The choice of what a page shows: the URL says it, and each page keeps its own."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.shell.selection import recall, remember
from app.shell.widget_keys import draw_following


def chosen_view(key: str, views: Sequence[str]) -> str:
    """Return which of a page's views is chosen: that of the URL, or else the one shown here last.

    Args:
        key: of the choice.
        views: of the page; at least one.
    """
    asked = (recall("view"), st.session_state.get(_kept(key)))
    view = next((name for name in asked if name in views), views[0])
    st.session_state[_kept(key)] = view
    return str(view)


def choose_view(key: str, views: Sequence[str], *, say: Callable[[str], str] = str) -> str:
    """Draw the choice of a page's view, and return it.

    Args:
        key: of the choice.
        views: of the page; at least one.
        say: how a view is called.
    """
    view = chosen_view(key, views)
    draw_following(
        st.segmented_control, key, view, lambda name: remember("view", name), "View", list(views),
        format_func=say, required=True, label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    return view


def _kept(key: str) -> str:
    return f"view shown last in {key}"
