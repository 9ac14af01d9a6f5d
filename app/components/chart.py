"""A chart that Streamlit draws: words that can be read in either theme, and tools that save it."""

import re
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from har_core.plots.assets import TOOLS_CSS, TOOLS_HTML, TOOLS_SCRIPT
from har_core.plots.captions import Caption

_COMPONENT = st.components.v2.component("chart_tools", html=TOOLS_HTML, css=TOOLS_CSS, js=TOOLS_SCRIPT)

_INK = "#000008"
"""Streamlit draws in its place the eighth categorical colour of the theme: ``.streamlit/config.toml``."""


def draw_chart(
    figure: go.Figure | dict[str, Any], *, key: str, alt: str, caption: Caption,
    place: DeltaGenerator | None = None, height: int = 360,
) -> None:  # fmt: skip
    """Draw a figure, and below it what saves it as a picture.

    Args:
        figure: one of Plotly, or an option of ECharts.
        key: the element's key, the same on every rerun.
        alt: what the figure shows, for those who can't see it.
        caption: what it is called, saved.
        place: on the page; None for where this is called.
        height: in pixels, of a figure of ECharts; one of Plotly knows its own.
    """
    name = f"chart {key}"
    with (place or st).container(key=name, gap="xxsmall"):
        if isinstance(figure, go.Figure):
            _ink(figure)
            st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt)
        else:
            st.echarts_chart(figure, key=key, height=height, renderer="svg", alt=alt)
        container = re.sub(r"[^a-zA-Z0-9_-]", "-", name)  # as Streamlit writes it
        _COMPONENT(key=f"{key} tools", data={"container": container, "caption": caption.as_json()})


def _ink(figure: go.Figure) -> None:
    ink = {"color": _INK}
    figure.update_layout(font=ink, legend={"font": ink}, title={"subtitle": {"font": ink}})
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(tickfont=ink, title={"font": ink})
    figure.update_traces(labelfont=ink, tickfont=ink, selector={"type": "parcoords"})
