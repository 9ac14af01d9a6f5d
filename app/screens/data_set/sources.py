"""Bringing data sets in, by fetching or uploading them, and deleting them, with the way back."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.doors import is_open_to_others
from app.screens.data_set.reading import ask
from app.shell.lab import get_lab
from app.shell.selection import change, source_name
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.data.describe import summary
from har_core.data.downloads import fetch_msr_action3d
from har_core.data.msr_action3d import COURSE_FILES
from har_core.data.new_sources import import_source
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.csv_files import TEMPLATE, TEMPLATE_NAME
from har_core.data.reading.readers import what_is_expected
from har_core.data.sources import (
    MSR_ACTION3D,
    SYNTHETIC,
    LoadedSource,
    canonical_source,
    list_sources,
    source_folder,
)
from har_core.errors import AmbiguousReadingError, HarError
from har_core.training.source_trash import delete_source, is_in_trash, own_sources, restore_source
from har_core.wording import megabytes

_ADDED = "what was read of the data set that was added last"
_UPLOADS = "data sets uploaded"
_ASKED = "upload of which something is asked, and the questions"
_DELETED = "data set deleted last, and whether it was the selected one"
_TO_DELETE = "data set that was selected when one was chosen to be deleted, and that one"
_REFUSED = "why a data set was not moved"

_MANY_FILES = "More than 20 files go up as one zip, which your browser packs."


def draw_bringing_in() -> None:
    """Draw the ways to bring a data set in or delete one, folded away."""
    present = {info.name: info.present for info in list_sources()}
    added = st.session_state.get(_UPLOADS, 0)  # what brought one in has done its work, and closes
    with st.popover("Bring in a data set", icon=":material/add:", key=f"bring in {added} {source_name()}"):
        fetch, upload, delete = st.tabs(["MSR Action3D", "Upload files", "Delete a data set"])
        with fetch:
            _fetch(present[MSR_ACTION3D])
        with upload:
            _upload()
        with delete:
            _draw_deletion()
        whose = "that the owner of this server lets you open" if is_open_to_others() else "on this computer"
        st.caption(f"To open a folder or a zip {whose}, type its path into Data set in the sidebar.")


def draw_what_was_done() -> None:
    """Draw what was brought in or deleted last, and what was refused."""
    with st.container():  # one element, whether there is something to tell or not: what follows stays open
        _draw_what_was_done()


def _draw_what_was_done() -> None:
    if _ADDED in st.session_state:
        with st.container(border=True):
            said, *notes = st.session_state.pop(_ADDED)
            st.markdown(f":green[:material/check:] {said}")
            if notes:
                st.caption("  \n".join(notes))
    for refused in st.session_state.pop(_REFUSED, ()):
        st.error(escape_markdown(refused), icon=":material/error:")
    name, _ = st.session_state.get(_DELETED, ("", False))
    if is_in_trash(name):  # somebody else may have brought it back
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Data set {escape_markdown(name)} is in the trash folder.", width="content")
            st.button("Undo", icon=":material/undo:", key="undo deleting a data set", on_click=_undo)


def _fetch(present: bool) -> None:
    if present:
        st.markdown(f"MSR Action3D is here. Choose `{MSR_ACTION3D}` in the sidebar.")
        return
    names = ", ".join(f"`{name}`" for name in COURSE_FILES)
    st.markdown(
        f"Fetches the course's files. Without a network, save {names} into `{source_folder(MSR_ACTION3D)}`."
    )
    if st.button("Fetch MSR Action3D", icon=":material/download:", type="primary"):
        bar = st.progress(0.0, text="Asking for the files")

        def show(name: str, done: int, total: int) -> None:
            bar.progress(min(1.0, done / total) if total else 0.0, text=f"{name}: {megabytes(done)}")

        try:
            fetch_msr_action3d(show)
        except HarError as error:
            bar.empty()
            st.error(escape_markdown(str(error)), icon=":material/cloud_off:")
        else:
            change("source", MSR_ACTION3D)
            st.rerun()


def _upload() -> None:
    uploads = st.session_state.get(_UPLOADS, 0)  # another number empties the fields
    with st.form(f"upload {uploads}", border=False):  # its button waits for files on their way
        files = st.file_uploader(
            "The files of a data set, or a zip of them", accept_multiple_files=True,
            key=f"upload files {uploads}",
            help=escape_markdown(what_is_expected()),
        )  # fmt: skip
        st.caption(_MANY_FILES)
        name = st.text_input(
            "Name of the new data set", key=f"upload name {uploads}", placeholder="my recordings",
            persist_state="session",
            help="Letters and digits of any script, spaces, -, _ and full stops; at most 64.",
        )  # fmt: skip
        questions = _questions_about(files)
        chosen = {question.choice: ask(question, f"upload {question.choice}") for question in questions}
        if st.form_submit_button("Add the data set", icon=":material/upload:"):
            _add(name, files, ReadingChoices(**chosen))
    st.download_button(
        "Template of a CSV", TEMPLATE, TEMPLATE_NAME, "text/csv", icon=":material/download:", type="tertiary",
        on_click="ignore", help="One table with a row for each joint in each frame, to be filled in.",
    )  # fmt: skip


def _questions_about(files: Sequence[Any]) -> tuple[AmbiguousReadingError, ...]:
    """Return what was asked of these files: their layout, then perhaps their skeleton."""
    upload, questions = st.session_state.get(_ASKED, (None, ()))
    return questions if upload == [file.file_id for file in files] else ()


def _add(name: str, files: Sequence[Any], choices: ReadingChoices) -> None:
    """Take uploaded files in and select them, or say what is missing, wrong or to be chosen."""
    missing = [what for what, given in (("its files", files), ("a name", name.strip())) if not given]
    if missing:
        st.error(f"The data set still needs {' and '.join(missing)}.", icon=":material/error:")
        return
    try:
        taken = import_source(name, {file.name: file.getvalue() for file in files}, choices)
    except AmbiguousReadingError as error:
        st.session_state[_ASKED] = [file.file_id for file in files], (*_questions_about(files), error)
        st.session_state.pop(f"upload {error.choice}", None)
    except HarError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    else:
        added = taken.sequences.source
        said = f"**{escape_markdown(added)}** is added: {summary(taken)}."
        st.session_state[_ADDED] = [said, *map(escape_markdown, (*taken.notes, *_say_assumptions(taken)))]
        st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
        change("source", added)
    st.rerun()


def _say_assumptions(taken: LoadedSource) -> tuple[str, ...]:
    found = tuple(assumed.sentence for assumed in taken.assumptions)
    return (
        (*found, "The view Files, below, shows this on a figure, and lets you correct it.") if found else ()
    )


def _draw_deletion() -> None:
    own = own_sources()
    if not own:
        st.caption("You have brought in no data set yet.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = _to_delete(own)
        draw_following(
            st.selectbox, "source to delete", name,
            lambda chosen: st.session_state.update({_TO_DELETE: (source_name(), chosen)}),
            "Data set to delete", own, width=300,
        )  # fmt: skip
        st.button(
            "Delete", icon=":material/delete:", key="delete source", on_click=_delete, args=(name,),
            help="Moves to the trash folder. You can undo it. Runs on it keep their numbers, but their "
            "sequences can't be shown without it.",
        )  # fmt: skip


def _to_delete(own: Sequence[str]) -> str:
    """Return the data set chosen to be deleted; where another was selected since, that one, or the first."""
    selected, chosen = st.session_state.get(_TO_DELETE, ("", ""))
    if selected == source_name() and chosen in own:
        return str(chosen)
    return next((name for name in own if _is_selected(name)), own[0])


def _delete(name: str) -> None:
    selected = _is_selected(name)
    try:
        delete_source(get_lab().store, name)
    except HarError as error:
        st.session_state[_REFUSED] = [str(error)]
        return
    st.session_state[_DELETED] = name, selected
    if selected:
        change("source", SYNTHETIC)


def _undo() -> None:
    name, selected = st.session_state.pop(_DELETED)
    try:
        restore_source(name)
    except HarError as error:
        st.session_state[_REFUSED] = [str(error)]
        return
    if selected:
        change("source", name)


def _is_selected(name: str) -> bool:
    try:
        return canonical_source(source_name()) == name
    except HarError:  # what is selected is not here
        return False
