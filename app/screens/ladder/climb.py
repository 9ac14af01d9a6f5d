"""What is to be climbed: split, seeds and rungs, how long it takes, and the button that queues it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.runs.time_to_train import draw_time
from app.shell.lab import get_lab
from app.shell.messages import leak_notice, stop_on_error
from app.shell.navigation import link_to
from app.shell.queueing import queue_experiments
from app.shell.selection import chosen_reading, source_to_keep
from app.shell.wording import escape_markdown
from har_core.analysis.ladder import Ladder, ladder_from_runs
from har_core.analysis.ladder_standing import Key
from har_core.data.named_splits import HOW_WRITTEN, NAMED_SPLITS, about_split, parse_split
from har_core.data.sources import LoadedSource
from har_core.data.split_check import check_split, check_subjects
from har_core.data.splits import AnySplit
from har_core.training.config import ExperimentConfig
from har_core.training.ladder import PLACES, RUNGS, Place, experiment_of, top_rung
from har_core.training.seed_list import parse_seeds
from har_core.training.store import Run
from har_core.wording import counted

_SPLIT, _SEEDS, _CHOSEN = "ladder split", "ladder seeds", "ladder {}"
_MOST_FAULTS = 3


@dataclass(frozen=True)
class Climb:
    """What is looked at, and what of it is to be climbed.

    Attributes:
        ladder: where everything stands.
        chosen: what the button climbs.
        runs: all there are.
    """

    ladder: Ladder
    chosen: Sequence[Key]
    runs: Sequence[Run]


def choose_climb(loaded: LoadedSource, row: DeltaGenerator) -> Climb:
    """Draw split, seeds and rungs; a page that can't split the data so ends with the reason.

    Args:
        loaded: the data set.
        row: where the controls stand.
    """
    split_at, seeds_at = row.container(width=170), row.container(width=110)
    asked = split_at.selectbox(
        "Split", list(NAMED_SPLITS), key=_SPLIT, persist_state="session", accept_new_options=True,
        format_func=lambda name: name, help=f"{HOW_WRITTEN[0].upper()}{HOW_WRITTEN[1:]}.",
    )  # fmt: skip
    st.session_state.setdefault(_SEEDS, "0-2")
    text = seeds_at.text_input(
        "Seeds", key=_SEEDS, persist_state="session",
        help="Of each rung, such as 0-9 or 0, 3, 7. How much chance makes is told from three on.",
    )  # fmt: skip
    with row.popover("What to climb", icon=":material/checklist:", key="what to climb"):
        chosen = _choose_rungs()
    with stop_on_error():
        split = _split(asked or next(iter(NAMED_SPLITS)), loaded)
        seeds = parse_seeds(text)
        base = ExperimentConfig(source=source_to_keep(), reading=chosen_reading(), split=split)
    runs = get_lab().store.runs()
    return Climb(ladder_from_runs(base, seeds, runs, loaded.sequences.fingerprint), chosen, runs)


def _split(asked: str, loaded: LoadedSource) -> AnySplit:
    sequences = loaded.sequences
    subjects = sorted({int(number) for number in sequences.subjects})
    split = parse_split(asked, subjects)
    check_subjects(sequences, split)
    check_split(sequences, split)
    note = about_split(asked, split, subjects)
    if note:
        st.caption(f":orange[:material/info:] {escape_markdown(note)}")
    leak_notice([split])
    return split


_ASKED: dict[Place, str] = {
    "rung": "Rungs",
    "alone": "Changes put into the course's LSTM alone",
    "without": f"Changes taken out of {top_rung()}",
}


def _choose_rungs() -> list[Key]:
    chosen: list[Key] = []
    for place in PLACES:
        names = [name for name in RUNGS if experiment_of(name, place)]
        key = _CHOSEN.format(place)
        st.session_state.setdefault(key, names if place == "rung" else [])
        wanted = st.multiselect(
            _ASKED[place], names, key=key, persist_state="session", placeholder="None", width=420,
            format_func=lambda name: f"{name} {RUNGS[name].title}",
        )  # fmt: skip
        chosen += [(name, place) for name in names if name in wanted]
    return chosen


def draw_climb(climb: Climb, loaded: LoadedSource, row: DeltaGenerator) -> None:
    """Draw the button that queues what is missing, how long that takes, and what has failed.

    Args:
        climb: what is to be climbed.
        loaded: the data set.
        row: where the button stands.
    """
    left = climb.ladder.left(climb.chosen)
    count = len(left)
    pressed = row.button(
        f"Climb: {counted(count, 'run')}" if count else "Climb", type="primary", icon=":material/stairs:",
        disabled=not count, key="climb", help="Queues what is missing, rung by rung, each with all its seeds."
        if count else "All runs of what you chose are here, or on their way.",
    )  # fmt: skip
    if pressed:
        with stop_on_error(ends_page=False), st.spinner("Looking whether all of it can be trained"):
            _queue(climb, left, loaded)
            st.rerun()
    standings = [climb.ladder.standings[key] for key in climb.chosen]
    at_work = sum(len(one.at_work) for one in standings)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if at_work:
            st.caption(f"{counted(at_work, 'run')} at work or waiting.", width="content")
            link_to("training", "Watch, pause or stop", about="The queue, and the curves of what is trained.")
        if left:
            draw_time(left, loaded.sequences, climb.runs)
    failed = [run for one in standings for run in one.failed]
    for run in failed[:_MOST_FAULTS]:
        said = run.status.error or f"It was {run.status.state} before its end."
        st.warning(escape_markdown(f"{run.run_id}: {said}"), icon=":material/error:")
    if len(failed) > _MOST_FAULTS:
        st.caption(f"And {len(failed) - _MOST_FAULTS} more that did not come to their end.")


def _queue(climb: Climb, left: Sequence[ExperimentConfig], loaded: LoadedSource) -> None:
    """Queue what is missing, and let go on what was paused or interrupted.

    Raises:
        HarError: one of the rungs can't be trained on these data.
    """
    # Not imported above: torch comes with it. By the time of a click the queue's thread has imported it.
    from har_core.training.check import check_experiment

    checked: list[ExperimentConfig] = []  # whatever their seed
    for experiment in left:
        settings = experiment.model_copy(update={"seed": 0})
        if settings not in checked:
            check_experiment(experiment, loaded)
            checked.append(settings)
    lab = get_lab()
    halted = [run for key in climb.chosen for run in climb.ladder.standings[key].halted]
    for run in {run.run_id: run for run in halted}.values():
        lab.store.requeue(run.run_id)
    going_on = [run.config.anywhere for run in halted]
    missing = [config for config in left if config.anywhere not in going_on]
    if missing:
        queue_experiments(missing)
    lab.queue.wake()
