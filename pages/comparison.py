"""Comparison: all runs in a table, and some of them against each other."""

import streamlit as st

from app.runs.deleted_runs import draw_deleted_runs, draw_undo
from app.runs.table import draw_run_table, filter_runs
from app.screens.comparison.actions import draw_run_actions
from app.screens.comparison.adding_up import draw_adding_up
from app.screens.comparison.damaged_runs import draw_damage
from app.screens.comparison.linked_view import follow_link
from app.screens.comparison.views import draw_comparison
from app.shell.lab import get_lab
from app.shell.messages import leak_notice
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from har_core.analysis.seeds import group_by_config, short_titles
from har_core.training.store import Run

found = get_lab().store.all()
runs = [run for run in found if isinstance(run, Run)]
page_header(
    "Comparison", "All runs with their scores. Choose some to name, delete or compare them.",
    synthetic=any(run.meta.synthetic for run in runs if run.meta),
)  # fmt: skip
draw_damage(found)
draw_undo()
if not runs:
    draw_deleted_runs()
    st.info("There is nothing to compare yet. Queue the practical work on the overview.")
    link_to("overview", "Overview")
    st.stop()

follow_link(runs)
row = st.container(horizontal=True, vertical_alignment="center")
shown = filter_runs(runs, row)
if not shown:
    draw_deleted_runs()
    st.info("No run passes the filter. Take words, states or tags out of it.")
    st.stop()
groups = group_by_config(runs)
most = 5 if len(groups) < 5 else 3  # so that the figure below, of a row for each config, is in sight, too
chosen = draw_run_table(shown, short_titles(groups), row, most=most)
if chosen:  # in the row above, their names would have no room
    actions = st.container(horizontal=True, vertical_alignment="center")
    draw_adding_up(chosen, actions)
    draw_run_actions(chosen, sorted({tag for run in runs for tag in run.label.tags}), actions)
views = st.container()
leak_notice(run.config.split for run in runs)
draw_deleted_runs()
with views:
    draw_comparison(chosen or shown)
