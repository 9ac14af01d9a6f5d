"""From the content of files to SkeletonSequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.files import EXPECTED, IDS_FILE, NUMPY_FILES, Content
from har_core.data.reading.labels import disagreement, index_actions, name_rows, read_ids, read_numbers
from har_core.data.reading.layouts import arrange
from har_core.data.reading.npy import read_npy
from har_core.data.reading.text_files import is_text_file, read_text_files
from har_core.data.sequences import SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import skeleton_of


@dataclass(frozen=True)
class LoadedSource:
    """A data set, and what was found out while reading it.

    Attributes:
        sequences: the data set.
        layout: one sentence on how its files are organised.
        notes: sentences on what was assumed or changed.
    """

    sequences: SkeletonSequences
    layout: str
    notes: tuple[str, ...]


def read_files(files: Mapping[str, Content], source: str, layout: str | None = None) -> LoadedSource:
    """Read a data set from the content of its files.

    Args:
        files: content by name: ``X.npy``, ``Y.npy``, ``Y_s.npy`` and perhaps ``ids.npy``, or text files.
        source: name of where the files are from.
        layout: of X.npy where the user has chosen, else None.

    Raises:
        AmbiguousLayoutError: X.npy fits several layouts.
        DataError: files are missing, damaged, or do not belong together.
    """
    if any(name in files for name in (*NUMPY_FILES, IDS_FILE)):
        return _read_numpy_files(files, source, layout)
    texts = {name: bytes(content) for name, content in files.items() if is_text_file(name)}
    if not texts:
        raise DataError(f"{source} holds no data set. {EXPECTED}")
    return _read_texts(texts, source)


def _read_numpy_files(files: Mapping[str, Content], source: str, layout: str | None) -> LoadedSource:
    missing = [name for name in NUMPY_FILES if name not in files]
    if missing:
        raise DataError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing in {source}, found only "
            f"{', '.join(sorted(files))}: expected X.npy, Y.npy and Y_s.npy of one download."
        )
    x, y, y_s = (_array(files, name) for name in NUMPY_FILES)
    arranged = arrange(x, "X.npy", layout)
    count = len(arranged.lengths)
    numbers, action_notes = read_numbers(y, "Y.npy", count)
    subjects, subject_notes = read_numbers(y_s, "Y_s.npy", count)
    if IDS_FILE in files:
        ids = read_ids(_array(files, IDS_FILE, text=True), IDS_FILE, count)
        id_notes = disagreement(ids, numbers, subjects)
    else:
        ids, sentence = name_rows(numbers, subjects)
        id_notes = (sentence,)
    joint_count = arranged.frames.shape[1]
    labels, actions = index_actions(numbers, joint_count)
    sequences = SkeletonSequences(
        frames=arranged.frames,
        offsets=np.append(0, np.cumsum(arranged.lengths)),
        labels=labels,
        subjects=subjects,
        ids=tuple(ids),
        actions=tuple(actions),
        skeleton=skeleton_of(joint_count),
        source=source,
    )
    return LoadedSource(
        sequences, arranged.layout, (*arranged.notes, *action_notes, *subject_notes, *id_notes)
    )


def _array(files: Mapping[str, Content], name: str, *, text: bool = False) -> NDArray[Any]:
    return read_npy(memoryview(files[name]), name, text=text)


def _read_texts(files: Mapping[str, bytes], source: str) -> LoadedSource:
    read = read_text_files(files)
    joint_count = read.sequences[0].shape[1]
    labels, actions = index_actions(np.array(read.numbers), joint_count)
    sequences = SkeletonSequences.from_list(
        read.sequences,
        labels=labels,
        subjects=read.subjects,
        ids=read.ids,
        actions=actions,
        skeleton=skeleton_of(joint_count),
        source=source,
    )
    return LoadedSource(sequences, read.layout, read.notes)
