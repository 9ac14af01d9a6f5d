"""What a browser says late undoes no change of a control that follows the selection, on any page."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1 import element_tree as tree

from app.shell.widget_keys import draw_following
from har_core.report.written import Answers, keep_answers
from har_core.training.store import Run
from tests.app.test_choices import choose, others

OpenPage = Callable[..., AppTest]
_MARK = " as drawn"
_KEPT = (
    "selected ", "chosen ", "beside ", "runs chosen", "data set that was selected when", "view shown last",
)  # fmt: skip
"""How the names begin under which the session keeps what is chosen."""

ANYWHERE = {"choose source"}
OF_A_RUN = {"choose run", "choose weights", "choose part"}
CONTROLS = {
    "overview": {*ANYWHERE, "overview step"},
    "data_set, Faults": {*ANYWHERE, "data set view", "faults", "source to delete"},
    "skeletons": {*ANYWHERE, "skeletons view", "skeletons action", "skeletons sequence", "skeletons beside"},
    "training": {*ANYWHERE, "choose run"},
    "results": {
        *ANYWHERE, *OF_A_RUN, "results details", "cell true", "cell predicted", "sequence of the cell",
    },
    "results, Pairs": {*ANYWHERE, *OF_A_RUN, "results details", "sequence of the cell", "confused pair"},
    "features": {*ANYWHERE, *OF_A_RUN, "features view", "features sequence", "neighbours of"},
    "comparison, McNemar test": {
        *ANYWHERE, "runs table", "runs list", "choose weights", "difference true", "difference predicted",
        "discordant sequence",
    },
    "hand_in": {*ANYWHERE, "hand-in question", "answer to"},
}  # fmt: skip
"""All controls that follow the selection, and change it, by the page and what is looked at there."""
VIEWS = {"results": "results details", "comparison": "comparison view", "data_set": "data set view"}
"""What chooses that on a page."""


@pytest.mark.parametrize("place", CONTROLS)
def test_what_a_fragment_sends_late_undoes_no_change(
    open_page: OpenPage, runs: dict[str, Run], home_with_runs: Path, small_source: Path, place: str
) -> None:
    page, _, look = place.partition(", ")
    for name in ("one", "two"):
        shutil.copytree(small_source, home_with_runs / "sources" / name)
    screen = open_page(page, run=runs["cnn"].run_id, source="synthetic", view="Two in step")
    if look:
        screen.segmented_control(key=VIEWS[page]).set_value(look).run()
    found = followed(screen)
    assert {beginning(name, CONTROLS[place]) for name in found} == CONTROLS[place]
    for name in list(found):
        assert change_and_undo(screen, page, name), name


def change_and_undo(screen: AppTest, page: str, name: str) -> bool:
    """Choose another value, let the program go back, and then the browser say the other one once more."""
    before, kept = followed(screen), kept_by(screen)
    browser = with_another_value(screen, name)
    assert not screen._run(browser).exception
    assert followed(screen) != before or kept_by(screen) != kept, f"{name} changes nothing"
    keep_answers(Answers())  # what was typed there the home folder keeps
    for key in kept_by(screen).keys() - kept.keys():
        del screen.session_state[key]
    for key, value in kept.items():
        screen.session_state[key] = value
    screen.query_params.clear()
    assert not screen.run().exception
    assert followed(screen) == before, f"{name} doesn't follow"
    assert not screen._run(browser).exception
    return followed(screen) == before and kept_by(screen) == kept


def followed(screen: AppTest) -> dict[str, Any]:
    """What each control that is drawn was given to hold, by its name."""
    state = screen._session_state.filtered_state
    notes = {key.removesuffix(_MARK): note for key, note in state.items() if key.endswith(_MARK)}
    drawn = {node.key for node in screen._tree if getattr(node, "key", None)}
    return {name: holds for name, (number, holds) in notes.items() if key_of(name, number) in drawn}


def kept_by(screen: AppTest) -> dict[str, Any]:
    state = screen._session_state.filtered_state
    return {key: value for key, value in state.items() if key.startswith(_KEPT) or " chosen in the" in key}


def key_of(name: str, number: int) -> str:
    return f"{name} again {number}" if number else name


def beginning(name: str, known: set[str]) -> str:
    return next((each for each in known if name.startswith(each)), name)


def with_another_value(screen: AppTest, name: str) -> WidgetStates:
    """What the browser says when the visitor has just changed a control."""
    number, (_, holds) = screen.session_state[f"{name}{_MARK}"]
    (node,) = [node for node in screen._tree if getattr(node, "key", None) == key_of(name, number)]
    if isinstance(node, tree.Dataframe):
        rows = {"selection": {"rows": [0 if holds != [0] else 1], "columns": [], "cells": []}}
        said = screen._tree.get_widget_states()
        said.widgets.append(WidgetState(id=node.proto.id, string_value=json.dumps(rows)))
        return said
    choose(node, others(node)[-1])
    return screen._tree.get_widget_states()


def test_a_drawn_widget_tells_a_choice_and_not_what_it_held_before_the_program_changed_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", session)
    chosen: list[str] = []

    def draw(holds: str) -> dict[str, Any]:
        return dict(draw_following(lambda **words: words, "list", holds, chosen.append, help="Which."))

    drawn = draw("one")
    assert session[drawn["key"]] == "one" and drawn["help"] == "Which."
    drawn["on_change"]()
    assert not chosen  # what it held already is no choice
    session[drawn["key"]] = "two"
    drawn["on_change"]()
    assert chosen == ["two"]
    assert draw("two")["key"] == drawn["key"]  # the visitor's own choice leaves the widget as it is
    now = draw("three")
    assert session[now["key"]] == "three"
    session[drawn["key"]] = "two"  # as a browser sends it that has not drawn the change yet
    drawn["on_change"]()
    assert chosen == ["two"] and session[now["key"]] == "three"
