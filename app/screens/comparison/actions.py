"""What can be done with the runs that are chosen: name and delete."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.runs.deleted_runs import delete_runs
from app.shell.lab import get_lab
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.settings import make_settings
from har_core.training.records import LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, Label
from har_core.training.store import Run


def draw_run_actions(chosen: Sequence[Run], known_tags: Sequence[str], row: DeltaGenerator) -> None:
    """Draw what can be done with the chosen runs; nothing where none is chosen.

    Args:
        chosen: runs of the table.
        known_tags: tags of other runs, to choose from.
        row: where what can be done with them stands.
    """
    if not chosen:
        return
    alone = len(chosen) == 1
    with row.popover("Name, delete" if alone else "Delete", icon=":material/edit:", key="chosen runs"):
        if alone:
            _draw_label_form(chosen[0], known_tags)
        st.button(
            f"Delete {'run' if alone else f'{len(chosen)} runs'}", icon=":material/delete:",
            key="delete chosen runs", on_click=delete_runs, args=([run.run_id for run in chosen],),
            help="Moves to the trash folder. You can undo it.",
        )  # fmt: skip


def _draw_label_form(run: Run, known_tags: Sequence[str]) -> None:
    tags = list(dict.fromkeys([*run.label.tags, *known_tags]))
    with st.form(f"label of {run.run_id}", border=False):
        st.text_input("Name", run.label.name, max_chars=LONGEST_NAME, key=f"name of {run.run_id}")
        st.multiselect(
            "Tags", tags, list(run.label.tags), accept_new_options=True, max_selections=MOST_TAGS,
            key=f"tags of {run.run_id}", placeholder="Choose one, or type another",
            help=f"Up to {MOST_TAGS} of {LONGEST_TAG} characters.",
        )  # fmt: skip
        st.text_area("Note", run.label.note, max_chars=LONGEST_NOTE, key=f"note of {run.run_id}")
        st.form_submit_button("Save", type="primary", on_click=_save, args=(run.run_id,))


def _save(run_id: str) -> None:
    said: dict[str, Any] = {
        part: st.session_state[f"{part} of {run_id}"] for part in ("name", "tags", "note")
    }
    try:
        label = make_settings(Label, "Not saved", **said | {"tags": tuple(said["tags"])})
        get_lab().store.write_label(run_id, label)
    except HarError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
