"""What the command line writes: names as they were typed, whatever is in them, and nothing cut.

Everything that is printed comes through here. No text is read as markup, for colours or emoji; a sign that
a terminal would obey, or that its encoding lacks, is shown as Python writes it.
"""

import os
import sys
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.progress import TextColumn
from rich.table import Table
from rich.text import Text

_UNBOUNDED = 10_000
"""Columns of a file or a pipe: lines are as long as what is in them."""

Cell = str | Sequence[str]
"""A text, or one for each line."""


def _console(stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    bounded = "COLUMNS" in os.environ or (stream is not None and stream.isatty())
    return Console(
        stderr=stderr, width=None if bounded else _UNBOUNDED, markup=False, emoji=False, highlight=False
    )


screen = _console()
_complaints = _console(stderr=True)


def say(sentence: str) -> None:
    """Write a sentence; the terminal breaks it where it is too long."""
    screen.print(_text(sentence), soft_wrap=True)


def complain(sentence: str) -> None:
    """Write what went wrong to where errors go."""
    _complaints.print(_text(sentence, "red"), soft_wrap=True)


def draw_table(headings: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> None:
    """Write a table; what is too long for its column goes on in the next line."""
    table = Table(title=_text(title) if title else None)
    for heading in headings:
        table.add_column(_text(heading), overflow="fold")
    for row in rows:
        lines = ([cell] if isinstance(cell, str) else cell for cell in row)
        table.add_row(*(Text("\n").join(map(_text, cell)) for cell in lines))
    screen.print(table)


def draw_entries(
    headings: Sequence[str], entries: Iterable[tuple[Sequence[str], Sequence[str], str]]
) -> None:
    """Write entries of a short line in columns and, below and set in, what may be long.

    Args:
        headings: of the columns; those behind the second are for numbers.
        entries: the columns, names, and a path. What does not fit is broken; of the path its end is shown.
    """
    entries = [([as_typed(cell) for cell in columns], names, path) for columns, names, path in entries]
    lines = [[*headings], *(columns for columns, _, _ in entries)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    _in_columns(headings, widths)
    for columns, names, path in entries:
        _in_columns(columns, widths)
        _set_in(names, path)


def _in_columns(cells: Sequence[str], widths: Sequence[int]) -> None:
    padded = []
    for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        gap = " " * (width - cell_len(cell))
        padded.append(cell + gap if place < 2 else gap + cell)
    say("  ".join(padded).rstrip())


def _set_in(names: Sequence[str], path: str, indent: str = "    ") -> None:
    width = screen.width - len(indent)
    names = [as_typed(name) for name in names]
    whole = " · ".join([*names, as_typed(path)])
    lines = [whole] if cell_len(whole) <= width else [" · ".join(names), _end_of(as_typed(path), width)]
    for line in lines:
        for part in Text(line).wrap(screen, width, overflow="fold"):
            say(f"{indent}{part.plain.rstrip()}")


def _end_of(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    text = text[-width:]  # at once: no sign is narrower than a column but those that take none
    while cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"


def changing_text(form: str) -> TextColumn:
    """Return a part of a line of progress, such as ``{task.description}``."""
    return TextColumn(form, markup=False)


def as_typed(text: str) -> str:
    """Return a text with the signs written out that the terminal would obey, or can't show."""
    shown = "".join(sign if sign.isprintable() else _written_out(sign) for sign in text)
    return shown.encode(screen.encoding, "backslashreplace").decode(screen.encoding)


def _written_out(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def _text(text: str, style: str = "") -> Text:
    return Text(as_typed(text), style)
