"""SequenceFiles: what readers of one file a sequence share. The name tells that a file is one of them."""

from __future__ import annotations

import re
from collections.abc import Collection


class SequenceFiles:
    """A file for each sequence.

    Args:
        name: what such a file is called, in any capitals.
    """

    def __init__(self, name: str) -> None:
        self._name = re.compile(name, re.IGNORECASE)

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the files whose names are of this kind."""
        return tuple(sorted(name for name in names if self._name.fullmatch(name)))

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return nothing: any number of sequences is a data set."""
        return ()
