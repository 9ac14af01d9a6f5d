"""The skeleton player: clips moving in step on canvases in the browser.

Frames travel once, as raw bytes; playing, turning and zooming happen in the browser alone.

For tests the element ``.player`` tells its state in ``data-`` attributes: ``frame`` (from 0), ``frames``,
``playing``, ``title``, ``drawn`` (joints drawn of tracked frames, all clips together), ``untracked``,
``yaw``, ``pitch``, ``zoom``, ``chosen`` (names of the chosen joints, sorted), ``positions`` (``open`` or
``closed``) and ``axis`` (``x``, ``y`` or ``z``). Each ``figure`` tells its own ``frame``, ``drawn`` and
``untracked`` as they were when it was last drawn, which is only while it is in sight. Each ``.plot``, of
positions or of a track's lines, tells ``cursor``, the cursor's distance in pixels from the left edge of its
canvas.

Properties of the element ``.player`` say where things were drawn, in pixels of the canvas:
``drawnJoints[clip][joint]``, ``drawnTrails[clip][name]`` (oldest place first) and
``plottedLines[clip][name][frame]``; a place is ``[x, y]``, or null where there is none. So do
``trackedLines[clip][name][reading]`` and ``drawnPaths[clip]``, the path so far, its head the last place.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.into_view import when_called
from har_core.player import assets
from har_core.player.clips import Clip, Plane, pack

_COMPONENT = st.components.v2.component("skeleton_player", html=assets.HTML, css=assets.CSS, js=assets.SCRIPT)


def skeleton_player(
    clips: Sequence[Clip], *, key: str, height: int = 420, plane: Plane | None = None, caption: str = "",
    positions: bool = False, large: bool = False, grows: bool = False,
) -> None:  # fmt: skip
    """Show clips side by side, playing in step on one time line, with one row of controls below them.

    What comes with a clip, its lines and its path, stands beside the skeletons from a width of 720 pixels on;
    in a narrower player it stands below the row: lines where the height is at least 440, and else folded
    away; a plane in addition to the height.

    The camera, the speed, the chosen joints and the other choices stay when the clips change; the frame stays
    when they do not.

    Args:
        clips: one to twelve; a shorter one holds its last frame. More than four make a grid of small figures.
        key: the element's key, the same on every rerun.
        height: of the whole player, in pixels: titles, skeletons, legend and controls. A grid takes more
            where its rows need it, and so does a narrow player with a plane or with lines that are unfolded.
        plane: what the paths of the clips lead through, if any.
        caption: says which run and what it predicts; stands above the skeletons in full screen, where the
            page can't be seen, and in pictures that are saved.
        positions: whether positions over time are open, until the visitor closes them, beside the skeletons
            where the player is that wide.
        large: whether its words can be read from the back row, as in full screen.
        grows: whether the height is that on a screen of 1280 x 720, and a larger one gives it more; a phone
            less where nothing stands below the row.

    Raises:
        ValueError: there are no clips or too many, or the shapes in one of them do not fit together.
    """
    called = when_called(key)
    _COMPONENT(key=key, data=pack(clips, height, plane, caption, positions, called, large, grows))
