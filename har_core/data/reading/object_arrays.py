"""Object arrays: numpy stores them as pickles, and a pickle can run any code.

The pickle is read by an unpickler that admits only the names numpy needs to rebuild an array. Even those
are not numpy's own: small stand-ins collect what the pickle says, and the arrays are built from it after
everything has been checked, because numpy itself trusts the state that it is given.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import re
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from har_core.errors import DataError

ObjectArray = NDArray[np.object_]

# Persistent ids and extensions name things outside the file. Sets and dicts hash what they hold, which can
# be made to take for ever. None of them is needed for an array.
_FORBIDDEN_OPCODES = frozenset(
    "PERSID BINPERSID EXT1 EXT2 EXT4 NEXT_BUFFER READONLY_BUFFER "
    "EMPTY_SET ADDITEMS FROZENSET DICT SETITEM SETITEMS".split()
)
_NAMES_OF_OPCODES = {
    ("EMPTY_SET", "ADDITEMS", "FROZENSET"): "a set",
    ("DICT", "SETITEM", "SETITEMS"): "a dictionary",
    ("PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4"): "something that lies in another file",
}
_FRAME_SIZE = 9  # bytes of the opcode FRAME
_DTYPE = re.compile(r"[fiub]\d{1,2}|O[48]?|U\d{1,5}")
_PUBLIC_MODULE = {"posix": "os", "nt": "os", "__builtin__": "builtins", "_codecs": "codecs"}
_INNERMOST = 1  # an object array may hold object arrays of numbers, and no more
_DEEPEST = 3  # lists of frames of joints of numbers
# A pickle may name one array several times. Without a limit a small file could so ask for any memory.
_GROWTH = 6
_ALWAYS_ENOUGH = 2**24  # bytes
_WIDTH = 4  # bytes of a value as it will be kept: float32
# A step of one byte can make an empty list of 64, and a step takes a microsecond.
_MOST_STEPS = 10_000_000
_LARGEST_DIMENSION = 2**40


def rebuild_object_array(data: bytes, shape: tuple[int, ...], name: str) -> ObjectArray:
    """Rebuild the object array that ``data`` describes, running nothing of it.

    Args:
        data: the pickle, from its first byte to its last.
        shape: the array's shape, as the file's header says.
        name: of the file, for errors.

    Returns:
        Array of ``shape``; its elements are numeric arrays, numbers, text or bytes.

    Raises:
        DataError: the pickle is damaged, or needs more than numpy does.
    """
    checked, forbidden = _scan(data, name)
    root = _unpickle(checked, name, forbidden)
    try:
        if not isinstance(root, _ArrayParts):
            raise _Broken(f"it holds {_kind(root)}, not an array")
        array = _Builder(max(_GROWTH * len(data), _ALWAYS_ENOUGH)).build(root)
        if array.dtype != object or array.size != math.prod(shape):
            raise _Broken(f"it holds {array.size} elements, and its header says {shape}")
        return array.reshape(shape)
    except _Broken as error:
        raise DataError(f"{name} can't be read as an object array: {error}. {_MEND}") from error


_MEND = "Expected one numeric array of (T, J, 3) a sequence, saved with numpy.save."


class _Broken(Exception):
    """The pickle says something that no array can be."""


def _scan(data: bytes, name: str) -> tuple[bytes, str | None]:
    """Return the pickle, or what comes before its first forbidden opcode, and that opcode."""
    count = 0
    end = 0
    frames: list[int] = []
    try:
        for count, (opcode, argument, position) in enumerate(pickletools.genops(data)):
            end = position or 0
            if count > _MOST_STEPS:
                break
            if _is_forbidden(opcode.name, argument, count):
                return _without_frames(data[:end], frames), opcode.name
            if opcode.name == "FRAME":
                frames.append(end)
    except Exception as error:  # pickletools promises no particular one for damaged data
        raise DataError(
            f"{name} is cut off or damaged: its object array ends after {len(data):,} bytes, "
            f"{count} steps into its pickle. Download or save it again."
        ) from error
    if count > _MOST_STEPS:
        raise DataError(f"{name} is refused: its object array takes over {_MOST_STEPS:,} steps. {_MEND}")
    if end + 1 != len(data):
        raise DataError(
            f"{name} has {len(data) - end - 1:,} bytes too many after its object array. "
            "Download or save it again."
        )
    return data, None


def _is_forbidden(opcode: str, argument: object, count: int) -> bool:
    if opcode in ("PUT", "BINPUT", "LONG_BINPUT"):
        # The memo is a table as long as its largest index: a lone index of 2**32 would take 32 GB.
        return not isinstance(argument, int) or argument > count
    return opcode in _FORBIDDEN_OPCODES


def _without_frames(data: bytes, frames: list[int]) -> bytes:
    """Return a pickle that was cut without the lengths of its frames, which no longer hold."""
    starts = [0, *(position + _FRAME_SIZE for position in frames)]
    return b"".join(data[start:end] for start, end in zip(starts, [*frames, len(data)], strict=True))


def _unpickle(data: bytes, name: str, forbidden: str | None) -> object:
    # With a forbidden opcode the data stops before it: what was named until then tells more than the opcode.
    try:
        root: object = _ArrayUnpickler(data, name).load()
    except DataError:
        raise
    except Exception as error:  # a damaged pickle can raise anything
        if forbidden is None:
            raise DataError(
                f"{name} is damaged: its object array can't be rebuilt ({type(error).__name__}). {_MEND}"
            ) from error
        root = None
    if forbidden is not None:
        holds = next((thing for codes, thing in _NAMES_OF_OPCODES.items() if forbidden in codes), None)
        raise DataError(f"{name} holds {holds or 'something'} that is no array, and is not read. {_MEND}")
    return root


class _ArrayUnpickler(pickle.Unpickler):
    def __init__(self, data: bytes, name: str) -> None:
        # latin1 keeps the bytes of arrays that were pickled by Python 2.
        super().__init__(io.BytesIO(data), encoding="latin1")
        self._name = name

    def find_class(self, module_name: str, global_name: str, /) -> object:
        admitted = _ADMITTED.get((module_name, global_name))
        if admitted is None:
            _refuse(self._name, module_name, global_name)
        return admitted


def _refuse(name: str, module: str, function: str) -> NoReturn:
    full_name = f"{_PUBLIC_MODULE.get(module, module)}.{function}"[:100]
    full_name = "".join(letter if letter.isprintable() else "?" for letter in full_name)
    raise DataError(
        f"{name} would run {full_name}: an object array is a pickle, and only what numpy needs to rebuild "
        "an array is admitted. Nothing was run. Use a file that holds numeric arrays and nothing else."
    )


class _DtypeParts:
    """Stands for numpy.dtype while a pickle is read."""

    __slots__ = ("_order", "_text")

    def __init__(self, text: object) -> None:
        if not isinstance(text, str) or not _DTYPE.fullmatch(text):
            raise _Broken("it holds a type of element that is no number")
        self._text = text
        self._order = "="

    def __setstate__(self, state: Any) -> None:
        _version, order, subtype, names, fields = state[:5]
        if order not in ("<", ">", "=", "|") or not (subtype is names is fields is None):
            raise _Broken("it holds structured elements")
        self._order = order

    def build(self) -> np.dtype[Any]:
        if self._text.startswith("O"):
            return np.dtype(object)
        return np.dtype(self._order + self._text)


class _ArrayParts:
    """Stands for numpy.ndarray while a pickle is read."""

    __slots__ = ("axis_order", "content", "dtype", "order", "shape")

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = (0,)
        self.dtype = np.dtype(np.float32)
        self.order = "C"
        self.axis_order: tuple[int, ...] | None = None
        self.content: Any = b""

    def __setstate__(self, state: Any) -> None:
        _version, shape, dtype, fortran, content = state
        self.fill(shape, dtype, "F" if fortran else "C", content)

    def fill(self, shape: object, dtype: object, order: object, content: object) -> None:
        if not isinstance(dtype, _DtypeParts) or order not in ("C", "F", "K"):
            raise _Broken("an array in it is described wrongly")
        self.shape = _checked_shape(shape)
        self.dtype = dtype.build()
        self.order = str(order)
        self.content = content


def _checked_shape(shape: object) -> tuple[int, ...]:
    if not isinstance(shape, tuple) or len(shape) > 8:
        raise _Broken("an array in it has no proper shape")
    for size in shape:
        if not isinstance(size, int) or not 0 <= size <= _LARGEST_DIMENSION:
            raise _Broken("an array in it has no proper shape")
    return shape


class _Admitted:
    """A name that a pickle may use. A pickle can't change it: it has no attributes to set."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def __call__(self, *arguments: object) -> object:
        return self._function(*arguments)

    def __setstate__(self, state: object) -> NoReturn:
        raise _Broken("it tries to change numpy")


