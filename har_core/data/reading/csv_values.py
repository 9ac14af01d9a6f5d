"""The values in the columns of a CSV, as pandas reads them; what it refuses is told where it stands."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from har_core.data.reading.csv_columns import HEAD, CsvColumns
from har_core.data.reading.reader import Content
from har_core.errors import DataError

_NOT_A_NUMBER = ["-1.#IND", "1.#QNAN", "-nan(ind)", "None", "-", ""]


def read_columns(content: Content, name: str, columns: CsvColumns, texts: set[int], numbers: set[int]) -> Any:
    """Return a data frame of some columns, a row a row, by their places.

    Args:
        content: of the file.
        name: of the file, for errors.
        columns: of the file.
        texts: places of those that are texts, which become categories.
        numbers: places of those that are numbers.

    Raises:
        DataError: it is no whole table, or holds something else than a number where one should be.
    """
    import pandas as pd  # only who has such files pays for the import

    data = bytes(content)
    try:
        data.decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        encoding = "latin-1"

    def read(kind: Any) -> Any:
        return pd.read_csv(
            io.BytesIO(data), sep=columns.separator, header=None, skiprows=columns.headings,
            names=list(range(columns.width)), usecols=sorted(texts | numbers), index_col=False,
            decimal=_decimal(data, columns), encoding=encoding, na_values=_NOT_A_NUMBER,
            dtype=dict.fromkeys(texts, "category") | dict.fromkeys(numbers, kind), skipinitialspace=True,
            **_exact_numbers(pd.__version__),
        )  # fmt: skip

    try:
        return read(np.float64)
    # Of damaged data pandas raises more than its own errors, such as an IndexError or a TypeError of its own.
    except Exception as error:
        try:
            as_text = read(str)
        except Exception:
            raise DataError(f"{name} is no whole table: {_first_line(error)}.") from error
        raise DataError(f"{name} {_say_no_number(as_text[sorted(numbers)], columns)}") from error


def _exact_numbers(version: str) -> dict[str, str]:
    """Return what makes pandas read numbers to the last bit; from 3.1 it does, and warns of this."""
    asked = tuple(map(int, version.split(".")[:2])) < (3, 1)
    return {"float_precision": "round_trip"} if asked else {}


def _decimal(data: bytes, columns: CsvColumns) -> str:
    """Return the decimal sign: between semicolons it may be a comma."""
    rows = data[:HEAD].splitlines()[columns.headings :][:5]
    has_comma, has_stop = (any(sign in row for row in rows) for sign in (b",", b"."))
    return "," if columns.separator == ";" and has_comma and not has_stop else "."


def _say_no_number(cells: Any, columns: CsvColumns) -> str:
    import pandas as pd

    for place in cells:
        wrong = cells[place].notna() & pd.to_numeric(cells[place], errors="coerce").isna()
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            line = row + columns.headings + 1
            return f"holds {str(cells[place][row])[:20]!r} in line {line}, expected the number of a position."
    return "holds what is no number, expected positions."


def _first_line(error: Exception) -> str:
    """Return what pandas says of the data; of what has gone wrong inside of it nothing."""
    line = str(error).split("\n")[0].rstrip(".")[:100]
    told = isinstance(error, ValueError) and line.isprintable() and line
    return line if told else "it is cut off or damaged"
