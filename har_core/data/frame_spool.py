"""Many frames in a row: in memory, or, where they are many, in a file that is read through a memory map."""

from __future__ import annotations

import mmap
import tempfile
from collections import deque
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from har_core.errors import DataError
from har_core.files import open_regular
from har_core.home import home

MOST_IN_MEMORY = 1 << 28
"""Bytes: more than a quarter of a GiB is read through a memory map."""

_MOST_AT_HAND = 1 << 26  # bytes of one map; several are open at times
_BROUGHT_ALONG = 1 << 21  # bytes that Linux maps around what is read, at most: a large folio of its cache


def is_large(size: int) -> bool:
    """Return whether so many bytes of frames are mapped rather than read."""
    return size > MOST_IN_MEMORY


def map_file(path: Path) -> memoryview:
    """Return the content of a file without reading it yet.

    Raises:
        OSError: it can't be opened.
        ValueError: it is empty.
    """
    with open_regular(path, follow=True) as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


class FrameSpool:
    """Takes the frames of one sequence after the other, and gives all of them back in a row.

    Above ``MOST_IN_MEMORY`` they go into a file in the home's cache. It has no name there, and ends with the
    array, even where the process is killed (on Windows with the process).

    Args:
        shape: of one frame, such as (J, 3).
    """

    def __init__(self, *shape: int) -> None:
        self._shape = shape
        self._parts: deque[NDArray[np.float32]] = deque([np.zeros((0, *shape), np.float32)])
        self._file: IO[bytes] | None = None
        self._size = 0

    def append(self, frames: NDArray[np.float32]) -> None:
        """Add the T frames of a sequence.

        Raises:
            DataError: there is no room for them on the disk.
            ValueError: they have another shape.
        """
        if not frames.ndim or frames.shape[1:] != self._shape:
            expected = ", ".join(map(str, ("T", *self._shape)))
            raise ValueError(f"frames have shape {frames.shape}, expected ({expected})")
        self._size += frames.nbytes
        self._parts.append(frames)
        if self._file is None and not is_large(self._size):
            return
        try:
            if self._file is None:
                self._file = _open_file()
            # Parts may be views into a memory map: each that is written comes to memory, and leaves it again.
            pages = MappedPages(frames)
            while self._parts:
                part = self._parts.popleft()
                self._file.write(np.ascontiguousarray(part).data)
                pages.note(part.nbytes, places=0)
        except OSError as error:
            raise DataError(
                f"{home() / 'cache'} can't take {self._size / 2**30:.1f} GiB of frames: "
                f"{error.strerror or error}. Make room there, or set HAR_HOME to a larger disk."
            ) from error

    def frames(self) -> NDArray[np.float32]:
        """Return the S frames that were added, in one array; nothing can be added after."""
        if self._file is None:
            return np.concatenate(self._parts)
        with self._file:
            self._file.flush()
            return np.memmap(self._file, np.float32, "r").view(np.ndarray).reshape(-1, *self._shape)


def _open_file() -> IO[bytes]:
    folder = home() / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder, prefix="frames-")


class MappedPages:
    """The part of a memory map that this process has at hand.

    What was read through a map counts as memory of the process until the system wants it back. So it is given
    back again and again; the system keeps it as long as it has nothing better to do with the memory, and then
    reading it again costs next to nothing.

    Args:
        array: any array; one that is not mapped has nothing to give back.
    """

    def __init__(self, array: NDArray[Any]) -> None:
        place: Any = array
        while isinstance(place, (np.ndarray, memoryview)):
            place = place.base if isinstance(place, np.ndarray) else place.obj
        self._map = place if isinstance(place, mmap.mmap) else None
        self._at_hand = 0

    @property
    def mapped(self) -> bool:
        """Whether the array is read through a memory map."""
        return self._map is not None

    def note(self, size: int, places: int = 1) -> None:
        """Take note that so many bytes more were read, in so many places, and are not needed for now."""
        self._at_hand += size + places * _BROUGHT_ALONG
        if self._at_hand > _MOST_AT_HAND:
            self.give_back()

    def give_back(self) -> None:
        """Give everything back; what is read again comes again."""
        self._at_hand = 0
        if self._map is not None and hasattr(self._map, "madvise"):  # Windows does as it sees fit
            self._map.madvise(mmap.MADV_DONTNEED)
