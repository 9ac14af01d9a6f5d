"""Layouts of X.npy: which axis is what, found out from the shape and the data, or asked for.

Along time a joint moves little, from joint to joint it is farther, and x, y and z have nothing in common: on
MSR Action3D the median steps are 0.003 to 0.009, 0.11 and 1.0 of the standard deviation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.frame_spool import MappedPages
from har_core.data.reading.choices import Assumption
from har_core.data.reading.recognition import fits_known
from har_core.data.reading.roughness import Sample
from har_core.errors import AmbiguousReadingError, DataError
from har_core.skeleton import skeletons_with
from har_core.wording import counted

AnyArray = NDArray[Any]

COMMON_LAYOUTS = ("N,T,J,3", "N,T,3J", "N,3J,T", "N,3,J,T", "N,J,3,T", "N,T,3,J")
# These two are seen now and then. They count only where no common layout gives a known skeleton, so that
# twenty frames of twenty joints are no riddle.
RARE_LAYOUTS = ("N,J,T,3", "N,3,T,J")
# These count only where the data speak for them.
_BY_AXIS = ("N,T,J3", "N,J3,T")
_BODIES = ("N,3,T,J,M", "N,M,T,J,3", "N,T,M,J,3", "N,T,J,3,M", "N,T,M3J")
_IN_SPACE = COMMON_LAYOUTS + RARE_LAYOUTS + _BY_AXIS + _BODIES
LAYOUTS = _IN_SPACE + tuple(
    re.sub("3", besides, layout) for besides in ("2", "2c", "3c") for layout in _IN_SPACE
)
"""N sequences, T frames, J joints, M bodies, 3 or 2 coordinates, c for a confidence behind them. 3J is joint
after joint, each as x, y, z; J3 is x of all joints, then y, then z."""

_FEWEST_JOINTS = 2
_MOST_BODIES = 8
# As float32 half a GiB, which taking apart needs several times; MSR Action3D has 1.4 million.
_MOST_VALUES = 2**27
_AS_GOOD = 1.2  # times as rough: both readings fit
_KNOWN_AS_GOOD = 1.5  # where joints lie as a known skeleton's: steps of fewer numbers may be smaller
_FLAT_AS_GOOD = 2.0
_FEWEST_VALUES = 2_000  # fewer tell nothing
_NO_MOTION = 0.3  # of the standard deviation; rougher is nothing that moves, and tells nothing


@dataclass(frozen=True)
class Layout:
    """A way to organise sequences in an array.

    Attributes:
        name: one of ``LAYOUTS``.
    """

    name: str

    @property
    def axes(self) -> list[str]:
        """What each axis of one sequence is."""
        return self.name.split(",")[1:]

    @property
    def coordinates(self) -> int:
        """C, 2 or 3."""
        return 2 if "2" in self.name else 3

    @property
    def width(self) -> int:
        """How many numbers stand for a joint: the coordinates, and perhaps a confidence."""
        return self.coordinates + ("c" in self.name)

    def counts(self, shape: tuple[int, ...]) -> tuple[int, int] | None:
        """Return J and the number of bodies, if a sequence of that shape fits, else None."""
        if len(shape) != len(self.axes):
            return None
        joints, bodies = 0, 1
        for axis, size in zip(self.axes, shape, strict=True):
            if axis == "J":
                joints = size
            elif axis == "M":
                bodies = size
            elif "J" in axis:
                bodies = 2 if "M" in axis else 1
                joints, rest = divmod(size, self.width * bodies)
                if rest:
                    return None
            elif axis != "T" and size != self.width:
                return None
        return (joints, bodies) if joints >= _FEWEST_JOINTS and 1 <= bodies <= _MOST_BODIES else None

    def arrange(self, array: AnyArray, body: int = 1) -> AnyArray:
        """Return (T, J, width) of one sequence, a view."""
        split: list[int] = []
        names: list[str] = []
        for axis, size in zip(self.axes, array.shape, strict=True):
            if len(axis.rstrip("c")) == 1:
                split.append(size)
                names.append(axis if axis in "TJM" else "C")
                continue
            bodies = [2] if "M" in axis else []
            joints = size // self.width // (2 if bodies else 1)
            by_axis = axis.startswith("J")
            split += [*bodies, *((self.width, joints) if by_axis else (joints, self.width))]
            names += [*("M" for _ in bodies), *("CJ" if by_axis else "JC")]
        order = [names.index(name) for name in ("M", "T", "J", "C") if name in names]
        moved = array.reshape(split).transpose(order)
        return moved[body - 1] if "M" in names else moved

    def positions(self, array: AnyArray, body: int = 1) -> AnyArray:
        """Return (T, J, C) of one sequence, a view."""
        return self.arrange(array, body)[:, :, : self.coordinates]

    def all_positions(self, array: AnyArray) -> AnyArray:
        """Return (T, J, C) of one sequence, or (T, J, M C) of all bodies in it."""
        _, bodies = self.counts(array.shape) or (0, 1)
        if bodies == 1:
            return self.positions(array)
        return np.concatenate([self.positions(array, body) for body in range(1, bodies + 1)], axis=2)

    def said(self, shape: tuple[int, ...]) -> str:
        """Return the shape of one sequence, such as ``(T, 60)``."""
        parts = ["T" if axis == "T" else str(size) for axis, size in zip(self.axes, shape, strict=True)]
        return f"({', '.join(parts)})"


@dataclass(frozen=True, eq=False)
class Arranged:
    """Sequences in the one order of axes that the program uses.

    Attributes:
        frames: N arrays of (T, J, C), views into the array that they come from.
        layout: how that was organised, the beginning of a sentence.
        equally_long: whether all are, so that they may be padded.
        assumptions: what was found out rather than chosen.
        bodies: how many there are in each, of which one is taken.
    """

    frames: list[AnyArray]
    layout: str
    equally_long: bool
    assumptions: tuple[Assumption, ...] = ()
    bodies: int = 1


def arrange(x: AnyArray, name: str, layout: str | None = None, body: int | None = None) -> Arranged:
    """Find out how an array of sequences is organised, and take it apart.

    Args:
        x: object array of N sequences, or numbers with three to five axes.
        name: of the file, for errors.
        layout: one of ``LAYOUTS`` where the user decides, else None.
        body: which one is read of several, from 1; the first where it is None.

    Raises:
        AmbiguousReadingError: several layouts fit; its ``choices`` name them.
        DataError: no layout fits, or there is no such body.
    """
    if x.ndim and not len(x):
        raise DataError(f"{name} {_shape_in_words(x)}, so it holds no sequence. Save it again.")
    arrays = _as_arrays(x, name)
    count = sum(array.size for array in arrays)
    if count > _MOST_VALUES and not MappedPages(x).mapped:
        raise DataError(
            f"{name} holds {count:,} values, expected at most {_MOST_VALUES:,} in an upload, a zip or "
            "an object array. Save it as an array of numbers in a folder, and name that."
        )
    shapes = sorted({array.shape for array in arrays})
    chosen, assumed = _choose(arrays, shapes, _shape_in_words(x), name, layout)
    joints, bodies = chosen.counts(shapes[0]) or (0, 1)
    if body is not None and body > bodies:
        raise DataError(
            f"{name} holds {'one body' if bodies == 1 else f'{bodies} bodies'}, there is no body {body}."
        )
    origin, details = _origin(x, arrays), _details(chosen, joints, bodies, body)
    frames = arrays
    for row, array in enumerate(arrays):  # in its place: of many even the views take room
        frames[row] = chosen.positions(array, body or 1)
    if bodies > 1 and body is None:
        assumed += (Assumption("body", f"There are {bodies} bodies in each sequence; the first is read."),)
    sentence = f"{origin} {chosen.said(shapes[0])}{details}"
    return Arranged(frames, sentence, len({len(part) for part in frames}) == 1, assumed, bodies)


def _details(layout: Layout, joints: int, bodies: int, body: int | None) -> str:
    """Say what is unusual in a layout."""
    said = []
    if layout.name not in COMMON_LAYOUTS + RARE_LAYOUTS:
        axes = "x, y and z" if layout.coordinates == 3 else "x and y"
        confidence = ", and a confidence that is left out" if layout.width > layout.coordinates else ""
        order = ", axis after axis" if any(a.startswith("J") and len(a) > 1 for a in layout.axes) else ""
        said.append(f": {joints} joints with {axes}{confidence}{order}")
    if bodies > 1:
        said.append(f", body {body or 1} of {bodies}")
    return "".join(said)


def _choose(
    arrays: list[AnyArray], shapes: list[tuple[int, ...]], in_words: str, name: str, layout: str | None
) -> tuple[Layout, tuple[Assumption, ...]]:
    """Return the layout that fits every sequence: by the user's word, by the data, or by what is usual."""
    joints = {candidate: _joint_count(candidate, shapes) for candidate in LAYOUTS}
    fitting = [candidate for candidate in LAYOUTS if joints[candidate]]
    if layout is not None:
        wanted = layout.replace(" ", "").strip("()")
        if wanted not in fitting:
            possible = f"it fits {' or '.join(fitting[:8])}" if fitting else _EXPECTED
            raise DataError(f"{name} {in_words}, which does not fit the layout {layout[:40]!r}: {possible}")
        return Layout(wanted), ()
    # A confidence behind two coordinates is as wide as three, and two bodies in a row are as wide as one of
    # twice the joints; which it is, is seen later.
    automatic = [candidate for candidate in fitting if not re.search("2c|M[23]", candidate)]
    if not automatic:
        raise DataError(f"{name} {in_words}. {_EXPECTED}")
    sample = Sample(arrays)
    smooth = _smoothest(sample, automatic)
    known = [candidate for candidate in smooth if skeletons_with(joints[candidate] or 0)]
    choices = [candidate for candidate in known if candidate in COMMON_LAYOUTS] or [
        candidate for candidate in smooth if candidate in COMMON_LAYOUTS or candidate in known
    ]
    usual = [candidate for candidate in choices if candidate in COMMON_LAYOUTS + RARE_LAYOUTS]
    choices = usual or choices or smooth
    if len(choices) > 1:
        if usual and not known:  # where nobody knows the joints, a rare layout is as likely
            choices = [candidate for candidate in smooth if candidate in COMMON_LAYOUTS + RARE_LAYOUTS]
        raise AmbiguousReadingError(
            f"{name} {in_words}, which fits more than one layout: choose {' or '.join(choices)} "
            "(N sequences, T frames, J joints, 3 coordinates).",
            "layout",
            tuple(choices),
        )
    return _refined(Layout(choices[0]), sample, shapes, len(smooth) > 1)


