"""MATLAB's files of version 5 to 7.2, also those of strangers: one array of numbers, and nothing else.

The format is MathWorks' "MAT-File Format", chapter 1: a header of 128 bytes, then elements, each a type, a
size and its data. A compressed element is one more in zlib's form. SciPy reads the array after its element
was found here, unpacked no further than a limit, and seen to be of plain numbers.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.reader import Content
from har_core.errors import DataError

_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = frozenset(range(6, 16))  # mxDOUBLE_CLASS to mxUINT64_CLASS
_COMPLEX, _LOGICAL = 0x08, 0x02
_LARGEST = 2**26  # bytes of one array, unpacked; a sequence of 17 minutes has 7 million
_MOST_ELEMENTS = 1000
_AGAIN = "Download it again."
_SAVE = "Save it with save(..., '-v7')."


def read_matlab_array(content: Content, name: str, variable: str) -> NDArray[Any]:
    """Return one array of a file.

    Args:
        content: of the file.
        name: of the file, for errors.
        variable: what the array is called in the file.

    Raises:
        DataError: the file is damaged or of another version, or has no such array of real numbers.
    """
    order = _check_header(bytes(content[:_HEADER]), name)
    others = []
    for element in _matrices(content, order, name):
        kind, flags, called = _describe(element, order, name)
        if called != variable:
            others.append(called)
        elif kind not in _NUMBERS or flags & (_COMPLEX | _LOGICAL):
            raise DataError(f"{name} holds {variable} as something else than real numbers.")
        else:
            return _load(bytes(content[:_HEADER]), element, order, name, variable)
    found = ", ".join(other[:30] for other in others[:5] if other.isprintable()) or "nothing"
    raise DataError(f"{name} has no {variable}, found {found}: expected the positions under that name.")


def _check_header(header: bytes, name: str) -> str:
    """Return the order of bytes, as ``struct`` has it."""
    if header.startswith((b"MATLAB 7.3", b"\x89HDF")):
        raise DataError(f"{name} is of MATLAB 7.3, which is not read. {_SAVE}")
    order = {b"IM": "<", b"MI": ">"}.get(header[126:128])
    if order is None or struct.unpack(f"{order}H", header[124:126]) != (0x0100,):
        raise DataError(f"{name} is no file of MATLAB 5 to 7.2. {_SAVE}")
    return order


def _matrices(content: Content, order: str, name: str) -> Iterator[bytes]:
    """Yield the data of each element that is an array, unpacked."""
    view, position = memoryview(content), _HEADER
    for _ in range(_MOST_ELEMENTS):
        if position >= len(view):
            return
        kind, data = _element(view[position:], order, name)
        if kind == _COMPRESSED:
            kind, data = _element(memoryview(_unpacked(data, name)), order, name)
            position += 8 + struct.unpack_from(f"{order}I", view, position + 4)[0]
        else:
            position += 8 + -(-len(data) // 8) * 8
        if kind == _MATRIX:
            yield bytes(data)


def _element(view: memoryview, order: str, name: str) -> tuple[int, memoryview]:
    if len(view) >= 8:
        kind, size = struct.unpack_from(f"{order}II", view)
        if size <= min(len(view) - 8, _LARGEST):
            return kind, view[8 : 8 + size]
    raise DataError(f"{name} is cut off or damaged. {_AGAIN}")


def _unpacked(data: memoryview, name: str) -> bytes:
    try:
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(data, _LARGEST + 1)
    except zlib.error as error:
        raise DataError(f"{name} is damaged: it can't be unpacked. {_AGAIN}") from error
    if len(unpacked) > _LARGEST:
        raise DataError(f"{name} unpacks to more than {_LARGEST:,} bytes, expected a sequence of skeletons.")
    return unpacked


def _describe(matrix: bytes, order: str, name: str) -> tuple[int, int, str]:
    """Return the class, the flags and the name of an array."""
    try:
        (flags,) = struct.unpack_from(f"{order}I", matrix, 8)
        start = 16  # behind its flags
        _, size = struct.unpack_from(f"{order}II", matrix, start)
        start += 8 + -(-size // 8) * 8  # behind its dimensions
        kind, length = struct.unpack_from(f"{order}II", matrix, start)
        if kind >> 16:  # a name of up to four letters lies in the tag
            length, start = kind >> 16, start + 4
        else:
            start += 8
        called = matrix[start : start + min(length, 64)].decode("ascii", "replace")
    except struct.error as error:
        raise DataError(f"{name} is cut off or damaged. {_AGAIN}") from error
    return flags & 0xFF, flags >> 8 & 0xFF, called


def _load(header: bytes, matrix: bytes, order: str, name: str, variable: str) -> NDArray[Any]:
    from scipy.io import loadmat  # only who has such files pays for the import

    plain = header + struct.pack(f"{order}II", _MATRIX, len(matrix)) + matrix
    try:
        array = loadmat(io.BytesIO(plain), variable_names=[variable])[variable]
    except Exception as error:  # SciPy promises no particular one for damaged data
        raise DataError(f"{name} is damaged: {variable} can't be read. {_AGAIN}") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise DataError(f"{name} holds {variable} as something else than real numbers.")
    return array
