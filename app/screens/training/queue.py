"""The queue: what is trained now, what waits, and in which order."""

from collections.abc import Sequence

import streamlit as st

from app.screens.training.controls import act, draw_pause_and_stop
from app.shell.lab import get_lab
from app.shell.run_titles import title_of
from app.shell.selection import remember
from app.shell.wording import escape_markdown
from har_core.training.store import Run


def draw_queue(running: Sequence[Run], waiting: Sequence[Run]) -> None:
    """Draw a line for each run that is trained or waits, with the buttons that change its place.

    Args:
        running: the runs that are trained now, by this server or by another process.
        waiting: in the order in which they will be trained.
    """
    title = f"Queue: {len(running)} in training, {len(waiting)} waiting"
    with st.expander(title, icon=":material/format_list_numbered:", key="queue"):
        for run in running:
            _line(run, ":material/play_arrow:", {})
        names = [run.run_id for run in waiting]
        for place, run in enumerate(waiting):
            places = {"first": 0, "up": place - 1, "down": place + 1}
            _line(
                run,
                f":gray-badge[{place + 1}]",
                {word: _moved(names, place, to) for word, to in places.items()},
            )


def _moved(names: list[str], place: int, to: int) -> list[str] | None:
    """Return the order in which a run stands at another place, or None where it can't go there."""
    if to == place or not 0 <= to < len(names):
        return None
    rest = names[:place] + names[place + 1 :]
    return rest[:to] + [names[place]] + rest[to:]


_MOVES = {
    "first": ("vertical_align_top", "To the front of the queue"),
    "up": ("arrow_upward", "One place earlier"),
    "down": ("arrow_downward", "One place later"),
}


def _line(run: Run, mark: str, orders: dict[str, list[str] | None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"line of {run.run_id}"):
        st.markdown(f"{mark} {escape_markdown(title_of(run))}", width="stretch")
        for word, order in orders.items():
            icon, meaning = _MOVES[word]
            st.button(
                "", icon=f":material/{icon}:", key=f"{word} {run.run_id}", help=meaning, type="tertiary",
                on_click=act, args=(get_lab().store.reorder, order), disabled=order is None,
            )  # fmt: skip
        draw_pause_and_stop(run, labels=False)
        st.button(
            "", icon=":material/visibility:", key=f"watch {run.run_id}", help="Watch this run",
            on_click=remember, args=("run", run.run_id), type="tertiary",
        )  # fmt: skip
