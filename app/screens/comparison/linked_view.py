"""The view that a link of another page asks for: it is opened once, and then the visitor's choices hold."""

from collections.abc import Sequence

import streamlit as st

from app.runs.table import choose
from app.shell.navigation import BY_SUBJECT_OR_AT_RANDOM, SIDE_BY_SIDE
from app.shell.selection import forget, recall
from har_core.analysis.mcnemar import why_not_comparable
from har_core.training.store import Run

VIEW, MATRICES, FIRST, SECOND = "comparison view", "matrices", "mcnemar First run", "mcnemar Second run"
"""The keys of the widgets that say what is shown."""

MCNEMAR = "McNemar test"


def follow_link(runs: Sequence[Run]) -> None:
    """Open the view that the URL names; of two matrices side by side, the first is the selected run's.

    Args:
        runs: all of them, the newest first.
    """
    asked = recall("view")
    if asked == SIDE_BY_SIDE:
        choose([])  # among all runs
        st.session_state.update({VIEW: MCNEMAR, MATRICES: SIDE_BY_SIDE})
        ended = [run for run in runs if run.results and run.meta]
        first = next((place for place, run in enumerate(ended) if run.run_id == recall("run")), None)
        if first is not None and len(ended) > 1:
            second = other_run(ended, first)
            st.session_state.update({FIRST: ended[first].run_id, SECOND: ended[second].run_id})
    elif asked == BY_SUBJECT_OR_AT_RANDOM:
        st.session_state[VIEW] = asked
    else:
        return
    forget("view")


def other_run(ended: Sequence[Run], first: int) -> int:
    """Return the place of a run to compare with another: one of another model, where it can be compared.

    Args:
        ended: runs with results, at least two.
        first: the place of that other one.
    """
    run = ended[first]
    for place, other in enumerate(ended):
        if other.config.model != run.config.model and not why_not_comparable(run, other):
            return place
    return 0 if first else 1
