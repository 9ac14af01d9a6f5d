"""The text files that the authors of MSR Action3D publish: one a sequence, one joint a line."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping

import numpy as np

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.positions import to_float32
from har_core.data.reading.raw_sequences import AnyArray, RawSequences
from har_core.data.reading.reader import Content
from har_core.errors import DataError
from har_core.skeleton import KINECT_20

_NAME = re.compile(r"a(\d{1,3})_s(\d{1,3})_e(\d{1,3})_skeleton3D\.txt", re.IGNORECASE)
_JOINTS = 20
_LARGEST_FILE = 2**25  # bytes, ten minutes of a Kinect; reading takes twenty times as much
_COLUMNS = "x, y, z and confidence in every row"


class TextFiles:
    """A text file for each sequence; its name tells the action, the subject and the take."""

    title = "text files"
    expected = "text files such as a01_s01_e01_skeleton3D.txt"
    endings = (".txt",)

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the files whose names are like ``a01_s01_e01_skeleton3D.txt``."""
        return tuple(sorted(name for name in names if _NAME.fullmatch(name)))

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return nothing: any number of sequences is a data set."""
        return ()

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read all sequences.

        Raises:
            DataError: a file is misnamed, empty, no table of 3 or 4 columns, or not whole frames.
        """
        names = sorted(files, key=str.lower)
        keys = [_key(name) for name in names]
        frames = [_read_frames(files[name], name) for name in names]
        actions, subjects, _ = zip(*keys, strict=True)
        return RawSequences(
            frames=frames,
            actions=np.array(actions),
            subjects=np.array(subjects),
            ids=[f"a{a:02d}_s{s:02d}_e{e:02d}" for a, s, e in keys],
            layout=f"{len(names)} text files, one a sequence, {_JOINTS} lines a frame with x, y, z of each",
            files={
                "Their names, the actions and subjects": "a01_s02_e03 is action 1 by subject 2, the third "
                f"time; {_different(actions, 'action')}, and {_different(subjects, 'subject')}",
            },
            skeleton=KINECT_20,
            axes="x,y,z",
            unit="metres",
            rate=15,
        )


def _different(numbers: Collection[int], thing: str) -> str:
    low, high, count = min(numbers), max(numbers), len(set(numbers))
    return f"only {thing} {low}" if count == 1 else f"{count} different {thing}s, {low} to {high}"


def _key(name: str) -> tuple[int, int, int]:
    match = _NAME.fullmatch(name)
    key = tuple(int(number) for number in match.groups()) if match else ()
    if len(key) != 3 or min(key) < 1:
        raise DataError(f"{name} is misnamed, expected aAA_sSS_eEE_skeleton3D.txt with numbers from 1.")
    return key


def _read_frames(content: Content, name: str) -> AnyArray:
    """Return (T, 20, 3) of one file."""
    if len(content) > _LARGEST_FILE:
        raise DataError(f"{name} has {len(content):,} bytes, expected at most {_LARGEST_FILE:,} a sequence.")
    text = bytes(content)
    if not text.strip():
        raise DataError(f"{name} is empty, expected {_JOINTS} lines a frame. Download it again.")
    try:
        table = np.loadtxt(io.BytesIO(text), np.float64, comments=None, ndmin=2)
    except ValueError as error:
        reason = str(error).split(";")[0].rstrip(".")[:100]
        raise DataError(f"{name} is no table of numbers ({reason}). Expected {_COLUMNS}.") from error
    rows, columns = table.shape
    if columns not in (3, 4):
        raise DataError(f"{name} has {columns} columns, expected {_COLUMNS}.")
    if rows % _JOINTS:
        raise DataError(
            f"{name} has {rows} rows, expected {_JOINTS} a frame: it is cut off. Download it again."
        )
    return to_float32(table.reshape(-1, _JOINTS, columns)[:, :, :3], name)
