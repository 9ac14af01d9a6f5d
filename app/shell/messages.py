"""How a page says what went wrong."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import streamlit as st

from app.shell.wording import escape_markdown
from har_core.data.splits import LEAKS, AnySplit
from har_core.errors import HarError
from har_core.home import home

_LOG = logging.getLogger(__name__)


@contextmanager
def stop_on_error(*, ends_page: bool = True) -> Iterator[None]:
    """Show a user's error of the block, or the disk's refusal, in a box.

    Args:
        ends_page: whether the page ends there, for the rest of it needs what the block does.
    """
    try:
        yield
    except (HarError, OSError) as error:
        st.error(escape_markdown(_said(error)), icon=":material/error:")
        if ends_page:
            st.stop()


def _said(error: HarError | OSError) -> str:
    if isinstance(error, HarError):
        return str(error)
    _LOG.warning("while a page was drawn", exc_info=error)
    return f"{error.filename or home()} can't be used: {error.strerror or error}."


def synthetic_notice(synthetic: bool) -> None:
    """Say that what is shown was computed from synthetic data, where it was."""
    if synthetic:
        st.caption("**:material/experiment: Synthetic data**, made here, not recorded.", width="content")


def leak_notice(splits: Iterable[AnySplit]) -> None:
    """Say that training and test share people where one of the splits lets them."""
    found = sorted({split.name for split in splits if split.leaks})
    if found:
        st.caption(f"**:material/water_drop: Leaking split**: {', '.join(found)}. {LEAKS}")


def notice_in_head(synthetic: bool, split: AnySplit) -> None:
    """Say both of a run in as few words as the head of a page has room for, and the rest on hover."""
    if split.leaks:
        also = "synthetic data" if synthetic else "accuracies too high"
        said = f"**:material/water_drop: Leaking split {split.name}**, {also}"
        st.caption(said, help=LEAKS, width="content")
    else:
        synthetic_notice(synthetic)
