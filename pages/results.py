"""Results: a run's scores and curves, its confusion matrix, and the sequences behind each cell."""

import streamlit as st

from app.runs.chooser import choose_run
from app.screens.results.confused_sequences import shown_cell
from app.screens.results.scores import draw_scores
from app.screens.results.views import draw_beside, draw_views, stands_alone
from app.shell.page_header import page_header

head = page_header("Results", "What a run recognises, what it confuses, and how that looks.")

about = choose_run(head, "test")
cell = shown_cell(about)
left, *rest = st.columns(1 if stands_alone(about) else [8, 7], gap="small")
for (
    right
) in rest:  # first, so that a clicked cell's sequence plays before the browser has drawn the matrix anew
    with right:
        draw_beside(about, cell)
with left, st.container(gap="xsmall"):
    draw_scores(about)
    draw_views(about, cell)
