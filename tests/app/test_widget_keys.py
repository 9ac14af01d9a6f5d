"""Keys of widgets whose value the program changes, too."""

import pytest
from streamlit.testing.v1 import AppTest


@pytest.mark.parametrize(
    ("key", "holds", "taken"),
    [("list", ["one"], True), ("list", [], False), ("list again 1", ["one"], False)],
    ids=["a choice", "what it held already", "a widget that is not drawn"],
)
def test_only_a_change_of_the_drawn_widget_is_a_choice(key: str, holds: list[str], taken: bool) -> None:
    def script(key: str, holds: list[str]) -> None:
        import streamlit as st

        from app.ui.widget_keys import key_as_drawn, take

        drawn = key_as_drawn("list", [])
        st.text(take("list", key, holds))
        st.text(key_as_drawn("list", holds) == drawn)

    at = AppTest.from_function(script, kwargs={"key": key, "holds": holds}).run()
    assert not at.exception
    # Under the same key stays what the visitor chose; what the program puts there gets another.
    assert [text.value for text in at.text] == [str(taken), str(taken or not holds)]
