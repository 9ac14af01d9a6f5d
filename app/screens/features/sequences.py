"""The sequences behind the points of the features page: one with its path, and those that were picked."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from app.components.player import skeleton_player
from app.runs.frame_by_frame import change_of_mind, prefix_predictions_of
from app.screens.features.computed import nearest_to
from app.screens.features.figure import PICKED_PLAYER, PLAYER, Shown, draw_letting_go, take_sequence
from app.shell.messages import stop_on_error
from app.shell.selection import recall, remember, source_of
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.player.clips import MOST_CLIPS, Plane, Track
from har_core.player.recordings import recorded_clip
from har_core.wording import counted

_HEIGHT = 484  # pixels of the player, without the plane that stands below a narrow one


def choose_sequence(ids: list[str]) -> str:
    """Draw the choice of the sequence that plays: the selected one, or else the first."""
    wanted = recall("sequence")
    shown = wanted if wanted in ids else ids[0]
    choose = partial(remember, "sequence")
    draw_following(
        st.selectbox, "features sequence", shown, choose, "Sequence", ids, label_visibility="collapsed"
    )
    return shown


def play_with_path(shown: Shown) -> None:
    """Draw the chosen sequence in the player, and the path of its features through the plane."""
    predictions, actions = shown.predictions, shown.about.actions
    row = predictions.ids.tolist().index(shown.chosen)
    true, predicted = int(predictions.truth[row]), int(predictions.predicted[row])
    verdict = "recognised" if true == predicted else f"taken for {escape_markdown(actions[predicted])}"
    sure = shown.about.say_sure(predictions.probability[row])
    scores = shown.about.kind.scores
    st.markdown(
        f"**{escape_markdown(actions[true])}**, {verdict}, {sure}",
        help=f"The percentage is {scores}." if scores else None,
    )
    with stop_on_error():
        clip = recorded_clip(source_of(shown.about.run).sequences, shown.chosen)
    found = prefix_predictions_of(shown.about, shown.chosen)
    if found:
        path = shown.components.place(found.features).points
        clip = replace(clip, track=Track(found.moments, path=path))
    skeleton_player(
        [clip], key=PLAYER, height=_HEIGHT, plane=_plane_of(shown, {true, predicted}),
        caption=shown.about.say_prediction(shown.chosen), grows=True,
    )  # fmt: skip
    if found:
        st.caption(change_of_mind(found, actions, true, len(clip.frames)))


def _plane_of(shown: Shown, named: set[int]) -> Plane:
    """Return all training points, with the names of some actions at their middle."""
    points = shown.components.place(shown.training).points
    whole = shown.about.predictions.of("train")
    names = [
        (shown.about.actions[action], *points[whole.truth == action].mean(axis=0))
        for action in sorted(named)
        if (whole.truth == action).any()
    ]
    return Plane(points, "first component", "second component", names)


def draw_neighbours(shown: Shown) -> None:
    """Draw the five nearest neighbours of the chosen sequence, to be chosen themselves."""
    predictions, actions = shown.about.predictions, shown.about.actions
    truth = dict(zip(predictions.ids, predictions.truth, strict=True))
    nearest = nearest_to(shown.about, shown.chosen)
    draw_following(
        st.pills, f"neighbours of {shown.chosen}", None,
        lambda name: take_sequence(name or shown.chosen),
        "Five nearest neighbours", nearest, wrap=True,
        format_func=lambda name: escape_markdown(f"{name} · {actions[truth[name]]}"),
        help="The sequences of all parts whose features are the nearest, by Euclidean distance.",
    )  # fmt: skip


def draw_picked(shown: Shown) -> None:
    """List the sequences that were picked in the figure or by the filters, and let up to twelve play."""
    predictions, actions = shown.predictions, shown.about.actions
    names = [str(name) for name in predictions.ids[shown.look.picked]]
    if not names:
        draw_letting_go()
        st.info("No sequence of this part is of these actions and subjects, and within the loop.")
        return
    rows = {str(name): row for row, name in enumerate(predictions.ids)}
    of_action = Counter(actions[predictions.truth[rows[name]]] for name in names)
    said = ", ".join(f"{count} of {escape_markdown(action)}" for action, count in of_action.most_common(4))
    more = f" and {counted(len(of_action) - 4, 'more action')}" if len(of_action) > 4 else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{counted(len(names), 'sequence')} picked", width="content")
        draw_letting_go()
    st.caption(f"{said}{more}.")
    table = pd.DataFrame(
        {
            "sequence": names,
            "action": [actions[predictions.truth[rows[name]]] for name in names],
            "predicted": [actions[predictions.predicted[rows[name]]] for name in names],
            "subject": [int(predictions.subjects[rows[name]]) for name in names],
        }
    )
    st.dataframe(
        table, hide_index=True, key="features picked", height=38 + 35 * min(6, len(names)),
        column_config={
            "sequence": st.column_config.TextColumn("Sequence", help="In the order of the run's file."),
            "action": st.column_config.TextColumn("Action", help="What was performed."),
            "predicted": st.column_config.TextColumn("Predicted", help="What the run says."),
            "subject": st.column_config.NumberColumn("Subject", help="Who performed it."),
        },
        alt=f"The {len(names)} picked sequences.",
    )  # fmt: skip
    start = 0
    if len(names) > MOST_CLIPS:
        start = st.selectbox(
            "Those that play", range(0, len(names), MOST_CLIPS), key=f"features grid of {len(names)}",
            format_func=lambda first: f"{first + 1} to {min(first + MOST_CLIPS, len(names))} of {len(names)}",
            width=220, persist_state="session",
        )  # fmt: skip
    clips = []
    with stop_on_error():
        sequences = source_of(shown.about.run).sequences
        for name in names[start : start + MOST_CLIPS]:
            action = actions[predictions.truth[rows[name]]]
            clips.append(replace(recorded_clip(sequences, name), title=f"{name} · {action}"))
    skeleton_player(clips, key=PICKED_PLAYER, height=600)
