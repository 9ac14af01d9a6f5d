"""The choice between the light theme, the dark one, and the system's. The browser keeps it, for all pages."""

from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parents[1] / "browser"

_COMPONENT = st.components.v2.component(
    "theme_choice",
    **{
        kind: (_FOLDER / f"theme_choice.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    },
)


def theme_choice() -> None:
    """Draw the choice. It is made in the browser: no page is drawn or loaded anew, nothing is lost."""
    _COMPONENT(key="theme")
