"""Runs against each other: the choice of a view, and that view."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.runs.members import draw_members
from app.screens.comparison.accuracies import draw_accuracies
from app.screens.comparison.compared import Compared, say_what_is_missing
from app.screens.comparison.coordinates import draw_coordinates
from app.screens.comparison.curves import draw_curves
from app.screens.comparison.differences import draw_differences
from app.screens.comparison.linked_view import MCNEMAR, VIEW
from app.screens.comparison.random_split import draw_random_split
from app.shell.navigation import BY_SUBJECT_OR_AT_RANDOM, PAGES, link_to
from har_core.training.store import Run


def draw_comparison(runs: Sequence[Run]) -> None:
    """Draw the choice of a view, beside it the way to a single run, and that view of the runs."""
    st.session_state.setdefault(VIEW, next(iter(_VIEWS)))
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View", list(_VIEWS), key=VIEW, required=True, persist_state="session",
            label_visibility="collapsed", wrap=True,
        )  # fmt: skip
        if len(runs) == 1:
            page = "results" if runs[0].results else "training"
            link_to(page, f"Open in {PAGES[page].title}", run=runs[0].run_id)
            draw_members(runs[0])
    _VIEWS[view](Compared.of(runs))


def _draw_mcnemar(compared: Compared) -> None:
    ended = compared.ended.runs
    if len(ended) < 2:
        say_what_is_missing("The test compares two runs that have ended: choose two, or none for all.")
        return
    from app.screens.comparison.paired_test import (
        draw_paired_test,  # brings torch and scikit-learn, which take seconds
    )

    draw_paired_test(ended)


_VIEWS: dict[str, Callable[[Compared], None]] = {
    "Accuracies": draw_accuracies,
    "Curves": draw_curves,
    "Differences": draw_differences,
    MCNEMAR: _draw_mcnemar,
    "Parallel coordinates": draw_coordinates,
    BY_SUBJECT_OR_AT_RANDOM: draw_random_split,
}
