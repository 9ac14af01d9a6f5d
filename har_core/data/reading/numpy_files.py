"""The numpy files that the course publishes, in whatever way they are organised: one row a sequence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.file_names import find_named
from har_core.data.reading.labels import (
    disagreement,
    is_one_hot,
    is_text,
    name_rows,
    read_actions,
    read_ids,
    read_subjects,
)
from har_core.data.reading.layouts import arrange
from har_core.data.reading.npy import read_npy
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.reader import Content

_NEEDED = ("X.npy", "Y.npy", "Y_s.npy")
_IDS = "ids.npy"


class NumpyFiles:
    """``X.npy`` with the skeletons, ``Y.npy`` with the actions, ``Y_s.npy`` with the subjects, each a row.

    The names of the sequences are in ``ids.npy``, where that is there.
    """

    title = "numpy files"
    expected = "X.npy, Y.npy and Y_s.npy (and perhaps ids.npy)"

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return which of the four files are there, perhaps in other capitals or as ``X (1).npy``."""
        return tuple(found for name in (*_NEEDED, _IDS) if (found := find_named(name, names)))

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return which of the three that are needed are not there."""
        return tuple(name for name in _NEEDED if find_named(name, names) is None)

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read the arrays; the layout is that of X.npy.

        Raises:
            AmbiguousReadingError: X.npy fits several layouts.
            DataError: an array is damaged, or they do not belong together.
        """
        files = {name: files[found] for name in (*_NEEDED, _IDS) if (found := find_named(name, files))}
        x, y, y_s = (_array(files, name, either=name != "X.npy") for name in _NEEDED)
        arranged = arrange(x, "X.npy", choices.layout, choices.body)
        count = len(arranged.frames)
        actions, action_notes = read_actions(y, "Y.npy", count)
        subjects, subject_notes = read_subjects(y_s, "Y_s.npy", count)
        numbers = actions if isinstance(actions, np.ndarray) else np.zeros(count, np.int64)
        if _IDS in files:
            ids = read_ids(_array(files, _IDS, text=True), _IDS, count)
            id_notes = disagreement(ids, numbers, subjects) if numbers is actions else ()
        else:
            ids, sentence = name_rows(numbers, subjects)
            id_notes = (sentence,)
        described = {
            "Y.npy, the actions": _numbers_of(y),
            "Y_s.npy, the subjects": _numbers_of(y_s),
        }
        if _IDS in files:
            shape = _array(files, _IDS, text=True).shape
            described[f"{_IDS}, the names"] = f"array of text {shape}, one name a sequence"
        return RawSequences(
            frames=arranged.frames,
            actions=actions,
            subjects=subjects,
            ids=ids,
            layout=arranged.layout,
            files=described,
            notes=(*action_notes, *subject_notes, *id_notes),
            file="X.npy",
            equally_long=arranged.equally_long,
            assumptions=arranged.assumptions,
            from_zero=bool(action_notes),
            choices=("layout", "body") if arranged.bodies > 1 else ("layout",),
        )


def _numbers_of(array: NDArray[Any]) -> str:
    """Say what an array of one whole number a sequence is, and which numbers are in it."""
    if is_one_hot(array, len(array)):
        return f"{array.dtype.name} array {array.shape}, one-hot, a column an action"
    if is_text(array):
        return f"array of text {array.shape}, one word a sequence, {len(set(array.flat))} different ones"
    numbers = np.unique(array.astype(np.int64))  # as they are in the file, from 0 or from 1
    low, high = numbers[0], numbers[-1]
    which = f"all {low}" if low == high else f"{low} to {high}, {len(numbers)} different ones"
    return f"{array.dtype.name} array {array.shape}, one number a sequence, {which}"


def _array(
    files: Mapping[str, Content], name: str, *, text: bool = False, either: bool = False
) -> NDArray[Any]:
    return read_npy(memoryview(files[name]), name, text=text, either=either)
