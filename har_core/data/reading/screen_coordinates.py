"""Screen coordinates: where a Kinect saw a joint in its depth image, and how far away, turned into positions.

The authors of MSR Action3D publish them beside the positions: u to the right and v down in pixels, and the
depth. A pinhole camera takes a position (x, y, z) to u = x f / z and v = -y f / z from the middle of the
image, with a focal length f of 285.63 pixels in an image of 320 by 240: the constant
NUI_CAMERA_SKELETON_TO_DEPTH_IMAGE_MULTIPLIER_320x240 of the Kinect for Windows SDK 1, NuiSkeleton.h.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.sample import spread

_WIDTH, _HEIGHT, _FOCAL_LENGTH = 320, 240, 285.63
_SMALLEST_MEDIAN = 10  # of pixels; positions in metres are smaller
_MOST_OUTSIDE = 0.05
_BELOW = 1.25  # of the height

Values = NDArray[np.floating[Any]]


def are_screen_coordinates(tables: Sequence[Values]) -> bool:
    """Say whether rows of (u, v, depth) lie in an image, as no positions in metres or millimetres do."""
    rows = _tracked(tables)
    if not len(rows) or np.median(rows[:, :2], axis=0).min() < _SMALLEST_MEDIAN:
        return False
    outside = (rows[:, :2] < 0) | (rows[:, :2] > [2 * _WIDTH, 2 * _HEIGHT])
    return bool(outside.any(1).mean() <= _MOST_OUTSIDE and np.median(rows[:, 2]) > _SMALLEST_MEDIAN)


def positions_of(tables: Sequence[Values]) -> tuple[list[Values], str]:
    """Return positions, in the unit of the depth, and a sentence on how they were found.

    Args:
        tables: each (R, 3), u, v and depth in a row; a row of zeros is a joint that is lost, and stays so.
    """
    rows = _tracked(tables)
    # Feet may be below the image, for they are guessed there, and some joints lie far beside any body.
    size = 1 if (np.percentile(rows[:, :2], 99, axis=0) <= [_WIDTH, _BELOW * _HEIGHT]).all() else 2
    width, height, focal_length = size * _WIDTH, size * _HEIGHT, size * _FOCAL_LENGTH
    found = [_positions(table, width, height, focal_length) for table in tables]
    return found, (
        f"The files hold screen coordinates (pixels of a depth image of {width} by {height}, and depth): "
        f"they were turned into positions by the Kinect's focal length, {focal_length:.1f} pixels."
    )


def _positions(table: Values, width: int, height: int, focal_length: float) -> Values:
    lost = (table == 0).all(axis=1)
    depth = table[:, 2]
    x = (table[:, 0] - width / 2) * depth / focal_length
    y = (height / 2 - table[:, 1]) * depth / focal_length
    positions: Values = np.where(lost[:, None], 0.0, np.column_stack([x, y, depth]))
    return positions


def _tracked(tables: Sequence[Values]) -> Values:
    """Return rows of some of the tables, those of lost joints left out."""
    rows = np.concatenate([table[:, :3] for table in spread(tables)])
    tracked: Values = rows[np.isfinite(rows).all(axis=1) & (rows != 0).any(axis=1)]
    return tracked
