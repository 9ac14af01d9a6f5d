"""Test accuracies of several runs in one figure."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from har_core.models import MODELS
from har_core.plots.colours import ACCENT, PART_COLOURS
from har_core.training.config import departures
from har_core.training.store import Run


def accuracy_figure(runs: Sequence[Run]) -> go.Figure:
    """Return the test accuracy of each run at its best validation epoch, a row for each config.

    Runs that differ in nothing but the seed share a row, and a bar marks their mean.

    Args:
        runs: with results.
    """
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(_group_of(run), []).append(run)
    figure = go.Figure()
    for name, members in groups.items():
        values = [100 * run.results.best.test for run in members if run.results]
        figure.add_scatter(
            x=values, y=[name] * len(values), mode="markers", showlegend=False,
            marker={"color": PART_COLOURS["test"], "size": 12, "opacity": 0.7},
            customdata=[run.run_id for run in members],
            hovertemplate="%{x:.1f} %<br>%{customdata}<extra></extra>",
        )  # fmt: skip
        if len(values) > 1:
            figure.add_scatter(
                x=[float(np.mean(values))], y=[name], mode="markers", showlegend=False,
                marker={"symbol": "line-ns", "size": 22, "line": {"width": 3, "color": ACCENT}},
                hovertemplate=f"mean of {len(values)}: %{{x:.1f}} %<extra></extra>",
            )  # fmt: skip
    figure.update_layout(
        title={"text": "Test accuracy at the best validation epoch"},
        height=140 + 44 * len(groups),
        margin={"t": 48, "r": 12, "l": 12, "b": 12},
    )
    figure.update_xaxes(title_text="Test accuracy (%)", range=[0, 101])
    figure.update_yaxes(autorange="reversed")
    return figure


def _group_of(run: Run) -> str:
    said = [MODELS[run.config.model.name].title, run.config.source, run.config.split.name]
    said += [f"{name.rpartition('.')[2]} {value}" for name, value in departures(run.config).items()]
    return ", ".join(said)
