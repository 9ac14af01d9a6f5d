"""Reader: what the program asks of a file format."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol, runtime_checkable

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.raw_sequences import RawSequences

Content = bytes | memoryview
"""Of a file: read, or mapped where it is large."""


class Reader(Protocol):
    """A form in which a data set is kept in the files of one folder."""

    @property
    def title(self) -> str:
        """What such files are called, in the plural: ``numpy files``."""

    @property
    def expected(self) -> str:
        """Which files they are, as a part of sentences: ``X.npy, Y.npy and Y_s.npy``."""

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return which files of a folder it would read, always in the same order; perhaps none.

        Args:
            names: of all files in the folder.
        """

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the names of the files without which these, which it recognises, are no data set."""

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read a data set, and say how its files are organised, and what they hold.

        What its format does not tell is left to ``interpret``: skeleton, axes, unit, rate, padding, names.

        Args:
            files: content by name; nothing that it recognises is missing.
            choices: what the user has said; a reader looks at ``layout`` and ``body``, or at neither.

        Raises:
            AmbiguousReadingError: the files fit several layouts.
            DataError: they are damaged, or do not belong together.
        """


@runtime_checkable
class HeadReader(Protocol):
    """A reader of files that their names don't tell from others: it looks at how they begin."""

    @property
    def head(self) -> int:
        """How many bytes it looks at."""

    def accepts(self, head: bytes) -> bool:
        """Say whether it would read a file that begins so."""


@runtime_checkable
class AboveReader(Protocol):
    """A reader of files some of which may lie in a folder above the others."""

    @property
    def may_lie_above(self) -> tuple[str, ...]:
        """The names of these files."""
