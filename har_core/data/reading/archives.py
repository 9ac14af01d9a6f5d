"""Zip archives, read in memory: nothing of them is ever written under a name that they choose."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from har_core.errors import DataError

_LARGEST_TOTAL = 2**29  # bytes, unpacked
_MOST_ENTRIES = 100_000


def read_zip(file: Path | bytes, name: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Read the wanted files of an archive, in whatever folder of it they lie.

    Args:
        file: path or content of the archive.
        name: of the archive, for errors.
        wanted: says of a file's name, without its folder, whether it is read.

    Returns:
        Content by name without folder; it may be empty.

    Raises:
        DataError: it is no sound zip, or holds unsafe names, too much, or one name twice.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as archive:
            return _read_entries(archive, name, wanted)
    except DataError:
        raise
    except FileNotFoundError as error:
        raise DataError(f"{name} is missing: there is no file {file!r}.") from error
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{name} can't be read as a zip archive: {str(error)[:80].rstrip('.') or 'it is damaged'}. "
            "Download it again, or unpack it and give the folder."
        ) from error
    except Exception as error:  # the decompressors raise errors of their own
        raise DataError(
            f"{name} is a damaged zip archive ({type(error).__name__}). Download it again."
        ) from error


def _read_entries(archive: zipfile.ZipFile, name: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > _MOST_ENTRIES:
        raise DataError(f"{name} holds {len(entries):,} files, expected at most {_MOST_ENTRIES:,}.")
    for entry in entries:
        _check_name(entry.filename, name)
    chosen = [entry for entry in entries if wanted(_base(entry))]
    total = sum(entry.file_size for entry in chosen)
    if total > _LARGEST_TOTAL:
        raise DataError(
            f"{name} unpacks to {total / 2**20:,.0f} MiB, expected at most "
            f"{_LARGEST_TOTAL / 2**20:,.0f} MiB. Unpack it and give the folder."
        )
    files: dict[str, bytes] = {}
    for entry in chosen:
        if _base(entry) in files:
            raise DataError(f"{name} holds {_base(entry)} in two folders, expected it once.")
        # zipfile never gives more than the size the entry declares, and checks the sum of its bytes.
        content = archive.read(entry)
        if len(content) != entry.file_size:
            raise DataError(
                f"{name} is damaged: {_base(entry)} has {len(content):,} bytes, the archive promises "
                f"{entry.file_size:,}. Download it again."
            )
        files[_base(entry)] = content
    return files


def _base(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).name


def _check_name(entry: str, name: str) -> None:
    path = PurePosixPath(entry.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", entry):
        raise DataError(f"{name} is refused: it names {entry[:60]!r}, a file outside its own folder.")
