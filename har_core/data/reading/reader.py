"""Reader: what the program asks of a file format."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from har_core.data.reading.data_set import LoadedSource

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

    @property
    def endings(self) -> tuple[str, ...]:
        """The ends of their names, with the full stop; no other files can be uploaded."""

    @property
    def layouts(self) -> tuple[str, ...]:
        """The ways to organise them between which the user may have to choose; mostly there are none."""

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return which files of a folder it would read, always in the same order; perhaps none.

        Args:
            names: of all files in the folder.
        """

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the names of the files without which these, which it recognises, are no data set."""

    def read(self, files: Mapping[str, Content], source: str, layout: str | None) -> LoadedSource:
        """Read a data set, and say how its files are organised, what they hold, and what was assumed.

        Actions are named by the reader where the files name them, else by ``index_actions``.

        Args:
            files: content by name; nothing that it recognises is missing.
            source: what the data set is called.
            layout: one of ``layouts`` where the user has chosen, else None.

        Raises:
            AmbiguousLayoutError: the files fit several layouts.
            DataError: they are damaged, or do not belong together.
        """
