"""Bringing data sets in: fetch, upload, or open a folder."""

import streamlit as st

from app.doors import is_open_to_others
from app.ui.selection import remember
from app.ui.wording import plain
from har_core.data.downloads import fetch_msr_action3d
from har_core.data.sources import MSR_ACTION3D, import_source, list_sources, source_folder
from har_core.errors import AmbiguousLayoutError, HarError


def draw_sources() -> None:
    """Draw the ways to bring a data set in, folded away."""
    present = {info.name: info.present for info in list_sources()}
    with st.expander("Bring in a data set", icon=":material/add:", expanded=False):
        fetch, upload = st.tabs(["MSR Action3D", "Upload files"])
        with fetch:
            _fetch(present[MSR_ACTION3D])
        with upload:
            _upload()
        whose = "that the owner of this server lets you open" if is_open_to_others() else "on this computer"
        st.caption(f"To open a folder or a zip {whose}, type its path into Data set in the sidebar.")


def _fetch(present: bool) -> None:
    if present:
        st.markdown(f"MSR Action3D is here. Choose `{MSR_ACTION3D}` in the sidebar.")
        return
    st.markdown(
        "Fetches the course's three files. Without a network, save `X.npy`, `Y.npy` and `Y_s.npy` "
        f"into `{source_folder(MSR_ACTION3D)}`."
    )
    if st.button("Fetch MSR Action3D", icon=":material/download:", type="primary"):
        bar = st.progress(0.0, text="Asking for the files")

        def show(name: str, done: int, total: int) -> None:
            bar.progress(min(1.0, done / total) if total else 0.0, text=f"{name}: {done / 1e6:.1f} MB")

        try:
            fetch_msr_action3d(show)
        except HarError as error:
            bar.empty()
            st.error(plain(str(error)), icon=":material/cloud_off:")
        else:
            remember("source", MSR_ACTION3D)
            st.rerun()


def _upload() -> None:
    files = st.file_uploader(
        "X.npy, Y.npy, Y_s.npy and perhaps ids.npy; or the authors' text files, or a zip of either",
        accept_multiple_files=True, type=["npy", "txt", "zip"], key="upload files",
    )  # fmt: skip
    name = st.text_input(
        "Name of the new data set", key="upload name", placeholder="my-recordings",
        help="Small letters, digits, - and _.",
    )  # fmt: skip
    layout = None
    choices = st.session_state.get("upload choices")
    if choices:
        layout = st.selectbox("Layout of X.npy", choices, key="upload layout")
    if st.button("Add the data set", disabled=not files or not name, icon=":material/upload:"):
        try:
            import_source(name, {file.name: file.getvalue() for file in files}, layout)
        except AmbiguousLayoutError as error:
            st.session_state["upload choices"] = error.choices
            st.warning(plain(str(error)))
            st.button("Choose the layout")
        except HarError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            st.session_state.pop("upload choices", None)
            remember("source", name)
            st.rerun()
