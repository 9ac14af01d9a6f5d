"""Names of files: what a file was called before it was downloaded twice or saved in capitals."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from har_core.errors import DataError

_AGAIN = re.compile(r" ?(\(\d{1,3}\)|- Copy|- Kopie|copy)(?=\.[^.]*$)", re.IGNORECASE)

# An action, its number behind an a or a word, then a subject, and perhaps a take and more.
_TAKE = re.compile(
    r"(?P<action>a(?P<number>\d{1,4})|[^\W\d_].*?)_s(?:ubject)?_?(?P<subject>\d{1,4})(?:_.*)?", re.IGNORECASE
)


def original_name(name: str) -> str:
    """Return what a file was called before a browser or a system renamed it: ``X (1).npy`` is ``X.npy``."""
    return _AGAIN.sub("", name).strip()


def find_named(wanted: str, names: Collection[str]) -> str | None:
    """Return which of some files is meant by a name; None where none is.

    Args:
        wanted: such as ``X.npy``; the file that bears just this name is it, else one in other capitals or
            with what a browser adds.
        names: of the files.

    Raises:
        DataError: several may be meant.
    """
    if wanted in names:
        return wanted
    meant = sorted(name for name in names if original_name(name).lower() == wanted.lower())
    if len(meant) > 1:
        raise DataError(
            f"{meant[0]} and {meant[1]} may both be {wanted}: call the one that you mean {wanted}."
        )
    return meant[0] if meant else None


def check_different(ids: Sequence[str], files: Sequence[str]) -> None:
    """Refuse two sequences of one name.

    Args:
        ids: names of the sequences.
        files: that each is from.

    Raises:
        DataError: there are two; it names them.
    """
    first: dict[str, str] = {}
    for name, file in zip(ids, files, strict=True):
        if name in first:
            where = f"both in {file}" if first[name] == file else f"in {first[name]} and in {file}"
            raise DataError(
                f"Two sequences are called {name[:60]}, {where}: expected a name of its own for each."
            )
        first[name] = file


@dataclass(frozen=True)
class Take:
    """What the name of a recording says.

    Attributes:
        action: its number, or the word for it.
        subject: number, from 1.
        id: the name without its ending.
    """

    action: int | str
    subject: int
    id: str


def take_of(name: str) -> Take | None:
    """Return what a name such as ``a01_s02_e03_kinect.csv`` or ``hand wave_s2.json`` says, None of others."""
    stem = original_name(name).rpartition(".")[0]
    match = _TAKE.fullmatch(stem)
    if not match or not int(match["subject"]):
        return None
    number = int(match["number"] or 0)
    return Take(number or re.sub(r"[_\s]+", " ", match["action"]).strip(), int(match["subject"]), stem)
