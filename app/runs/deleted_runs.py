"""Deleting runs, and the ways back: at once by a button, and later from the list of those in the trash."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from app.runs.table import choose
from app.shell.lab import get_lab
from app.shell.run_titles import title_of
from app.shell.selection import forget, recall, remember
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.training.store import DeletedRun, Run

_DELETED = "runs deleted last"
_ROWS = 10  # of the list that are drawn at once


def delete_runs(run_ids: Sequence[str]) -> None:
    """Move runs to the trash, for a button to call; what is refused is told above the page."""
    deleted = _move_each(get_lab().store.delete, run_ids)
    if deleted:
        st.session_state[_DELETED] = deleted
    if recall("run") in deleted:
        forget("run")


def draw_undo() -> None:
    """Draw the way back from the last deletion, as long as its runs are in the trash."""
    last = st.session_state.get(_DELETED)
    found = [each for each in get_lab().store.deleted() if each.run.run_id in last] if last else []
    if not found:
        return
    said = f"{len(found)} runs" if len(found) > 1 else _title_of(found[0])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Deleted: {escape_markdown(said)}.", width="content")
        st.button(
            "Undo", icon=":material/undo:", key="undo deleting runs", on_click=_restore,
            args=([each.run.run_id for each in found],),
        )  # fmt: skip


def draw_deleted_runs() -> None:
    """Draw the list of the runs in the trash, the last one deleted first, each with its way back."""
    deleted = get_lab().store.deleted()
    if not deleted:
        return
    # What is closed is not drawn: a page of many elements takes the browser long. Its title holds no number,
    # for with another title it would close.
    with st.expander("Deleted runs", icon=":material/delete:", key="deleted runs", on_change="rerun") as box:
        if not box.open:
            return
        pages = -(-len(deleted) // _ROWS)
        page = st.pagination(pages, key="page of deleted runs") if pages > 1 else 1
        for each in deleted[(page - 1) * _ROWS : page * _ROWS]:
            _draw_row(each)


def _draw_row(deleted: DeletedRun) -> None:
    run_id = deleted.run.run_id
    when = f"deleted {deleted.at:%Y-%m-%d %H:%M} · " if deleted.at else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{escape_markdown(_title_of(deleted))}  \n:small[:gray[{when}{escape_markdown(run_id)}]]",
            width="stretch",
        )
        st.button(
            "Restore", icon=":material/restore_from_trash:", key=f"restore {run_id}", on_click=_restore,
            args=([run_id],), help="Brings the run back as it was.",
        )  # fmt: skip


def _title_of(deleted: DeletedRun) -> str:
    run = deleted.run
    return title_of(run) if isinstance(run, Run) else f"{run.run_id}, damaged"


def _restore(run_ids: Sequence[str]) -> None:
    lab = get_lab()
    back = _move_each(lab.store.restore, run_ids)
    lab.queue.wake()  # a run that was waiting waits again
    choose(back)
    if len(back) == 1:
        remember("run", back[0])


def _move_each(move: Callable[[str], Path], run_ids: Sequence[str]) -> list[str]:
    """Move runs, and return what those that could be moved are called there; of the others is told why."""
    moved = []
    for run_id in run_ids:
        try:
            moved.append(move(run_id).name)
        except HarError as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
    return moved
