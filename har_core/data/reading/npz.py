"""Read numpy's .npz files as ``numpy.savez`` writes them: some arrays, each as it is, in a zip."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from har_core.data.reading.npy import read_npy
from har_core.errors import DataError
from har_core.files import open_regular

_DAMAGES = (ValueError, RuntimeError, EOFError, OverflowError, zipfile.BadZipFile, zlib.error)


def read_npz(
    path: Path, *, numbers: Iterable[str], text: Iterable[str], most: int
) -> dict[str, NDArray[Any]]:
    """Read some arrays of a file. None takes more memory than it takes on the disk.

    Args:
        path: of the file; a link is refused.
        numbers: arrays of numbers that are read.
        text: arrays of names that are read.
        most: bytes that the file may have.

    Raises:
        DataError: there is no such file, it is too large or no sound .npz, or an array is missing, compressed
            or damaged.
    """
    try:
        with open_regular(path) as file:
            size = file.seek(0, 2)
            if size > most:
                raise DataError(f"it has {size:,} bytes, expected at most {most:,}")
            with zipfile.ZipFile(file) as archive:
                arrays = {name: _read_one(archive, name, text=False) for name in numbers}
                return arrays | {name: _read_one(archive, name, text=True) for name in text}
    except OSError as error:
        raise DataError(error.strerror or str(error)) from error
    except _DAMAGES as error:
        raise DataError("it is no sound .npz file") from error


def _read_one(archive: zipfile.ZipFile, name: str, *, text: bool) -> NDArray[Any]:
    try:
        entry = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise DataError(f"{name} is missing in it") from None
    # Of what is not compressed no more is read than is there, whatever sizes it declares.
    if entry.compress_type != zipfile.ZIP_STORED:
        raise DataError(f"{name} is compressed, expected it as numpy.savez writes it")
    return read_npy(memoryview(archive.read(entry)), name, text=text)