def _not_callable(*_arguments: object) -> NoReturn:
    raise _Broken("it makes an array in a way that numpy does not")


def _reconstruct(subtype: object, _shape: object, _code: object) -> _ArrayParts:
    if subtype is not _NDARRAY:
        raise _Broken("it makes something that is no plain array")
    return _ArrayParts()


def _make_dtype(text: object, _align: object = False, _copy: object = True) -> _DtypeParts:
    return _DtypeParts(text)


def _from_buffer(
    content: object, dtype: object, shape: object, order: object, axis_order: object = None
) -> _ArrayParts:
    parts = _ArrayParts()
    parts.fill(shape, dtype, order, content)
    if axis_order is not None:
        parts.axis_order = _checked_shape(axis_order)
    return parts


def _scalar(dtype: object, content: object) -> object:
    if not isinstance(dtype, _DtypeParts) or (built := dtype.build()).kind == "O":
        raise _Broken("a number in it is described wrongly")
    raw = _raw(content)
    if len(raw) != built.itemsize:
        raise _Broken("a number in it is cut off")
    return np.frombuffer(raw, built)[0].item()


def _encode(text: object, encoding: object) -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise _Broken("it encodes text in a way that numpy does not")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    return b""


_NDARRAY = _Admitted(_not_callable)
_ADMITTED: dict[tuple[str, str], _Admitted] = {
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): _Admitted(_make_dtype),
    ("_codecs", "encode"): _Admitted(_encode),
    ("codecs", "encode"): _Admitted(_encode),
    # Protocols 0 to 2 write empty bytes as a call without arguments.
    ("__builtin__", "bytes"): _Admitted(_no_bytes),
    ("builtins", "bytes"): _Admitted(_no_bytes),
}
for _core in ("numpy.core", "numpy._core"):  # numpy 1 and numpy 2
    _ADMITTED[f"{_core}.multiarray", "_reconstruct"] = _Admitted(_reconstruct)
    _ADMITTED[f"{_core}.multiarray", "scalar"] = _Admitted(_scalar)
    _ADMITTED[f"{_core}.numeric", "_frombuffer"] = _Admitted(_from_buffer)


