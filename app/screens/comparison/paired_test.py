"""Two runs against each other: McNemar's test, the sequences on which they differ, and their matrices."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from app.runs.chooser import select_weights
from app.screens.comparison.linked_view import FIRST, SECOND, other_run
from app.screens.comparison.matrices import draw_matrices
from app.shell.lab import get_lab
from app.shell.messages import stop_on_error
from app.shell.navigation import link_to
from app.shell.selection import change, recall, remember, remember_reading, source_name
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.analysis.mcnemar import PairedTest, compare_runs, say_verdict
from har_core.analysis.seeds import group_by_config, short_titles
from har_core.training.records import CheckpointChoice
from har_core.training.store import Run
from har_core.wording import count_of, percent


def draw_paired_test(ended: Sequence[Run]) -> None:
    """Draw the choice of two runs, and in what they differ.

    Args:
        ended: runs with results, at least two.
    """
    titles = short_titles(group_by_config(ended))
    left, right, weights_at = st.columns([2, 2, 1])
    first = _choose_run(left, FIRST, ended, titles, 0)
    # At first another model that it can be compared with, which is what most want to know.
    second = _choose_run(right, SECOND, ended, titles, other_run(ended, 0))
    with weights_at:
        checkpoint = select_weights(first.config, second.config)
    if first.run_id == second.run_id:
        st.info("This is one run twice. Choose another as the second.")
        return
    with stop_on_error():
        found = compare_runs(get_lab().store, first, second, checkpoint)
    _draw_verdict(found, titles[first.run_id], titles[second.run_id])
    _say_whose_weights(first, second, titles, checkpoint)
    draw_matrices(first, second, (titles[first.run_id], titles[second.run_id]), checkpoint)
    _draw_discordant(found, first, titles[first.run_id], titles[second.run_id])


def _say_whose_weights(
    first: Run, second: Run, titles: Mapping[str, str], checkpoint: CheckpointChoice
) -> None:
    """Say it where the weights that were chosen are those of one run alone."""
    without = [run for run in (first, second) if run.config.checkpoint_for(checkpoint) != checkpoint]
    if len(without) == 1:
        (run,) = without
        last = "its last epoch is compared" if run.config.training else "it has no epochs at all"
        st.caption(f":material/info: {escape_markdown(titles[run.run_id])} has no best epoch: {last}.")


def _choose_run(
    place: st.delta_generator.DeltaGenerator,
    key: str,
    runs: Sequence[Run],
    titles: Mapping[str, str],
    index: int,
) -> Run:
    by_id = {run.run_id: run for run in runs}
    chosen = place.selectbox(
        key.removeprefix("mcnemar "),
        list(by_id),
        index,
        key=key,
        format_func=titles.get,
        persist_state="session",
    )
    return by_id[chosen]


def _draw_verdict(found: PairedTest, first: str, second: str) -> None:
    cards = [
        ("Only first right", found.only_first, f"b: {first} recognises them, {second} does not."),
        ("Only second right", found.only_second, f"c: {second} recognises them, {first} does not."),
        (
            "Both right",
            found.both_right,
            "Sequences that both recognise; they say nothing of a difference.",
        ),
        ("Neither right", found.both_wrong, "Sequences that neither recognises; they say nothing either."),
    ]
    with st.container(horizontal=True):
        for label, count, meaning in cards:
            st.metric(label, f"{count:,}", help=escape_markdown(meaning), border=True, width=168)
    mine, other = found.both_right + found.only_first, found.both_right + found.only_second
    p = f"p = {found.p:.3g}" if found.p >= 0.001 else "p < 0.001"
    st.markdown(
        f"**{p}**, exact and two-sided, with n = b + c = {len(found.ids)}. "
        f"{escape_markdown(first)} recognises {percent(mine / found.total)} of the test sequences, "
        f"{count_of(mine, found.total)}; {escape_markdown(second)} recognises "
        f"{percent(other / found.total)}, "
        f"{count_of(other, found.total)}. {say_verdict(found)}"
    )
    if found.left_out:
        st.caption(f"{found.left_out:,} test sequences that only one of the two runs has are left out.")
    st.caption(
        "The test is of these two runs: a network of another seed answers differently, so look at the means "
        "of several seeds before you call a model better. Of many pairs, one in twenty seems to differ by "
        "chance. McNemar, Psychometrika 1947; Dietterich, Neural Computation 1998."
    )


def _draw_discordant(found: PairedTest, run: Run, first: str, second: str) -> None:
    if not len(found.ids):
        st.info("Both runs are right and wrong on the same sequences.")
        return
    actions = run.meta.action_names
    table = pd.DataFrame(
        {
            "sequence": found.ids,
            "action": [actions[label] for label in found.truth],
            "right": ["first" if right else "second" for right in found.first == found.truth],
            "first": [actions[label] for label in found.first],
            "second": [actions[label] for label in found.second],
        }
    )
    st.dataframe(
        table, hide_index=True, key="discordant", alt="Test sequences on which one of the two runs is right",
        column_config={
            "sequence": st.column_config.TextColumn("Sequence", help="On which exactly one run is right."),
            "action": st.column_config.TextColumn("Action", help="What was performed."),
            "right": st.column_config.TextColumn("Right", help="Which of the two runs recognises it."),
            "first": st.column_config.TextColumn("First says", help=f"What {first} predicts."),
            "second": st.column_config.TextColumn("Second says", help=f"What {second} predicts."),
        },
    )  # fmt: skip
    if source_name() != run.config.source:
        st.button(
            "Switch to the data set of these runs", icon=":material/database:", on_click=_switch_source,
            args=(run,),
            help=f"To see one of the sequences move, select {escape_markdown(run.config.source)}.",
        )  # fmt: skip
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ids, wanted = found.ids.tolist(), recall("sequence")
        sequence = wanted if wanted in ids else ids[0]
        choose = partial(remember, "sequence")
        draw_following(st.selectbox, "discordant sequence", sequence, choose, "Sequence", ids, width=220)
        link_to("skeletons", "See it move", sequence=sequence)


def _switch_source(run: Run) -> None:
    change("source", run.config.source)
    remember_reading(run.config.reading)
