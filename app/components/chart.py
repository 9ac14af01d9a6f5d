"""A chart that Streamlit draws: words that can be read in either theme, and tools that save it."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.component_messages import said_by
from har_core.plots.assets import TOOLS_CSS, TOOLS_HTML, TOOLS_SCRIPT
from har_core.plots.captions import Caption
from har_core.plots.colours import QUIET, THEMES, Theme
from har_core.plots.echarts import enlarged, grows_in_full_screen

_COMPONENT = st.components.v2.component("chart_tools", html=TOOLS_HTML, css=TOOLS_CSS, js=TOOLS_SCRIPT)

_THEME = "theme of the charts"


def draw_chart(
    figure: go.Figure | dict[str, Any], *, key: str, alt: str, caption: Caption,
    place: DeltaGenerator | None = None, height: int = 360, letter: float | None = None,
    on_select: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Draw a figure, and below it what saves it as a picture.

    Args:
        figure: one of Plotly, or an option of ECharts.
        key: the element's key, the same on every rerun.
        alt: what the figure shows, for those who can't see it.
        caption: what it is called, saved.
        place: on the page; None for where this is called.
        height: in pixels, of a figure of ECharts; one of Plotly knows its own.
        letter: height of its letters in pixels, of a figure of ECharts that is seen from far away. It has no
            tools below it: its page has them.
        on_select: called when the visitor has clicked what can be selected in a figure of ECharts; the
            session then holds under ``key`` what is.
    """
    name = f"chart {key}"
    if letter and isinstance(figure, dict):
        shown = enlarged(figure, letter)
        (place or st).echarts_chart(shown, key=key, height=height, renderer="svg", alt=alt)
        return
    with (place or st).container(key=name, gap="xxsmall"):
        theme = _theme() if isinstance(figure, go.Figure) else None  # ECharts follows it by itself
        if theme:
            _ink(figure, {"color": QUIET[theme]})
            st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt)
        else:
            shown = grows_in_full_screen(figure, height, ", ".join(caption.facts))
            st.echarts_chart(
                shown, key=key, height=height, renderer="svg", alt=alt, on_select=on_select or "ignore"
            )
        container = re.sub(r"[^a-zA-Z0-9_-]", "-", name)  # as Streamlit writes it
        tools = f"{key} tools"
        data = {"container": container, "caption": caption.as_json(), "theme": theme}
        _COMPONENT(key=tools, data=data, on_theme_change=partial(_take_theme, tools))


def _theme() -> Theme:
    """Return the theme that a chart's tools have told of, or else that of the visit."""
    return "dark" if st.session_state.get(_THEME, st.context.theme.type) == "dark" else "light"


def _take_theme(tools: str) -> None:
    theme = said_by(tools, "theme")
    if theme in THEMES:
        st.session_state[_THEME] = theme


def _ink(figure: go.Figure, ink: dict[str, str]) -> None:
    """Give a figure's words a colour: those of Streamlit's theme are too pale."""
    figure.update_layout(font=ink, legend={"font": ink}, title={"subtitle": {"font": ink}})
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(tickfont=ink, title={"font": ink})
    figure.update_traces(labelfont=ink, tickfont=ink, selector={"type": "parcoords"})
