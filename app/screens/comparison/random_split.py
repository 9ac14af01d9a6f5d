"""One model split by subject and at random: what leaks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from statistics import fmean

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.chart import draw_chart
from app.screens.comparison.compared import Compared, say_what_is_missing
from app.shell.lab import get_lab, get_prepared
from app.shell.messages import leak_notice, stop_on_error
from app.shell.queueing import queue_experiments
from app.shell.selection import selected_source, source_to_keep
from app.shell.wording import escape_markdown
from har_core.analysis.leaks import (
    NEIGHBOUR,
    SplitPair,
    known_of_test,
    neighbour_pair,
    say_experiments,
    say_gain,
    split_pairs,
)
from har_core.analysis.seeds import SeedGroup, short_titles
from har_core.data.named_splits import course_split
from har_core.data.sources import LoadedSource
from har_core.data.splits import AnySplit
from har_core.plots.accuracies import accuracy_figure, height_of
from har_core.plots.captions import Caption
from har_core.training.config import ExperimentConfig
from har_core.training.store import Run
from har_core.wording import counted, percent


def draw_random_split(compared: Compared) -> None:
    """Draw a config under both splits, what each tells of the test part, and what is still to be trained."""
    loaded = selected_source()
    runs = get_lab().store.runs()
    fingerprint = loaded.sequences.fingerprint
    here = [run for run in runs if run.meta and run.meta.fingerprint == fingerprint]
    here = [run for run in here if run.config.source == source_to_keep() and not run.config.split.refit]
    course = course_split(loaded.sequences)
    if not here:
        say_what_is_missing("No run has read the selected data set yet, so there is nothing to split anew.")
        return
    if course is None:
        st.info("The selected data set has too few subjects to be split by subject.")
        return
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        pair = _choose(compared, here, course)
    neighbour = neighbour_pair(pair, here) if pair.by_subject.model.name != NEIGHBOUR else None
    pairs = [pair, neighbour] if neighbour else [pair]
    # The quick one first.
    missing = [config for each in reversed(pairs) for config in each.missing(runs, fingerprint)]
    _draw_queueing(missing, row)
    figure, numbers = st.columns(2, gap="medium")
    with figure:
        _draw_accuracies(pairs, compared.places)
    with numbers:
        with stop_on_error():
            _draw_numbers(pairs, loaded)
        said = "; ".join(f"{escape_markdown(each.by_subject.kind.title)}: {say_gain(each)}" for each in pairs)
        st.markdown(f"{said}.")
        st.caption(
            f"Still missing: {escape_markdown(say_experiments(missing))}."
            if missing
            else "All runs of this comparison are here or on their way."
        )
    if not any(run.config.split.leaks for run in runs):  # else the page says so
        leak_notice([pair.at_random.split])


def _choose(compared: Compared, here: Sequence[Run], course: AnySplit) -> SplitPair:
    """Draw the choice of a config: of those of the runs that are compared, else of all on this data set."""
    ids = {run.run_id for run in compared.runs}
    pairs = split_pairs(here, course)
    pairs = [pair for pair in pairs if any(run.run_id in ids for run in pair.runs)] or pairs
    # The nearest neighbour stands beside each of the others.
    pairs.sort(key=lambda pair: pair.by_subject.model.name == NEIGHBOUR)
    by_title = {pair.title: pair for pair in pairs}
    title = st.selectbox(
        "Config", list(by_title), key="config of both splits", label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    return by_title[title]


_HOW = ("By subject", "At random")


def _draw_numbers(pairs: Sequence[SplitPair], loaded: LoadedSource) -> None:
    """Draw a table with a column for each split: what the training part knows, and what is reached."""
    configs = pairs[0].by_subject, pairs[0].at_random
    used = set(get_prepared(configs[0].source, configs[0].reading, configs[0].preparation).ids)
    known = [known_of_test(loaded.sequences, config.split, used) for config in configs]
    rows = {
        "Test sequences": [f"{each.total:,}" for each in known],
        "of people in training": [f"{each.same_people:,}" for each in known],
        "with a twin in training": [f"{each.twins:,}" for each in known],
    }
    for pair in pairs:
        reached = [percent(fmean(shares)) if shares else "" for shares in pair.shares]
        rows[f"{pair.by_subject.kind.title}, test"] = reached
    table = pd.DataFrame.from_dict(rows, orient="index", columns=_HOW).reset_index(names="what")
    st.dataframe(
        table, hide_index=True, key="numbers of both splits",
        alt="What the training part holds of the test part, and what is reached, by subject and at random",
        column_config={
            "what": st.column_config.TextColumn(""),
            **{
                how: st.column_config.TextColumn(
                    help=escape_markdown(f"Split {config.split.name}."), alignment="right"
                )
                for how, config in zip(_HOW, configs, strict=True)
            },
        },
    )  # fmt: skip
    st.caption("A twin is another take of the same action by the same person.")


def _draw_accuracies(pairs: Sequence[SplitPair], places: Mapping[str, int]) -> None:
    free = max(places.values()) + 1
    found = [
        (_place_of(pair, places, free), replace(group, title=f"{config.kind.title}, {how.lower()}"))
        for pair in pairs
        for how, config in zip(_HOW, (pair.by_subject, pair.at_random), strict=True)
        if (group := pair.group(config)) and any(run.results for run in group.everyone)
    ]
    if not found:
        st.info("None of these runs has ended yet.", icon=":material/hourglass_empty:")
        return
    groups: list[SeedGroup] = [group for _, group in found]
    both = {run.run_id: place for place, group in found for run in group.everyone}
    config, other = pairs[0].by_subject, pairs[0].at_random
    ground = f"{PurePath(config.source).name}, splits {config.split.name} and {other.split.name}"
    draw_chart(
        accuracy_figure(groups, short_titles(groups), both, ground), height=height_of(groups),
        key="both splits", caption=Caption("Test accuracy by subject and at random", [ground]),
        alt=f"Test accuracy of {counted(len(both), 'run')}, a row for each model and split. "
        + " ".join(f"{pair.by_subject.kind.title}: {say_gain(pair)}" for pair in pairs),
    )  # fmt: skip


def _place_of(pair: SplitPair, places: Mapping[str, int], free: int) -> int:
    """Return the place of a config in the other views, under either split; a free one where it has none."""
    by_subject = pair.group(pair.by_subject)
    runs = by_subject.everyone if by_subject else pair.runs
    return next((places[run.run_id] for run in runs if run.run_id in places), free)


def _draw_queueing(missing: list[ExperimentConfig], row: DeltaGenerator) -> None:
    if not missing:
        return
    if row.button(
        f"Queue {counted(len(missing), 'missing run')}", icon=":material/playlist_add:", type="primary",
        key="queue runs of both splits", help=escape_markdown(f"{say_experiments(missing)}."),
    ):  # fmt: skip
        with stop_on_error():
            queue_experiments(missing)
            st.rerun()
