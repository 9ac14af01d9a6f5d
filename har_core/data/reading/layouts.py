"""Layouts of X.npy: which axis is what, found out from the shape alone, or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.frame_spool import MappedPages
from har_core.errors import AmbiguousLayoutError, DataError
from har_core.skeleton import SKELETONS
from har_core.wording import counted

AnyArray = NDArray[Any]

COMMON_LAYOUTS = ("N,T,J,3", "N,T,3J", "N,3J,T", "N,3,J,T", "N,J,3,T", "N,T,3,J")
# These two are seen now and then. They count only where no common layout gives a known skeleton, so that
# twenty frames of twenty joints are no riddle.
RARE_LAYOUTS = ("N,J,T,3", "N,3,T,J")
LAYOUTS = COMMON_LAYOUTS + RARE_LAYOUTS
"""N sequences, T frames, J joints, 3 coordinates; 3J is joint after joint, each as x, y, z."""

_FEWEST_JOINTS = 2
# As float32 half a GiB, which taking apart needs several times; MSR Action3D has 1.4 million.
_MOST_VALUES = 2**27


@dataclass(frozen=True, eq=False)
class Arranged:
    """Sequences in the one order of axes that the program uses.

    Attributes:
        frames: N arrays of (T, J, 3), views into the array that they come from.
        layout: how that was organised, the beginning of a sentence.
        equally_long: whether all are, so that they may be padded.
    """

    frames: list[AnyArray]
    layout: str
    equally_long: bool


def arrange(x: AnyArray, name: str, layout: str | None = None) -> Arranged:
    """Find out how an array of sequences is organised, and take it apart.

    Args:
        x: object array of N sequences, or numbers with three or four axes.
        name: of the file, for errors.
        layout: one of ``LAYOUTS`` where the user decides, else None.

    Raises:
        AmbiguousLayoutError: several layouts fit; its ``choices`` name them.
        DataError: no layout fits.
    """
    arrays = _as_arrays(x, name)
    count = sum(array.size for array in arrays)
    if count > _MOST_VALUES and not MappedPages(x).mapped:
        raise DataError(
            f"{name} holds {count:,} values, expected at most {_MOST_VALUES:,} in an upload, a zip or "
            "an object array. Save it as an array of numbers in a folder, and name that."
        )
    chosen = _choose(sorted({array.shape for array in arrays}), _shape_in_words(x), name, layout)
    frames = [_move_axes(array, chosen) for array in arrays]
    joints = frames[0].shape[1]
    count_said = counted(len(frames), f"{_element_type(x, arrays)}sequence")
    sentence = f"{_origin(x)} of {count_said} {_axes(chosen, joints)}"
    return Arranged(frames, sentence, len({len(part) for part in frames}) == 1)


def _as_arrays(x: AnyArray, name: str) -> list[AnyArray]:
    """Return N numeric arrays of two or three axes, one a sequence."""
    numbers = _numbers(x) if x.dtype == object else x
    if numbers is None:
        arrays = [_element(item, name, row) for row, item in enumerate(x.ravel())]
    elif numbers.dtype.kind not in "fiu":
        raise DataError(f"{name} holds elements of type {numbers.dtype}, expected positions as numbers.")
    else:
        arrays = list(numbers) if numbers.ndim in (3, 4) else []
    if not arrays or len({array.ndim for array in arrays}) > 1:
        raise DataError(f"{name} {_shape_in_words(x)}. {_EXPECTED}")
    for row, array in enumerate(arrays):
        if array.size == 0:
            raise DataError(f"{name}: sequence {row + 1} has no frames, shape {array.shape}. {_EXPECTED}")
    return arrays


_EXPECTED = (
    "Expected an object array of (T, J, 3), or numbers of one of the shapes "
    + ", ".join(f"({name.replace(',', ', ')})" for name in COMMON_LAYOUTS)
    + "."
)


def _numbers(x: AnyArray) -> AnyArray | None:
    """Return an object array of nothing but numbers as float64, else None."""
    if x.size and all(issubclass(kind, (int, float, np.number)) for kind in set(map(type, x.flat))):
        try:
            return x.astype(np.float64)
        except (OverflowError, TypeError):
            return None
    return None


def _element(item: object, name: str, row: int) -> AnyArray:
    array = item
    if isinstance(array, np.ndarray) and array.dtype == object:
        numbers = _numbers(array)
        array = array if numbers is None else numbers
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu" or array.ndim not in (2, 3):
        found = (
            f"shape {array.shape} of {array.dtype}" if isinstance(array, np.ndarray) else type(item).__name__
        )
        raise DataError(f"{name}: sequence {row + 1} is {found}, expected numbers of shape (T, J, 3).")
    return array


def _choose(shapes: list[tuple[int, ...]], in_words: str, name: str, layout: str | None) -> str:
    """Return the layout that fits every sequence, by the user's word or as the only one."""
    joints = {candidate: _joint_count(candidate, shapes) for candidate in LAYOUTS}
    fitting = [candidate for candidate in LAYOUTS if joints[candidate]]
    if layout is not None:
        wanted = layout.replace(" ", "").strip("()")
        if wanted not in fitting:
            possible = f"it fits {' or '.join(fitting)}" if fitting else _EXPECTED
            raise DataError(f"{name} {in_words}, which does not fit the layout {layout[:40]!r}: {possible}")
        return wanted
    known = [candidate for candidate in fitting if joints[candidate] in SKELETONS]
    choices = [candidate for candidate in known if candidate in COMMON_LAYOUTS]
    if not choices:
        choices = [candidate for candidate in fitting if candidate in known or candidate in COMMON_LAYOUTS]
    if not choices:
        raise DataError(f"{name} {in_words}. {_EXPECTED}")
    if len(choices) > 1:
        raise AmbiguousLayoutError(
            f"{name} {in_words}, which fits more than one layout: choose {' or '.join(choices)} "
            "(N sequences, T frames, J joints, 3 coordinates).",
            tuple(choices),
        )
    return choices[0]


