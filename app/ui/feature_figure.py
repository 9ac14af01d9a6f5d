"""The figure of the features page: its views, its colours, and what is picked in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from app.ui.messages import explain
from app.ui.run_chooser import Chosen
from app.ui.selection import remember
from app.ui.wording import percent
from har_core.analysis.embedding import neighbour_map
from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Components, Projection
from har_core.data.sequences import BoolArray, FloatArray
from har_core.models import MODELS
from har_core.plots.colours import PART_TITLES
from har_core.plots.explained_variance import explained_variance
from har_core.plots.feature_map import Colouring, Drag, feature_map, feature_space

_LOOP = "features loop"
_PLOTLY = {
    "displaylogo": False,
    # The page has a choice of its own for these, which stays when the figure is drawn anew.
    "modeBarButtonsToRemove": ["pan2d", "lasso2d", "select2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
}
_PICK_BY: dict[str, Drag] = {"Click": "pan", "Loop": "lasso", "Box": "select"}
_COLOURINGS: dict[Colouring, str] = {
    "correct": "recognised or not",
    "action": "action",
    "predicted": "predicted action",
    "subject": "subject",
}


@dataclass(frozen=True, eq=False)
class Shown:
    """What the figure is drawn of.

    Attributes:
        about: run, weights and part.
        predictions: of the N sequences of the part.
        features: (N, width) of the same.
        training: (M, width) features of the training part, which the components are of.
        components: of the training part.
        picked: (N) True for those that filters and loop leave; None where nothing is picked.
        chosen: name of the sequence that plays.
    """

    about: Chosen
    predictions: Predictions
    features: FloatArray
    training: FloatArray
    components: Components
    picked: BoolArray | None
    chosen: str


def draw_filters(predictions: Predictions, actions: list[str]) -> BoolArray | None:
    """Draw the choice of actions and subjects; return (N) True for the sequences of both, None for all."""
    left, right = st.columns([2, 1])
    highlighted = left.multiselect(
        "Highlight actions", actions, key="features highlighted", placeholder="All actions"
    )
    subjects = right.multiselect(
        "Highlight subjects", sorted({int(subject) for subject in predictions.subjects}),
        key="features subjects", placeholder="All subjects",
    )  # fmt: skip
    if not highlighted and not subjects:
        return None
    labels = [actions.index(name) for name in highlighted]
    of_action = np.isin(predictions.truth, labels) if labels else np.ones(len(predictions), bool)
    of_subject = np.isin(predictions.subjects, subjects) if subjects else np.ones(len(predictions), bool)
    return of_action & of_subject


def draw_figure(shown: Shown) -> None:
    """Draw the choice of view and colour, and the figure."""
    with st.container(horizontal=True):
        view = st.segmented_control(
            "View", list(_VIEWS), default=next(iter(_VIEWS)), required=True, key="features view",
            label_visibility="collapsed", persist_state="session", wrap=True,
        )  # fmt: skip
        _draw_letting_go()
    _VIEWS[view](shown)


def with_loop(predictions: Predictions, filtered: BoolArray | None) -> BoolArray | None:
    """Return (N) True for the sequences that are in the loop or box that was drawn, too; None for all."""
    inside = np.isin(predictions.ids, st.session_state.get(_LOOP, ()))
    if not inside.any():
        return filtered
    return inside if filtered is None else inside & filtered


def _draw_letting_go() -> None:
    if st.session_state.get(_LOOP):
        st.button(
            "Let go", icon=":material/close:", on_click=lambda: st.session_state.pop(_LOOP, None),
            help="Forgets the loop or box, and shows all sequences again.",
        )  # fmt: skip


def _plane(shown: Shown) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colour, drag = _choose_colour(), _choose_drag()
        behind = shown.about.part != "train" and st.toggle(
            "Training part behind", True, key="features behind", persist_state="session",
            help="Shows, faintly, where the training sequences lie.",
        )  # fmt: skip
    place = shown.components.place
    points = place(shown.features)
    figure = feature_map(
        points, shown.predictions, shown.about.actions, title=_title(shown), colour=colour,
        picked=shown.picked, chosen=shown.chosen, behind=place(shown.training).points if behind else None,
        drag=drag,
    )  # fmt: skip
    _draw_to_pick(figure, "feature map", "in the plane of the two largest components")


def _space(shown: Shown) -> None:
    colour = _choose_colour()
    with explain():
        points = shown.components.place(shown.features, 3)
    figure = feature_space(
        points, shown.predictions, shown.about.actions, title=_title(shown), colour=colour,
        picked=shown.picked, chosen=shown.chosen,
    )  # fmt: skip
    st.plotly_chart(
        figure, key="feature space", config=_PLOTLY,
        alt=f"Scatter plot of {len(shown.predictions)} sequences along the three largest components.",
    )  # fmt: skip
    st.caption(
        f"The three components hold {percent(sum(points.explained))} of the variance. Drag to turn, scroll "
        "to come near. In 3D no point can be clicked: choose the sequence in the list."
    )


def _neighbours(shown: Shown) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colour, drag = _choose_colour(), _choose_drag()
    about = shown.about
    stamp = (about.run.path / "features.npz").stat().st_mtime_ns
    with explain():
        points = _neighbour_map(str(about.run.path), about.weighting, about.part, stamp, shown.features)
    figure = feature_map(
        Projection(points, ()), shown.predictions, about.actions, title=_title(shown), colour=colour,
        picked=shown.picked, chosen=shown.chosen, drag=drag,
    )  # fmt: skip
    _draw_to_pick(figure, "neighbour map", "by t-SNE")
    st.caption(
        "t-SNE brings near neighbours together, and nothing more: the distances between groups, their sizes "
        "and the axes mean little. The points are of this part alone; another part gives another picture."
    )


@st.cache_data(max_entries=20, show_spinner="Looking for neighbours")
def _neighbour_map(
    path: str, weighting: str, part: str, stamp: int, _features: FloatArray
) -> NDArray[np.float64]:
    return neighbour_map(_features)


def _variance(shown: Shown) -> None:
    shares = shown.components.shares
    needed = int(np.searchsorted(np.cumsum(shares), 0.95)) + 1
    st.plotly_chart(
        explained_variance(shares, title=_title(shown, "train")), key="explained variance",
        config=_PLOTLY,
        alt=f"Bars: the share of the variance that each of {len(shares)} components holds.",
    )  # fmt: skip
    st.caption(
        f"The plane shows {percent(shares[:2].sum())} of the variance of the training features; "
        f"95 % of it need {min(needed, len(shares))} of the {len(shares)} components."
    )


def _choose_colour() -> Colouring:
    chosen: Colouring = st.selectbox(
        "Colour by", get_args(Colouring), key="features colour", format_func=_COLOURINGS.get, width=220,
        persist_state="session",
    )  # fmt: skip
    return chosen


def _choose_drag() -> Drag:
    """Draw the choice of what pressing in the figure does; Streamlit takes either clicks or loops."""
    chosen = st.segmented_control(
        "Pick by", list(_PICK_BY), default="Click", required=True, key="features pick by",
        persist_state="session",
        help="Click a point to see its sequence, or draw a loop or a box around some to see all of them. "
        "By keyboard: choose the sequence in the list, or highlight actions and subjects.",
    )  # fmt: skip
    return _PICK_BY[chosen]


def _title(shown: Shown, part: str | None = None) -> str:
    about = shown.about
    title = PART_TITLES[about.part if part is None else part]
    model = MODELS[about.run.config.model.name].title
    return f"{title} part<br><sup>{model}, {about.weighting} epoch</sup>"


def _draw_to_pick(figure: go.Figure, key: str, where: str) -> None:
    """Draw a figure of points that can be clicked, or picked by a loop or a box."""
    count = sum(len(trace.customdata) for trace in figure.data if trace.customdata is not None)
    st.plotly_chart(
        figure, key=key, on_select=lambda: _take_pick(key), selection_mode=("points", "lasso", "box"),
        config=_PLOTLY, alt=f"Scatter plot of {count} sequences {where}.",
    )  # fmt: skip


def _take_pick(key: str) -> None:
    """Choose the sequence of a clicked point, or keep the names in a loop or box."""
    points = st.session_state[key]["selection"]["points"]
    names = [point["customdata"][0] for point in points if point.get("customdata")]
    st.session_state[_LOOP] = names if len(names) > 1 else []
    if len(names) == 1:
        remember("sequence", names[0])


_VIEWS: dict[str, Callable[[Shown], None]] = {
    "Plane": _plane,
    "3D": _space,
    "t-SNE": _neighbours,
    "Explained variance": _variance,
}
