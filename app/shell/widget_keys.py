"""The one way to draw a widget that follows what the program says and tells what the visitor makes of it.

A fragment that draws itself anew sends the values that the browser had at that moment. Under the same key the
value from before the program's change would count as the visitor's choice, and undo it. Such a widget
therefore gets another key each time the program changes what it holds.

What a browser sends once, such as a click into a drawing, can't come late, and needs none of this. Nor does a
widget that nobody listens to, such as a field of a form: what it says late is put right by the browser.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st


@dataclass(frozen=True)
class Form:
    """How a kind of widget says what it holds.

    Attributes:
        put: makes of what it holds what the session has to hold.
        read: the way back; two values that mean the same have to come back as one.
        told_by: the argument of the widget that takes the callback.
    """

    put: Callable[[Any], Any] = lambda holds: holds
    read: Callable[[Any], Any] = lambda value: value
    told_by: str = "on_change"


PLAIN = Form()
"""Of most widgets: the value itself."""


def _read_rows(value: Any) -> list[int]:
    """Return the chosen rows in their order; what the browser says of no row is left out."""
    rows = value["selection"]["rows"]
    return sorted(row for row in rows if type(row) is int and row >= 0) if isinstance(rows, list) else []


ROWS = Form(lambda rows: {"selection": {"rows": rows}}, _read_rows, "on_select")
"""Of a table that holds which of its rows are chosen."""


def draw_following(
    widget: Callable[..., Any],
    name: str,
    holds: Any,
    choose: Callable[[Any], None],
    *args: Any,
    form: Form = PLAIN,
    among: Any = None,
    **words: Any,
) -> Any:
    """Draw a widget that follows what the program says, and tells what the visitor makes of it.

    Args:
        widget: such as ``st.selectbox``; one whose value can be put into the session.
        name: of the widget; its first key.
        holds: the value that it is to have.
        choose: called with the visitor's choice before the page is drawn anew. The next drawing has to hold
            what follows from it: the widget itself remembers nothing. A choice among options is one of them:
            Streamlit passes on whatever else a browser sends.
        args: of the widget: its label and, where it has some, its options.
        form: how the widget says what it holds.
        among: what else must not change under a key, such as the rows that numbers count.
        words: of the widget, without its key and callback.

    Returns:
        What the widget returns.
    """
    key = _key_as_drawn(name, (among, holds))
    st.session_state[key] = form.put(holds)

    def take_choice() -> None:
        chosen = form.read(st.session_state[key])
        if _is_offered(chosen, args, words) and _take(name, key, (among, chosen)):
            choose(chosen)

    return widget(*args, key=key, **{form.told_by: take_choice}, **words)


def _is_offered(chosen: Any, args: Sequence[Any], words: Mapping[str, Any]) -> bool:
    """Say whether a widget's options hold what a browser says was chosen; of several, each."""
    if len(args) < 2 or words.get("accept_new_options"):
        return True
    several = chosen if isinstance(chosen, list) else [] if chosen is None else [chosen]
    return all(one in args[1] for one in several)


def _key_as_drawn(name: str, holds: Any) -> str:
    """Return the key under which to draw a widget that is to hold this."""
    number, held = st.session_state.get(_drawn(name), (0, holds))
    if held != holds:
        number += 1
    st.session_state[_drawn(name)] = (number, holds)
    return _key(name, number)


def _take(name: str, key: str, holds: Any) -> bool:
    """Note what the visitor has made a widget hold; return False where nobody has chosen anything.

    That is so for a widget that is no longer drawn, and for one that says what it held already: Streamlit
    may report it beside another widget's change, and it must not undo that.
    """
    number, held = st.session_state[_drawn(name)]
    if key != _key(name, number) or holds == held:
        return False
    st.session_state[_drawn(name)] = (number, holds)
    return True


def _drawn(name: str) -> str:
    return f"{name} as drawn"


def _key(name: str, number: int) -> str:
    return f"{name} again {number}" if number else name
