"""Features: a PCA of what the last recurrent layer gives."""

import streamlit as st

from app.ui.clips import recorded_clip
from app.ui.lab import get_lab
from app.ui.messages import explain
from app.ui.player import skeleton_player
from app.ui.run_chooser import choose_run
from app.ui.selection import recall, remember, source_of
from app.ui.wording import plain
from har_core.analysis.neighbours import nearest_neighbours
from har_core.analysis.projection import Projection, load_features, project
from har_core.models import MODELS
from har_core.plots.colours import PART_TITLES
from har_core.plots.feature_map import feature_map

MAP, SEQUENCE = "feature map", "features sequence"

lab = get_lab()
st.title("Features")
st.markdown(
    "What the last layer before the linear one gives for each sequence, in the plane of its two largest "
    "components. Do similar actions lie together?"
)

about = choose_run(
    "train",
    help="The components are those of the training part; other parts are brought into the same plane.",
)
run, predictions, part = about.run, about.predictions, about.part
with explain():
    features = load_features(lab.store, run.run_id, about.weighting)
    projection = project(features, predictions.part == "train")
actions = about.actions
shown = predictions.of(part)
ids = [str(name) for name in shown.ids]


def take_click() -> None:
    """Choose the sequence of a clicked point."""
    points = st.session_state[MAP]["selection"]["points"]
    if points:
        remember("sequence", points[0]["customdata"][0])


highlighted = st.multiselect(
    "Highlight actions", actions, key="features highlighted", placeholder="All actions"
)
wanted = recall("sequence")
st.session_state[SEQUENCE] = wanted if wanted in ids else ids[0]

left, right = st.columns([3, 2], gap="medium")
with right:
    st.caption("Click a point, or choose its sequence here.")
    chosen = st.selectbox(
        "Sequence", ids, key=SEQUENCE, on_change=lambda: remember("sequence", st.session_state[SEQUENCE])
    )
    row = ids.index(chosen)
    verdict = "recognised" if shown.truth[row] == shown.predicted[row] else "taken for "
    verdict += "" if verdict == "recognised" else actions[shown.predicted[row]]
    st.markdown(f"**{actions[shown.truth[row]]}**, {verdict}, {100 * shown.probability[row]:.0f} % sure")
    with explain():
        skeleton_player([recorded_clip(source_of(run).sequences, chosen)], key="features player", height=380)
    neighbours = nearest_neighbours(features, predictions, chosen)
    truth = dict(zip(predictions.ids, predictions.truth, strict=True))
    key = f"neighbours of {chosen}"
    st.pills(
        "Five nearest neighbours", neighbours, key=key,
        format_func=lambda name: f"{plain(name)} · {actions[truth[name]]}",
        on_change=lambda: remember("sequence", st.session_state[key] or chosen),
        help="The sequences of all parts whose features are the nearest, by Euclidean distance.",
    )  # fmt: skip
with left:
    figure = feature_map(
        Projection(projection.points[predictions.part == part], projection.explained), shown, actions,
        title=f"{PART_TITLES[part]} part, {MODELS[run.config.model.name].title}, {about.weighting} epoch",
        highlighted=highlighted, chosen=chosen,
    )  # fmt: skip
    st.plotly_chart(
        figure, key=MAP, on_select=take_click, selection_mode=("points",), config={"displaylogo": False},
        alt=f"Scatter plot of {len(ids)} sequences in the plane of the two largest components.",
    )  # fmt: skip
