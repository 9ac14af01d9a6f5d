"""Overview: the 14 steps of the practical work, and one button for all of its experiments."""

import streamlit as st

from app.ui.lab import get_lab
from app.ui.messages import explain, synthetic_notice
from app.ui.navigation import link_to
from app.ui.player import skeleton_player
from app.ui.queueing import queue_experiments
from app.ui.selection import recall, selected_source, source_to_keep
from app.ui.steps import draw_steps, draw_summary
from har_core.player.recordings import recorded_clip
from har_core.report.progress import progress
from har_core.training.practical_work import practical_work


def queue_work() -> None:
    """Draw the button that queues the four experiments."""
    st.subheader("The whole practical work")
    st.markdown(
        "Queues the four experiments of the course: LSTM, stacked LSTM, Bi-LSTM, and a 1D-CNN "
        "with as many parameters as the LSTM. You can close the browser while they run."
    )
    count, seed = st.columns(2)
    epochs = count.number_input(
        "Epochs", 1, 100_000, 2000, step=100, key="work epochs", persist_state="session",
        help="How often each model goes through the training part. The course sets 2,000.",
    )  # fmt: skip
    chosen_seed = seed.number_input(
        "Seed", 0, 10_000, 0, key="work seed", persist_state="session",
        help="The same seed gives the same numbers again.",
    )  # fmt: skip
    if st.button("Queue the practical work", type="primary", icon=":material/playlist_add:"):
        with explain():
            queue_experiments(
                practical_work(
                    source_to_keep(), epochs=int(epochs), seed=int(chosen_seed), layout=recall("layout")
                )
            )
    active = lab.store.active()
    if active:
        st.markdown(f"{len(active)} {'run is' if len(active) == 1 else 'runs are'} in training or waiting.")
        link_to("training", "Watch them learn")


lab = get_lab()
loaded = selected_source()
sequences = loaded.sequences

st.title("How does a network recognise an action?")
st.markdown(
    "Train four networks on skeletons, look at what they confuse, and see the sequences behind every number."
)
synthetic_notice(sequences.synthetic)

states = progress(sequences, lab.store.runs(), source_to_keep())
left, right = st.columns([2, 1], gap="medium")
with left:
    with st.container(border=True):
        queue_work()
    draw_summary(states)
with right:
    wanted = recall("sequence")
    shown = wanted if wanted in sequences.ids else sequences.ids[0]
    skeleton_player([recorded_clip(sequences, shown)], key="overview player", height=270)
st.subheader("The 14 steps")
draw_steps(states)
