"""What is wrong with runs on disk, told beside the others, and the way to be rid of it."""

from collections.abc import Sequence

import streamlit as st

from app.runs.deleted_runs import delete_runs
from app.shell.faults import warn
from har_core.training.store import DamagedRun, Run
from har_core.wording import counted

_MOST = 5  # that are told one by one


def draw_damage(found: Sequence[Run | DamagedRun]) -> None:
    """Draw a line for each run that can't be read, with its deletion, and for each fault of another."""
    torn = [run for run in found if isinstance(run, DamagedRun)]
    for run in torn[:_MOST]:
        with st.container(horizontal=True, vertical_alignment="center"):
            warn(f"{run.run_id} can't be read. {run.reason}")
            _draw_deletion([run.run_id], "Delete")
    if len(torn) > _MOST:
        with st.container(horizontal=True, vertical_alignment="center"):
            more = counted(len(torn) - _MOST, "more run")
            warn(f"{more} can't be read; python -m har_core runs list names them.")
            _draw_deletion([run.run_id for run in torn], f"Delete all {len(torn)}")
    whole = [run for run in found if isinstance(run, Run)]
    faults = [fault for run in whole for fault in (run.label_fault, *run.faults) if fault]
    for fault in faults[:_MOST]:
        warn(fault)
    if len(faults) > _MOST:
        warn(f"{counted(len(faults) - _MOST, 'more fault')}; python -m har_core runs list names them.")


def _draw_deletion(run_ids: list[str], label: str) -> None:
    st.button(
        label, icon=":material/delete:", key=f"{label} damaged {run_ids[0]}", on_click=delete_runs,
        args=(run_ids,), help="Moves to the trash folder. You can undo it.",
    )  # fmt: skip
