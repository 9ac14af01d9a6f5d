"""Results: a run's scores and curves, its confusion matrix, and the sequences behind each cell."""

import streamlit as st

from app.runs.chooser import choose_run
from app.screens.results.confused_sequences import draw_cell, draw_matrix, shown_cell
from app.screens.results.details import draw_details
from app.shell.page_header import page_header
from har_core.analysis.intervals import wilson_interval
from har_core.training.named_settings import say_seed
from har_core.wording import PART_TITLES, count_of, counted, duration, percent, score_title

page_header("Results", "How well a run recognises actions, which it confuses, and how those sequences look.")

chosen = choose_run("test")
run, predictions = chosen.run, chosen.predictions

scores = run.results.of(chosen.weighting)
parts = [name for name in ("test", "validation", "train") if scores.of(name) is not None]
for column, name in zip(st.columns(len(parts)), parts, strict=True):
    of_part = predictions.of(name)
    low, high = wilson_interval(of_part.correct, len(of_part))
    column.metric(
        score_title(name, chosen.epoch_chosen), percent(scores.of(name)),
        count_of(of_part.correct, len(of_part)),
        delta_color="off", delta_arrow="off", border=True,
        help=(f"With the weights of epoch {scores.epoch:,}, without dropout. " if scores.epoch else "")
        + f"95 % interval: {percent(low)} to {percent(high)}.",
    )  # fmt: skip
if run.config.training and not run.results.best:
    st.caption(":material/info: Without a validation part no epoch is chosen as the best: this is the last.")
if run.config.model.on_training_part:
    st.caption(f":material/info: {run.config.model.on_training_part}")
epoch = f", weights of epoch {scores.epoch:,}" if scores.epoch else ""
st.subheader(f"Confusion matrix: {PART_TITLES[chosen.part].lower()} part{epoch}")
said = [counted(run.meta.parameters, "parameter")] if run.meta.parameters else []
time = duration(run.status.seconds)
said.append(
    f"{counted(run.status.epoch, 'epoch')} in {time}" if run.config.training else f"no epochs, {time} in all"
)
st.caption(", ".join([*said, *say_seed(run.config)]))
left, right = st.columns([5, 4], gap="medium")
cell = shown_cell(chosen)
with right:  # first, so that a clicked cell's sequence plays before the browser has drawn the matrix anew
    draw_cell(chosen, cell)
with left:
    draw_matrix(chosen, cell)
draw_details(chosen)
