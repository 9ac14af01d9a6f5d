"""The text files that the authors of MSR Action3D publish: one a sequence, one joint a line.

Others name and write their own recordings in the same way, with other joints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.file_names import check_different
from har_core.data.reading.joints_of_rows import joints_of_rows
from har_core.data.reading.labels import index_actions
from har_core.data.reading.layouts import broken_frames_note, clear_broken_frames, to_float32
from har_core.data.reading.number_tables import NumberTable, read_number_table
from har_core.data.reading.reader import Content
from har_core.data.reading.screen_coordinates import are_screen_coordinates, positions_of
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import skeleton_of
from har_core.wording import counted

_NAME = r"a(\d{1,3})_s(\d{1,3})_e(\d{1,3})%s( \(\d{1,3}\))?\.txt"
_USUAL_JOINTS = 20
_COLUMNS = "x, y, z and confidence in every row"


@dataclass(frozen=True)
class TextSequences:
    """N sequences in the order of their names.

    Attributes:
        sequences: N arrays of (T, J, 3) float32.
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
    """A text file for each sequence; its name tells the action, the subject and the take.

    Args:
        title: what such files are called.
        ending: of their names, behind action, subject and take, as a regular expression.
        example: of a name.
    """

    endings = (".txt",)
    layouts = ()

    def __init__(self, title: str, ending: str, example: str) -> None:
        self.title = title
        self.expected = f"{title} such as {example}"
        self._name = re.compile(_NAME % ending, re.IGNORECASE)

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the files whose names are of this kind."""
        return tuple(sorted(name for name in names if self._name.fullmatch(name)))

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


POSITION_FILES = TextFiles("text files", "(_skeleton3D)?", "a01_s01_e01_skeleton3D.txt")
SCREEN_FILES = TextFiles("text files of screen coordinates", "_skeleton", "a01_s01_e01_skeleton.txt")


def read_text_files(files: Mapping[str, Content]) -> TextSequences:
    """Read all sequences.

    Args:
        files: content by name; every name is like ``a01_s01_e01_skeleton3D.txt``.

    Raises:
        DataError: a file is empty, no table of 3 or 4 columns, or not whole frames, or two are one take.
    """
    names = sorted(files, key=str.lower)
    keys = [_key(name) for name in names]
    ids = [f"a{action:02d}_s{subject:02d}_e{take:02d}" for action, subject, take in keys]
    check_different(ids, names)
    tables = [_read_table(files[name], name) for name in names]
    rows = [table.values[:, :3] for table in tables]
    joints = joints_of_rows(rows, _USUAL_JOINTS)
    notes = _headings_note(tables)
    if are_screen_coordinates(rows):
        rows, sentence = positions_of(rows)
        notes = (*notes, sentence)
    whole = [clear_broken_frames(_frames(each, joints, name)) for each, name in zip(rows, names, strict=True)]
    sequences = tuple(frames for frames, _ in whole)
    lengths = [len(frames) for frames in sequences]
    return TextSequences(
        sequences=sequences,
        numbers=tuple(action for action, _, _ in keys),
        subjects=tuple(subject for _, subject, _ in keys),
        ids=tuple(ids),
        layout=f"{len(names)} text files, one a sequence, {joints} lines a frame with x, y, z of a joint; "
        f"lengths {min(lengths)} to {max(lengths)}, no padding",
        notes=(*notes, *broken_frames_note([count for _, count in whole])),
    )


def _key(name: str) -> tuple[int, int, int]:
    numbers = re.match(r"a(\d+)_s(\d+)_e(\d+)", name, re.IGNORECASE)
    key = tuple(int(number) for number in numbers.groups()) if numbers else ()
    if len(key) != 3 or min(key) < 1:
        raise DataError(f"{name} is misnamed, expected aAA_sSS_eEE_skeleton3D.txt with numbers from 1.")
    return key


def _read_table(content: Content, name: str) -> NumberTable:
    table = read_number_table(content, name, _COLUMNS)
    columns = table.values.shape[1]
    if columns not in (3, 4):
        raise DataError(f"{name} has {columns} columns, expected {_COLUMNS}.")
    return table


def _frames(rows: NDArray[np.float64], joints: int, name: str) -> FloatArray:
    """Return (T, J, 3) of one file."""
    if len(rows) % joints:
        raise DataError(
            f"{name} has {len(rows)} rows, expected {joints} a frame: it is cut off. Download it again."
        )
    return to_float32(rows.reshape(-1, joints, 3), name)


def _headings_note(tables: Sequence[NumberTable]) -> tuple[str, ...]:
    headings = [table.heading for table in tables if table.heading is not None]
    if not headings:
        return ()
    files = counted(len(headings), "file")
    return (f"The first line of {files} is no row, and was passed over: {headings[0]!r}.",)
