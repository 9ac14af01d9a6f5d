"""What a browser says of the dashboard's own parts chooses what is shown, or nothing at all."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from app.component_messages import ComponentMessages, without_odd_values
from har_core.training.store import Run
from tests.app.conftest import components_of

OpenPage = Callable[..., AppTest]

EVENTS = ("cell", "point", "loop", "frame", "theme", "__class__", "")
PARTS = [
    ("results", "confusion_matrix"), ("results", "skeleton_player"), ("features", "feature_scatter"),
    ("features", "skeleton_player"), ("comparison", "chart_tools"),
]  # fmt: skip


def deep(levels: int) -> list[Any]:
    """A list in a list in a list."""
    return [deep(levels - 1)] if levels else []


ODD: dict[str, Any] = {
    "null": None, "yes": True, "zero": 0, "a fraction": -1e308, "a large number": 10**4000,
    "no number": float("nan"), "endless": float("inf"), "nothing": "", "an action": "hammer",
    "half a pair": "\ud800", "an empty list": [], "an empty object": {}, "numbers": [1, 2],
    "nulls": [None, None], "lists": [["hammer"], ["hammer"]], "objects": [{}, {}], "a list in lists": deep(5),
    "an object": {"cell": ["hammer", "jump"], "get": 1}, "three words": ["hammer", "draw x", "bend"],
    "200,000 words": ["ab"] * 200_000, "1 MB": "x" * 1_000_000, "two of 1 MB": ["x" * 1_000_000] * 2,
}  # fmt: skip
BROKEN = {
    "no JSON": "{", "a word": '"hammer"', "a number": "7", "null": "null", "a control character": "\0",
    "an open list": "[" * 100_000, "a long number": "1" * 5000, "lists in lists": json.dumps(deep(400)),
    "objects": '{"a":' * 400 + "1" + "}" * 400, "10 MB": json.dumps("x" * 10_000_000),
    "two of 5 MB": json.dumps(["x" * 5_000_000] * 2),
}  # fmt: skip


def as_event(part: str, text: str) -> WidgetState:
    """The message that something was done in a part."""
    return WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{part}__events", json_trigger_value=text)


def as_state(part: str, text: str) -> WidgetState:
    """The message that a part holds something."""
    return WidgetState(id=part, json_value=text)


def messages_of(part: str, value: object) -> Iterator[WidgetState]:
    yield as_event(part, json.dumps([{"event": event, "value": value} for event in EVENTS]))
    yield as_event(part, json.dumps(value))
    yield as_state(part, json.dumps(dict.fromkeys(EVENTS, value)))
    yield as_state(part, json.dumps(value))


def packed(*widgets: WidgetState) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "run=x"
    message.rerun_script.widget_states.widgets.extend(widgets)
    return message.SerializeToString()


def send(screen: AppTest, widget: WidgetState) -> AppTest:
    """Send the value of a part beside those of the other widgets of the page."""
    states = screen._tree.get_widget_states()
    states.widgets.append(widget)
    return screen._run(states)


@pytest.mark.parametrize("stride", [9, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize(("page", "name"), PARTS)
def test_what_no_part_sends_changes_nothing_on_the_page(
    page: str, name: str, stride: int, open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page(page)
    query = dict(screen.query_params)
    part = components_of(screen, name)[0].id
    other = {"a run": next(iter(runs.values())).run_id, "runs": [run.run_id for run in runs.values()][:2]}
    messages = [message for value in (ODD | other).values() for message in messages_of(part, value)]
    for widget in messages[PARTS.index((page, name)) :: stride]:
        screen = send(screen, widget)
        assert not screen.exception
        assert not [box.value for box in (*screen.error, *screen.warning, *screen.info)]
        assert dict(screen.query_params) == query
    assert [each.id for each in components_of(screen.run(), name)][:1] == [part]


@pytest.mark.parametrize(("page", "name"), PARTS)
def test_what_a_part_says_last_is_not_waited_for_when_it_is_gone(
    page: str, name: str, open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page(page)
    part = components_of(screen, name)[0].id
    screen.switch_page("../pages/hand_in.py").run()
    assert not components_of(screen, name)
    query, said = dict(screen.query_params), [{"event": event, "value": "dark"} for event in EVENTS]
    screen = send(screen, as_event(part, json.dumps(said)))
    assert not screen.exception and screen.title[0].value == "Hand in"
    assert dict(screen.query_params) == query


@pytest.mark.parametrize(
    "rows", [[-1], [10**4], [10**9], ["x"], [None], [[0]], [0.5], {"0": 0}, 7, "0", None], ids=str
)
@pytest.mark.parametrize(("page", "last"), [("comparison", "runs table"), ("data_set", "faults")])
def test_a_row_that_is_not_there_is_not_chosen(
    page: str, last: str, rows: object, open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page(page, view="Faults")
    query = dict(screen.query_params)
    (table,) = (frame.proto.id for frame in screen.dataframe if frame.proto.id.endswith(last))
    chosen = json.dumps({"selection": {"rows": rows, "columns": [], "cells": []}})
    screen = send(screen, WidgetState(id=table, string_value=chosen))
    assert not screen.exception and dict(screen.query_params) == query
    assert not screen.run().exception


@pytest.mark.parametrize(
    ("page", "view"),
    [
        ("overview", ""), ("training", ""), ("results", ""), ("features", ""), ("comparison", ""),
        ("hand_in", ""), ("skeletons", "Two in step"), ("skeletons", "Grid"), ("data_set", "Normalisation"),
    ],
)  # fmt: skip
def test_what_is_no_option_of_a_widget_is_not_chosen(
    page: str, view: str, open_page: OpenPage, runs: dict[str, Run]
) -> None:
    query = {"source": "synthetic"} | ({"view": view} if view else {})
    screen = open_page(page, **query)
    listed = [*screen.selectbox, *screen.multiselect], [*screen.segmented_control, *screen.pills]
    boxes = [box.proto for box in sum(listed, []) if box.label != "Data set"]  # that one takes any path
    assert boxes
    shown = dict(screen.query_params)
    for box in boxes:
        forged = WidgetState(id=box.id)
        if type(box).__name__ == "Selectbox":
            forged.string_value = "no such option"
        else:
            forged.string_array_value.data.append("no such option")
        screen = send(open_page(page, **query), forged)
        assert not screen.exception, box.label
        assert dict(screen.query_params) == shown, box.label


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("message", [as_event, as_state])
def test_what_would_break_the_page_does_not_reach_it(
    message: Callable[[str, str], WidgetState], text: str
) -> None:
    others = [WidgetState(id="name", string_value="[" * 1000), as_event("scatter", '[{"event": "point"}]')]
    sent = packed(others[0], message("matrix", text), others[1])
    assert without_odd_values(sent) == packed(*others)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe no message", BackMsg(stop_script=True).SerializeToString()]
)
def test_other_messages_stay_as_they_are(content: bytes) -> None:
    assert without_odd_values(content) == content


def test_only_what_comes_through_a_socket_is_looked_at() -> None:
    got = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        got.append(await receive())

    async def receive() -> Any:
        return {"type": "websocket.receive", "bytes": packed(as_state("matrix", "{"))}

    for kind in ("websocket", "http"):
        asyncio.run(ComponentMessages(app)({"type": kind}, receive, app))
    assert [message["bytes"] for message in got] == [packed(), packed(as_state("matrix", "{"))]
