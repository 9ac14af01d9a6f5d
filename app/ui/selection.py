"""What is selected on all pages alike: data set, run, weights, part, sequence, view. The URL says it.

A link therefore opens the same view, and a change of page loses nothing.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from app.ui.admitted_sources import admit
from app.ui.faults import draw_faults, draw_why_not
from app.ui.lab import get_lab, get_source
from app.ui.messages import explain
from app.ui.navigation import LINKED, link_to
from app.ui.widget_keys import key_as_drawn, take
from app.ui.wording import as_told, percent, plain
from har_core.data.sources import SYNTHETIC, LoadedSource, canonical_source, list_sources
from har_core.errors import AmbiguousLayoutError
from har_core.models import MODELS
from har_core.training.store import Run

NAMES = ("source", "layout", "run", "weights", "part", "sequence", "view")
"""What can be selected; a key of the URL each."""

_ARRIVED = "the URL was read"


def keep_selection() -> None:
    """Take what the URL selects when a visitor arrives; later bring the selection into each page's URL."""
    # The URL speaks once, and when a link with a selection was followed. A fragment that draws itself anew
    # sends the URL that the browser had at that moment, which may be the one before the last selection; and
    # going to another page clears it.
    arrived = _ARRIVED not in st.session_state or LINKED in st.query_params
    st.session_state[_ARRIVED] = True
    before = st.query_params.to_dict()
    query = {name: value for name, value in before.items() if name != LINKED}
    for name in NAMES:
        value = (before.get(name) if arrived else None) or recall(name)
        if value:
            st.session_state[_kept(name)] = query[name] = value
    if query != before:
        st.query_params.from_dict(query)  # at once: each change is a message of its own


def recall(name: str) -> str | None:
    """Return what is selected under a name."""
    value = st.session_state.get(_kept(name))
    return str(value) if value else None


def remember(name: str, value: str) -> None:
    """Select a value: it goes into the URL and stays when the page changes."""
    st.session_state[_kept(name)] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def change(name: str, value: str) -> None:
    """Select another value, and let go what was chosen within the data set or the part before."""
    remember(name, value)
    for narrower in {"source": ("layout", "sequence"), "part": ("sequence",)}.get(name, ()):
        forget(narrower)


def forget(name: str) -> None:
    """Select nothing under that name any more."""
    st.session_state.pop(_kept(name), None)
    if name in st.query_params:
        del st.query_params[name]


def _kept(name: str) -> str:
    return f"selected {name}"


def select(
    label: str, name: str, options: Sequence[str], *, say: Callable[[str], str] = str, more: bool = False,
    help: str | None = None,
) -> str:  # fmt: skip
    """Draw a drop-down that follows the selection and changes it.

    Args:
        label: above the drop-down.
        name: of the selection, as in the URL.
        options: what can be chosen; at least one.
        say: how an option is shown.
        more: True where the user may type another value.
        help: on hover.
    """
    wanted = recall(name)
    value = wanted if wanted and (wanted in options or more) else options[0]
    if wanted and value != wanted:
        st.info(plain(f"{name.capitalize()} {as_told(wanted)} is not here; this is {value}."))
    listed = list(options) if value in options else [value, *options]
    key = key_as_drawn(f"choose {name}", value)
    st.session_state[key] = value
    remember(name, value)
    return st.selectbox(
        label, listed, key=key, format_func=say, accept_new_options=more,
        on_change=lambda: _take(name, key, options[0]), help=help,
    )  # fmt: skip


def _take(name: str, key: str, default: str) -> None:
    value = st.session_state[key] or default
    if take(f"choose {name}", key, value):
        change(name, value)


def select_source() -> str:
    """Draw the choice of the data set."""
    present = [info.name for info in list_sources() if info.present]
    return select("Data set", "source", present, more=True)


def source_name() -> str:
    """Return the name or path of the selected data set."""
    return recall("source") or SYNTHETIC


def source_to_keep() -> str:
    """Return the selected data set as a run has to remember it: a path in full.

    Raises:
        DataError: there is no such data set, or a visitor may not open it.
    """
    admit(source_name())
    return canonical_source(source_name())


def selected_source() -> LoadedSource:
    """Return the selected data set; a page that can't have it ends with the reason."""
    with explain():
        try:
            return get_source(source_name(), recall("layout"))
        except AmbiguousLayoutError as error:
            link_to("data_set", "Choose the layout of X.npy")
            raise error


def source_of(run: Run) -> LoadedSource:
    """Return the data set that a run was trained on; a page that can't have it ends with the reason."""
    with explain():
        return get_source(run.config.source, run.config.layout)


def select_run(runs: Sequence[Run], label: str = "Run") -> Run:
    """Draw the choice of a run, at first the first, and return the run as it is now."""
    by_id = {run.run_id: run for run in runs}
    wanted = recall("run")
    if wanted and wanted not in by_id:
        draw_why_not(wanted)
    run = by_id[select(label, "run", list(by_id), say=lambda run_id: title_of(by_id[run_id]))]
    draw_faults(run)
    return run


def title_of(run: Run) -> str:
    """Say in a line which run this is."""
    said = [run.label.name] if run.label.name else []
    said += [MODELS[run.config.model.name].title, f"seed {run.config.seed}", run.config.source]
    if run.results:
        said.append(f"{percent(run.results.best.test)} test")
    return " · ".join([*said, run.run_id[:15]])


def ended_runs() -> list[Run]:
    """Return the runs that have results; a page without one says what to do."""
    runs = [run for run in get_lab().store.runs() if run.results]
    if not runs:
        st.info(
            "No run has ended yet. Train a model, or queue the whole practical work on the overview.",
            icon=":material/hourglass_empty:",
        )
        link_to("training", "Train a model")
        st.stop()
    return runs
