"""From experiments to runs that wait, and the word to the visitor when they end."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.shell.lab import get_lab, get_source
from app.shell.messages import stop_on_error
from app.shell.navigation import link_to
from app.shell.run_titles import title_of
from app.shell.selection import remember
from app.shell.wording import STATES, escape_markdown
from har_core.errors import HarError
from har_core.training.config import ExperimentConfig
from har_core.training.records import Status
from har_core.training.run import Run, runs_of
from har_core.wording import counted

_SEEN = "where the runs at work stood when the page was drawn"


def queue_experiments(experiments: Sequence[ExperimentConfig]) -> None:
    """Put experiments into the queue, and select the first of their runs.

    Of which there are runs already, that did not fail and were not stopped, are told, and trained again if
    the visitor wants it.

    Args:
        experiments: of the same data; what is wrong with the first is told before any run is made.

    Raises:
        HarError: the data can't be read, the split can't be trained on, or the device isn't there.
    """
    runs = get_lab().store.runs()
    known, new = [], []
    loaded = get_source(experiments[0].source, experiments[0].reading)
    for experiment in experiments:
        found = runs_of(experiment, runs, loaded.sequences.fingerprint)
        if found:
            known.append(next((run for run in found if run.results), found[0]))
        else:
            new.append(experiment)
    if new:
        _queue(new)
    if known:
        _ask_whether_again(known, len(new))


def _queue(experiments: Sequence[ExperimentConfig]) -> None:
    # Not imported above: torch comes with it. By the time of a click the queue's thread has imported it.
    from har_core.training.check import check_experiment

    first = experiments[0]
    check_experiment(first, get_source(first.source, first.reading))
    lab = get_lab()
    runs = [lab.store.create(experiment) for experiment in experiments]
    lab.queue.wake()
    remember("run", runs[0].run_id)
    # A short run may end before the page is drawn again.
    new = _where_they_stand({run.run_id: run.status for run in runs})
    st.session_state[_SEEN] = (st.session_state.get(_SEEN) or {}) | new


@st.dialog("Queued or trained before", width="medium")
def _ask_whether_again(known: Sequence[Run], queued: int) -> None:
    """Draw, over the page, the runs because of which nothing was queued, and the button that does it yet.

    Args:
        known: a run of each experiment that was not queued.
        queued: how many others were.
    """
    one = len(known) == 1
    said = "Nothing was queued."
    if queued:
        said = f"{counted(queued, 'run')} {'was' if queued == 1 else 'were'} queued, {len(known)} not."
    st.markdown(
        f"{said} There {'is a run' if one else 'are runs'} of the same settings, the seed too: open "
        f"{'it' if one else 'them'}, or train again. The same data, settings and "
        "seed give the same numbers."
    )
    for run in known:
        title = title_of(run) if run.results else f"{title_of(run)} · {STATES[run.status.state]}"
        link_to("results" if run.results else "training", escape_markdown(title), run=run.run_id)
    if st.button("Train again", icon=":material/replay:", key="train known runs again"):
        with stop_on_error():
            _queue([run.config for run in known])
        st.rerun()


def active_now() -> Mapping[str, Status] | None:
    """Return the runs that wait or are trained; None where they can't be read, which a page itself says."""
    try:
        return get_lab().store.active()
    except HarError:
        return None


def changed_since_drawn(active: Mapping[str, Status] | None) -> bool:
    """Say whether other runs wait or are trained than when the page was drawn, or wait in another order.

    Args:
        active: those that do now; None where they can't be read, in which a page is drawn anew, too.
    """
    now = None if active is None else _where_they_stand(active)
    return now != st.session_state.get(_SEEN)


def say_what_ended() -> None:
    """Draw a toast for each run that has ended since the page was drawn last.

    Raises:
        RunError: the runs can't be read.
    """
    seen = st.session_state.pop(_SEEN, None) or {}
    active = get_lab().store.active()
    for run_id in sorted(seen.keys() - active.keys()):
        _say_how_it_ended(run_id)
    st.session_state[_SEEN] = _where_they_stand(active)


def _where_they_stand(active: Mapping[str, Status]) -> dict[str, tuple[str, float]]:
    return {run_id: (status.state, status.queued_at) for run_id, status in active.items()}


def _say_how_it_ended(run_id: str) -> None:
    try:
        run = get_lab().store.get(run_id)
    except HarError:
        return  # it was deleted
    said = f"{run.status.state.capitalize()}: {escape_markdown(title_of(run))}"
    if run.status.state in ("done", "stopped"):
        st.toast(said, icon=":material/check:", duration="long")
    elif run.status.state in ("failed", "interrupted"):
        reason = f". {escape_markdown(run.status.error)}" if run.status.error else ""
        st.toast(said + reason, icon=":material/error:", duration="long")
