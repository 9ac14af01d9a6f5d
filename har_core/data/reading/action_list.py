"""The names of actions in an ``actions.txt`` beside the files: one a line, perhaps behind its number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from har_core.data.reading.raw_sequences import RawSequences
from har_core.errors import DataError
from har_core.wording import counted

ACTIONS_FILE = "actions.txt"
MOST_BYTES = 1 << 18
"""That such a file may have."""

_LONGEST = 100  # characters of a name
_MOST_TOLD = 5
_NUMBERED = re.compile(r"[aA]?(\d{1,7})(?:\s*[:;,=.)]\s*|\s+)(\S.*)")


def read_action_list(content: bytes, name: str) -> dict[int, str]:
    """Return names by number: as it stands before each of them, else the place of the line, from 1.

    Args:
        content: of the file; the first ``MOST_BYTES`` and more where it is longer.
        name: of the file.

    Raises:
        DataError: it is no such list.
    """
    if len(content) > MOST_BYTES:
        raise DataError(
            f"{name} has more than {MOST_BYTES:,} bytes, expected a name in each line: move or rename it."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # as Windows writes in Western Europe
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise DataError(f"{name} is empty, expected a name of an action in each line.")
    matches = [match for line in lines if (match := _NUMBERED.fullmatch(line))]
    numbered = len(matches) == len(lines)
    names = [match[2] for match in matches] if numbered else lines
    numbers = [int(match[1]) for match in matches] if numbered else list(range(1, len(lines) + 1))
    for each in names:
        if len(each) > _LONGEST or not each.isprintable():
            raise DataError(f"{name} holds {each[:40]!r}, expected a short name of an action in each line.")
    if len(set(numbers)) < len(numbers):
        twice = next(number for row, number in enumerate(numbers) if number in numbers[:row])
        raise DataError(f"{name} names action {twice} twice, expected each once.")
    return dict(zip(numbers, names, strict=True))


def with_action_names(raw: RawSequences, names: Mapping[int, str], file: str) -> RawSequences:
    """Return raw sequences whose actions bear the names that a file gives to their numbers.

    Args:
        raw: as a reader hands them over.
        names: by number, from 0 where the files count so.
        file: that tells them.
    """
    numbers = raw.action_numbers
    if numbers is None:
        note = f"The names of actions in {file} are not used, for the actions are words already."
        return replace(raw, notes=(*raw.notes, note))
    shift = raw.from_zero and 0 in names
    shown = {number + shift: text for number, text in names.items()}
    without = sorted(set(numbers.tolist()) - set(shown))
    listed = ", ".join(map(str, without[:_MOST_TOLD])) + (" and others" if len(without) > _MOST_TOLD else "")
    note = f"{file} names {counted(len(names), 'action')}, and not number {listed}."
    return replace(
        raw,
        action_names={**(raw.action_names or {}), **shown},
        notes=(*raw.notes, *((note,) if without else ())),
    )
