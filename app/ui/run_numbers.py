"""What the pages read of many runs' files, each file once as long as it stays the same."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.ui.lab import get_lab
from har_core.analysis.comparison import Ends, read_ends
from har_core.analysis.seeds import as_curves
from har_core.training.store import Run

Stamp = tuple[int, int]


def ends_of(runs: Sequence[Run]) -> dict[str, Ends]:
    """Return the records of the best and last epoch of each run, by its name."""
    return {run.run_id: _ends(str(run.path), _stamp(run), run) for run in runs}


def curves_of(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """Return the records of each run as a table, by its name; a run without a record is left out."""
    curves = {run.run_id: _curves(str(run.path), _stamp(run), run.run_id) for run in runs}
    return {run_id: table for run_id, table in curves.items() if len(table)}


def _stamp(run: Run) -> Stamp:
    """Return what changes when records are written."""
    try:
        stat = (run.path / "metrics.jsonl").stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


@st.cache_data(max_entries=5000, show_spinner=False)
def _ends(path: str, stamp: Stamp, _run: Run) -> Ends:
    return read_ends(get_lab().store, _run)


@st.cache_data(max_entries=200, show_spinner="Reading the curves")
def _curves(path: str, stamp: Stamp, run_id: str) -> pd.DataFrame:
    return as_curves(get_lab().store.metrics(run_id))
