"""Keys of widgets whose value the program changes, too."""

from typing import Any

import pytest
import streamlit as st

from app.shell.widget_keys import draw_following, key_as_drawn, take


@pytest.mark.parametrize(
    ("key", "holds", "taken"),
    [("list", ["one"], True), ("list", [], False), ("list again 1", ["one"], False)],
    ids=["a choice", "what it held already", "a widget that is not drawn"],
)
def test_only_a_change_of_the_drawn_widget_is_a_choice(
    key: str, holds: list[str], taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "session_state", {})
    assert key_as_drawn("list", []) == "list"
    assert take("list", key, holds) is taken
    # Under the same key stays what the visitor chose; what the program puts there gets another.
    assert (key_as_drawn("list", holds) == "list") is (taken or not holds)


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
    session[drawn["key"]] = "two"
    drawn["on_change"]()
    assert chosen == ["two"]
    assert draw("two")["key"] == drawn["key"]  # the visitor's own choice leaves the widget as it is
    now = draw("three")
    assert session[now["key"]] == "three"
    session[drawn["key"]] = "two"  # as a browser sends it that has not drawn the change yet
    drawn["on_change"]()
    assert chosen == ["two"] and session[now["key"]] == "three"
