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

from har_core.data.reading.choices import Assumption, ReadingChoices
from har_core.data.reading.file_names import check_different
from har_core.data.reading.ntu_actions import NTU_ACTIONS
from har_core.data.reading.number_tables import read_text
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.reader import Content
from har_core.data.reading.sequence_files import SequenceFiles
from har_core.errors import DataError
from har_core.skeleton import KINECT_25
from har_core.wording import counted

_NAME = r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})( \(\d{1,3}\))?\.skeleton"
_JOINTS = 25
_OF_BODY, _OF_JOINT = 10, 12  # values
_BODIES = 6  # that a Kinect 2 can follow at once

Frames = NDArray[np.float64]


class NtuFiles(SequenceFiles):
    """A file for each recording, such as ``S001C001P001R001A001.skeleton``."""

    title = "files of NTU RGB+D"
    expected = "NTU's S001C001P001R001A001.skeleton"

    def __init__(self) -> None:
        super().__init__(_NAME)

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read one body of each file.

        Raises:
            DataError: a file is damaged, or two are of one name.
        """
        names = sorted(files, key=str.upper)
        numbers = [[int(digits) for digits in re.findall(r"\d+", name)[:5]] for name in names]
        ids = [name[:20].upper() for name in names]
        check_different(ids, names)
        frames, several = [], 0
        for name in names:
            bodies = read_bodies(files[name], name)
            several += len(bodies) > 1
            frames.append(bodies[min((choices.body or 1), len(bodies)) - 1].astype(np.float32))
        return RawSequences(
            frames=frames,
            actions=np.array([action for *_, action in numbers]),
            subjects=np.array([performer for _, _, performer, _, _ in numbers]),
            ids=ids,
            layout=f"{counted(len(names), 'file')} of NTU RGB+D, one a sequence, {_JOINTS} lines a body, x, "
            "y, z of a joint first",
            files={
                "Their names, the actions and subjects": "S001C002P003R002A013 is set-up 1, camera 2, "
                "subject 3, the second time, action 13",
            },
            assumptions=_which_body(several, len(names), choices.body),
            choices=("body",) if several else (),
            skeleton=KINECT_25,
            axes="x,y,z",
            unit="metres",
            rate=30,
            action_names=NTU_ACTIONS,
        )


def _which_body(several: int, files: int, chosen: int | None) -> tuple[Assumption, ...]:
    if not several:
        return ()
    which = (
        "the one that was seen longest, and of equals the one that moves most"
        if (chosen or 1) == 1
        else f"number {chosen} by how long they were seen and how much they move, or the last"
    )
    of = f"{several:,} of {counted(files, 'file')} hold{'s' * (several == 1)} several bodies"
    return (Assumption("body", f"{of}: of each, {which}, was read."),)


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
