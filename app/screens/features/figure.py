"""The figure of the features page: its views, its colours, and what is picked in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.components.chart import draw_chart
from app.components.into_view import call_into_view
from app.components.scatter import draw_scatter
from app.runs.chooser import Chosen
from app.screens.features.computed import neighbour_map_of
from app.shell.messages import stop_on_error
from app.shell.selection import remember
from app.shell.view_choice import choose_view
from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Components, Projection
from har_core.data.sequences import BoolArray, FloatArray, IntArray
from har_core.plots.explained_variance import explained_variance
from har_core.plots.feature_groups import Colouring
from har_core.plots.feature_scatter import feature_scatter
from har_core.wording import PART_TITLES, counted, percent

PLAYER = "features player"
"""Key of the player of the chosen sequence."""

PICKED_PLAYER = "features grid"
"""Key of the player of the picked ones."""

_HEIGHT = 500  # pixels of a figure
_LOOP = "features loop"
_COLOURINGS: dict[Colouring, str] = {
    "correct": "recognised or not",
    "action": "action",
    "predicted": "predicted action",
    "subject": "subject",
}


@dataclass(frozen=True, eq=False)
class Look:
    """What the visitor has chosen to see.

    Attributes:
        view: title of one of the views.
        colour: what the colour of a point says.
        behind: True for a plane that shows the training part behind another one.
        picked: (N) True for the sequences that filters and loop leave; None where nothing is picked.
    """

    view: str
    colour: Colouring
    behind: bool
    picked: BoolArray | None

    def of(self, rows: IntArray) -> Look:
        """Return the same for some of the sequences."""
        return self if self.picked is None else replace(self, picked=self.picked[rows])


@dataclass(frozen=True, eq=False)
class Shown:
    """What the figure is drawn of.

    Attributes:
        about: run, weights and part.
        predictions: of the N sequences of the part.
        features: (N, width) of the same.
        training: (M, width) features of the training part, which the components are of.
        components: of the training part.
        chosen: name of the sequence that plays.
        look: what the visitor wants to see of it.
    """

    about: Chosen
    predictions: Predictions
    features: FloatArray
    training: FloatArray
    components: Components
    chosen: str
    look: Look


def choose_look(about: Chosen, predictions: Predictions) -> Look:
    """Draw the choice of a view, and beside it, folded away, what else the visitor can choose of the figure.

    Args:
        about: run, weights and part.
        predictions: of the N sequences of the part.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        view = choose_view("features view", list(_VIEWS))
        with st.popover("Options", icon=":material/tune:"):
            colour: Colouring = st.selectbox(
                "Colour by", get_args(Colouring), key="features colour", format_func=_COLOURINGS.get,
                persist_state="session",
            )  # fmt: skip
            behind = about.part != "train" and st.toggle(
                "Training part behind the plane", True, key="features behind", persist_state="session",
                help="Shows, faintly, where the training sequences lie.",
            )  # fmt: skip
            highlighted = _choose_highlighted(predictions, about.actions)
    return Look(view, colour, behind, _with_loop(predictions, highlighted))


def _choose_highlighted(predictions: Predictions, actions: list[str]) -> BoolArray | None:
    """Draw the choice of actions and subjects; return (N) True for the sequences of both, None for all."""
    highlighted = st.multiselect(
        "Highlight actions", actions, key="features highlighted", placeholder="All actions",
        persist_state="session",
    )  # fmt: skip
    subjects = st.multiselect(
        "Highlight subjects", sorted({int(subject) for subject in predictions.subjects}),
        key="features subjects", placeholder="All subjects", persist_state="session",
    )  # fmt: skip
    if not highlighted and not subjects:
        return None
    labels = [actions.index(name) for name in highlighted]
    of_action = np.isin(predictions.truth, labels) if labels else np.ones(len(predictions), bool)
    of_subject = np.isin(predictions.subjects, subjects) if subjects else np.ones(len(predictions), bool)
    return of_action & of_subject


def draw_figure(shown: Shown) -> None:
    """Draw the figure, and below it what can be done in it."""
    _VIEWS[shown.look.view](shown)


def _with_loop(predictions: Predictions, filtered: BoolArray | None) -> BoolArray | None:
    """Return (N) True for the sequences that are in the loop or box that was drawn, too; None for all."""
    inside = np.isin(predictions.ids, st.session_state.get(_LOOP, ()))
    if not inside.any():
        return filtered
    return inside if filtered is None else inside & filtered


