"""How the files of a data set are organised: what was found out, what is asked, and what the user said."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from app.screens.data_set.reading import ask, draw_card, draw_reading, draw_refused_reading
from app.shell.selection import load_selected, remember, source_name
from app.shell.wording import escape_markdown
from har_core.data.action_names import say_msr_action3d, take_names_back
from har_core.data.describe import Description
from har_core.data.msr_action3d import has_msr_numbers
from har_core.data.sources import SYNTHETIC, LoadedSource
from har_core.errors import AmbiguousReadingError, HarError
from har_core.wording import counted

_SHOWN_ROWS = 8
_REFUSED = "why actions were not named"


def load_or_ask() -> LoadedSource:
    """Return the selected data set; where it can't be read, say what to choose or mend, and end the page."""
    source = source_name()
    try:
        return load_selected()
    except AmbiguousReadingError as error:
        made = ask(error, f"{error.choice} of {source}")
        st.button(f"Use this {error.choice}", on_click=remember, args=(error.choice, made), type="primary")
    except HarError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        draw_refused_reading()
    st.stop()


def draw_files(loaded: LoadedSource, found: Description, chosen: int) -> None:
    """Draw what was assumed, what the files hold, and what the actions are called.

    Args:
        loaded: the selected data set.
        found: what is in it.
        chosen: row of the sequence that is shown.
    """
    draw_reading(loaded, chosen)
    shortest, median, longest = (found.lengths[name] for name in ("min", "median", "max"))
    lengths = f"{shortest} to {longest} frames, half of them at most {median:g}"
    if shortest == longest:
        lengths = counted(longest, "frame")
    told = any(found.layout in what for what in found.files.values())
    st.markdown(
        "".join(
            f"- **{escape_markdown(file)}**: {escape_markdown(what)}.\n" for file, what in found.files.items()
        )
        + ("" if told else f"- **How they are organised**: {escape_markdown(found.layout)}.\n")
        + f"- A sequence has {lengths}; each frame has {found.frame}.\n"
        f"- A network needs as many outputs as there are actions: {found.classes}."
    )
    for sentence in found.notes:
        st.caption(escape_markdown(sentence))
    with st.container(horizontal=True, vertical_alignment="center"):
        _draw_action_names(loaded, found.action_names)
        if found.source != SYNTHETIC:
            draw_card(loaded)
    sequences = loaded.sequences
    rows = np.unique(np.linspace(0, len(sequences) - 1, _SHOWN_ROWS).round().astype(int)).tolist()
    st.dataframe(
        {
            "Row": rows,
            "Skeletons": [str(sequences[row].shape) for row in rows],
            "Action": [sequences.action_of(row).number for row in rows],
            "Called": [sequences.action_of(row).name for row in rows],
            "Subject": [int(sequences.subjects[row]) for row in rows],
            "Name": [sequences.ids[row] for row in rows],
        },
        hide_index=True, row_height=28,
        column_config={
            "Skeletons": st.column_config.TextColumn(help="Frames, joints, and x, y and z of each."),
        },
        alt="Some rows of the files: skeletons, action, subject and name of each recording.",
    )  # fmt: skip
    st.caption("The same row of each file is the same recording. These are some of them, as they were read.")


def _draw_action_names(loaded: LoadedSource, sentence: str) -> None:
    for refused in st.session_state.pop(_REFUSED, ()):
        st.error(escape_markdown(refused), icon=":material/error:")
    st.markdown(escape_markdown(sentence), width="content")
    if loaded.action_names == "said":
        st.button(
            "Call them by their numbers", key="number actions", icon=":material/undo:",
            on_click=_change, args=(take_names_back, loaded),
        )  # fmt: skip
    elif loaded.action_names == "unknown" and has_msr_numbers(loaded.sequences):
        st.button(
            "They are MSR Action3D's", key="name actions", on_click=_change,
            args=(say_msr_action3d, loaded),
            help="Action 1 is then called high arm wave, and so on. You can take it back. "
            "Runs keep the names they were started with.",
        )  # fmt: skip


def _change(change: Callable[[LoadedSource], None], loaded: LoadedSource) -> None:
    try:
        change(loaded)
    except HarError as error:
        st.session_state[_REFUSED] = [str(error)]
