"""Which way is up, and how large a unit is: told from how bodies stand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.axes import FLAT, UPRIGHT
from har_core.data.reading.choices import Assumption
from har_core.data.reading.recognition import is_body, median_distances
from har_core.errors import DataError
from har_core.skeleton import Skeleton

Frames = NDArray[np.floating[Any]]

UNITS = {"metres": 1.0, "centimetres": 100.0, "millimetres": 1000.0, "pixels": None, "unknown": None}
"""How many of them make a metre; None where nobody knows."""

_TOPS = ("head", "nose")
_ENDS = (("left_ankle", "right_ankle"), ("left_foot", "right_foot"), ("left_knee", "right_knee"))
_TURNED = {
    (3, 0, 1): "y,x,z", (3, 0, -1): "y,-x,z", (3, 1, 1): UPRIGHT, (3, 1, -1): "x,-y,z", (3, 2, 1): "x,z,y",
    (3, 2, -1): "x,-z,y", (2, 0, 1): "y,x,0", (2, 0, -1): "y,-x,0", (2, 1, 1): FLAT, (2, 1, -1): "x,-y,0",
}  # fmt: skip
"""Axes by how many there are, which one is up, and in which direction."""

POSTURES = tuple(axes for (coordinates, *_), axes in _TURNED.items() if coordinates == 3)
"""The axes that a file in space may be found to have."""

_MOSTLY = 0.8  # of the frames have the head above the feet
_SHARE = 0.4  # of the largest extent that lies between head and feet, at least
_TALLER = 1.3  # times as tall as wide, where nothing else tells
_STRAYS = 2  # per cent of the joints are guessed outside of the image
_SMALLEST, _TALLEST = 0.4, 3.5  # metres; bodies bend, and stretch their arms


def find_axes(frames: Frames, skeleton: Skeleton) -> tuple[str, Assumption]:
    """Return which axes point right, up and away, and what was taken for granted.

    Args:
        frames: (F, J, C) some frames, NaN where a joint is missing.
        skeleton: of the J joints.
    """
    coordinates = frames.shape[2]
    upright = _upright(frames, skeleton)
    if upright is not None:
        with np.errstate(all="ignore"):
            up = int(np.argmax(np.abs(np.nanmedian(upright, axis=0))))
            sign = int(np.sign(np.nanmedian(upright[:, up])))
        axes, axis = _TURNED[coordinates, up, sign], "xyz"[up]
        if sign > 0 and axis == "y":
            said = "Heads are above feet along y, so y points up."
        else:
            said = f"{axis} points {'up' if sign > 0 else 'down'} in the files: bodies were turned upright."
        return axes, Assumption("axes", said)
    if coordinates == 3 and _stands_on_z(frames):
        return "x,z,y", Assumption("axes", "Bodies are tallest along z, so z is taken to point up.")
    axes = "x,-y,0" if coordinates == 2 and _height(frames, None) > _TALLEST else _TURNED[coordinates, 1, 1]
    which = "down, as on a screen" if "-" in axes else "up"
    return axes, Assumption("axes", f"Which way is up can't be told: y is taken to point {which}.")


def _stands_on_z(frames: Frames) -> bool:
    extents = _extents(frames)
    return bool(extents[2] > _TALLER * extents[:2].max() and is_body(median_distances(frames)))


def find_unit(frames: Frames, skeleton: Skeleton) -> tuple[str, Assumption]:
    """Return the unit of the numbers, and what was taken for granted."""
    height = _height(frames, _upright(frames, skeleton))
    flat = frames.shape[2] == 2
    if _are_shares(frames):
        said = "All of x and y lies between 0 and 1, as shares of an image do: numbers stay as they are."
        return "unknown", Assumption("unit", said)
    if flat and height > _TALLEST:
        return "pixels", Assumption("unit", f"Bodies are {_said(height)} high: that is taken for pixels.")
    for unit, in_metre in UNITS.items():
        if not flat and in_metre and _SMALLEST <= height / in_metre <= _TALLEST:
            turned = "" if in_metre == 1 else ", and turned to metres"
            said = f"Bodies are {_said(height)} high: that is taken for {unit}{turned}."
            return unit, Assumption("unit", said)
    said = f"Bodies are {_said(height)} high, which is no known unit: numbers stay as they are."
    return "unknown", Assumption("unit", said)


def _are_shares(frames: Frames) -> bool:
    """Say whether bodies lie between 0 and 1, as MediaPipe's landmarks in the image: no room is so small."""
    values = frames[:, :, :2]
    values = values[np.isfinite(values)]
    if not len(values):
        return False
    low, high = np.percentile(values, [_STRAYS, 100 - _STRAYS])
    return bool(low >= 0 and high <= 1 and low < high)


def check_unit(unit: str) -> str:
    """Return a unit that the user has named.

    Raises:
        DataError: it is none.
    """
    written = unit.strip().lower()
    if written not in UNITS:
        raise DataError(f"{unit[:40]!r} is no unit; choose {', '.join(UNITS)}.")
    return written


def _said(height: float) -> str:
    return f"{height:,.0f}" if height >= 100 else f"{height:.3g}"


def _upright(frames: Frames, skeleton: Skeleton) -> Frames | None:
    """Return (F, C) from feet to head, where bodies stand one way most of the time, else None."""
    ever = np.flatnonzero(np.isfinite(frames).all(axis=2).any(axis=0))
    seen = {skeleton.joints[joint] for joint in ever.tolist()}
    top = next((skeleton.joints.index(name) for name in _TOPS if name in seen), None)
    ends = next((pair for pair in _ENDS if set(pair) <= seen), None)
    if top is None or ends is None or not is_body(median_distances(frames)):
        return None
    feet = [skeleton.joints.index(name) for name in ends]
    upright = frames[:, top] - frames[:, feet].mean(axis=1)
    upright = upright[np.isfinite(upright).all(axis=1)]
    if not len(upright):
        return None
    middle = np.median(upright, axis=0)
    up = int(np.argmax(np.abs(middle)))
    steady = float(np.mean(np.sign(upright[:, up]) == np.sign(middle[up])))
    far = abs(float(middle[up])) >= _SHARE * _height(frames, None)
    return upright if steady >= _MOSTLY and far and middle[up] else None


def _height(frames: Frames, upright: Frames | None) -> float:
    """Return how high bodies are: from feet to head, or the largest extent of their joints."""
    if upright is not None:
        return float(np.abs(np.median(upright, axis=0)).max())
    return float(_extents(frames).max())


def _extents(frames: Frames) -> NDArray[np.float64]:
    """Return (C) how far the joints of a frame reach along each axis, the median of all frames."""
    seen = frames[(~np.isnan(frames)).any(axis=(1, 2))]
    if not len(seen):
        return np.zeros(frames.shape[2])
    return np.asarray(np.median(np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1), axis=0))
