"""The arrays of ended runs that were read last, each file once as long as it stays the same."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from har_core.training.arrays import Arrays

MOST_KEPT = 1 << 27
"""Bytes of arrays: so many are kept, or else those read last alone."""

Stamp = tuple[tuple[int, int, int] | None, ...]


def stamp_of(folder: Path, *names: str) -> Stamp:
    """Return what changes when one of these files of a folder is written, replaced or taken away."""
    found: list[tuple[int, int, int] | None] = []
    for name in names:
        try:
            stat = (folder / name).lstat()
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(found)


class KeptArrays:
    """Gives arrays out to any thread; nobody can write into them."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], Arrays] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: tuple[object, ...], read: Callable[[], Arrays]) -> Arrays:
        """Return what was read under a key; what can't be read is not kept.

        Args:
            key: which arrays, with the stamp of all that they are read from and checked with.
            read: reads and checks them.
        """
        with self._guard:
            if key in self._known:
                self._known.move_to_end(key)
                return dict(self._known[key])
        arrays = read()
        for array in arrays.values():
            array.flags.writeable = False
        with self._guard:
            self._known[key] = arrays
            while len(self._known) > 1 and self._size() > MOST_KEPT:
                self._known.popitem(last=False)
        return dict(arrays)

    def _size(self) -> int:
        return sum(array.nbytes for arrays in self._known.values() for array in arrays.values())
