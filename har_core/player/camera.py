"""Where a joint is seen: the player's box and cameras, for pictures that are drawn without a browser.

The same as ``browser/space.js``; the head of ``browser/player.js`` says how the box lies. The tests of both
compare them with one computation by rotation matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from har_core.player.clips import Clip

View = Literal["start", "front", "side", "top"]
Points = NDArray[np.float64]

VIEWS: dict[View, tuple[float, float]] = {
    "start": (0.4, 0.2),
    "front": (0.0, 0.0),
    "side": (-pi / 2, 0.0),
    "top": (0.0, pi / 2),
}
"""Yaw and pitch of each camera, in radians."""

_DISTANCE = 6.0
_MARGIN = 1.16


@dataclass(frozen=True)
class Box:
    """The space that all clips share: half-size 1, around every tracked frame.

    Attributes:
        half: half the longest side, in the unit of the clips.
        width: half the side that a picture has to hold across, 1 at most.
        floor: the height of the floor, below 0.
        middles: for each clip (3) the place that becomes the middle of the box.
    """

    half: float
    width: float
    floor: float
    middles: tuple[Points, ...]


def common_box(clips: Sequence[Clip]) -> Box:
    """Return the box of clips that stand on one floor and have one scale."""
    bounds = [_bounds(clip) for clip in clips]
    extent = np.max([high - low for low, high in bounds], axis=0)
    half = float(extent.max()) / 2 or 1.0
    middles = []
    for low, high in bounds:
        middle = (low + high) / 2
        middle[1] = low[1] + extent[1] / 2
        middles.append(middle)
    width = max(float(extent[0]), float(extent[2]), half) / (2 * half)
    return Box(half, width, -float(extent[1]) / (2 * half), tuple(middles))


def _bounds(clip: Clip) -> tuple[Points, Points]:
    """Return the (3) lowest and highest coordinates of a clip's tracked frames."""
    points = clip.frames[~clip.untracked].reshape(-1, 3).astype(np.float64)
    known = [axis[np.isfinite(axis)] for axis in points.T]
    if not all(len(axis) for axis in known):
        return np.zeros(3), np.zeros(3)
    return np.array([axis.min() for axis in known]), np.array([axis.max() for axis in known])


def project(points: Points, box: Box, view: View, width: float, height: float) -> Points:
    """Return where points of the box are seen.

    Args:
        points: (P, 3).
        box: the space of the clips.
        view: the camera.
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Returns:
        (P, 4): pixels from the left, pixels from the top, depth, and the magnification by nearness.
    """
    yaw, pitch = VIEWS[view]
    x, y, z = points.T
    right, away = x * cos(yaw) + z * sin(yaw), z * cos(yaw) - x * sin(yaw)
    up, depth = y * cos(pitch) + away * sin(pitch), away * cos(pitch) - y * sin(pitch)
    near = _DISTANCE / (_DISTANCE + depth)
    fit = min(width / box.width, height) / 2 / _MARGIN * near
    return np.column_stack([width / 2 + right * fit, height / 2 - up * fit, depth, near])
