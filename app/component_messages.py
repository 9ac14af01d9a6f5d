"""What the dashboard's own parts in the browser say: a page hears what one of them could have said."""

import json
from typing import Any

import streamlit as st
from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

_LONGEST = 4_000_000
"""Characters: more than a loop around 100,000 sequences tells."""
_DEEPEST = 8
"""Levels of lists and objects in each other; the parts use four."""
_FORMS = {"json_value": dict, "json_trigger_value": list}
"""What a component holds, and what was done in it."""


def said_by(key: str, event: str) -> Any:
    """Return what a component has just said, for its callback; None where it is no longer on the page.

    It may say a last word in the moment in which the visitor goes on to something else, and be heard when it
    is gone already. Nobody waits for that word any more.

    Args:
        key: of the component.
        event: what is said, such as ``cell``.
    """
    said = st.session_state.get(key)
    return said.get(event) if said else None


class ComponentMessages:
    """Takes out of what a browser sends the values of components that Streamlit would stumble over.

    It reads them, and copies them, before it draws the page: of one that is no JSON or too deep, the visitor
    would see nothing but the fault, and again with each click.

    Args:
        app: what gets the messages.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a connection on."""

        async def receive_checked() -> Message:
            message = await receive()
            content = message.get("bytes")
            return {**message, "bytes": without_odd_values(content)} if content else message

        await self._app(scope, receive_checked if scope["type"] == "websocket" else receive, send)


def without_odd_values(content: bytes) -> bytes:
    """Return a message of a browser without the values that no component sends; all else stays as it is.

    Args:
        content: a ``BackMsg``, or anything else.
    """
    try:
        message = BackMsg.FromString(content)
    except DecodeError:  # Streamlit refuses such a message itself
        return content
    widgets = message.rerun_script.widget_states.widgets
    odd = [widget for widget in widgets if _is_odd(widget)]
    for widget in odd:
        widgets.remove(widget)
    return message.SerializeToString() if odd else content


def _is_odd(widget: WidgetState) -> bool:
    kind = widget.WhichOneof("value")
    if kind not in _FORMS:
        return False
    text = getattr(widget, kind)
    if len(text) > _LONGEST:
        return True
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # a number of 5,000 digits is a ValueError, too
        return True
    return not (isinstance(value, _FORMS[kind]) and _is_shallow(value, _DEEPEST))


def _is_shallow(value: Any, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    inside = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inside)
