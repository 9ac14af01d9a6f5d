"""The views of the skeletons page: what stands side by side, and how it is saved."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import streamlit as st

from app.shell.lab import get_prepared
from app.shell.selection import chosen_reading, source_name
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.data.preparation import Preparation
from har_core.data.sequences import SkeletonSequences
from har_core.player import camera
from har_core.player.clips import MOST_CLIPS, Clip
from har_core.player.gif import animation
from har_core.player.recordings import prepared_clip, recorded_clip, title_of_sequence
from har_core.player.standalone import standalone_page

# The default preparation, but with a frame for each recorded one.
_IN_STEP = Preparation(sequences="all", untracked="interpolate", frames=None)


@dataclass(frozen=True)
class Shown:
    """What a view shows.

    Attributes:
        clips: for the player.
        title: of a page that is saved.
    """

    clips: list[Clip]
    title: str


def _one_sequence(sequences: SkeletonSequences, chosen: str) -> Shown:
    return Shown([recorded_clip(sequences, chosen)], chosen)


def _recorded_and_prepared(sequences: SkeletonSequences, chosen: str) -> Shown:
    """Show the sequence as it is prepared, but not resampled, so that the two move in step."""
    recorded = recorded_clip(sequences, chosen)
    prepared = get_prepared(source_name(), chosen_reading(), _IN_STEP)
    if chosen not in prepared.ids:
        st.info(f"{escape_markdown(chosen)} is left out of training: the tracker never saw the body.")
        return Shown([recorded], chosen)
    return Shown([recorded, prepared_clip(prepared, chosen, "Prepared: ")], f"{chosen} recorded and prepared")


def _two_in_step(sequences: SkeletonSequences, chosen: str) -> Shown:
    row = sequences.row_of(chosen)
    of_action, others = [], []
    for other, name in enumerate(sequences.ids):
        (of_action if sequences.labels[other] == sequences.labels[row] else others).append(name)
    key = f"beside {sequences.action_of(row).name}"
    second = st.session_state.get(key)
    if second not in sequences.ids or second == chosen:
        second = _of_another_subject(sequences, chosen, of_action)
    draw_following(
        st.selectbox, f"skeletons {key}", second, partial(st.session_state.__setitem__, key),
        "Beside it", [*of_action, *others],
        format_func=lambda name: title_of_sequence(sequences, sequences.row_of(name)),
        label_visibility="collapsed",
    )  # fmt: skip
    return Shown([recorded_clip(sequences, name) for name in (chosen, second)], f"{chosen} and {second}")


def _of_another_subject(sequences: SkeletonSequences, chosen: str, of_action: list[str]) -> str:
    """Return the next subject's first sequence of the action, the chosen one where there is no other."""
    own = sequences.subjects[sequences.row_of(chosen)]
    subjects = {name: sequences.subjects[sequences.row_of(name)] for name in of_action}
    later = [name for name in of_action if subjects[name] > own]
    other = [name for name in of_action if subjects[name] != own]
    return [*later, *other, chosen][0]


def _grid(sequences: SkeletonSequences, chosen: str) -> Shown:
    row = sequences.row_of(chosen)
    action = sequences.action_of(row).name
    names = _one_of_each_subject_first(sequences, int(sequences.labels[row]))
    starts = range(0, len(names), MOST_CLIPS)
    start = st.selectbox(
        f"Sequences of {action}", starts, key=f"skeletons grid {sequences.source} {action}",
        persist_state="session", label_visibility="collapsed",
        format_func=lambda first: f"{first + 1} to {min(first + MOST_CLIPS, len(names))} of {len(names)}",
    )  # fmt: skip
    clips = []
    for name in names[start : start + MOST_CLIPS]:
        title = f"{name} · subject {sequences.subjects[sequences.row_of(name)]}"
        clips.append(replace(recorded_clip(sequences, name), title=title))
    return Shown(clips, f"{action} {start + 1} to {start + len(clips)} of {len(names)}")


def _one_of_each_subject_first(sequences: SkeletonSequences, label: int) -> list[str]:
    """Return the names of an action's sequences: the first of each subject, then the second of each."""
    taken: dict[int, int] = {}
    order = []
    for row, name in enumerate(sequences.ids):
        if sequences.labels[row] == label:
            subject = int(sequences.subjects[row])
            taken[subject] = taken.get(subject, 0) + 1
            order.append((taken[subject], subject, name))
    return [name for *_, name in sorted(order)]


GRID = "Grid"
VIEWS: dict[str, Callable[[SkeletonSequences, str], Shown]] = {
    "One sequence": _one_sequence,
    "Recorded and prepared": _recorded_and_prepared,
    "Two in step": _two_in_step,
    GRID: _grid,
}
"""Each draws the controls that only it has, and returns what is shown for a chosen sequence."""


def draw_saving(shown: Shown, synthetic: bool) -> None:
    """Draw what saves the clips as files; a file is made only when it is asked for."""
    note = "Synthetic data, made here, not recorded." if synthetic else ""
    size = 240 if len(shown.clips) > 2 else 360
    name = re.sub(r"[^\w.-]+", "-", shown.title)
    with st.popover("Save", icon=":material/download:"):
        st.download_button(
            "HTML page", lambda: standalone_page(shown.clips, title=shown.title, note=note),
            f"{name}.html", "text/html", key="skeletons html", on_click="ignore", width="stretch",
            help="One file with the player in it; it plays in any browser, without a network.",
        )  # fmt: skip
        view = st.selectbox(
            "Camera of the GIF", get_args(camera.View), key="skeletons gif camera",
            format_func=str.capitalize, persist_state="session",
        )  # fmt: skip
        st.download_button(
            "GIF", lambda: animation(shown.clips, view=view, width=size, height=size, note=note),
            f"{name}.gif", "image/gif", key="skeletons gif", on_click="ignore", width="stretch",
            help="A picture that moves, for slides.",
        )  # fmt: skip
