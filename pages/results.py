"""Results: a run's scores and curves, its confusion matrix, and the sequences behind each cell."""

import streamlit as st

from app.ui.confused_sequences import draw_confused_sequences
from app.ui.lab import get_lab
from app.ui.run_chooser import choose_run
from app.ui.run_view import draw_curves
from app.ui.wording import count_of, duration, percent
from har_core.analysis.intervals import wilson_interval
from har_core.plots.colours import PART_TITLES

lab = get_lab()
st.title("Results")
st.markdown("How well a run recognises actions, which it confuses, and how those sequences look.")

chosen = choose_run("test")
run, predictions = chosen.run, chosen.predictions

scores = run.results.of(chosen.weighting)
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
st.subheader(f"Confusion matrix: {PART_TITLES[chosen.part].lower()} part, weights of epoch {scores.epoch:,}")
draw_confused_sequences(predictions.of(chosen.part), predictions.of("train"), run)
facts = (
    f"{run.meta.parameters:,} parameters, {run.status.epoch:,} epochs in {duration(run.status.seconds)}, "
    f"seed {run.config.seed}"
)
curves = st.expander(f"Curves: {facts}", key="results curves", on_change="rerun")
if curves.open:
    with curves:
        draw_curves(run, lab.store.metrics(run.run_id))
