"""Landmarks in JSON, as MediaPipe's pose landmarker gives them for each frame, in the forms that people save.

A landmark is an object with x, y and z (or a list of them); a frame is a list of landmarks, or an object that
holds it as ``landmarks``, ``worldLandmarks``, ``pose_landmarks`` and the like, perhaps in a list of bodies; a
recording is a list of frames, or an object that holds it as ``frames``. developers.google.com/mediapipe,
Pose landmark detection guide: "Landmarks" are 0 to 1 in the image, "WorldLandmarks" metres from the hips.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.frame_gaps import fill_gaps
from har_core.data.reading.rates import rate_of_times
from har_core.data.reading.reader import Content
from har_core.errors import DataError

_LARGEST_FILE = 2**27  # bytes
_WORLD = ("worldlandmarks", "poseworldlandmarks", "posetransformedworldlandmarks")
_IN_IMAGE = ("landmarks", "poselandmarks", "keypoints3d", "keypoints", "landmark", "pose", "joints")
_FRAMES = ("frames", "results", "data", "sequence", "poses")
_TIMES = ("timestamp", "timestampms", "timestampinms", "time", "timems", "t")
_NUMBERS = ("frame", "framenumber", "frameid", "frameindex", "index")
_RATES = ("fps", "framerate", "rate")
_FEWEST, _MOST = 2, 200  # joints

Found = Mapping[str, Any]


@dataclass(frozen=True)
class Recording:
    """What one file holds.

    Attributes:
        frames: (T, J, 3) or (T, J, 2), NaN where nobody was seen.
        world: whether they are metres from the hips, as their name says.
        of: its ``action``, ``subject`` and ``sequence``, where they are told.
        rate: frames a second, where it is told.
        unit: of the times that tell it, where times do.
        lost: how many frames are missing by their numbers or times, as ``fill_gaps`` gives it.
    """

    frames: NDArray[np.float64]
    world: bool
    of: dict[str, str] = field(default_factory=dict)
    rate: float | None = None
    unit: str | None = None
    lost: int = 0


def read_recordings(content: Content, name: str) -> list[Recording]:
    """Return what a file holds: one recording, or several in a list or under ``sequences``.

    Raises:
        DataError: it is no JSON, or holds no landmarks.
    """
    if len(content) > _LARGEST_FILE:
        raise DataError(f"{name} has {len(content):,} bytes, expected at most {_LARGEST_FILE:,}.")
    try:
        whole = json.loads(bytes(content).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is no sound JSON. Save it again.") from error
    several = _of(whole, ("sequences", "recordings")) or (
        whole if isinstance(whole, list) and whole and all(map(_is_recording, whole)) else None
    )
    if isinstance(several, list) and several:
        return [_recording(one, f"{name}, recording {number}") for number, one in enumerate(several, 1)]
    return [_recording(whole, name)]


def _is_recording(value: Any) -> bool:
    return (
        isinstance(value, dict) and isinstance(_of(value, _FRAMES), list) and _of(value, ("action", "label"))
    )


def _recording(whole: Any, where: str) -> Recording:
    frames = whole if isinstance(whole, list) else _of(whole, (*_FRAMES, *_WORLD, *_IN_IMAGE))
    if not isinstance(frames, list) or not frames:
        raise DataError(f"{where} holds no frames, expected a list of them, each with its landmarks.")
    world = not isinstance(whole, list) and _of(whole, _FRAMES) is None and _of(whole, _WORLD) is not None
    found = [_landmarks(frame) for frame in frames]
    if any(name in _WORLD for _, name in found):
        world, found = True, [(points if name in _WORLD else None, name) for points, name in found]
    rows = [
        None if points is None else _points(points, where, number)
        for number, (points, _) in enumerate(found, 1)
    ]
    seen = [row for row in rows if row is not None]
    if not seen:
        raise DataError(f"{where} holds no landmarks, expected x, y and z of each joint in its frames.")
    shapes = {row.shape for row in seen}
    if len(shapes) > 1:
        counts = sorted({shape[0] for shape in shapes})
        several = [f"{count} landmarks in a frame" for count in counts]
        different = several if len(counts) > 1 else ["2 coordinates of a landmark", "3"]
        raise DataError(f"{where} has {' or '.join(different[:3])}, expected always the same.")
    missing = np.full(seen[0].shape, np.nan)
    told = whole if isinstance(whole, dict) else {}
    stacked, lost = np.stack([missing if row is None else row for row in rows]), 0
    if (times := _times(frames)) is not None:
        stacked, lost = fill_gaps(stacked, times)
    clock = None if times is None or _rate(told) else rate_of_times(times)
    rate = clock[0] if clock else _rate(told)
    return Recording(stacked, world, _told(told), rate, clock[1] if clock else None, lost)


def _times(frames: list[Any]) -> NDArray[np.float64] | None:
    """Return (T) the times of frames, else their numbers, where all tell them and they grow."""
    for names in (_TIMES, _NUMBERS):
        told = [_of(frame, names) for frame in frames]
        if all(map(_is_number, told)):
            times = np.array(told, np.float64)
            if np.isfinite(times).all() and (np.diff(times) > 0).all():
                return times
    return None


def _landmarks(frame: Any) -> tuple[list[Any] | None, str]:
    """Return the landmarks of the first body of a frame, None without one, and what they are called."""
    name = ""
    for _ in range(4):  # objects and lists in each other
        if isinstance(frame, dict):
            names = (*_WORLD, *_IN_IMAGE)
            name = next((each for each in names if _of(frame, (each,)) is not None), name)
            if (inside := _of(frame, names)) is None:  # or each under its own name
                points = [value for value in frame.values() if isinstance(value, dict) and _is_point(value)]
                return points if len(points) >= _FEWEST else None, name
            frame = inside
        elif isinstance(frame, list):
            if not frame:
                return None, name
            if _is_point(frame[0]):
                return frame, name
            frame = frame[0]
        else:
            return None, name
    return None, name


def _is_point(value: Any) -> bool:
    if isinstance(value, dict):
        return "x" in value and "y" in value
    return isinstance(value, list) and 2 <= len(value) <= 5 and all(map(_is_number, value))


def _points(points: list[Any], where: str, frame: int) -> NDArray[np.float64]:
    if not _FEWEST <= len(points) <= _MOST:
        raise DataError(
            f"{where} has {len(points):,} landmarks in frame {frame}, expected {_FEWEST} to {_MOST}."
        )
    rows = [_row(point) for point in points]
    if any(row is None or len(row) != len(rows[0] or ()) for row in rows):
        raise DataError(f"{where} has a landmark without its numbers in frame {frame}, expected x, y and z.")
    return np.array(rows, np.float64)


def _row(point: Any) -> list[float] | None:
    if isinstance(point, dict):
        row = [point.get("x"), point.get("y"), *([point["z"]] if "z" in point else [])]
    else:
        row = point[:3] if isinstance(point, list) else []
    values = [math.nan if value is None else value for value in row]
    return [float(value) for value in values] if len(row) > 1 and all(map(_is_number, values)) else None


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < 10**300


def _told(whole: Found) -> dict[str, str]:
    meanings = {
        "action": ("action", "label", "class", "activity"),
        "subject": ("subject", "person", "participant", "actor"),
        "sequence": ("sequence", "id", "name", "video"),
    }
    found = {meaning: _of(whole, names) for meaning, names in meanings.items()}
    return {key: str(value)[:100] for key, value in found.items() if isinstance(value, str | int)}


def _rate(whole: Found) -> float | None:
    rate = _of(whole, _RATES)
    return float(rate) if _is_number(rate) and 0 < rate <= 10_000 else None


def _of(value: Any, names: tuple[str, ...]) -> Any:
    """Return what an object holds under the first of some names, in any way to write them; else None."""
    if not isinstance(value, dict):
        return None
    plain = {str(key).replace("_", "").replace(" ", "").lower(): inside for key, inside in value.items()}
    return next((plain[name] for name in names if name in plain), None)
