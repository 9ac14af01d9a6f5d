"""The text files that the authors of MSR Action3D publish: one a sequence, one joint a line.

Others name and write their own recordings in the same way, with other joints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.file_names import check_different
from har_core.data.reading.joints_of_rows import joints_of_rows
from har_core.data.reading.number_tables import NumberTable, read_number_table
from har_core.data.reading.positions import to_float32
from har_core.data.reading.raw_sequences import AnyArray, RawSequences
from har_core.data.reading.reader import Content
from har_core.data.reading.screen_coordinates import are_screen_coordinates, positions_of
from har_core.data.reading.sequence_files import SequenceFiles
from har_core.errors import DataError
from har_core.wording import counted

_NAME = r"a(\d{1,3})_s(\d{1,3})_e(\d{1,3})%s( \(\d{1,3}\))?\.txt"
_USUAL_JOINTS = 20
_LARGEST_IN_ROOM = 20  # metres
_COLUMNS = "x, y, z and confidence in every row"


class TextFiles(SequenceFiles):
    """A text file for each sequence; its name tells the action, the subject and the take.

    Args:
        title: what such files are called.
        ending: of their names, behind action, subject and take, as a regular expression.
        example: of a name.
    """

    def __init__(self, title: str, ending: str, example: str) -> None:
        self.title = title
        self.expected = f"{title} such as {example}"
        super().__init__(_NAME % ending)

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read all sequences.

        Raises:
            DataError: a file is misnamed, empty, no table of 3 or 4 columns, or not whole frames, or two are
                one take.
        """
        names = sorted(files, key=str.lower)
        keys = [_key(name) for name in names]
        ids = [f"a{action:02d}_s{subject:02d}_e{take:02d}" for action, subject, take in keys]
        check_different(ids, names)
        rows, headings = [], []
        for name in names:
            table = _read_table(files[name], name)
            rows.append(_narrow(table.values[:, :3]))
            headings += [table.heading] if table.heading is not None else []
        joints = joints_of_rows(rows, _USUAL_JOINTS)
        notes, axes = _headings_note(headings), None
        if are_screen_coordinates(rows):
            rows, sentence = positions_of(rows)
            notes, axes = (*notes, sentence), "x,y,z"
        actions, subjects, _ = zip(*keys, strict=True)
        return RawSequences(
            frames=[_frames(each, joints, name) for each, name in zip(rows, names, strict=True)],
            actions=np.array(actions),
            subjects=np.array(subjects),
            ids=ids,
            layout=f"{counted(len(names), 'text file')}, one a sequence, {joints} lines a frame "
            "with x, y, z of each",
            files={
                "Their names, the actions and subjects": "a01_s02_e03 is action 1 by subject 2, the third "
                f"time; {_different(actions, 'action')}, and {_different(subjects, 'subject')}",
            },
            notes=notes,
            axes=axes,
        )


def _different(numbers: Collection[int], thing: str) -> str:
    low, high, count = min(numbers), max(numbers), len(set(numbers))
    return f"only {thing} {low}" if count == 1 else f"{count} different {thing}s, {low} to {high}"


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


def _narrow(rows: NDArray[np.float64]) -> NDArray[np.floating[Any]]:
    """Return (R, 3) in as little memory as does for metres; pixels are still calculated with."""
    return rows.astype(np.float32) if np.abs(rows).max(initial=0) < _LARGEST_IN_ROOM else rows


def _frames(rows: NDArray[np.floating[Any]], joints: int, name: str) -> AnyArray:
    """Return (T, J, 3) of one file."""
    if len(rows) % joints:
        raise DataError(
            f"{name} has {len(rows)} rows, expected {joints} a frame: it is cut off. Download it again."
        )
    return to_float32(rows.reshape(-1, joints, 3), name)


def _headings_note(headings: Sequence[str]) -> tuple[str, ...]:
    if not headings:
        return ()
    files = counted(len(headings), "file")
    return (f"The first line of {files} is no row, and was passed over: {headings[0]!r}.",)


POSITION_FILES = TextFiles("text files", "(_skeleton3D)?", "a01_s01_e01_skeleton3D.txt")
SCREEN_FILES = TextFiles("text files of screen coordinates", "_skeleton", "a01_s01_e01_skeleton.txt")