def draw_letting_go() -> None:
    """Draw what forgets the loop or box, where there is one."""
    if st.session_state.get(_LOOP):
        st.button(
            "Let go", icon=":material/close:", on_click=lambda: st.session_state.pop(_LOOP, None),
            help="Forgets the loop or box, and shows all sequences again.",
        )  # fmt: skip


def _plane(shown: Shown) -> None:
    place = shown.components.place
    _draw_to_pick(
        shown, place(shown.features), "feature map", "in the plane of the two largest components",
        behind=place(shown.training).points if shown.look.behind else None,
    )  # fmt: skip


def _space(shown: Shown) -> None:
    with stop_on_error():
        points = shown.components.place(shown.features, 3)
    _draw_to_pick(shown, points, "feature space", "along the three largest components")
    st.caption(f"The three components hold {percent(sum(points.explained))} of the variance.")


def _neighbours(shown: Shown) -> None:
    with stop_on_error():
        rows, points = neighbour_map_of(shown.about, shown.features)
    drawn = replace(
        shown, predictions=shown.predictions.take(rows), features=shown.features[rows],
        look=shown.look.of(rows),
    )  # fmt: skip
    _draw_to_pick(drawn, Projection(points, ()), "neighbour map", "by t-SNE")
    if len(rows) < len(shown.features):
        absent = "" if shown.chosen in drawn.predictions.ids else " The chosen one is not among them."
        st.caption(
            f"t-SNE takes long for many sequences. These are {len(rows):,} of the {len(shown.features):,} of "
            f"this part, drawn at random, always the same.{absent}"
        )
    st.caption(
        "t-SNE brings near neighbours together, and nothing more: the distances between groups, their sizes "
        "and the axes mean little. The points are of this part alone; another part gives another picture."
    )


def _variance(shown: Shown) -> None:
    shares = shown.components.shares
    needed = int(np.searchsorted(np.cumsum(shares), 0.95)) + 1
    draw_chart(
        explained_variance(shares, title=_part(shown, "train"), about=_weights(shown)),
        key="explained variance", caption=shown.about.caption("Explained variance", "train"),
        alt=f"Bars: the share of the variance that each of {len(shares)} components holds.",
    )  # fmt: skip
    each = " and ".join(percent(share) for share in shares[:2])
    st.caption(
        f"The plane shows {each} of the variance of the training features, "
        f"{percent(shares[:2].sum())} in all; "
        f"{min(needed, len(shares))} of the {counted(len(shares), 'component')} hold 95 % of it."
    )


def _part(shown: Shown, part: str | None = None) -> str:
    return f"{PART_TITLES[shown.about.part if part is None else part]} part"


def _weights(shown: Shown) -> str:
    epoch = shown.about.epoch_chosen
    return shown.about.kind.title + (f", {epoch} epoch" if epoch else "")


def _draw_to_pick(
    shown: Shown, projection: Projection, key: str, where: str,
    *, behind: NDArray[np.float64] | None = None,
) -> None:  # fmt: skip
    """Draw points that can be clicked, or picked by a loop or a box."""
    drawn = feature_scatter(
        projection, shown.predictions, shown.about.actions, title=_part(shown), about=_weights(shown),
        colour=shown.look.colour, picked=shown.look.picked, chosen=shown.chosen, behind=behind,
        height=_HEIGHT,
    )  # fmt: skip
    draw_scatter(
        drawn, key=key, alt=f"Scatter plot of {counted(len(shown.predictions), 'sequence')} {where}.",
        caption=shown.about.caption(f"Features {where}"),
        on_point=take_sequence, on_loop=_take_loop, grows=True,
    )  # fmt: skip
    several = "drag to turn, and draw a box with Shift around some to see all of them."
    if projection.points.shape[1] == 2:
        several = "draw a loop around some to see all of them, or a box with Shift."
    st.caption(f"Click a point to see its sequence; {several}")


def take_sequence(name: str) -> None:
    """Select the sequence that the visitor has come to in the figure or below it, and let it be seen."""
    remember("sequence", name)
    call_into_view(PLAYER)


def _take_loop(names: Sequence[str]) -> None:
    st.session_state[_LOOP] = names
    call_into_view(PICKED_PLAYER)


_VIEWS: dict[str, Callable[[Shown], None]] = {
    "Plane": _plane,
    "3D": _space,
    "t-SNE": _neighbours,
    "Explained variance": _variance,
}
