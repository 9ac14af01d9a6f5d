"""Read numpy's .npy files, also those of strangers: nothing is run, and nothing is believed unchecked."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.object_arrays import rebuild_object_array
from har_core.errors import DataError
from har_core.files import open_regular

_MARK = b"\x93NUMPY"
_HEADER_WINDOW = 1 << 16  # numpy itself refuses headers over 10,000 bytes
_LARGEST_DIMENSION = 2**40
_MOST_DIMENSIONS = 6
_AGAIN = "Download or save it again."


class _Header(NamedTuple):
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]
    start: int


def read_npy(
    file: Path | BinaryIO | memoryview, name: str, *, text: bool = False, either: bool = False
) -> NDArray[Any]:
    """Read one array.

    Args:
        file: path, open file, or content in the .npy format.
        name: what errors call the file, such as ``X.npy``.
        text: True where names are expected; else only numbers, and objects made of numbers, are.
        either: True where numbers are expected, or names.

    Returns:
        The array in the type and shape of the file; it may be read-only, and be the content itself. Object
        arrays hold numeric arrays, numbers, text or bytes.

    Raises:
        DataError: the file is missing, empty, cut off, no numpy file, holds what is neither number nor
            (where expected) text, or is a pickle that needs more than numpy's own.
    """
    content = _content(file, name)
    header = _header(content, name)
    if header.dtype == object:
        return rebuild_object_array(bytes(content[header.start :]), header.shape, name)
    kinds = "fiuUS" if either else "US" if text else "fiu"
    if header.dtype.kind not in kinds or not header.dtype.itemsize:
        expected = (
            "names as text" if text else "whole numbers or words" if either else "real or whole numbers"
        )
        raise DataError(f"{name} holds elements of type {str(header.dtype)[:60]}, expected {expected}.")
    _check_size(header, len(content) - header.start, name)
    try:
        flat = np.frombuffer(content, header.dtype, offset=header.start)
        return flat.reshape(header.shape, order="F" if header.fortran else "C")
    except ValueError as error:
        raise DataError(f"{name} has the impossible shape {header.shape}. {_AGAIN}") from error


def _content(file: Path | BinaryIO | memoryview, name: str) -> bytes | memoryview:
    try:
        content = file if isinstance(file, memoryview) else _read(file)
    except FileNotFoundError as error:
        raise DataError(f"{name} is missing: there is no file {file}.") from error
    except OSError as error:
        raise DataError(f"{name} can't be opened: {error.strerror or error}.") from error
    if not content:
        raise DataError(f"{name} is empty (0 bytes), expected a numpy file. {_AGAIN}")
    return content


def _read(file: Path | BinaryIO) -> bytes:
    if not isinstance(file, Path):
        return file.read()
    with open_regular(file, follow=True) as opened:
        return opened.read()


def _header(content: bytes | memoryview, name: str) -> _Header:
    window = bytes(content[:_HEADER_WINDOW])
    if not window.startswith(_MARK):
        raise DataError(f"{name} is not a numpy file: it is {_looks_like(window)}. Save it with numpy.save.")
    stream = io.BytesIO(window)
    try:
        version = np.lib.format.read_magic(stream)
        # Version 3 exists only for structured arrays with names outside ASCII.
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read(stream)
    except Exception as error:  # a broken header is parsed as Python and can raise anything
        raise DataError(f"{name} is cut off or damaged: its header can't be read. {_AGAIN}") from error
    impossible = len(shape) > _MOST_DIMENSIONS or not all(0 <= size <= _LARGEST_DIMENSION for size in shape)
    if impossible:
        raise DataError(f"{name} is damaged: its header promises an impossible shape. {_AGAIN}")
    return _Header(tuple(int(size) for size in shape), bool(fortran), dtype, stream.tell())


def _check_size(header: _Header, found: int, name: str) -> None:
    promised = math.prod(header.shape) * header.dtype.itemsize
    if promised == found:
        return
    what = "is cut off" if found < promised else "is longer than it says"
    raise DataError(
        f"{name} {what}: shape {header.shape} of {header.dtype} needs {promised:,} bytes, "
        f"{found:,} are there. {_AGAIN}"
    )


def _looks_like(content: bytes) -> str:
    if content.startswith(b"PK"):
        return "a zip archive"
    if content.startswith(b"\x89HDF"):
        return "an HDF5 file"
    if content.startswith(b"\x80"):
        return "a bare pickle"
    start = content[:24].decode("latin1")
    return f"text that starts with {start!r}" if start.isprintable() else f"bytes that start with {start!r}"
