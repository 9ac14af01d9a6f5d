"""A rung that is opened: the matrix of each seed, the curves, and the sequences that are right only now."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from app.components.chart import draw_chart
from app.components.into_view import call_into_view, callable_part
from app.components.player import skeleton_player
from app.runs.numbers import curves_of
from app.shell.lab import get_lab
from app.shell.messages import stop_on_error
from app.shell.navigation import link_to
from app.shell.selection import recall, remember, source_of
from app.shell.widget_keys import ROWS, draw_following
from app.shell.wording import escape_markdown
from har_core.analysis.ladder import Ladder
from har_core.analysis.ladder_standing import Key, Standing
from har_core.analysis.predictions import Predictions, load_predictions
from har_core.analysis.seeds import common_ground, group_by_config, short_titles
from har_core.analysis.turned_sequences import Turned, TurnedSequences, turned_sequences
from har_core.player.recordings import recorded_clip
from har_core.plots.captions import Caption
from har_core.plots.config_styles import config_places
from har_core.plots.run_curves import PANELS, Panel, curves_figure
from har_core.training.kept_arrays import Stamp, stamp_of
from har_core.training.store import Run
from har_core.wording import count_of, counted

_OPENED, _PLAYER = "ladder opened", "ladder player"
_PART = "opened-rung"
_MOST_LINKS = 8  # to matrices of single runs
_HEIGHT, _TABLE = 500, 180
"""Pixels of the curves, which are those of the table of sequences and the player together; of that table, at
most."""
_ROW = 35  # pixels


def opened_of(keys: Sequence[Key]) -> Key | None:
    """Return which of some experiments is opened; None where none of them is."""
    opened = st.session_state.get(_OPENED)
    return opened if opened in keys else None


def choose_opened(key: Key | None) -> None:
    """Open an experiment, or none."""
    st.session_state[_OPENED] = key


def open_row(key: Key | None) -> None:
    """Open the experiment of a row of the table, and let it be seen: it may lie below the fold."""
    choose_opened(key)
    if key:
        call_into_view(_PART)


def draw_opened(ladder: Ladder, able: Sequence[Key]) -> None:
    """Draw the choice of an experiment that has ended runs, and what there is to see of it.

    Args:
        ladder: of one data set and split.
        able: experiments with ended runs; at first the last of them that is a rung is opened.
    """
    with callable_part(_PART):
        _draw_choice_and_rung(ladder, able)


def _draw_choice_and_rung(ladder: Ladder, able: Sequence[Key]) -> None:
    rungs = [key for key in able if key[1] == "rung"]
    opened = opened_of(able) or (rungs or list(able))[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_following(
            st.selectbox, "opened rung", opened, choose_opened, "Opened", list(able),
            label_visibility="collapsed", width=330, format_func=lambda key: ladder.standings[key].title,
        )  # fmt: skip
        standing = ladder.standings[opened]
        for run in standing.ended[:_MOST_LINKS]:
            link_to(
                "results", f"Matrix, seed {run.config.seed}", run=run.run_id, weights="last", part="test",
                about=f"The confusion matrix of {run.run_id}, last epoch, and its sequences.",
            )  # fmt: skip
        if len(standing.ended) > _MOST_LINKS:
            link_to("comparison", f"{len(standing.ended) - _MOST_LINKS} more in Comparison")
    st.caption(escape_markdown(standing.change))
    if not any(run.config.training for run in standing.ended):  # it has no epochs of its own, and no curves
        _draw_turned(ladder, standing)
        return
    left, right = st.columns([8, 7], gap="small")
    with right:
        _draw_turned(ladder, standing)
    with left:
        _draw_curves(standing)


def _draw_curves(standing: Standing) -> None:
    """Draw loss and accuracy over the epochs, mean and deviation of the seeds."""
    curves = curves_of(standing.ended)
    drawn = [run for run in standing.ended if run.run_id in curves]
    if not drawn:
        st.caption("The records of its epochs are not there.")
        return
    groups, ground = group_by_config(drawn), common_ground(drawn)
    draw_chart(
        curves_figure(
            groups, curves, short_titles(groups), panels=_panels(drawn), places=config_places(groups),
            ground=ground, height=_HEIGHT,
        ),
        key="curves of the rung", height=_HEIGHT,
        caption=Caption("Loss and accuracy", [standing.title, ground]),
        alt=f"Loss and accuracy over the epochs of {counted(len(drawn), 'run')} of {standing.title}.",
    )  # fmt: skip


def _panels(runs: Sequence[Run]) -> list[Panel]:
    return [panel for panel in PANELS if panel[1] in runs[0].config.split.parts]


def _draw_turned(ladder: Ladder, standing: Standing) -> None:
    """Draw the test sequences that are right with the change and were not without it, and the other way."""
    other = ladder.against(standing.name, standing.place)
    before = ladder.standings[other] if other else None
    if not before or not before.ended:
        lacks = f"{before.title} has no ended run with these seeds" if before else "nothing is below it"
        st.caption(
            f"Which sequences are right now and were not before can't be told: {escape_markdown(lacks)}."
        )
        return
    with stop_on_error(ends_page=False):
        found = turned_sequences(_predictions(before), _predictions(standing))
        _say_turned(found, before)
        if found.gained or found.lost:
            _draw_sequences(found, standing)


def _predictions(standing: Standing) -> list[Predictions]:
    return [_read(run.run_id, stamp_of(run.path, "predictions.npz")) for run in standing.ended]


@st.cache_data(max_entries=60, show_spinner="Reading the predictions")
def _read(run_id: str, stamp: Stamp) -> Predictions:
    return load_predictions(get_lab().store, run_id, "last")


def _say_turned(found: TurnedSequences, before: Standing) -> None:
    seeds = " and ".join(f"{count:,}" for count in dict.fromkeys(found.seeds))
    st.markdown(
        f"**{counted(len(found.gained), 'sequence')} right now and not in {escape_markdown(before.title)}**, "
        f"{len(found.lost):,} the other way",
        help=f"Of {found.compared:,} test sequences, by most of the {seeds} seeds on either side. Seeds of "
        "two networks have only their number in common, so that no two runs are compared.",
    )


def _draw_sequences(found: TurnedSequences, standing: Standing) -> None:
    """Draw a row for each sequence; the chosen one moves below."""
    turned = [*found.gained, *found.lost]
    names = [one.name for one in turned]
    wanted = recall("sequence")
    shown = wanted if wanted in names else names[0]
    height = min(_TABLE, _ROW * (len(names) + 1) + 3)
    draw_following(
        st.dataframe, "turned sequences", [names.index(shown)], partial(_choose_sequence, names),
        _table(turned, found, standing), form=ROWS, among=names, hide_index=True, height=height,
        selection_mode="single-row", column_config=_COLUMNS,
        alt="Sequences that most seeds recognise on one side alone",
    )  # fmt: skip
    run = standing.ended[0]
    clip = recorded_clip(source_of(run).sequences, shown)
    skeleton_player([clip], key=_PLAYER, height=_HEIGHT - height, caption=f"{standing.title}: {shown}")
    link_to("skeletons", "Open in Skeletons", sequence=shown, source=run.config.source)


def _choose_sequence(names: Sequence[str], rows: Sequence[int]) -> None:
    if rows and rows[0] < len(names):
        remember("sequence", names[rows[0]])
        call_into_view(_PLAYER)


def _table(turned: Sequence[Turned], found: TurnedSequences, standing: Standing) -> pd.DataFrame:
    actions = standing.ended[0].meta.action_names
    before, now = found.seeds
    return pd.DataFrame(
        {
            "sequence": [one.name for one in turned],
            "action": [actions[one.truth] for one in turned],
            "before": [count_of(one.before, before) for one in turned],
            "now": [count_of(one.now, now) for one in turned],
            "mistaken": [actions[one.mistaken] for one in turned],
        }
    )


_COLUMNS = {
    "sequence": st.column_config.TextColumn("Sequence", help="Choose a row to see it move."),
    "action": st.column_config.TextColumn("Action", help="What was performed."),
    "before": st.column_config.TextColumn("Before", help="How many seeds recognise it without the change."),
    "now": st.column_config.TextColumn("Now", help="How many seeds recognise it with the change."),
    "mistaken": st.column_config.TextColumn(
        "Taken for", help="What the other seeds took it for most often, on the side that misses it."
    ),
}
