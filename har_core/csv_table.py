"""Tables as CSV: the one writer of the program, made for spreadsheets that open such a file by a click."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from numbers import Number

# With one of these a spreadsheet begins a formula, which may run a program or send what stands beside it.
# https://owasp.org/www-community/attacks/CSV_Injection: so do the wide forms, in some languages.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as UTF-8 with a byte order mark, without which Excel takes it for another encoding.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay as they are.
    A text holds no character that UTF-8 can't, such as half of a pair: it becomes a question mark.

    Args:
        header: what each column is called.
        rows: a value for each column; None for a cell that is empty.
    """
    text = StringIO()
    writer = csv.writer(text)  # ends lines as RFC 4180 has it, and so keeps line ends within cells apart
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _cell(value: object) -> object:
    if value is None or isinstance(value, Number):
        return value
    said = str(value)
    return f"'{said}" if said.startswith(_FORMULA) else said
