"""What a page can say only with torch, which the queue's thread imports soon after the server's start."""

import sys
from collections.abc import Callable

import streamlit as st

_LOOK_EVERY = 1.0
"""Seconds between two looks for torch."""


def draw_with_torch(draw: Callable[[], None], until_then: str) -> None:
    """Draw something as soon as torch is imported: whoever would import it now keeps the page waiting.

    Args:
        draw: draws it.
        until_then: a sentence that stands in its place.
    """
    if _torch_is_here():
        draw()
    else:
        st.fragment(_draw_as_soon_as_can_be, run_every=_LOOK_EVERY)(draw, until_then)


def _torch_is_here() -> bool:
    """Say whether torch is imported to its end."""
    torch = sys.modules.get("torch")
    return torch is not None and not getattr(torch.__spec__, "_initializing", False)


def _draw_as_soon_as_can_be(draw: Callable[[], None], until_then: str) -> None:
    if _torch_is_here():
        draw()
    else:
        st.caption(until_then)
