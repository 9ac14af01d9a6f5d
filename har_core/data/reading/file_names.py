"""Names of files: what a file was called before it was downloaded twice or saved in capitals."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from har_core.errors import DataError

_AGAIN = re.compile(r" ?(\(\d{1,3}\)|- Copy|- Kopie|copy)(?=\.[^.]*$)", re.IGNORECASE)


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
        other = first.setdefault(name, file)
        if other != file:
            raise DataError(
                f"Two sequences are called {name}, in {other} and in {file}: leave one of them out."
            )
