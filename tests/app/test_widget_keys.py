"""Keys of widgets whose value the program changes, too."""

import pytest
import streamlit as st

from app.ui.widget_keys import key_as_drawn, take


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
