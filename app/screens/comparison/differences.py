"""In which settings runs differ."""

import pandas as pd
import streamlit as st

from app.screens.comparison.compared import Compared
from har_core.analysis.comparison import meanings_by_name, say_of_run, settings_by_name, titles_by_name
from har_core.wording import counted


def draw_differences(compared: Compared) -> None:
    """Draw a table of settings, a row for each run."""
    runs = compared.runs
    if len(runs) < 2:
        st.info("Choose at least two runs, or none for all, to see in what they differ.")
        return
    only = st.toggle("Differences only", True, key="differences only", persist_state="session")
    settings = settings_by_name(runs, only_differences=only)
    if not settings:
        st.info("These runs have the same settings, the seed too: they should give the same numbers.")
        return
    titles, meanings = titles_by_name(runs), meanings_by_name(runs)
    table = pd.DataFrame(
        {
            titles[name]: [say_of_run(run, name, value) for run, value in zip(runs, values, strict=True)]
            for name, values in settings.items()
        }
    )
    table.insert(0, "run", [compared.titles[run.run_id] for run in runs])
    columns = {titles[name]: st.column_config.TextColumn(help=meanings.get(name)) for name in settings}
    columns["run"] = st.column_config.TextColumn("Run", pinned=True)
    st.dataframe(
        table, hide_index=True, key="differences", column_config=columns,
        alt=f"Settings of {counted(len(runs), 'run')}, {'those that differ' if only else 'all of them'}",
    )  # fmt: skip
    st.caption("An empty cell: that run has no such setting.")
