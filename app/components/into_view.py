"""What comes into view when something else on the page has opened it: a player, or a part of the page."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

_SCRIPT = (Path(__file__).parents[1] / "browser" / "into_view.js").read_text(encoding="utf-8")
_COMPONENT = st.components.v2.component("into_view", js=_SCRIPT)
_CALLS = "when what was called into view"


@contextmanager
def callable_part(key: str) -> Iterator[None]:
    """Draw what follows as a part that can be called into view.

    Args:
        key: of small letters and hyphens, the same on every rerun.
    """
    with st.container(key=key):
        yield
        data = {"part": key, "called": when_called(key)}
        _COMPONENT(key=f"{key} called", data=data, height=1)  # all of it is there


def when_called(key: str) -> int:
    """Return when a player or part was called last, in milliseconds since 1970; 0 if it never was."""
    return int(st.session_state.get(_CALLS, {}).get(key, 0))


def call_into_view(key: str) -> None:
    """Let a player or part come into view when it is drawn next: what it shows was opened elsewhere.

    For callbacks, such as that of a click on a point, or on a row of a table: it may lie out of sight.

    Args:
        key: the player's or the part's.
    """
    st.session_state[_CALLS] = st.session_state.get(_CALLS, {}) | {key: time.time_ns() // 1_000_000}