def _smoothest(sample: Sample, candidates: list[str]) -> list[str]:
    """Return the layouts along whose time and joints the numbers go in small steps.

    Where the joints of some lie as those of a known skeleton, and those of others do not, the first count.
    """
    if sample.size < _FEWEST_VALUES:
        return candidates
    # Of all bodies, for two that are called x, y and z of three in the plane are as smooth as they are.
    rough = {name: sample.roughness(Layout(name).all_positions) for name in candidates}
    least = min(time for time, _ in rough.values())
    if least > _NO_MOTION * sample.deviation:
        return candidates
    names = [name for name, (time, _) in rough.items() if time <= _KNOWN_AS_GOOD * least]
    if len(names) > 1:
        as_good = [name for name in names if rough[name][0] <= _AS_GOOD * least]
        names = [name for name in names if _fits_known(sample, Layout(name))] or as_good
    least = min(rough[name][1] for name in names)
    # Every second joint may be of the same side, and so nearer than the next.
    return [name for name in names if rough[name][1] <= (_FLAT_AS_GOOD if "2" in name else _AS_GOOD) * least]


def _fits_known(sample: Sample, layout: Layout) -> bool:
    return fits_known(sample.frames(layout.positions))


def _refined(
    layout: Layout, sample: Sample, shapes: list[tuple[int, ...]], tied: bool
) -> tuple[Layout, tuple[Assumption, ...]]:
    """Return a layout with what is seen only in the numbers, and what was taken for granted."""
    said = []
    if tied:
        said.append(f"The data don't tell how the array is organised: {layout.name} is taken, as is usual.")
    if layout.width == 3 and sample.is_confidence(layout.arrange):
        layout = Layout(layout.name.replace("3", "2c"))
        said.append("The third number of each joint is taken for a confidence, so the bodies are flat.")
    elif layout.width == 4:
        said.append("The fourth number of each joint is taken for a confidence.")
    joints = _joint_count(layout.name, shapes) or 0
    flat = next((axis for axis in layout.axes if axis.endswith("J") and axis != "J"), None)
    if flat and layout.axes[0] == "T" and not joints % 2 and not skeletons_with(joints):
        two = Layout(f"N,T,M{flat}")
        if _fits_known(sample, two):
            layout = two
            said.append(f"{joints} joints are taken for two bodies of {joints // 2}.")
    return layout, tuple(Assumption("layout", sentence) for sentence in said)


