"""One CSV of skeletons, a row a joint or a row a frame, taken apart into its sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.csv_columns import HEAD, CsvColumns, decoded, find_columns
from har_core.data.reading.csv_values import read_columns
from har_core.data.reading.frame_gaps import fill_gaps
from har_core.data.reading.rates import rate_of_times
from har_core.data.reading.reader import Content
from har_core.errors import DataError

_LARGEST_FILE = 2**29  # bytes
_MOST_JOINTS = 200
_MOST_MISSING = 4  # times as many joints as there are rows
_ALWAYS_ENOUGH = 2**20
_KEYS = ("sequence", "subject", "action")

Positions = NDArray[np.float64]
Told = dict[str, str]


@dataclass(frozen=True)
class CsvSequence:
    """A sequence as a CSV tells of it.

    Attributes:
        frames: (T, J, 2) or (T, J, 3), NaN where a joint is missing.
        of: its ``sequence``, ``subject`` and ``action`` as they are written, where they are.
        clock: frames a second and the unit of its times, where it has any.
        lost: how many frames are missing by their numbers, as ``fill_gaps`` gives it.
    """

    frames: Positions
    of: dict[str, str] = field(default_factory=dict)
    clock: tuple[float, str] | None = None
    lost: int = 0


@dataclass(frozen=True)
class CsvTable:
    """What one CSV holds.

    Attributes:
        joints: J names.
        sequences: in the order in which they come.
        row_is: ``joint`` or ``frame``.
    """

    joints: tuple[str, ...]
    sequences: tuple[CsvSequence, ...]
    row_is: str


def read_csv_table(content: Content, name: str) -> CsvTable:
    """Read one CSV.

    Args:
        content: of the file.
        name: of the file, for errors.

    Raises:
        DataError: it is damaged, too large, or its columns tell of no joints.
    """
    if len(content) > _LARGEST_FILE:
        raise DataError(f"{name} has {len(content):,} bytes, expected at most {_LARGEST_FILE:,}.")
    head = decoded(bytes(content[:HEAD]))
    columns = find_columns(head)
    if columns is None:
        raise DataError(
            f"{name} has no columns that are known. Expected sequence, subject, action, frame, joint, x, y "
            "and z, or x, y and z of each joint, such as nose_x, nose_y, nose_z."
        )
    rows = "".join(head.splitlines()[columns.headings :]).strip(" ,;\t") or len(content) > HEAD
    table = _Table(content, name, columns) if rows else None
    if table is None or not len(table):
        raise DataError(f"{name} has no rows below its names of columns.")
    return _read_frames(table) if columns.joints else _read_joints(table)


class _Table:
    """The columns of a CSV that are needed, a value a row."""

    def __init__(self, content: Content, name: str, columns: CsvColumns) -> None:
        self.name = name
        self.columns = columns
        texts = {place for meaning, place in columns.of.items() if meaning not in "xyz"}
        numbers = {columns.of[axis] for axis in "xyz" if axis in columns.of}
        numbers |= {place for places in columns.places for place in places}
        self._read = read_columns(content, name, columns, texts, numbers)

    def __len__(self) -> int:
        return len(self._read)

    def positions(self, places: Sequence[int]) -> Positions:
        """Return (R, C) of these columns."""
        positions: Positions = self._read[list(places)].to_numpy(np.float64)
        return positions

    def codes(self, meaning: str) -> tuple[NDArray[np.int64], list[str]]:
        """Return (R) which text stands in each row, and the texts.

        Raises:
            DataError: it is empty in a row.
        """
        column = self._read[self.columns.of[meaning]].cat
        codes = column.codes.to_numpy().astype(np.int64)
        if codes.min() < 0:
            row = int(np.argmin(codes)) + self.columns.headings + 1
            raise DataError(f"{self.name} tells no {meaning} in row {row}, expected it in each.")
        return codes, [str(text).strip() for text in column.categories]

    def groups(self) -> tuple[NDArray[np.int64], list[dict[str, str]]]:
        """Return (R) to which sequence each row belongs, and what is told of each, as they appear."""
        keys = [key for key in _KEYS if key in self.columns.of]
        if not keys:
            return np.zeros(len(self), np.int64), [{}]
        coded = [self.codes(key) for key in keys]
        stacked = np.column_stack([codes for codes, _ in coded])
        _, first, group = np.unique(stacked, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        texts = [
            {key: names[codes[row]] for key, (codes, names) in zip(keys, coded, strict=True)}
            for row in first[order]
        ]
        return rank[group.reshape(-1)], texts

    @cached_property
    def times(self) -> tuple[Positions, bool]:
        """Return (R) what grows with time, and whether it counts frames or moments.

        It is the frame's number, else its time; where these are no numbers, or are missing, it is the row in
        which the frame first stands.
        """
        meaning = next((each for each in ("frame", "time") if each in self.columns.of), None)
        if meaning is None:
            return np.arange(len(self), dtype=np.float64), False
        codes, numbers = self._numbers(meaning)
        if np.isfinite(numbers).all():
            return numbers[codes], True
        _, first, appeared = np.unique(codes, return_index=True, return_inverse=True)
        return first[appeared.reshape(-1)].astype(np.float64), False

    def sequences(
        self,
        frames: Positions,
        of: NDArray[np.number[Any]],
        times: Positions,
        group: NDArray[np.int64],
        texts: list[Told],
    ) -> tuple[CsvSequence, ...]:
        """Return the sequences.

        Args:
            frames: (S, J, C) of all of them, in a row.
            of: (S) to which each belongs, growing.
            times: (S) of the frames, growing in each.
            group: (R) to which each row of the table belongs.
            texts: what is told of each.
        """
        places = np.searchsorted(of, np.arange(1, len(texts)))
        parts = zip(np.split(frames, places), np.split(times, places), strict=True)
        counted = self.times[1]
        filled = [fill_gaps(*part) if counted else (part[0], 0) for part in parts]
        clocks = self.clocks(group, len(texts))
        return tuple(
            CsvSequence(part, of, clock, lost)
            for (part, lost), of, clock in zip(filled, texts, clocks, strict=True)
        )

    def clocks(self, group: NDArray[np.int64], count: int) -> list[tuple[float, str] | None]:
        """Return frames a second and the unit of the times of each sequence, None where nothing tells them.

        Args:
            group: (R) to which sequence each row belongs.
            count: of sequences.
        """
        if "time" not in self.columns.of:
            return [None] * count
        codes, numbers = self._numbers("time")
        times = numbers[codes]
        order = np.lexsort((times, group))
        parts = np.split(times[order], np.searchsorted(group[order], np.arange(1, count)))
        return [rate_of_times(part) for part in parts]

    def _numbers(self, meaning: str) -> tuple[NDArray[np.int64], Positions]:
        """Return (R) which text stands in each row, and the numbers of the texts; NaN of such as a date."""
        codes, texts = self.codes(meaning)
        try:
            return codes, np.array(texts, np.float64)
        except ValueError:
            return codes, np.full(len(texts), np.nan)


def _read_joints(table: _Table) -> CsvTable:
    """Read a table in which a row is a joint."""
    group, texts = table.groups()
    codes, names = table.codes("joint")
    joints, joint = _in_order(codes, names)
    if len(joints) > _MOST_JOINTS:
        raise DataError(f"{table.name} names {len(joints):,} joints, expected at most {_MOST_JOINTS}.")
    of = table.columns.of
    values = table.positions([of[axis] for axis in "xyz" if axis in of])
    moments, first, frame = np.unique(
        np.column_stack([group, table.times[0]]), axis=0, return_index=True, return_inverse=True
    )
    frame = frame.reshape(-1)
    if len(moments) * len(joints) > max(_MOST_MISSING * len(table), _ALWAYS_ENOUGH):
        raise DataError(
            f"{table.name} has {len(moments):,} frames of {len(joints)} joints, and only {len(table):,} "
            "rows: expected a row for each joint in each frame."
        )
    cells = frame * len(joints) + joint
    if len(np.unique(cells)) < len(cells):
        row = _first_twice(cells)
        where = ", ".join(f"{key} {text}" for key, text in texts[group[row]].items())
        raise DataError(
            f"{table.name} has joint {joints[joint[row]][:30]} of {where or 'the sequence'} twice in one "
            f"frame, in row {row + 1}: expected a row for each joint in each frame."
        )
    filled = np.full((len(moments) * len(joints), values.shape[1]), np.nan)
    filled[cells] = values
    frames = filled.reshape(len(moments), len(joints), -1)
    return CsvTable(
        tuple(joints), table.sequences(frames, moments[:, 0], moments[:, 1], group, texts), "joint"
    )


def _read_frames(table: _Table) -> CsvTable:
    """Read a table in which a row is a frame."""
    group, texts = table.groups()
    times, _ = table.times
    order = np.lexsort((times, group))
    columns = table.columns
    values = table.positions([place for places in columns.places for place in places])[order]
    frames = values.reshape(len(values), len(columns.joints), -1)
    return CsvTable(
        columns.joints, table.sequences(frames, group[order], times[order], group, texts), "frame"
    )


def _in_order(codes: NDArray[np.int64], names: list[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return joints by number, or as they appear, and which one each row is of."""
    _, first = np.unique(codes, return_index=True)
    order = sorted(range(len(names)), key=lambda code: int(first[code]))
    if all(name.isdecimal() and len(name) < 10 for name in names):
        order.sort(key=lambda code: int(names[code]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return [names[code] for code in order], rank[codes]


def _first_twice(cells: NDArray[np.int64]) -> int:
    _, first = np.unique(cells, return_index=True)
    once = np.zeros(len(cells), bool)
    once[first] = True
    return int(np.argmin(once))
