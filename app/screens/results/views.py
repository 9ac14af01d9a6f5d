"""What is looked at beside the player: the matrix, errors by subject, pairs, scores, curves or layers."""

from collections.abc import Callable
from dataclasses import asdict

import pandas as pd
import streamlit as st

from app.components.confusion_matrix import Cell
from app.runs.chooser import Chosen
from app.runs.members import draw_members
from app.runs.view import draw_curve_options, draw_curves
from app.screens.results.confused_sequences import (
    choice_of,
    choose_order,
    draw_cell,
    draw_matrix,
    shown_cell,
)
from app.screens.results.error_blocks import draw_block, draw_blocks
from app.shell.lab import get_lab, get_source
from app.shell.messages import stop_on_error
from app.shell.queueing import queue_experiments
from app.shell.view_choice import choose_view, chosen_view
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.analysis.predictions import Predictions, confusion
from har_core.analysis.scores import (
    accuracy_by_length,
    accuracy_by_subject,
    class_scores,
    confused_pairs,
)
from har_core.training.named_settings import say_seed, say_setting, titles_of
from har_core.training.store import Run
from har_core.wording import counted, duration

_MATRIX, _CHOICE = "Matrix", "results details"
_MOST_PAIRS = 12
"""As many fit beside the player."""


def stands_alone(about: Chosen) -> bool:
    """Say whether the chosen view takes the whole width, and has no player beside it."""
    return _VIEWS.get(chosen_view(_CHOICE, _views_of(about))) is _curves


def _views_of(about: Chosen) -> list[str]:
    return [_MATRIX, *(name for name, view in _VIEWS.items() if _has(about, view))]


def draw_beside(about: Chosen, cell: Cell) -> None:
    """Draw the sequences behind the chosen view: of a block of errors, or of the matrix's cell."""
    if _VIEWS.get(chosen_view(_CHOICE, _views_of(about))) is draw_blocks:
        draw_block(about)
    else:
        draw_cell(about, cell)


def draw_views(about: Chosen, cell: Cell) -> None:
    """Draw the choice of what to look at, and that.

    Args:
        about: a run.
        cell: of its matrix, whose sequences are shown beside.
    """
    with st.container(horizontal=True, gap="xsmall"):
        name = choose_view(_CHOICE, _views_of(about))
        order = choose_order(about, cell) if name == _MATRIX else []
        draw_members(about.run)
    if name == _MATRIX:
        draw_matrix(about, cell, order)
    else:
        _VIEWS[name](about, about.predictions.of(about.part))


def _pairs(about: Chosen, shown: Predictions) -> None:
    actions = about.actions
    pairs = confused_pairs(confusion(shown, len(actions)), most=_MOST_PAIRS)
    if not pairs:
        st.success("Every sequence of this part was recognised.")
        return
    names = [(actions[pair.true], actions[pair.predicted]) for pair in pairs]
    # The pair whose sequences are shown is marked.
    cell = shown_cell(about)
    draw_following(
        st.pills, "confused pair", names.index(cell) if cell in names else None,
        lambda at: choice_of(about).take(cell if at is None else names[at]),
        "Most confused pairs", range(len(pairs)), wrap=True,
        format_func=lambda at: (
            f"**{pairs[at].count} of {pairs[at].of}** {' taken for '.join(map(escape_markdown, names[at]))}"
        ),
        help="Choose one, and its sequences are listed and played.",
    )  # fmt: skip


def _scores(about: Chosen, shown: Predictions) -> None:
    """Draw scores by subject, length and action, what is short first, and what the run took."""
    run = about.run
    said = [counted(run.meta.parameters, "parameter")] if run.meta.parameters else []
    time = duration(run.status.seconds)
    epochs = run.config.training is not None
    said.append(f"{counted(run.status.epoch, 'epoch')} in {time}" if epochs else f"no epochs, {time} in all")
    st.caption(", ".join([*said, *say_seed(run.config)]))
    _draw_refit(run)
    _accuracies(accuracy_by_subject(shown), "Subject")
    with stop_on_error(ends_page=False):
        sequences = get_source(run.config.source, run.config.reading).sequences
        lengths = sequences.lengths[[sequences.row_of(str(name)) for name in shown.ids]]
        _accuracies(accuracy_by_length(shown, lengths), "Frames")
    _by_action(about, shown)


