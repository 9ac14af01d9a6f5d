"""Axes: from the way a file measures to x to the right in the image, y up, and z away from the camera."""

from __future__ import annotations

import re

import numpy as np

from har_core.data.sequences import FloatArray
from har_core.errors import DataError

UPRIGHT = "x,y,z"
FLAT = "x,y,0"
"""Of bodies in the plane: there is nothing away from the camera."""

_AXIS = re.compile(r"-?[xyz]")


def check_axes(axes: str, coordinates: int) -> str:
    """Return how the axes lie, written in one way.

    Args:
        axes: which of the files' axes point right, up and away, such as ``x,-y,z``; in the plane two.
        coordinates: C, how many there are.

    Raises:
        DataError: they are no such axes.
    """
    written = axes.replace(" ", "").lower().removesuffix(",0").split(",")
    letters = sorted(name[-1:] for name in written)
    if not all(map(_AXIS.fullmatch, written)) or letters != list("xyz")[:coordinates]:
        example = "x,-y,z" if coordinates == 3 else "x,-y"
        raise DataError(
            f"The axes {axes[:40]!r} are none: expected which of the files' axes point right, up"
            f"{' and away' if coordinates == 3 else ''}, such as {example}."
        )
    return ",".join([*written, "0"][:3])


def turn(frames: FloatArray, axes: str) -> FloatArray:
    """Return (T, J, 3) with x to the right, y up and z away of (T, J, C).

    Args:
        frames: as the files measure.
        axes: as ``check_axes`` writes them.
    """
    if axes == UPRIGHT:
        return frames
    turned = np.zeros((*frames.shape[:2], 3), np.float32)
    for place, name in enumerate(axes.split(",")):
        if name != "0":
            values = frames[:, :, "xyz".index(name[-1])]
            turned[:, :, place] = -values if name.startswith("-") else values
    return turned
