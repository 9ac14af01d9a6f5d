"""The numpy files that the course publishes, in whatever way they are organised: one row a sequence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.labels import disagreement, index_actions, name_rows, read_ids, read_numbers
from har_core.data.reading.layouts import LAYOUTS, arrange
from har_core.data.reading.npy import read_npy
from har_core.data.reading.reader import Content
from har_core.data.sequences import SkeletonSequences
from har_core.skeleton import skeleton_of

_NEEDED = ("X.npy", "Y.npy", "Y_s.npy")
_IDS = "ids.npy"


class NumpyFiles:
    """``X.npy`` with the skeletons, ``Y.npy`` with the actions, ``Y_s.npy`` with the subjects, each a row.

    The names of the sequences are in ``ids.npy``, where that is there.
    """

    title = "numpy files"
    expected = "X.npy, Y.npy and Y_s.npy (and perhaps ids.npy)"
    endings = (".npy",)
    layouts = LAYOUTS

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return which of the four files are there."""
        return tuple(name for name in (*_NEEDED, _IDS) if name in names)

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return which of the three that are needed are not there."""
        return tuple(name for name in _NEEDED if name not in names)

    def read(self, files: Mapping[str, Content], source: str, layout: str | None) -> LoadedSource:
        """Read the arrays; the layout is that of X.npy.

        Raises:
            AmbiguousLayoutError: X.npy fits several layouts.
            DataError: an array is damaged, or they do not belong together.
        """
        x, y, y_s = (_array(files, name) for name in _NEEDED)
        arranged = arrange(x, "X.npy", layout)
        count = len(arranged.lengths)
        numbers, action_notes = read_numbers(y, "Y.npy", count)
        subjects, subject_notes = read_numbers(y_s, "Y_s.npy", count)
        if _IDS in files:
            ids = read_ids(_array(files, _IDS, text=True), _IDS, count)
            id_notes = disagreement(ids, numbers, subjects)
        else:
            ids, sentence = name_rows(numbers, subjects)
            id_notes = (sentence,)
        labels, actions = index_actions(numbers)
        sequences = SkeletonSequences(
            frames=arranged.frames,
            offsets=np.append(0, np.cumsum(arranged.lengths)),
            labels=labels,
            subjects=subjects,
            ids=tuple(ids),
            actions=tuple(actions),
            skeleton=skeleton_of(arranged.frames.shape[1]),
            source=source,
        )
        described = {
            "X.npy, the skeletons": arranged.layout,
            "Y.npy, the actions": _numbers_of(y),
            "Y_s.npy, the subjects": _numbers_of(y_s),
        }
        if _IDS in files:
            shape = _array(files, _IDS, text=True).shape
            described[f"{_IDS}, the names"] = f"array of text {shape}, one name a sequence"
        notes = (*arranged.notes, *action_notes, *subject_notes, *id_notes)
        return LoadedSource(sequences, arranged.layout, notes, described)


def _numbers_of(array: NDArray[Any]) -> str:
    """Say what an array of one whole number a sequence is, and which numbers are in it."""
    numbers = np.unique(array.astype(np.int64))  # as they are in the file, from 0 or from 1
    low, high = numbers[0], numbers[-1]
    which = f"all {low}" if low == high else f"{low} to {high}, {len(numbers)} different ones"
    return f"{array.dtype.name} array {array.shape}, one number a sequence, {which}"


def _array(files: Mapping[str, Content], name: str, *, text: bool = False) -> NDArray[Any]:
    return read_npy(memoryview(files[name]), name, text=text)