def _by_action(about: Chosen, shown: Predictions) -> None:
    table = class_scores(shown, about.actions)
    shares = ["precision", "recall", "f1"]
    meanings = {
        "precision": "Of the sequences that were taken for this action, how many were of it.",
        "recall": "Of the sequences of this action, how many were recognised.",
        "f1": "Harmonic mean of precision and recall.",
        "support": "Sequences of this action in this part.",
    }
    columns = {
        name: st.column_config.NumberColumn(
            name.capitalize(), help=meaning, format="%.1f %%" if name in shares else "%d"
        )
        for name, meaning in meanings.items()
    }
    st.dataframe(
        table.assign(**{name: 100 * table[name] for name in shares}), key="results by action",
        column_config={"action": "Action", **columns}, alt="Precision, recall and F1 of each action.",
    )  # fmt: skip


def _draw_refit(run: Run) -> None:
    """Draw the button that trains the same on training and validation together, where there are both."""
    if run.config.validated and st.button(
        "Refit with these settings", icon=":material/join:", key=f"refit {run.run_id}",
        help="After the choice: queues the same settings, trained on training and validation together.",
    ):  # fmt: skip
        with stop_on_error(ends_page=False):
            queue_experiments([run.asked_for.refitted])


def _accuracies(table: pd.DataFrame, title: str) -> None:
    shares = ["accuracy", "low", "high"]
    columns = {
        "accuracy": st.column_config.ProgressColumn(
            "Accuracy", min_value=0, max_value=100, format="%.1f %%", help="Share of sequences recognised."
        ),
        "correct": st.column_config.NumberColumn("Recognised", help="Sequences recognised."),
        "total": st.column_config.NumberColumn("Of", help="Sequences in all."),
        "low": st.column_config.NumberColumn("From", format="%.1f %%", help="95 % interval (Wilson)."),
        "high": st.column_config.NumberColumn("To", format="%.1f %%", help="95 % interval (Wilson)."),
    }
    st.dataframe(
        table.assign(**{name: 100 * table[name] for name in shares}), key=f"results by {title}",
        column_config={str(table.index.name): title, **columns}, column_order=list(columns),
        alt=f"Accuracy, with its interval, by {title.lower()}.",
    )  # fmt: skip


def _curves(about: Chosen, shown: Predictions) -> None:
    draw_curve_options(about.run)
    draw_curves(about.run, get_lab().store.metrics(about.run.run_id))


def _has(about: Chosen, view: Callable[[Chosen, Predictions], None]) -> bool:
    """Say whether there is something to see of a run in a view."""
    if view is _layers:
        return bool(about.kind.network)
    return view is not _curves or about.run.config.training is not None


def _layers(about: Chosen, shown: Predictions) -> None:
    # Not imported above: torch comes with it.
    from har_core.models.layer_table import layers_of

    rows = layers_of(about.run.config.model, about.run.meta.inputs, len(about.actions))
    columns = {
        "title": "Layer",
        "output": st.column_config.TextColumn(
            "Output", help="Shape of what it gives for a sequence of T frames."
        ),
        "parameters": st.column_config.NumberColumn(
            "Parameters", format="localized", help="How many values of it training changes."
        ),
    }
    st.dataframe(
        pd.DataFrame([asdict(row) for row in rows]), hide_index=True, key="results layers",
        column_config=columns,
        alt=f"The {counted(len(rows), 'layer')} of the network, with output and parameters.",
    )  # fmt: skip
    total = sum(row.parameters for row in rows)
    st.caption(
        f"{counted(total, 'parameter')} in all; a frame is given as {about.run.meta.inputs:,} numbers."
    )
    _settings(about)


def _settings(about: Chosen) -> None:
    """Draw what the run was made with."""
    config = about.run.config
    rows = [
        {"Setting": title, "Value": say_setting(config, name)} for name, title in titles_of(config).items()
    ]
    st.dataframe(
        rows, hide_index=True, height="content", row_height=28, key="results settings",
        alt=f"The {counted(len(rows), 'setting')} of the run.",
    )  # fmt: skip


_VIEWS: dict[str, Callable[[Chosen, Predictions], None]] = {
    "Subjects": draw_blocks,
    "Pairs": _pairs,
    "Scores": _scores,
    "Curves": _curves,
    "Layers": _layers,
}