class _Builder:
    """Makes arrays of what the stand-ins collected, within a budget of bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = budget

    def build(self, parts: _ArrayParts, depth: int = 0) -> NDArray[Any]:
        count = math.prod(parts.shape)
        self._spend(count * max(parts.dtype.itemsize, _WIDTH))
        if parts.dtype == object:
            return self._objects(parts, count, depth)
        raw = _raw(parts.content)
        if len(raw) != count * parts.dtype.itemsize:
            raise _Broken(f"an array in it of shape {parts.shape} is cut off")
        if not len(raw):
            raise _Broken("an array in it is empty")
        array = np.frombuffer(raw, parts.dtype).reshape(parts.shape, order="F" if parts.order == "F" else "C")
        if parts.axis_order is not None:
            if sorted(parts.axis_order) != list(range(array.ndim)):
                raise _Broken("an array in it has no proper order of axes")
            array = array.transpose(parts.axis_order)
        return array

    def _objects(self, parts: _ArrayParts, count: int, depth: int) -> ObjectArray:
        if depth > _INNERMOST or not isinstance(parts.content, list) or len(parts.content) != count:
            raise _Broken("an object array in it is described wrongly")
        array = np.empty(count, object)
        for row, item in enumerate(parts.content):
            array[row] = self._element(item, depth, row)
        return array.reshape(parts.shape, order="F" if parts.order == "F" else "C")

    def _element(self, item: object, depth: int, row: int) -> object:
        if isinstance(item, _ArrayParts):
            if not math.prod(item.shape):
                raise _Broken(f"sequence {row + 1} has no {'frames' if not item.shape[0] else 'values'}")
            return self.build(item, depth + 1)
        if isinstance(item, (list, tuple)):
            try:
                return np.array(self._nested(item, _DEEPEST), dtype=np.float64)
            except (TypeError, ValueError, OverflowError) as error:
                raise _Broken(
                    f"its element {row + 1} is a list that is no regular grid of numbers"
                ) from error
        if isinstance(item, (int, float, str, bytes)):
            return item
        raise _Broken(f"its element {row + 1} is {_kind(item)}")

    def _nested(self, item: object, depth: int) -> object:
        """Return lists of lists with their arrays built, within the budget."""
        if isinstance(item, _ArrayParts):
            return self.build(item, _INNERMOST + 1)  # so that only numbers may follow
        if not isinstance(item, (list, tuple)):
            return item
        if depth == 0:
            raise ValueError("too deep")
        self._spend(8 * len(item))
        return [self._nested(part, depth - 1) for part in item]

    def _spend(self, size: int) -> None:
        self._budget -= size
        if self._budget < 0:
            raise _Broken("it promises far more than the file holds")


def _raw(content: object) -> bytes:
    if isinstance(content, str):  # pickled by Python 2
        try:
            return content.encode("latin1")
        except UnicodeEncodeError as error:
            raise _Broken("an array in it holds text for bytes") from error
    if isinstance(content, (bytes, bytearray)):
        return bytes(content)
    raise _Broken("an array in it has no content")


def _kind(item: object) -> str:
    return "nothing" if item is None else f"a {type(item).__name__.strip('_')}"
