"""Bringing in the files to be tried: as a data set of their own, which is selected."""

from pathlib import Path

import streamlit as st

from app.shell.navigation import link_to
from app.shell.selection import change
from app.shell.wording import escape_markdown
from har_core.data.new_sources import import_source
from har_core.data.reading.readers import what_is_expected
from har_core.data.sources import source_folder
from har_core.errors import AmbiguousReadingError, HarError

_UPLOADS = "files uploaded to be tried"


def draw_upload() -> None:
    """Draw the upload, folded away; what was read becomes the selected data set."""
    uploads = st.session_state.get(_UPLOADS, 0)  # another number empties the field, and closes it
    with st.popover("Upload", icon=":material/upload:", key=f"try upload {uploads}"):
        files = st.file_uploader(
            "The files of a data set, or a zip of them", accept_multiple_files=True,
            key=f"files to be tried {uploads}", help=escape_markdown(what_is_expected()),
        )  # fmt: skip
        if st.button("Try them", disabled=not files, key="try the files"):
            _take({file.name: file.getvalue() for file in files})
        st.caption(
            "They become a data set of their own; **Data set** in the sidebar has it and all others that are "
            "here."
        )


def _take(files: dict[str, bytes]) -> None:
    """Take uploaded files in and select them, or say what is wrong."""
    try:
        added = import_source(_free_name(next(iter(files))), files).sequences.source
    except AmbiguousReadingError as error:
        st.warning(escape_markdown(str(error)))
        link_to("data_set", f"Upload them there, where the {error.choice} can be chosen")
    except HarError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    else:
        st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
        change("source", added)
        st.rerun()


def _free_name(file: str) -> str:
    """Return a name for a new data set that is like that of a file, with a number where it is taken."""
    stem = "".join(sign if sign.isalnum() or sign in " -_" else "-" for sign in Path(file).stem)
    name = stem.strip(" -_")[:50] or "tried"
    number = 1
    while source_folder(numbered := name if number == 1 else f"{name} {number}").exists():
        number += 1
    return numbered