def _joint_count(layout: str, shapes: list[tuple[int, ...]]) -> int | None:
    """Return J if every sequence fits the layout with one and the same J, else None."""
    axes = layout.split(",")[1:]
    counts = set()
    for shape in shapes:
        sizes = dict(zip(axes, shape, strict=False))
        if len(axes) != len(shape) or sizes.get("3", 3) != 3:
            return None
        coordinates = sizes["3J"] if "3J" in sizes else 3 * sizes["J"]
        counts.add(coordinates // 3 if coordinates % 3 == 0 else 0)
    count = counts.pop() if len(counts) == 1 else 0
    return count if count >= _FEWEST_JOINTS else None


def _move_axes(array: AnyArray, layout: str) -> AnyArray:
    """Return (T, J, 3) of one sequence."""
    axes = layout.split(",")[1:]
    order = ("T", "J", "3") if "J" in axes else ("T", "3J")
    moved = array.transpose([axes.index(axis) for axis in order])
    return moved if moved.ndim == 3 else moved.reshape(len(moved), -1, 3)


def _shape_in_words(x: AnyArray) -> str:
    if x.dtype != object:
        return f"has shape {x.shape} of {x.dtype}"
    shapes = sorted({item.shape for item in x.flat if isinstance(item, np.ndarray)})
    listed = ", ".join(map(str, shapes[:3])) + (" and others" if len(shapes) > 3 else "")
    return f"is an object array of shape {x.shape}" + (f" with sequences of shape {listed}" if shapes else "")


def _origin(x: AnyArray) -> str:
    return f"{'object' if x.dtype == object else x.dtype.name} array {x.shape}"


def _element_type(x: AnyArray, arrays: Sequence[AnyArray]) -> str:
    """Say what the numbers in an object array of arrays are; that of another array is said already."""
    inside = x.dtype == object and isinstance(x.flat[0], np.ndarray)
    return " and ".join(sorted({array.dtype.name for array in arrays})) + " " if inside else ""


def _axes(layout: str, joints: int) -> str:
    axes = layout.split(",")[1:]
    sizes = {"T": "T", "J": str(joints), "3": "3", "3J": str(3 * joints)}
    return f"({', '.join(sizes[axis] for axis in axes)})"
