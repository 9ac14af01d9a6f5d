"""Overview: the 14 steps of the practical work, and one button for all of its experiments."""

from typing import Any

import streamlit as st

from app.components.player import skeleton_player
from app.runs.setting_fields import draw_setting, start_button
from app.screens.overview.steps import draw_steps, draw_summary
from app.shell.lab import get_lab
from app.shell.messages import explain
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from app.shell.queueing import queue_experiments
from app.shell.selection import recall, selected_source, source_to_keep
from app.shell.wording import plain
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
        st.caption(f":orange[:material/info:] {plain(note)}")
    return split


def queue_work() -> None:
    """Draw the button that queues the four experiments."""
    st.subheader("The whole practical work")
    st.markdown(
        "Queues the four experiments of the course: LSTM, stacked LSTM, Bi-LSTM, and a 1D-CNN "
        "with as many parameters as the LSTM. You can close the browser while they run."
    )
    values: dict[str, Any] = {}
    faults: list[str] = []
    fields: dict[str, type[Settings]] = {"epochs": GradientTraining, "seed": ExperimentConfig}
    for column, (name, kind) in zip(st.columns(2), fields.items(), strict=True):
        with column:
            values[name], fault = draw_setting(kind, name, f"work {name}")
        faults += [fault] if fault else []
    split = draw_course_split(faults)
    pressed = start_button(
        "Queue the practical work", st.container(), st.container(), faults, icon=":material/playlist_add:",
        help="Puts the four experiments at the end of the queue.",
    )  # fmt: skip
    if split and pressed:
        with explain():
            queue_experiments(
                practical_work(source_to_keep(), split=split, layout=recall("layout"), **values)
            )
    active = lab.store.active()
    if active:
        st.markdown(f"{len(active)} {'run is' if len(active) == 1 else 'runs are'} in training or waiting.")
        link_to("training", "Watch them learn")


lab = get_lab()
loaded = selected_source()
sequences = loaded.sequences

page_header(
    "How does a network recognise an action?",
    "Train four networks on skeletons, look at what they confuse, and see the sequences behind every number.",
    synthetic=sequences.synthetic,
)

states = progress(sequences, lab.store.runs(), source_to_keep())
left, right = st.columns([2, 1], gap="medium")
with left:
    with st.container(border=True):
        queue_work()
    draw_summary(states)
with right:
    wanted = recall("sequence")
    shown = wanted if wanted in sequences.ids else sequences.ids[0]
    skeleton_player([recorded_clip(sequences, shown)], key="overview player", height=360)
st.subheader("The 14 steps")
draw_steps(states)
