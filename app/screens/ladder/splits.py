"""The lottery of splits on the page: a histogram, and who trains in what is clicked in it."""

from collections.abc import Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

import pandas as pd
import streamlit as st

from app.components.chart import draw_chart
from app.screens.ladder.lottery_at_work import LotteryAtWork, begin_lottery, lottery_at_work
from app.shell.messages import stop_on_error
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.analysis.split_lottery import (
    LOTTERY_CONFIG,
    Half,
    SplitLottery,
    halves_of,
    kept_lottery,
    say_lottery,
)
from har_core.data.sequences import SkeletonSequences
from har_core.plots.captions import Caption
from har_core.plots.split_histogram import BARS, bins_of, say_bin, split_histogram
from har_core.wording import listed, percent

_CHART, _CHOSEN, _SELECTED = "split lottery", "chosen in the split lottery", "selected in the split lottery"
_HEIGHT, _TABLE = 240, 146  # pixels of the histogram, and of the table that a click opens
_LOOK_EVERY = 0.5  # seconds


def draw_splits(sequences: SkeletonSequences) -> None:
    """Draw what the DTW-SVM reaches over all halves of the subjects, or what has them tried.

    Args:
        sequences: of a data set, as recorded.
    """
    lottery = kept_lottery(sequences)
    work = lottery_at_work(sequences)
    lottery = lottery or (work.lottery if work else None)
    if lottery:
        with st.container(gap="xsmall"):
            _draw_lottery(lottery, sequences)
    elif work and not work.is_over:
        _follow(work)
    else:
        _offer(sequences, work.fault if work else "")


def _offer(sequences: SkeletonSequences, fault: str) -> None:
    with stop_on_error(ends_page=False):
        trains, of = halves_of(sequences.subjects.tolist())
        every = f"all {of:,}" if len(trains) == of else f"{len(trains):,} of the {of:,}"
        st.markdown(
            f"**Luck of the split.** {LOTTERY_CONFIG.kind.title}, which no seed changes, trained on {every} "
            "halves of the subjects and tested on the other half: how far would the figure go up or down if "
            "others had been chosen to train?"
        )
        st.button(
            f"Try {every} halves", icon=":material/casino:", type="primary", key="draw split lottery",
            on_click=partial(begin_lottery, sequences),
            help="Measures how far all sequences are from each other, once, and trains on each half.",
        )  # fmt: skip
    if fault:
        st.error(escape_markdown(fault), icon=":material/error:")


@st.fragment(run_every=_LOOK_EVERY)
def _follow(work: LotteryAtWork) -> None:
    if work.is_over:
        st.rerun()
    st.progress(work.share, text="Trying the halves; you can go on elsewhere meanwhile")


def _draw_lottery(lottery: SplitLottery, sequences: SkeletonSequences) -> None:
    chosen = _chosen(lottery)
    about = f"{LOTTERY_CONFIG.kind.title}, {PurePath(sequences.source).name}"
    draw_chart(
        split_histogram(lottery, about, chosen), key=_CHART, height=_HEIGHT,
        caption=Caption("Test accuracy over splits into halves", [about]),
        alt=f"Histogram: {say_lottery(lottery)}", on_select=partial(_take_click, lottery),
    )  # fmt: skip
    _draw_choice(lottery, chosen)
    st.caption(
        f"{escape_markdown(say_lottery(lottery))}{_say_course(sequences)} Nothing is chosen here: a split "
        "taken for its figure would tell of luck alone."
    )


def _say_course(sequences: SkeletonSequences) -> str:
    ten = set(sequences.subjects.tolist()) == set(range(1, 11))
    return " The course's split is no half, and not among them." if ten else ""


def _chosen(lottery: SplitLottery) -> int | str:
    """Return the bin or the name of the split that is shown: at first a usual split, or the fullest bin."""
    bins = bins_of(lottery)
    chosen = st.session_state.get(_CHOSEN)
    if chosen in lottery.usual or (isinstance(chosen, int) and bins.get(chosen)):
        return chosen
    return next(iter(lottery.usual), max(bins, key=lambda number: len(bins[number])))


def _draw_choice(lottery: SplitLottery, chosen: int | str) -> None:
    bins = bins_of(lottery)
    options = [*lottery.usual, *(number for number, halves in bins.items() if halves)]
    words = {number: say_bin(number, len(halves)) for number, halves in bins.items()}
    words |= {name: f"{name}: {percent(half.accuracy)}" for name, half in lottery.usual.items()}
    draw_following(
        st.selectbox, "splits of a bar or mark", chosen, partial(st.session_state.__setitem__, _CHOSEN),
        "Click a bar or a mark, or choose it here", options, format_func=lambda option: words[option],
    )  # fmt: skip
    if isinstance(chosen, str):
        half = lottery.usual[chosen]
        st.markdown(f"{half.who}: **{percent(half.accuracy)}**, {half.correct:,} of {half.total:,}.")
    else:
        _draw_halves(bins[chosen])


def _draw_halves(halves: list[Half]) -> None:
    table = pd.DataFrame(
        {
            "train": [listed(half.train) for half in halves],
            "test": [listed(half.test) for half in halves],
            "accuracy": [percent(half.accuracy) for half in halves],
        }
    )
    st.dataframe(
        table, hide_index=True, key="halves of a bar", height=min(36 * (len(halves) + 1), _TABLE),
        alt="Who trains and who tests in the splits of the chosen bar",
        column_config={
            "train": st.column_config.TextColumn("Train", help="Subjects."),
            "test": st.column_config.TextColumn("Test", help="The other subjects."),
            "accuracy": st.column_config.TextColumn("Test accuracy", alignment="right"),
        },
    )  # fmt: skip


def _take_click(lottery: SplitLottery) -> None:
    """Follow a click: what is newly selected in the figure, or else what no longer is."""
    now = _read_selection(st.session_state.get(_CHART), lottery)
    before = st.session_state.get(_SELECTED, set())
    st.session_state[_SELECTED] = now
    clicked = (now - before) or (before - now)
    if len(clicked) == 1:
        st.session_state[_CHOSEN] = next(iter(clicked))


def _read_selection(state: Mapping[str, Any] | None, lottery: SplitLottery) -> set[int | str]:
    """Return the bins and marks that a browser says are selected; whatever else it says is left out."""
    numbers, found = list(bins_of(lottery)), set[int | str]()
    for series in state["selection"]["selected"] if state else ():
        name, rows = series.get("series_id"), series.get("data_indices", ())
        if name in lottery.usual:
            found.add(name)
        elif name == BARS:
            found |= {numbers[row] for row in rows if type(row) is int and 0 <= row < len(numbers)}
    return found
