"""Folders that a data set may lie in: on the disk, or sent by a browser; ``archives`` has those in a zip."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from har_core.data.frame_spool import is_large, map_file
from har_core.data.reading.reader import Content
from har_core.errors import DataError
from har_core.files import open_regular

_NOT_OURS = "__MACOSX"  # macOS packs a shadow of each file into a folder of that name


@dataclass(frozen=True)
class Listing:
    """What lies in a folder, but for what is hidden.

    Attributes:
        files: their names.
        folders: by name.
        links: names of what leads to another place and is not followed.
    """

    files: tuple[str, ...] = ()
    folders: Mapping[str, Folder] = field(default_factory=dict)
    links: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.files) + len(self.folders) + len(self.links)


class Folder(Protocol):
    """A folder, wherever it is."""

    path: Path | None
    """Where it lies on the disk, None where it does not."""

    def list(self, most: int) -> Listing:
        """Return what lies in it; of more than ``most`` any ``most + 1``.

        Raises:
            DataError: it can't be opened.
        """

    def packed(self, name: str) -> Path | bytes:
        """Return a zip among its files, for ``ZipFolder``.

        Raises:
            DataError: it can't be read.
        """

    def size_of_packed(self, name: str) -> int:
        """Return how many bytes are to be unpacked before a zip among its files can be looked into."""

    def heads(self, names: Collection[str], size: int) -> dict[str, bytes]:
        """Return the first bytes of some of its files by name.

        Raises:
            DataError: a file can't be opened or is damaged.
        """

    def read(self, names: Collection[str]) -> dict[str, Content]:
        """Return the content of some of its files by name; large ones are mapped where they can be.

        Raises:
            DataError: a file can't be opened or is damaged, or they are too much to be unpacked.
        """


class DiskFolder:
    """A folder on the disk.

    A link to a file is as good as the file in the folder that the user has named. Below it nothing leads out.

    Args:
        path: of the folder.
        root: the folder that the user has named, above this one; None where it is this one.
        only: the one file in it that the user has named; None where all are meant.
    """

    def __init__(self, path: Path, root: Path | None = None, only: str | None = None) -> None:
        self.path: Path | None = path
        self._path = path
        self._root = root
        self._only = only

    def list(self, most: int) -> Listing:
        """Return what lies in it; pipes, devices and links to nothing are passed over."""
        if self._only is not None:
            return Listing((self._only,))
        files: list[str] = []
        links: list[str] = []
        folders: dict[str, Folder] = {}
        try:
            with os.scandir(self._path) as entries:
                for entry in entries:
                    if len(files) + len(folders) + len(links) > most:
                        break
                    if is_hidden(entry.name):
                        continue
                    if entry.is_symlink():
                        kind = self._kind_of_link(entry)
                        (files if kind == "file" else links if kind == "way out" else []).append(entry.name)
                    elif entry.is_dir():
                        folders[entry.name] = DiskFolder(self._path / entry.name, self._root or self._path)
                    elif entry.is_file():
                        files.append(entry.name)
        except OSError as error:
            raise DataError(f"{self._path} can't be opened: {error.strerror}.") from error
        return Listing(tuple(files), folders, tuple(links))

    def _kind_of_link(self, entry: os.DirEntry[str]) -> str:
        with suppress(OSError, RuntimeError):  # such as a circle of links
            if entry.is_dir():
                return "way out"
            if entry.is_file():
                inside = self._root is None or Path(entry).resolve().is_relative_to(self._root.resolve())
                return "file" if inside else "way out"
        return "nothing"

    def packed(self, name: str) -> Path:
        """Return the path of a zip."""
        return self._path / name

    def size_of_packed(self, name: str) -> int:
        """Return 0: a zip on the disk is looked into where it lies."""
        return 0

    def heads(self, names: Collection[str], size: int) -> dict[str, bytes]:
        """Return the first bytes of some of its files by name."""
        try:
            return {name: _head(self._path / name, size) for name in names}
        except OSError as error:
            raise DataError(f"{error.filename} can't be opened: {error.strerror}.") from error

    def read(self, names: Collection[str]) -> dict[str, Content]:
        """Return the content of some of its files by name; large ones are mapped."""
        try:
            return {name: _content(self._path / name) for name in names}
        except OSError as error:
            raise DataError(f"{error.filename} can't be opened: {error.strerror}.") from error


class UploadedFolder:
    """The files that a browser sent. Of a name with a path in it no part is believed: it is no file.

    Args:
        files: content by name.
    """

    path: Path | None = None

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def list(self, most: int) -> Listing:
        """Return the names of the files."""
        return Listing(tuple(name for name in self._files if not (is_hidden(name) or set("/\\") & set(name))))

    def packed(self, name: str) -> bytes:
        """Return the content of a zip."""
        return self._files[name]

    def size_of_packed(self, name: str) -> int:
        """Return 0: it is in memory already."""
        return 0

    def heads(self, names: Collection[str], size: int) -> dict[str, bytes]:
        """Return the first bytes of some of the files by name."""
        return {name: self._files[name][:size] for name in names}

    def read(self, names: Collection[str]) -> dict[str, Content]:
        """Return the content of some of the files by name."""
        return {name: self._files[name] for name in names}


def is_hidden(name: str) -> bool:
    """Return whether a file or folder of that name is passed over."""
    return name.startswith(".") or name == _NOT_OURS


def is_zip(name: str) -> bool:
    """Return whether a file's name ends like a zip's; what ``numpy.savez`` writes is one, of .npy files."""
    return name.lower().endswith((".zip", ".npz"))


def _head(path: Path, size: int) -> bytes:
    with open_regular(path, follow=True) as file:
        return file.read(size)


def _content(path: Path) -> Content:
    with open_regular(path, follow=True) as file:
        if not is_large(os.fstat(file.fileno()).st_size):
            return file.read()
    return map_file(path)
