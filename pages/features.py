"""Features: what a run's network makes of each sequence before its last layer, by PCA and t-SNE."""

import streamlit as st

from app.runs.chooser import choose_run
from app.screens.features.computed import components_of
from app.screens.features.figure import Shown, choose_look, draw_figure
from app.screens.features.sequences import choose_sequence, draw_neighbours, draw_picked, play_with_path
from app.shell.messages import stop_on_error
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from har_core.models import say_features

head = page_header(
    "Features",
    "What a network makes of each sequence. Do similar actions lie together?",
)

about = choose_run(
    head,
    "train",
    help="The components are those of the training part; other parts are brought into the same plane.",
)
features = about.features
if features is None:
    st.info(
        f"{about.kind.title} makes no features, so there is nothing to draw. Choose a run of another model.",
        icon=":material/scatter_plot:",
    )
    link_to("results", "See the results of this run")
    st.stop()
with stop_on_error():
    of_training = features[about.predictions.part == "train"]
    components = components_of(about)

predictions = about.predictions.of(about.part)
left, right = st.columns([5, 4], gap="medium")
with left:
    look = choose_look(about, predictions)
with right:
    chosen = choose_sequence([str(name) for name in predictions.ids])
    shown = Shown(
        about, predictions, features[about.predictions.part == about.part], of_training, components, chosen,
        look,
    )  # fmt: skip
    play_with_path(shown)
with left:
    draw_figure(shown)
    made = say_features(about.run.config.model)
    without = ", without dropout" if about.run.config.training else ""
    st.caption(f"The features are {made}: {features.shape[1]} numbers for each sequence{without}.")
    draw_neighbours(shown)
if look.picked is not None:
    draw_picked(shown)
