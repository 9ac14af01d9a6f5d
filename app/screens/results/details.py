"""Below the confusion matrix: pairs of actions, scores by action, subject and length, and the curves."""

from collections.abc import Callable
from dataclasses import asdict

import pandas as pd
import streamlit as st

from app.runs.chooser import Chosen
from app.runs.view import draw_curve_options, draw_curves
from app.screens.results.confused_sequences import choice_of, shown_cell
from app.shell.lab import get_lab
from app.shell.messages import explain
from app.shell.selection import source_of
from app.shell.widget_keys import draw_following
from app.shell.wording import plain
from har_core.analysis.predictions import Predictions, confusion
from har_core.analysis.scores import (
    accuracy_by_length,
    accuracy_by_subject,
    class_scores,
    confused_pairs,
)
from har_core.wording import counted


def draw_details(about: Chosen) -> None:
    """Draw the choice of what to look at, and that."""
    views = [name for name, view in _VIEWS.items() if _has(about, view)]
    if st.session_state.get("results details") not in views:
        st.session_state["results details"] = views[0]
    view = st.segmented_control(
        "Details", views, required=True, key="results details", label_visibility="collapsed", wrap=True,
        persist_state="session",
    )  # fmt: skip
    _VIEWS[view](about, about.predictions.of(about.part))


def _pairs(about: Chosen, shown: Predictions) -> None:
    actions = about.actions
    pairs = confused_pairs(confusion(shown, len(actions)))
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
            f"**{pairs[at].count} of {pairs[at].of}** {' taken for '.join(map(plain, names[at]))}"
        ),
        help="Choose one, and its sequences are listed and played.",
    )  # fmt: skip


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


def _by_subject(about: Chosen, shown: Predictions) -> None:
    _accuracies(accuracy_by_subject(shown), "Subject")


def _by_length(about: Chosen, shown: Predictions) -> None:
    with explain():
        sequences = source_of(about.run).sequences
        lengths = sequences.lengths[[sequences.row_of(str(name)) for name in shown.ids]]
    _accuracies(accuracy_by_length(shown, lengths), "Frames as recorded")


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


_VIEWS: dict[str, Callable[[Chosen, Predictions], None]] = {
    "Confused pairs": _pairs,
    "By action": _by_action,
    "By subject": _by_subject,
    "By length": _by_length,
    "Curves": _curves,
    "Layers": _layers,
}
