"""Results: a run's scores and curves, its confusion matrix, and the sequences behind each cell."""

import streamlit as st

from app.ui.confused_sequences import draw_confused_sequences
from app.ui.lab import get_lab
from app.ui.messages import explain, synthetic_notice
from app.ui.run_view import draw_curves
from app.ui.selection import ended_runs, select_run, select_weights
from app.ui.wording import count_of, duration, percent
from har_core.analysis.intervals import wilson_interval
from har_core.analysis.predictions import load_predictions
from har_core.plots.colours import PART_TITLES

lab = get_lab()
st.title("Results")
st.markdown("How well a run recognises actions, which it confuses, and how those sequences look.")

runs = ended_runs()
chooser, weights_at, part_at = st.columns([3, 1, 1])
with chooser:
    run = select_run(runs)
with weights_at:
    weighting = select_weights("results weights")
part = part_at.selectbox(
    "Part", ["test", "validation", "train"], key="results part", format_func=PART_TITLES.get
)
with explain():
    predictions = load_predictions(lab.store, run.run_id, weighting)
synthetic_notice(run.meta.synthetic)

scores = run.results.of(weighting)
for column, name in zip(st.columns(3), ("test", "validation", "train"), strict=True):
    of_part = predictions.of(name)
    low, high = wilson_interval(of_part.correct, len(of_part))
    column.metric(
        f"{PART_TITLES[name]} accuracy", percent(getattr(scores, name)),
        count_of(of_part.correct, len(of_part)),
        delta_color="off", delta_arrow="off", border=True,
        help=f"With the weights of epoch {scores.epoch:,}, without dropout. "
        f"95 % interval: {percent(low)} to {percent(high)}.",
    )  # fmt: skip
facts = (
    f"{run.meta.parameters:,} parameters, {run.status.epoch:,} epochs in {duration(run.status.seconds)}, "
    f"seed {run.config.seed}"
)
with st.expander(f"Curves: {facts}"):
    draw_curves(run, lab.store.metrics(run.run_id))
st.subheader(f"Confusion matrix: {PART_TITLES[part].lower()} part, weights of epoch {scores.epoch:,}")
draw_confused_sequences(predictions.of(part), predictions.of("train"), run)
