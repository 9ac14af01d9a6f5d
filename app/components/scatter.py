"""The scatter of sequences: points on a canvas in the browser, to be clicked or picked by a loop.

For tests the element ``.scatter`` tells its state in ``data-`` attributes: ``title``, ``drawn`` (points
drawn, without those behind), ``chosen`` (the name in the ring), ``at`` (the name under the pointer, or that
the arrow keys have come to) and ``zoom``. Properties of it say where things were drawn, in pixels of the
canvas: ``drawnPoints[name]`` and ``drawnLabels[text]``, each ``[x, y]``; what is out of sight is left out.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from app.component_messages import said_by
from har_core.plots.assets import SCATTER_CSS, SCATTER_HTML, SCATTER_SCRIPT
from har_core.plots.captions import Caption

_COMPONENT = st.components.v2.component(
    "feature_scatter", html=SCATTER_HTML, css=SCATTER_CSS, js=SCATTER_SCRIPT
)


def draw_scatter(
    drawn: dict[str, Any], *, key: str, alt: str, caption: Caption, on_point: Callable[[str], None],
    on_loop: Callable[[Sequence[str]], None], large: bool = False, grows: bool = False,
) -> None:  # fmt: skip
    """Draw a scatter. Where the visitor has zoomed to stays for as long as the points do.

    Args:
        drawn: as ``feature_scatter`` returns it.
        key: the element's key, the same on every rerun.
        alt: what the figure shows, for those who can't see it.
        caption: what the figure is called, saved.
        on_point: called with the name of a point that was picked.
        on_loop: called with the names of the points in a loop or box; none, if it holds none.
        large: whether its words can be read from the back row, as in full screen.
        grows: whether the height is that on a screen of 1280 x 720, and a larger one gives it more.
    """
    known = set(drawn["names"])

    def take_point() -> None:
        name = said_by(key, "point")
        if isinstance(name, str) and name in known:  # it comes from the browser
            on_point(name)

    def take_loop() -> None:
        given = said_by(key, "loop")
        if isinstance(given, list):
            names = [name for name in given if isinstance(name, str)]
            on_loop([name for name in dict.fromkeys(names) if name in known])

    data = drawn | {"alt": alt, "caption": caption.as_json(), "large": large, "grows": grows}
    _COMPONENT(key=key, data=data, on_point_change=take_point, on_loop_change=take_loop)
