"""The figures of the presentation: those of the pages, each alone and in large letters."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.components.cell_choice import CellChoice
from app.components.chart import draw_chart
from app.components.confusion_matrix import Cell, confusion_matrix
from app.components.player import skeleton_player
from app.components.scatter import draw_scatter
from app.runs.chooser import Chosen
from app.runs.view import CURVES_EVERY
from app.screens.presentation.frame import Room
from app.shell.lab import get_lab
from app.shell.messages import stop_on_error
from app.shell.selection import recall, remember, source_name
from app.shell.wording import escape_markdown
from har_core.analysis.neighbours import nearest_example
from har_core.analysis.predictions import confusion
from har_core.analysis.projection import principal_components
from har_core.analysis.scores import confused_pairs
from har_core.data.sequences import SkeletonSequences
from har_core.player.recordings import recorded_clip
from har_core.plots.captions import Caption
from har_core.plots.confusion_matrix import confusion_chart
from har_core.plots.data_set import coordinates_figure, counts_figure
from har_core.plots.feature_scatter import feature_scatter
from har_core.plots.live_curves import live_curves
from har_core.training.store import Run
from har_core.wording import counted


def shown_sequence(sequences: SkeletonSequences) -> str:
    """Return the selected sequence, or the first."""
    wanted = recall("sequence")
    return wanted if wanted in sequences.ids else sequences.ids[0]


def draw_skeleton(sequences: SkeletonSequences, name: str, room: Room) -> None:
    """Draw a sequence as it moves."""
    skeleton_player(
        [recorded_clip(sequences, name)], key="presented sequence", height=room.height, large=True
    )


def draw_counts(sequences: SkeletonSequences, room: Room) -> None:
    """Draw how many sequences each subject has of each action."""
    draw_chart(
        counts_figure(sequences), key="presented counts", height=room.height, letter=room.letter,
        caption=Caption("Sequences of each action and subject", [source_name()]),
        alt="Heat map: how many sequences each subject has of each action.",
    )  # fmt: skip


def draw_normalisation(sequences: SkeletonSequences, prepared: SkeletonSequences, room: Room) -> None:
    """Draw how the coordinates are distributed before and after normalisation."""
    tracked = sequences.frames[~sequences.untracked]
    shown = (("As recorded", tracked, "m"), ("After normalisation", prepared.frames, "scaled"))
    for column, (title, frames, unit) in zip(st.columns(2, gap="medium"), shown, strict=True):
        draw_chart(
            coordinates_figure(frames, title=title, unit=unit), key=f"presented coordinates {unit}",
            place=column, height=room.height, letter=room.letter,
            caption=Caption(f"Coordinates: {title.lower()}", [source_name()]),
            alt=f"Distribution of the x, y and z coordinates: {title.lower()}.",
        )  # fmt: skip


def draw_curves(run: Run, metrics: Sequence[str], room: Room) -> None:
    """Draw a run's curves beside each other; while it is trained, as they grow."""
    running = run.status.state in ("running", "queued")
    draw = partial(_draw_curves_now, run.run_id, metrics, room, running)
    st.fragment(draw, run_every=CURVES_EVERY if running else None)()


def _draw_curves_now(run_id: str, metrics: Sequence[str], room: Room, running: bool) -> None:
    with stop_on_error():
        run, records = get_lab().store.get(run_id), get_lab().store.metrics(run_id)
    if running and run.status.state not in ("running", "queued"):
        st.rerun()  # the last word on it
    for column, metric in zip(st.columns(len(metrics), gap="medium"), metrics, strict=True):
        title = metric.capitalize()
        draw_chart(
            live_curves(records, metric, title=title, mark_best="best" in run.config.checkpoints),
            key=f"presented {metric}", place=column,
            height=room.height, letter=room.letter, caption=Caption(title, [f"run {run_id}"]),
            alt=f"Curves of the {metric} over {counted(len(records), 'epoch')}.",
        )  # fmt: skip


def draw_matrix(sequences: SkeletonSequences, about: Chosen, room: Room) -> None:
    """Draw the confusion matrix, and beside it a sequence of the chosen cell with what it was taken for."""
    predictions, actions = about.predictions.of(about.part), about.actions
    counts = confusion(predictions, len(actions))
    choice = CellChoice("presented cell", actions)
    cell = choice.cell or _most_confused(about)
    # Below each other where else the letters of the matrix were wider than its cells.
    left, right = st.columns([6, 5], gap="medium") if room.wide else (st.container(), st.container())
    with right:  # first, so that its sequence plays before the browser has drawn the matrix anew
        _play_cell(sequences, about, cell, room)
    with left:
        confusion_matrix(
            confusion_chart(counts, actions, chosen=cell) | {"height": room.height}, key="presented matrix",
            alt=f"Confusion matrix: {predictions.correct} of {len(predictions)} lie on the diagonal.",
            caption=about.caption("Confusion matrix"), on_choose=choice.take, large=True,
        )  # fmt: skip


def _most_confused(about: Chosen) -> Cell:
    actions = about.actions
    pairs = confused_pairs(confusion(about.predictions.of(about.part), len(actions)), most=1)
    return (actions[pairs[0].true], actions[pairs[0].predicted]) if pairs else (actions[0], actions[0])


def _play_cell(sequences: SkeletonSequences, about: Chosen, cell: Cell, room: Room) -> None:
    true, predicted = map(about.actions.index, cell)
    inside = about.predictions.of(about.part).cell(true, predicted)
    names = [str(name) for name in inside.ids[:1] if name in sequences.ids]
    if not names:
        st.title(escape_markdown(f"No sequence of {cell[0]} was taken for {cell[1]}."), anchor=False)
        return
    clips = [recorded_clip(sequences, names[0])]
    if true != predicted and about.features is not None:
        example = nearest_example(about.features, about.predictions, names[0], predicted)
        clips += [recorded_clip(sequences, example, "Nearest: ")] if example in sequences.ids else []
    skeleton_player(clips, key="presented cell", height=room.height, large=True)


def draw_features(about: Chosen, room: Room) -> None:
    """Draw the features of the training part in the plane of their two largest components."""
    training = about.predictions.of(about.part)
    own = about.predictions.part == about.part
    points = principal_components(about.features, own).place(about.features[own])
    drawn = feature_scatter(
        points, training, about.actions, title="", about="", colour="action", chosen=recall("sequence"),
    )  # fmt: skip
    draw_scatter(
        drawn | {"height": room.height}, key="presented features", large=True,
        alt=f"Scatter plot of {counted(len(training), 'sequence')} in the plane of two components.",
        caption=about.caption("Features in the plane of the two largest components"),
        on_point=lambda name: remember("sequence", name), on_loop=lambda names: None,
    )  # fmt: skip
