"""Sequences as a notebook gives them: a list of arrays, or what was loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from har_core.data.sequences import Action, FloatArray, IntArray, SkeletonSequences
from har_core.errors import ArgumentError
from har_core.skeleton import skeleton_of

GivenSequences = SkeletonSequences | Iterable[Any]
"""N arrays of (T, J, 3) in a list or the like, or ``SkeletonSequences``."""

_EXPECTED = "expected a list of arrays of (frames, joints, 3)"


def as_sequences(given: GivenSequences) -> SkeletonSequences:
    """Return sequences as the program has them.

    Those of a list are of an action and a subject that nobody names.

    Raises:
        ArgumentError: they are no sequences, or of different skeletons.
    """
    if isinstance(given, SkeletonSequences):
        if not len(given):
            raise ArgumentError(f"{given.source} holds no sequence; {_EXPECTED}.")
        return given
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise ArgumentError(f"X is {type(given).__name__}; {_EXPECTED}.")
    parts = [_checked(frames, f"X[{row}]") for row, frames in enumerate(given)]
    if not parts:
        raise ArgumentError(f"X holds no sequence; {_EXPECTED}.")
    counts = [frames.shape[1] for frames in parts]
    other = next((row for row, count in enumerate(counts) if count != counts[0]), None)
    if other is not None:
        raise ArgumentError(
            f"X[{other}] has {counts[other]} joints and X[0] has {counts[0]}; give sequences of one skeleton."
        )
    nothing: IntArray = np.zeros(len(parts), np.int64)
    return SkeletonSequences.from_list(
        parts,
        labels=nothing,
        subjects=nothing,
        ids=[f"X[{row}]" for row in range(len(parts))],
        actions=[Action(0, "unknown")],
        skeleton=skeleton_of(counts[0]),
        source="X",
    )


def _checked(frames: Any, name: str) -> FloatArray:
    """Return one sequence as float32.

    Raises:
        ArgumentError: it is none.
    """
    try:
        array = np.asarray(frames)
        array = array.astype(np.float64) if array.dtype == object else array
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} is no array of numbers; {_EXPECTED}.") from None
    if array.ndim != 3 or array.shape[2] != 3 or not all(array.shape):
        raise ArgumentError(f"{name} has shape {array.shape}; {_EXPECTED}.")
    if array.dtype.kind not in "fiub":
        raise ArgumentError(f"{name} holds {array.dtype}; {_EXPECTED}, all real numbers.")
    with np.errstate(over="ignore"):
        found = array.astype(np.float32)
    if not np.isfinite(found).all():
        raise ArgumentError(f"{name} holds NaN, infinity or a number too large for 32 bits; {_EXPECTED}.")
    return found
