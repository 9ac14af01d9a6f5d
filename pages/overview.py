"""Overview: the 14 steps of the practical work, and one button for all of its experiments."""

from typing import Any

import streamlit as st

from app.components.player import skeleton_player
from app.runs.setting_fields import draw_setting, start_button
from app.screens.overview.steps import draw_one_step, draw_steps
from app.shell.lab import get_lab
from app.shell.messages import stop_on_error
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from app.shell.queueing import queue_experiments
from app.shell.selection import chosen_reading, recall, selected_source, source_to_keep, was_watched
from app.shell.wording import escape_markdown
from har_core.data.named_splits import about_split, parse_split
from har_core.data.split_check import check_split
from har_core.data.splits import AnySplit
from har_core.errors import ConfigError
from har_core.player.recordings import recorded_clip
from har_core.report.progress import progress
from har_core.settings import Settings
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.practical_work import practical_work


def draw_course_split(faults: list[str]) -> AnySplit | None:
    """Return the course's split of the data set; say where it adapts, and add what can't be trained on."""
    subjects = sequences.subjects.tolist()
    try:
        split = parse_split("course", subjects)
    except ConfigError as error:
        faults.append(str(error))
        return None
    try:
        check_split(sequences, split)
    except ConfigError as error:
        faults.append(str(error))
        link_to("training", "Train on another split")
    note = about_split("course", split, subjects)
    if note:
        st.caption(f":orange[:material/info:] {escape_markdown(note)}")
    return split


def queue_work(ran: bool, ended: bool) -> None:
    """Draw the button that queues the four experiments.

    Args:
        ran: whether each of them was; then the button is folded away.
        ended: whether none of these is at work any more; then handing in is what comes next.
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    fields: dict[str, type[Settings]] = {"epochs": GradientTraining, "seed": ExperimentConfig}
    with st.container(horizontal=True, vertical_alignment="center"):
        first = st.container(width="content")
        with st.popover("Train again" if ran else "Settings", icon=":material/tune:"):
            for name, kind in fields.items():
                values[name], fault = draw_setting(kind, name, f"work {name}")
                faults += [fault] if fault else []
            folded = st.container()
    if ended:
        with first:
            link_to("hand_in", "Hand in a report of your runs")
    split = draw_course_split(faults)
    pressed = start_button(
        "Queue the practical work", folded if ran else first, st.container(), faults,
        icon=":material/playlist_add:",
        help="Puts the four experiments of the course at the end of the queue: LSTM, stacked LSTM, Bi-LSTM, "
        "and a 1D-CNN with as many parameters as the LSTM. You can close the browser while they run.",
    )  # fmt: skip
    if split and pressed:
        with stop_on_error():
            queue_experiments(
                practical_work(source_to_keep(), split=split, reading=chosen_reading(), **values)
            )


def draw_active() -> None:
    """Say how many runs are trained or wait, and lead to them."""
    active = lab.store.active()
    if active:
        with st.container(horizontal=True, vertical_alignment="center"):
            count = "1 run is" if len(active) == 1 else f"{len(active)} runs are"
            st.markdown(f"{count} in training or waiting.", width="content")
            link_to("training", "Watch them learn")


lab = get_lab()
loaded = selected_source()
sequences = loaded.sequences

page_header(
    "How does a network recognise an action?",
    "Train four networks, and see the skeletons behind every number.",
    synthetic=sequences.synthetic,
)

states = progress(sequences, lab.store.runs(), source_to_keep(), watched=was_watched())
left, right = st.columns([5, 6], gap="medium")
with left:
    with st.container(border=True):
        draw_one_step(states)
    kinds = {state.kind for state in states}
    queue_work(ran="missing" not in kinds, ended=kinds.isdisjoint(("missing", "working")))
    draw_active()
    wanted = recall("sequence")
    shown = wanted if wanted in sequences.ids else sequences.ids[0]
    skeleton_player([recorded_clip(sequences, shown)], key="overview player", height=216, grows=True)
with right, st.container(height="stretch", vertical_alignment="distribute", gap="small"):
    draw_steps(states)
