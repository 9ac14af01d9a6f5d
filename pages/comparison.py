"""Comparison: all runs side by side."""

import streamlit as st

from app.ui.lab import get_lab
from app.ui.messages import synthetic_notice
from app.ui.navigation import link_to
from app.ui.wording import percent
from har_core.analysis.comparison import comparison_table
from har_core.analysis.intervals import wilson_interval
from har_core.plots.comparison import accuracy_figure
from har_core.training.store import DamagedRun, Run

lab = get_lab()
st.title("Comparison")
st.markdown(
    "All runs with their size, accuracies and time. A dot is a run, a bar the mean of the seeds. "
    "Only runs on the same split can be compared."
)

found = lab.store.all()
runs = [run for run in found if isinstance(run, Run) and run.meta]
for damaged in found:
    if isinstance(damaged, DamagedRun):
        st.warning(f"{damaged.run_id} can't be read. {damaged.reason}", icon=":material/broken_image:")
if not runs:
    st.info("There is nothing to compare yet. Queue the practical work on the overview.")
    link_to("overview", "Overview")
    st.stop()

synthetic_notice(any(run.meta.synthetic for run in runs))
table = comparison_table(runs)
ended = [run for run in runs if run.results]
if ended:
    st.plotly_chart(accuracy_figure(ended), key="accuracies", config={"displaylogo": False})
shares = {
    "best_test": ("Test, best", "At the epoch with the best validation accuracy."),
    "best_validation": ("Validation, best", "At the epoch with the best validation accuracy."),
    "last_test": ("Test, last", "At the last epoch."),
    "last_train": ("Training, last", "At the last epoch, without dropout."),
}
columns = {
    "model": "Model",
    "source": "Data set",
    "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
    **{
        name: st.column_config.NumberColumn(title, format="%.1f %%", help=meaning)
        for name, (title, meaning) in shares.items()
    },
    "seconds": st.column_config.NumberColumn("Seconds", format="%.1f"),
    "test_sequences": st.column_config.NumberColumn("Test sequences", help="How many a share is taken of."),
    "epochs": st.column_config.NumberColumn("Epochs", format="localized"),
    "best_epoch": st.column_config.NumberColumn("Best epoch", format="localized"),
    "seed": "Seed",
    "split": "Split",
    "state": "State",
    "run": "Run",
}
st.dataframe(
    table.assign(**{name: 100 * table[name] for name in shares}),
    hide_index=True, key="runs", column_order=list(columns), column_config=columns,
)  # fmt: skip
if ended:
    newest = ended[0]
    total = newest.meta.split_sizes["test"]
    low, high = wilson_interval(round(newest.results.best.test * total), total)
    st.caption(
        f"One of {total} test sequences is {100 / total:.1f} points. The newest run's "
        f"{percent(newest.results.best.test)} has a 95 % interval from {percent(low)} to {percent(high)}: "
        "look at several seeds before you call a model better."
    )
st.download_button(
    "Download as CSV", table.to_csv(index=False), "runs.csv", "text/csv", icon=":material/download:"
)
