"""How much of the features' variance each principal component holds."""

from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from har_core.plots.colours import ACCENT, NEUTRAL


def explained_variance(shares: NDArray[np.float64], *, title: str, about: str = "") -> go.Figure:
    """Return a bar for each component, and a line of what the components up to it hold together.

    Args:
        shares: (components) of the variance, 0 to 1, the largest first.
        title: what the figure shows.
        about: of which run, in smaller letters.
    """
    numbers = np.arange(1, len(shares) + 1)
    together = 100 * np.cumsum(shares)
    bars = {
        "type": "bar", "name": "Each component", "x": numbers, "y": 100 * shares,
        "marker": {"color": ACCENT},
        "hovertemplate": "component %{x}: %{y:.1f} %<extra></extra>",
    }  # fmt: skip
    line = {
        "type": "scatter", "name": "All up to it", "x": numbers, "y": together, "mode": "lines+markers",
        "line": {"color": NEUTRAL, "width": 2},
        "hovertemplate": "components 1 to %{x}: %{y:.1f} %<extra></extra>",
    }  # fmt: skip
    layout = {
        "title": _titled(title, about), "height": 500, "legend": {"orientation": "h", "y": -0.16},
        "margin": {"t": 84, "r": 12, "l": 12, "b": 12},
        "xaxis": {"title": {"text": "Component"}, "zeroline": False},
        "yaxis": {"title": {"text": "Share of the variance (%)"}, "range": [0, 105]},
    }  # fmt: skip
    return go.Figure([bars, line], layout)


def _titled(title: str, about: str) -> dict[str, Any]:
    """Return a title at the top, and below it in smaller letters of what the figure is."""
    place = {"y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 12}}
    return {"text": title, "subtitle": {"text": escape(about, quote=False), "font": {"size": 13}}, **place}
