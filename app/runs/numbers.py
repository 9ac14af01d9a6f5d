"""What the pages read of many runs' files, each file once as long as it stays the same."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from app.shell.lab import get_lab
from har_core.analysis.comparison import Ends, read_ends
from har_core.analysis.seeds import as_curves
from har_core.training.kept_arrays import Stamp, stamp_of
from har_core.training.store import Run

_RECORDS = "metrics.jsonl"


def ends_of(runs: Sequence[Run]) -> dict[str, Ends]:
    """Return the records of the best and last epoch of each run, by its name."""
    # Not a function that Streamlit caches: asking a thousand times for what is known takes it half a second.
    known, store = _known_ends(), get_lab().store
    for run in runs:
        stamp = stamp_of(run.path, _RECORDS)
        if run.path not in known or known[run.path][0] != stamp:
            known[run.path] = stamp, read_ends(store, run)
    return {run.run_id: known[run.path][1] for run in runs}


def curves_of(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """Return the records of each run as a table, by its name; a run without a record is left out."""
    curves = {run.run_id: _curves(str(run.path), stamp_of(run.path, _RECORDS), run.run_id) for run in runs}
    return {run_id: table for run_id, table in curves.items() if len(table)}


@st.cache_resource
def _known_ends() -> dict[Path, tuple[Stamp, Ends]]:
    return {}


@st.cache_data(max_entries=200, show_spinner="Reading the curves")
def _curves(path: str, stamp: Stamp, run_id: str) -> pd.DataFrame:
    return as_curves(get_lab().store.metrics(run_id))
