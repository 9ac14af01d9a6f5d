"""From experiments to runs that wait, and the word to the visitor when they end."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.ui.lab import get_lab
from app.ui.selection import remember, title_of
from app.ui.wording import plain
from har_core.errors import HarError
from har_core.training.config import ExperimentConfig
from har_core.training.records import Status

_SEEN = "where the runs at work stood when the page was drawn"


def queue_experiments(experiments: Sequence[ExperimentConfig]) -> None:
    """Put experiments into the queue, and select the first of their runs.

    Args:
        experiments: of the same data; what is wrong with the first is told before any run is made.

    Raises:
        HarError: the data can't be read, the split can't be trained on, or the device isn't there.
    """
    # Not imported above: torch comes with it. By the time of a click the queue's thread has imported it.
    from har_core.training.check import check_experiment

    check_experiment(experiments[0])
    lab = get_lab()
    runs = [lab.store.create(experiment) for experiment in experiments]
    lab.queue.wake()
    remember("run", runs[0].run_id)
    # A short run may end before the page is drawn again.
    new = _where_they_stand({run.run_id: run.status for run in runs})
    st.session_state[_SEEN] = st.session_state.get(_SEEN, {}) | new


def changed_since_drawn(active: Mapping[str, Status]) -> bool:
    """Say whether other runs wait or are trained than when the page was drawn, or wait in another order.

    Args:
        active: those that do now.
    """
    return _where_they_stand(active) != st.session_state.get(_SEEN)


def say_what_ended() -> None:
    """Draw a toast for each run that has ended since the page was drawn last."""
    active = get_lab().store.active()
    for run_id in sorted(st.session_state.get(_SEEN, {}).keys() - active.keys()):
        _say_how_it_ended(run_id)
    st.session_state[_SEEN] = _where_they_stand(active)


def _where_they_stand(active: Mapping[str, Status]) -> dict[str, tuple[str, float]]:
    return {run_id: (status.state, status.queued_at) for run_id, status in active.items()}


def _say_how_it_ended(run_id: str) -> None:
    try:
        run = get_lab().store.get(run_id)
    except HarError:
        return  # it was deleted
    said = f"{run.status.state.capitalize()}: {plain(title_of(run))}"
    if run.status.state in ("done", "stopped"):
        st.toast(said, icon=":material/check:", duration="long")
    elif run.status.state in ("failed", "interrupted"):
        reason = f". {plain(run.status.error)}" if run.status.error else ""
        st.toast(said + reason, icon=":material/error:", duration="long")