def _joint_count(layout: str, shapes: list[tuple[int, ...]]) -> int | None:
    """Return J if every sequence fits the layout with one and the same J and as many bodies, else None."""
    counts = {Layout(layout).counts(shape) for shape in shapes}
    found = counts.pop() if len(counts) == 1 else None
    return found[0] if found else None


def _as_arrays(x: AnyArray, name: str) -> list[AnyArray]:
    """Return N numeric arrays of two to four axes, one a sequence."""
    numbers = _numbers(x) if x.dtype == object else x
    if numbers is None:
        arrays = [_element(item, name, row) for row, item in enumerate(x.ravel())]
    elif numbers.dtype.kind not in "fiu":
        raise DataError(f"{name} holds elements of type {numbers.dtype}, expected positions as numbers.")
    else:
        arrays = list(numbers) if numbers.ndim in (3, 4, 5) else []
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
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu" or array.ndim not in (2, 3, 4):
        found = (
            f"shape {array.shape} of {array.dtype}" if isinstance(array, np.ndarray) else type(item).__name__
        )
        raise DataError(f"{name}: sequence {row + 1} is {found}, expected numbers of shape (T, J, 3).")
    return array


def _shape_in_words(x: AnyArray) -> str:
    if x.dtype != object:
        return f"has shape {x.shape} of {x.dtype}"
    shapes = sorted({item.shape for item in x.flat if isinstance(item, np.ndarray)})
    listed = ", ".join(map(str, shapes[:3])) + (" and others" if len(shapes) > 3 else "")
    return f"is an object array of shape {x.shape}" + (f" with sequences of shape {listed}" if shapes else "")


def _origin(x: AnyArray, arrays: Sequence[AnyArray]) -> str:
    """Say what array of how many sequences it is."""
    kind = "object" if x.dtype == object else x.dtype.name
    # What the numbers in an object array of arrays are; that of another array is said already.
    inside = x.dtype == object and isinstance(x.flat[0], np.ndarray)
    element = " and ".join(sorted({array.dtype.name for array in arrays})) + " " if inside else ""
    return f"{kind} array {x.shape} of {counted(len(arrays), f'{element}sequence')}"
