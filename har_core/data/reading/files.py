"""Where the files of a data set lie on the disk; it is remembered as long as nothing changes there."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from har_core.data.reading import readers
from har_core.data.reading.archives import ZipFolder
from har_core.data.reading.folders import DiskFolder, Folder, is_zip
from har_core.data.reading.reader import Reader
from har_core.data.reading.search import FoundFiles, Search
from har_core.errors import DataError

LAYOUT_FILE = "layout.json"

_States = tuple[tuple[int, ...] | None, ...]

_MOST_REMEMBERED = 16
# Clocks of file systems are coarse: what changed just before may change again without a sign of it.
_SETTLED = 2 * 10**9  # nanoseconds


@dataclass(frozen=True)
class DataFiles:
    """The files of one data set on the disk.

    Attributes:
        found: the files, and who reads them.
        folder: that the files lie in, or the zip that holds them.
        names: of the files in that folder, or of that one zip.
        layout_file: where a chosen layout is kept, None without one.
    """

    found: FoundFiles
    folder: Path
    names: tuple[str, ...]
    layout_file: Path | None


@dataclass(frozen=True)
class _Remembered:
    """The outcome of a search, and the places on which it depends, as they were."""

    places: tuple[Path, ...]
    states: _States
    outcome: FoundFiles | str | None


_remembered: dict[tuple[Path, tuple[Reader, ...]], _Remembered] = {}


def find_files(place: Path) -> DataFiles | None:
    """Look for the data set in a folder, a zip, or one file; None where there is no file at all.

    Raises:
        DataError: it can't be opened, or holds no whole data set, or two.
    """
    try:
        return _look_into(place)
    except OSError as error:  # such as a home that was closed
        raise DataError(f"{place} can't be opened: {error.strerror or error}.") from error


def _look_into(place: Path) -> DataFiles | None:
    found = _found(place)
    if found is None:
        return None
    layout_file = place / LAYOUT_FILE
    kept_layout = layout_file if layout_file.is_file() else None
    if place.is_file():
        return DataFiles(found, place.parent, (place.name,), None)
    packed = place / found.zip if found.zip else None
    folder, names = (packed.parent, (packed.name,)) if packed else (place / found.path, found.beside)
    above = [place / kept for kept in (found.above.kept_in if found.above else ()) if place / kept != packed]
    return DataFiles(found, folder, (*names, *(os.path.relpath(file, folder) for file in above)), kept_layout)


def _found(place: Path) -> FoundFiles | None:
    """Return the outcome of a search, by heart where nothing has changed since."""
    key = place, readers.READERS
    known = _remembered.get(key)
    if known is None or _states(known.places) != known.states:
        known = _search(place)
        _remembered.pop(key, None)
        _remembered[key] = known
        if len(_remembered) > _MOST_REMEMBERED:
            _remembered.pop(next(iter(_remembered)), None)  # the oldest
    if isinstance(known.outcome, str):
        raise DataError(known.outcome)
    return known.outcome


def _search(place: Path) -> _Remembered:
    begun = time.time_ns()
    name = place.name or str(place)  # the uppermost folder has none
    search = Search(lambda: _opened(place, name), name, place)
    outcome: FoundFiles | str | None
    try:
        outcome = search.run()
    except DataError as error:
        outcome = str(error)
    places = tuple(search.places)
    states = _states(places)
    settled = all(state is not None and state[0] < begun - _SETTLED for state in states)
    return _Remembered(places, states if settled else (), outcome)


def _opened(place: Path, name: str) -> Folder:
    if not place.is_file():
        return DiskFolder(place)
    return ZipFolder(lambda: place, name) if is_zip(name) else DiskFolder(place.parent, only=name)


def _states(places: tuple[Path, ...]) -> _States:
    return tuple(map(_state, places))


def _state(place: Path) -> tuple[int, ...] | None:
    try:
        found = os.stat(place)
    except OSError:
        return None
    return max(found.st_mtime_ns, found.st_ctime_ns), found.st_size, found.st_ino
