"""The text files that the authors of MSR Action3D publish: one a sequence, one joint a line."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.labels import index_actions
from har_core.data.reading.layouts import broken_frames_note, clear_broken_frames, to_float32
from har_core.data.reading.reader import Content
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import skeleton_of

_NAME = re.compile(r"a(\d{1,3})_s(\d{1,3})_e(\d{1,3})_skeleton3D\.txt", re.IGNORECASE)
_JOINTS = 20
_LARGEST_FILE = 2**25  # bytes, ten minutes of a Kinect; reading takes twenty times as much
_COLUMNS = "x, y, z and confidence in every row"


@dataclass(frozen=True)
class TextSequences:
    """N sequences in the order of their names.

    Attributes:
        sequences: N arrays of (T, 20, 3) float32, metres.
        numbers: N action numbers from 1.
        subjects: N subject numbers from 1.
        ids: N names such as ``a01_s01_e01``.
        layout: one sentence on how the files are organised.
        notes: what else the user should know.
    """

    sequences: tuple[FloatArray, ...]
    numbers: tuple[int, ...]
    subjects: tuple[int, ...]
    ids: tuple[str, ...]
    layout: str
    notes: tuple[str, ...]


class TextFiles:
    """A text file for each sequence; its name tells the action, the subject and the take."""

    title = "text files"
    expected = "text files such as a01_s01_e01_skeleton3D.txt"
    endings = (".txt",)
    layouts = ()

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the files whose names are like ``a01_s01_e01_skeleton3D.txt``."""
        return tuple(sorted(name for name in names if _NAME.fullmatch(name)))

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return nothing: any number of sequences is a data set."""
        return ()

    def read(self, files: Mapping[str, Content], source: str, layout: str | None) -> LoadedSource:
        """Read all sequences.

        Raises:
            DataError: a file is no table of whole frames, or is misnamed.
        """
        read = read_text_files(files)
        labels, actions = index_actions(np.array(read.numbers))
        sequences = SkeletonSequences.from_list(
            read.sequences,
            labels=labels,
            subjects=read.subjects,
            ids=read.ids,
            actions=actions,
            skeleton=skeleton_of(read.sequences[0].shape[1]),
            source=source,
        )
        described = {
            "Text files, the skeletons": read.layout,
            "Their names, the actions and subjects": "a01_s02_e03 is action 1 by subject 2, the third time; "
            f"{_different(read.numbers, 'action')}, and {_different(read.subjects, 'subject')}",
        }
        return LoadedSource(sequences, read.layout, read.notes, described)


def _different(numbers: Collection[int], thing: str) -> str:
    low, high, count = min(numbers), max(numbers), len(set(numbers))
    return f"only {thing} {low}" if count == 1 else f"{count} different {thing}s, {low} to {high}"


def read_text_files(files: Mapping[str, Content]) -> TextSequences:
    """Read all sequences.

    Args:
        files: content by name; every name is like ``a01_s01_e01_skeleton3D.txt``.

    Raises:
        DataError: a file is empty, no table of 3 or 4 columns, or not whole frames of 20 joints.
    """
    names = sorted(files, key=str.lower)
    keys = [_key(name) for name in names]
    whole = [clear_broken_frames(_read_frames(files[name], name)) for name in names]
    sequences = tuple(frames for frames, _ in whole)
    lengths = [len(frames) for frames in sequences]
    return TextSequences(
        sequences=sequences,
        numbers=tuple(action for action, _, _ in keys),
        subjects=tuple(subject for _, subject, _ in keys),
        ids=tuple(f"a{action:02d}_s{subject:02d}_e{take:02d}" for action, subject, take in keys),
        layout=f"{len(names)} text files, one a sequence, {_JOINTS} lines a frame with x, y, z of a joint; "
        f"lengths {min(lengths)} to {max(lengths)}, no padding",
        notes=broken_frames_note([count for _, count in whole]),
    )


def _key(name: str) -> tuple[int, int, int]:
    match = _NAME.fullmatch(name)
    key = tuple(int(number) for number in match.groups()) if match else ()
    if len(key) != 3 or min(key) < 1:
        raise DataError(f"{name} is misnamed, expected aAA_sSS_eEE_skeleton3D.txt with numbers from 1.")
    return key


def _read_frames(content: Content, name: str) -> FloatArray:
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
