"""What is selected on all pages alike: data set, run, weights, part, sequence, view, question.

The URL says it. A link therefore opens the same view, and a change of page loses nothing.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from app.doors import is_open_to_others
from app.shell.admitted_sources import admit
from app.shell.lab import get_source
from app.shell.messages import stop_on_error
from app.shell.navigation import LINKED, link_to
from app.shell.widget_keys import draw_following
from app.shell.wording import as_told, escape_markdown
from har_core.data.reading.choices import ReadingChoices, choices_of_texts
from har_core.data.sources import SYNTHETIC, LoadedSource, canonical_source, list_sources, source_stamp
from har_core.errors import AmbiguousReadingError, HarError
from har_core.training.last_data_set import keep_last_data_set, last_data_set
from har_core.training.store import Run

_READING = tuple(ReadingChoices.model_fields)

NAMES = ("source", *_READING, "run", "weights", "part", "sequence", "view", "step", "question")
"""What can be selected; a key of the URL each."""

_NARROWER = {"source": (*_READING, "sequence"), "part": ("sequence",)}
"""What was chosen within another choice, and means nothing in the next."""

_ARRIVED = "the URL was read"
_PAGE = "the page that is drawn"
_GONE = "the data set used last, which can't be had"


def keep_selection(page: str) -> None:
    """Take what the URL selects when a visitor arrives; later bring the selection into each page's URL.

    Args:
        page: where the visitor is.
    """
    # The URL speaks once, and when a link with a selection was followed. A fragment that draws itself anew
    # sends the URL that the browser had at that moment, which may be the one before the last selection;
    # going to another page clears it; and the browser's Back brings the page back, not what was selected.
    before = st.query_params.to_dict()
    first = _ARRIVED not in st.session_state
    st.session_state[_ARRIVED], st.session_state[_PAGE] = True, page
    if first and not before.get("source"):
        _take_up_last_data_set()
    asked = {name: before[name] for name in NAMES if before.get(name)} if first or LINKED in before else {}
    for name, value in asked.items():
        for narrower in _NARROWER.get(name, ()):
            st.session_state.pop(_kept(narrower), None)
        st.session_state[_chosen_here(name)] = value
    st.session_state.update({_kept(name): value for name, value in asked.items()})
    if "source" in asked and not any(name in asked for name in _READING):
        _take_up_reading()
    query = {name: value for name, value in before.items() if name not in (LINKED, *NAMES)}
    query |= {name: value for name in NAMES if (value := recall(name))}
    if query != before:
        st.query_params.from_dict(query)  # at once: each change is a message of its own


def _take_up_last_data_set() -> None:
    """Select the data set that was used last; one that can't be had is told beside the choice."""
    last = last_data_set()
    try:
        admit(last.source)
        source_stamp(last.source)
    except HarError:
        st.session_state[_GONE] = last.source
        return
    st.session_state[_kept("source")] = last.source
    _take_up_reading()


def _take_up_reading() -> None:
    """Select how the files of the selected data set were read when it was used before."""
    try:
        said = last_data_set().reading_of(source_to_keep())
    except HarError:  # it can't be had, which who draws it says
        return
    st.session_state.update({_kept(name): str(value) for name, value in said.made.items()})


def recall(name: str) -> str | None:
    """Return what is selected under a name."""
    value = st.session_state.get(_kept(name))
    return str(value) if value else None


def chosen_here(name: str) -> str | None:
    """Return what the visitor or a link has chosen under a name on this page, whatever others have shown."""
    value = st.session_state.get(_chosen_here(name))
    return str(value) if value else None


def remember(name: str, value: str) -> None:
    """Select a value: it goes into the URL and stays when the page changes."""
    st.session_state[_kept(name)] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def change(name: str, value: str) -> None:
    """Select what the visitor has chosen, and let go what was chosen within the data set or part before."""
    remember(name, value)
    st.session_state[_chosen_here(name)] = value
    if name == "source":
        st.session_state.pop(_GONE, None)
    for narrower in _NARROWER.get(name, ()):
        forget(narrower)
    if name == "source":
        _take_up_reading()  # it comes into the URL when the page is drawn anew


