"""Comparison: all runs in a table, and some of them against each other."""

import streamlit as st

from app.runs.table import draw_run_table, filter_runs
from app.screens.comparison.actions import draw_run_actions
from app.screens.comparison.damaged_runs import draw_damage
from app.screens.comparison.views import draw_comparison
from app.shell.lab import get_lab
from app.shell.messages import leak_notice, synthetic_notice
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from har_core.analysis.seeds import group_by_config, short_titles
from har_core.training.store import Run

lab = get_lab()
page_header(
    "Comparison",
    "All runs with their scores. Choose some to name, delete or compare them; none stands for all.",
)

found = lab.store.all()
runs = [run for run in found if isinstance(run, Run)]
draw_damage(found)
if not runs:
    draw_run_actions([], [])
    st.info("There is nothing to compare yet. Queue the practical work on the overview.")
    link_to("overview", "Overview")
    st.stop()

synthetic_notice(any(run.meta.synthetic for run in runs if run.meta))
leak_notice(run.config.split for run in runs)
shown = filter_runs(runs)
if not shown:
    draw_run_actions([], [])
    st.info("No run passes the filter. Take words, states or tags out of it.")
    st.stop()
chosen = draw_run_table(shown, short_titles(group_by_config(runs)))
draw_run_actions(chosen, sorted({tag for run in runs for tag in run.label.tags}))
draw_comparison(chosen or shown)
