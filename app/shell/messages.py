"""How a page says what went wrong."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import streamlit as st

from app.shell.wording import plain
from har_core.data.splits import LEAKS, AnySplit, RandomSplit
from har_core.errors import HarError


@contextmanager
def explain(*, ends_page: bool = True) -> Iterator[None]:
    """Show a user's error of the block in a box.

    Args:
        ends_page: whether the page ends there, for the rest of it needs what the block does.
    """
    try:
        yield
    except HarError as error:
        st.error(plain(str(error)), icon=":material/error:")
        if ends_page:
            st.stop()


def synthetic_notice(synthetic: bool) -> None:
    """Say that what is shown was computed from synthetic data, where it was."""
    if synthetic:
        st.caption(":orange-badge[:material/experiment: Synthetic data] made here, not recorded.")


def leak_notice(splits: Iterable[AnySplit]) -> None:
    """Say that training and test share people where one of the splits lets them."""
    found = sorted({split.name for split in splits if isinstance(split, RandomSplit)})
    if found:
        st.caption(f":orange-badge[:material/water_drop: Leaking split] {', '.join(found)}. {LEAKS}")