def forget(name: str) -> None:
    """Select nothing under that name any more."""
    st.session_state.pop(_kept(name), None)
    if name in st.query_params:
        del st.query_params[name]


def _kept(name: str) -> str:
    return f"selected {name}"


def _chosen_here(name: str) -> str:
    return f"chosen {name} on {st.session_state.get(_PAGE)}"


def select(
    label: str, name: str, options: Sequence[str], *, say: Callable[[str], str] = str, more: bool = False,
    help: str | None = None, label_visibility: Literal["visible", "collapsed"] = "visible",
) -> str:  # fmt: skip
    """Draw a drop-down that follows the selection and changes it.

    Args:
        label: above the drop-down.
        name: of the selection, as in the URL.
        options: what can be chosen; at least one.
        say: how an option is shown.
        more: True where the user may type another value.
        help: on hover, of a label that is visible.
        label_visibility: of the label; a collapsed one is heard, but takes no room.
    """
    wanted = recall(name)
    value = wanted if wanted and (wanted in options or more) else options[0]
    if wanted and value != wanted:
        st.info(escape_markdown(f"{name.capitalize()} {as_told(wanted)} is not here; this is {value}."))
    listed = list(options) if value in options else [value, *options]
    remember(name, value)
    draw_following(
        st.selectbox, f"choose {name}", value, lambda chosen: change(name, chosen or options[0]),
        label, listed, format_func=say, accept_new_options=more, help=help, label_visibility=label_visibility,
    )  # fmt: skip
    return value


def select_source() -> None:
    """Draw the choice of the data set, and say so where the one used last can't be had."""
    present = [info.name for info in list_sources() if info.present]
    now = select("Data set", "source", present, more=True)
    gone = st.session_state.get(_GONE)
    if gone and now == SYNTHETIC:  # until the visitor chooses
        # Where others come, they hear neither of the owner's folders nor whether those are there.
        which = "" if is_open_to_others() else f", {as_told(gone)},"
        st.info(escape_markdown(f"The data set used last{which} can't be opened any more; this is {now}."))


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


def was_watched() -> bool:
    """Return whether somebody has looked at the skeletons of the selected data set.

    Raises:
        DataError: there is no such data set, or a visitor may not open it.
    """
    return source_to_keep() in last_data_set().watched


def chosen_reading() -> ReadingChoices:
    """Return what the visitor has said of the files of the selected data set.

    Raises:
        ConfigError: the URL says what can't be.
    """
    said = {name: text for name in _READING if (text := recall(name))}
    return choices_of_texts(said, "The address of this page")


def remember_reading(reading: ReadingChoices) -> None:
    """Select how the files of the selected data set are read, whatever was said of them before."""
    for name in _READING:
        forget(name)
    for name, value in reading.made.items():
        remember(name, str(value))


def load_selected() -> LoadedSource:
    """Return the selected data set, and keep in mind that it was used.

    Raises:
        DataError: there is no such data set, or it can't be read.
    """
    reading = chosen_reading()
    loaded = get_source(source_name(), reading)
    if not (_GONE in st.session_state and source_name() == SYNTHETIC):  # it only stands in for another
        keep_last_data_set(source_to_keep(), reading)
    return loaded


def selected_source() -> LoadedSource:
    """Return the selected data set; a page that can't have it ends with the reason."""
    with stop_on_error():
        try:
            return load_selected()
        except AmbiguousReadingError as error:
            link_to("data_set", f"Choose the {error.choice} of its files")
            raise error


def source_of(run: Run) -> LoadedSource:
    """Return the data set that a run was trained on; a page that can't have it ends with the reason."""
    with stop_on_error():
        return get_source(run.config.source, run.config.reading)
