"""Zip archives, read in memory: nothing of them is ever written under a name that they choose."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from har_core.data.reading.folders import Listing, is_hidden
from har_core.data.reading.reader import Content
from har_core.errors import DataError
from har_core.files import open_regular

_LARGEST_TOTAL = 2**29  # bytes, unpacked
_DEEPEST = 32  # folders in each other that are told apart; a name has room for 32,000


@dataclass(frozen=True)
class _Branch:
    """A folder in an archive: the entries of each file, of which there should be one, and the folders."""

    files: dict[str, list[zipfile.ZipInfo]] = field(default_factory=dict)
    folders: dict[str, _Branch] = field(default_factory=dict)


class ZipFolder:
    """A zip, or a folder in one.

    Args:
        archive: returns the path or the content of the zip.
        name: of the zip, for errors.
        branch: the folder in it; None for the zip itself, which is then opened.

    Raises:
        DataError: it is no sound zip, or names a file outside its own folder.
    """

    path: Path | None = None

    def __init__(self, archive: Callable[[], Path | bytes], name: str, branch: _Branch | None = None) -> None:
        self._archive = archive
        self._name = name
        if branch is None:
            with _opened(archive(), name) as opened:
                branch = _branches(opened, name)
        self._branch = branch

    def list(self, most: int) -> Listing:
        """Return the names of all that lies in it."""
        folders = {name: ZipFolder(self._archive, self._name, b) for name, b in self._branch.folders.items()}
        return Listing(tuple(self._branch.files), folders)

    def packed(self, name: str) -> bytes:
        """Return the content of a zip in the zip."""
        return bytes(self.read([name])[name])

    def size_of_packed(self, name: str) -> int:
        """Return how large a zip in the zip is."""
        return self._branch.files[name][0].file_size

    def heads(self, names: Collection[str], size: int) -> dict[str, bytes]:
        """Return the first bytes of some of its files by name.

        Raises:
            DataError: the zip is not sound.
        """
        with _opened(self._archive(), self._name) as archive:
            return {name: _head(archive, self._branch.files[name][0], size) for name in names}

    def read(self, names: Collection[str]) -> dict[str, Content]:
        """Return the content of some of its files by name.

        Raises:
            DataError: the zip is not sound, holds one of them twice, or unpacks to too much.
        """
        chosen = [(name, self._branch.files[name]) for name in names]
        total = sum(entries[0].file_size for _, entries in chosen)
        check_unpacked(total, self._name)
        for name, entries in chosen:
            if len(entries) > 1:
                raise DataError(f"{self._name} holds {name[:60]} twice in one folder, expected it once.")
        with _opened(self._archive(), self._name) as archive:
            return {name: self._read_one(archive, name, entry) for name, (entry,) in chosen}

    def _read_one(self, archive: zipfile.ZipFile, name: str, entry: zipfile.ZipInfo) -> bytes:
        # zipfile never gives more than the size the entry declares, and checks the sum of its bytes.
        content = archive.read(entry)
        if len(content) != entry.file_size:
            raise DataError(
                f"{self._name} is damaged: {name[:60]} has {len(content):,} bytes, the archive promises "
                f"{entry.file_size:,}. Download it again."
            )
        return content


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int) -> bytes:
    with archive.open(entry) as file:
        return file.read(size)


def check_unpacked(total: int, name: str) -> None:
    """Refuse to unpack too much.

    Args:
        total: bytes, unpacked.
        name: of the zip.

    Raises:
        DataError: they are too many.
    """
    if total > _LARGEST_TOTAL:
        raise DataError(
            f"{name} unpacks to {total / 2**20:,.0f} MiB, expected at most "
            f"{_LARGEST_TOTAL / 2**20:,.0f} MiB. Unpack it and give the folder."
        )


@contextmanager
def _opened(archive: Path | bytes, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip; whatever goes wrong while it is open is told of it."""
    try:
        with (
            io.BytesIO(archive) if isinstance(archive, bytes) else open_regular(archive, follow=True) as file,
            zipfile.ZipFile(file) as opened,
        ):
            yield opened
    except DataError:
        raise
    except FileNotFoundError as error:
        raise DataError(f"{name} is missing: there is no such file any more.") from error
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)[:80].rstrip(".") or "it is damaged"
        raise DataError(
            f"{name} can't be read as a zip archive: {reason}. "
            "Download it again, or unpack it and give the folder."
        ) from error
    except Exception as error:  # the decompressors raise errors of their own
        raise DataError(
            f"{name} is a damaged zip archive ({type(error).__name__}). Download it again."
        ) from error


def _branches(archive: zipfile.ZipFile, name: str) -> _Branch:
    """Return all that is not hidden. Some programs write paths with backslashes, and mean the same."""
    root = _Branch()
    for entry in archive.infolist():
        path = entry.filename.replace("\\", "/")
        _check_name(path, entry.filename, name)
        *folders, last = path.split("/")
        above = [part for part in folders if part not in ("", ".")]
        if any(map(is_hidden, (*above, last))):
            continue
        branch = root
        for part in above[:_DEEPEST]:
            branch = branch.folders.setdefault(part, _Branch())
        if last and len(above) <= _DEEPEST:
            branch.files.setdefault(last, []).append(entry)
    return root


def _check_name(path: str, as_given: str, name: str) -> None:
    if path.startswith("/") or ".." in PurePosixPath(path).parts or re.match(r"[A-Za-z]:", path):
        raise DataError(f"{name} is refused: it names {as_given[:60]!r}, a file outside its own folder.")
