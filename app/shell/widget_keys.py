"""Widgets whose value the program changes, too: how they are drawn, and their keys.

A fragment that draws itself anew sends the values that the browser had at that moment. Under the same key the
value from before the program's change would count as the visitor's choice, and undo it. Such a widget
therefore gets another key each time the program changes what it holds.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st


def draw_following(
    widget: Callable[..., Any], name: str, holds: Any, choose: Callable[[Any], None], *args: Any, **words: Any
) -> Any:
    """Draw a widget that follows what the program says, and tells what the visitor makes of it.

    Args:
        widget: such as ``st.selectbox``; one whose value can be put into the session.
        name: of the widget; its first key.
        holds: the value that it is to have.
        choose: called with the visitor's choice before the page is drawn anew. The next drawing has to hold
            what follows from it: the widget itself remembers nothing.
        args: of the widget.
        words: of the widget, without ``key`` and ``on_change``.

    Returns:
        What the widget returns.
    """
    key = key_as_drawn(name, holds)
    st.session_state[key] = holds

    def take_choice() -> None:
        chosen = st.session_state[key]
        if take(name, key, chosen):
            choose(chosen)

    return widget(*args, key=key, on_change=take_choice, **words)


def key_as_drawn(name: str, holds: Any) -> str:
    """Return the key under which to draw a widget.

    Args:
        name: of the widget; its first key.
        holds: the value that it is to have, and what else must not change under a key.
    """
    number, held = st.session_state.get(_drawn(name), (0, holds))
    if held != holds:
        number += 1
    st.session_state[_drawn(name)] = (number, holds)
    return _key(name, number)


def take(name: str, key: str, holds: Any) -> bool:
    """Note what the visitor has made a widget hold; return False where nobody has chosen anything.

    That is so for a widget that is no longer drawn, and for one that says what it held already: Streamlit
    may report it beside another widget's change, and it must not undo that.

    Args:
        name: of the widget.
        key: under which it was drawn.
        holds: as ``key_as_drawn`` will get it.
    """
    number, held = st.session_state[_drawn(name)]
    if key != _key(name, number) or holds == held:
        return False
    st.session_state[_drawn(name)] = (number, holds)
    return True


def chosen_rows(key: str, count: int) -> list[int]:
    """Return which rows of a table are chosen, in their order; what the browser says of no row is left out.

    Args:
        key: of the table.
        count: of its rows.
    """
    rows = st.session_state[key]["selection"]["rows"]
    return [row for row in range(count) if row in rows] if isinstance(rows, list) else []


def _drawn(name: str) -> str:
    return f"{name} as drawn"


def _key(name: str, number: int) -> str:
    return f"{name} again {number}" if number else name
