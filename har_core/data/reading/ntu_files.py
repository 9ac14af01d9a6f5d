"""The files of NTU RGB+D: one a recording, with the bodies that a Kinect 2 saw in each frame.

Shahroudy, Liu, Ng and Wang, "NTU RGB+D: a large scale dataset for 3D human activity analysis", CVPR 2016,
and Liu et al., "NTU RGB+D 120", TPAMI 2020. As their own reader has it, a file is the number of frames; in a
frame the number of bodies; of a body a line of ten values that begins with its number, the number of joints,
and a line of twelve values a joint, which begins with x, y and z: github.com/shahroudy/NTURGB-D,
Matlab/read_skeleton_file.m. A name such as S001C002P003R002A013 is set-up, camera, performer, repetition and
action.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.number_tables import read_text
from har_core.data.reading.reader import Content
from har_core.errors import DataError

_NAME = re.compile(r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})( \(\d{1,3}\))?\.skeleton", re.IGNORECASE)
_JOINTS = 25
_OF_BODY, _OF_JOINT = 10, 12  # values
_BODIES = 6  # that a Kinect 2 can follow at once

Frames = NDArray[np.float64]


def read_bodies(content: Content, name: str) -> list[Frames]:
    """Return the bodies of one file, each (T, 25, 3) from the first frame to the last in which it was seen.

    They come in the order in which they are likely to be meant: who was seen longest first, and of two who
    were seen equally long who moves more. A frame between in which a body was lost is NaN.

    Raises:
        DataError: the file is cut off, or no such file, or nobody was seen.
    """
    values = _Values(read_text(content, name), name)
    seen: dict[str, dict[int, Frames]] = {}
    for frame in range(values.count("frames")):
        for _ in range(values.count("bodies", _BODIES)):
            body = values.take(_OF_BODY)[0]
            if (joints := values.count("joints")) != _JOINTS:
                raise DataError(
                    f"{name} has a body of {joints} joints in frame {frame + 1}, expected {_JOINTS}."
                )
            rows = values.numbers(_JOINTS * _OF_JOINT).reshape(_JOINTS, _OF_JOINT)
            seen.setdefault(body, {})[frame] = rows[:, :3]
    values.end()
    if not seen:
        raise DataError(f"{name} holds no body in any frame: leave it out.")
    bodies = [_in_a_row(frames) for frames in seen.values()]
    return sorted(bodies, key=lambda body: (-_seen(body), -_motion(body)))


class _Values:
    """The words of a file, from the first to the last."""

    def __init__(self, text: str, name: str) -> None:
        self._words = text.split()
        self._name = name
        self._next = 0

    def take(self, count: int) -> list[str]:
        words = self._words[self._next : self._next + count]
        self._next += count
        if len(words) < count:
            raise DataError(f"{self._name} is cut off after {len(self._words):,} values. Download it again.")
        return words

    def numbers(self, count: int) -> Frames:
        try:
            return np.array(self.take(count), np.float64)
        except ValueError as error:
            raise DataError(
                f"{self._name} holds a word before its {self._next:,}. value, expected numbers of joints."
            ) from error

    def count(self, of: str, most: int | None = None) -> int:
        (word,) = self.take(1)
        if not (word.isascii() and word.isdigit() and len(word) < 10) or (most and int(word) > most):
            raise DataError(f"{self._name} has {word[:20]!r} as its number of {of}, expected a whole number.")
        return int(word)

    def end(self) -> None:
        if (more := len(self._words) - self._next) > 0:
            raise DataError(f"{self._name} has {more:,} values more than its frames need. Download it again.")


def _in_a_row(frames: Mapping[int, Frames]) -> Frames:
    first, last = min(frames), max(frames)
    body = np.full((last - first + 1, _JOINTS, 3), np.nan)
    for frame, joints in frames.items():
        body[frame - first] = joints
    return body


def _seen(body: Frames) -> int:
    return int(np.isfinite(body[:, 0, 0]).sum())


def _motion(body: Frames) -> float:
    """Return how far the joints are spread over time, as (x, y, z) deviations in all."""
    seen = body[np.isfinite(body).all(axis=(1, 2))]
    return float(seen.std(axis=0).sum()) if len(seen) else 0.0
