"""Reading of ``metrics.jsonl``, a line an epoch: whole, as it grows, or single lines of it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from har_core.files import open_regular
from har_core.training.records import EpochRecord

_RECORD = TypeAdapter(EpochRecord)

_LONGEST_LINE = 1 << 10
"""Bytes; a record takes a quarter of that."""

_REACH = 1 << 14
"""Bytes before and after the place where a line is looked for first: lines are of nearly one length."""


@dataclass(frozen=True)
class _Read:
    """The records of the first ``size`` bytes of a file."""

    inode: int
    size: int
    records: list[EpochRecord]


class MetricsReader:
    """Reads the records of runs. A file that has only grown since it was read last is read on from there."""

    def __init__(self) -> None:
        self._read: dict[Path, _Read] = {}

    def records(self, path: Path, *, validated: bool) -> list[EpochRecord]:
        """Return the records of a file, of epochs 1, 2 and so on.

        A torn last line, or one that is not the record of the next epoch, ends the list.

        Args:
            path: a ``metrics.jsonl``, which need not be there.
            validated: whether the run has a validation part, of which each record tells.
        """
        try:
            with open_regular(path) as file:
                stat = os.fstat(file.fileno())
                known = self._read.get(path)
                if not known or known.inode != stat.st_ino or known.size > stat.st_size:
                    known = _Read(stat.st_ino, 0, [])
                file.seek(known.size)
                records, size = _read_on(file, len(known.records), validated)
        except OSError:  # it is told as a fault of the run, see find_damage
            return []
        read = _Read(known.inode, known.size + size, known.records + records)
        self._read[path] = read
        return list(read.records)


def records_at(path: Path, epochs: Iterable[int], *, validated: bool) -> dict[int, EpochRecord]:
    """Return the records of some epochs; those that the file has not, or that can't be read, are missing.

    Much faster than reading all: of a long file only these lines are understood.

    Args:
        path: a ``metrics.jsonl``, which need not be there.
        epochs: from 1.
        validated: whether the run has a validation part, of which each record tells.
    """
    wanted = [epoch for epoch in epochs if epoch > 0]
    if not wanted:
        return {}
    try:
        with open_regular(path) as file:
            size = file.seek(0, os.SEEK_END)
            lines = {epoch: _line_near(file, size * (epoch - 1) // max(wanted), epoch) for epoch in wanted}
            if not all(lines.values()):  # the file has other epochs than were asked for, or is damaged
                file.seek(0)
                every = enumerate(islice(_lines(file), max(wanted)), start=1)
                lines = {epoch: line for epoch, line in every if epoch in wanted}
    except OSError:
        return {}
    found = {}
    for epoch, line in lines.items():
        try:
            record = _parse(line, validated)
        except ValueError:
            continue
        if record.epoch == epoch:
            found[epoch] = record
    return found


def _line_near(file: BinaryIO, place: int, epoch: int) -> bytes:
    """Return the line of an epoch if it lies near this place of the file, else nothing."""
    start = max(0, place - _REACH)
    file.seek(start)
    block = b"\n" + file.read(2 * _REACH) if start == 0 else file.read(2 * _REACH)
    begin = block.find(b'\n{"epoch": %d, ' % epoch) + 1
    end = block.find(b"\n", begin)
    return block[begin:end] if begin > 0 and end > 0 else b""


def _read_on(file: BinaryIO, epoch: int, validated: bool) -> tuple[list[EpochRecord], int]:
    """Return the records that follow that of an epoch, and how many bytes they take."""
    records: list[EpochRecord] = []
    size = 0
    for line in _lines(file):
        try:
            record = _parse(line, validated)
        except ValueError:
            break
        if record.epoch != epoch + len(records) + 1:
            break
        records.append(record)
        size += len(line)
    return records, size


def _parse(line: bytes, validated: bool) -> EpochRecord:
    """Understand a line.

    Raises:
        ValueError: it is no record, or not of such a run.
    """
    record = _RECORD.validate_json(line, strict=True)
    if record.test_loss is None or record.test_accuracy is None:
        raise ValueError("a record of a run tells of its test part")
    if {record.validation_loss is not None, record.validation_accuracy is not None} != {validated}:
        raise ValueError("a record tells of a validation part where there is one, and of none where not")
    return record


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines from here on, up to one that is still being written or too long for a record."""
    while (line := file.readline(_LONGEST_LINE)).endswith(b"\n"):
        yield line
