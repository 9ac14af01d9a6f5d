"""Tables of numbers in text, as programs of all kinds write them: a row a line, with blanks or commas."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.reader import Content
from har_core.errors import DataError

_LARGEST_FILE = 2**25  # bytes, ten minutes of a Kinect; reading takes twenty times as much
_LONGEST_HEADER = 60
# What Microsoft's libraries write for NaN and infinity, before and since 2015.
_NOT_A_NUMBER = re.compile(r"[-+]?\d\.#(?:IND|QNAN|SNAN)\d*|[-+]?nan\((?:s?nan|ind)\)", re.IGNORECASE)
_INFINITY = re.compile(r"([-+]?)\d\.#INF\d*", re.IGNORECASE)


@dataclass(frozen=True)
class NumberTable:
    """A table of numbers.

    Attributes:
        values: (R, C) float64; NaN where the text says that there is no number.
        heading: the first line, where it is none of the rows.
    """

    values: NDArray[np.float64]
    heading: str | None = None


def read_text(content: Content, name: str) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:
        DataError: it is too large, empty, or no text in UTF-8.
    """
    if len(content) > _LARGEST_FILE:
        raise DataError(f"{name} has {len(content):,} bytes, expected at most {_LARGEST_FILE:,} a sequence.")
    try:
        text = bytes(content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name} is no table of numbers (it is no text in UTF-8). Save it as text."
        ) from error
    if not text.strip():
        raise DataError(f"{name} is empty, expected a table of numbers. Download it again.")
    return text


def read_number_table(content: Content, name: str, expected: str) -> NumberTable:
    """Read a table.

    A first line that is none of its rows is passed over, blanks, tabs, commas or semicolons part the columns,
    and between semicolons a comma may stand for the decimal point.

    Args:
        content: of the file.
        name: of the file, for errors.
        expected: what its columns should be, for errors.

    Raises:
        DataError: it is no such table.
    """
    text = read_text(content, name)
    try:
        return NumberTable(np.loadtxt(text.splitlines(), np.float64, comments=None, ndmin=2))
    except ValueError:
        pass  # something about it is unusual, or damaged
    lines = [line for line in _usual(text).splitlines() if line.strip()]
    delimiter = next((sign for sign in ";,\t" if sign in lines[-1]), None)
    if delimiter == ";":
        lines = [line.replace(",", ".") for line in lines]
    if delimiter:
        lines = [line.strip().removesuffix(delimiter) for line in lines]
    heading = lines.pop(0).strip()[:_LONGEST_HEADER] if _is_heading(lines, delimiter) else None
    try:
        return NumberTable(
            np.loadtxt(lines, np.float64, comments=None, delimiter=delimiter, ndmin=2), heading
        )
    except ValueError as error:
        reason = str(error).split(";")[0].rstrip(".")[:100]
        raise DataError(f"{name} is no table of numbers ({reason}). Expected {expected}.") from error


def _usual(text: str) -> str:
    return _INFINITY.sub(r"\1inf", _NOT_A_NUMBER.sub("nan", text))


def _is_heading(lines: list[str], delimiter: str | None) -> bool:
    """Say whether the first line is no row: of other columns than the second, or of none that are numbers."""
    if len(lines) < 2:
        return False
    first, second = (line.split(delimiter) for line in lines[:2])
    if not _all_numbers(second):
        return False
    return len(first) != len(second) if _all_numbers(first) else not any(map(_is_number, first))


def _all_numbers(cells: list[str]) -> bool:
    return all(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
