"""A part of a page that comes into view when something elsewhere on the page has opened it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

_SCRIPT = (Path(__file__).parents[1] / "browser" / "into_view.js").read_text(encoding="utf-8")
_COMPONENT = st.components.v2.component("into_view", js=_SCRIPT)
_CALLS = "when parts were called"


@contextmanager
def callable_part(key: str) -> Iterator[None]:
    """Draw what follows as a part that can be called into view.

    Args:
        key: of small letters and hyphens, the same on every rerun.
    """
    with st.container(key=key):
        yield
        called = st.session_state.get(_CALLS, {}).get(key, 0)
        _COMPONENT(key=f"{key} called", data={"part": key, "called": called}, height=1)  # all of it is there


def call_part(key: str) -> None:
    """Let a part come into view when it is drawn next: it was opened elsewhere on the page.

    For callbacks, such as that of a click on a row of a table.

    Args:
        key: the part's.
    """
    st.session_state[_CALLS] = st.session_state.get(_CALLS, {}) | {key: time.time_ns() // 1_000_000}
