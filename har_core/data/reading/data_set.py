"""From the content of files to SkeletonSequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from har_core.data.msr_action3d import is_msr_action3d, name_as_msr
from har_core.data.reading.files import EXPECTED, IDS_FILE, NUMPY_FILES, Content
from har_core.data.reading.labels import disagreement, index_actions, name_rows, read_ids, read_numbers
from har_core.data.reading.layouts import arrange
from har_core.data.reading.npy import read_npy
from har_core.data.reading.text_files import is_text_file, read_text_files
from har_core.data.sequences import SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import skeleton_of

ActionNames = Literal["known", "said", "unknown"]


@dataclass(frozen=True)
class LoadedSource:
    """A data set, and what was found out while reading it.

    Attributes:
        sequences: the data set.
        layout: one sentence on how its files are organised.
        notes: sentences on what was assumed or changed.
        files: what its files hold, by what to call each.
        action_names: whether what actions are called is known from the data, was said by the user, or is
            not known, so that they are called by their numbers.
    """

    sequences: SkeletonSequences
    layout: str
    notes: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    action_names: ActionNames = "unknown"


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
        "Y.npy, the actions": f"one number a sequence, {_different(len(actions))}",
        "Y_s.npy, the subjects": f"one number a sequence, {_different(len(np.unique(subjects)))}",
    }
    if IDS_FILE in files:
        described[f"{IDS_FILE}, the names"] = "one a sequence"
    notes = (*arranged.notes, *action_notes, *subject_notes, *id_notes)
    return _name_actions(sequences, arranged.layout, notes, described)


def _different(count: int) -> str:
    return "all the same" if count == 1 else f"{count} different ones"


def _array(files: Mapping[str, Content], name: str, *, text: bool = False) -> NDArray[Any]:
    return read_npy(memoryview(files[name]), name, text=text)


def _read_texts(files: Mapping[str, bytes], source: str) -> LoadedSource:
    read = read_text_files(files)
    labels, actions = index_actions(np.array(read.numbers))
    sequences = SkeletonSequences.from_list(
        read.sequences,
        labels=labels,
        subjects=read.subjects,
        ids=read.ids,
        actions=actions,
        skeleton=skeleton_of(read.sequences[0].shape[1]),
        source=source,
    )
    subjects = len(set(read.subjects))
    described = {
        "Text files, the skeletons": read.layout,
        "Their names, the actions and subjects": "a01_s02_e03 is action 1 by subject 2, the third time; "
        f"{len(actions)} different actions, {subjects} different subjects",
    }
    return _name_actions(sequences, read.layout, read.notes, described)


def _name_actions(
    sequences: SkeletonSequences, layout: str, notes: tuple[str, ...], files: Mapping[str, str]
) -> LoadedSource:
    """Give the actions the names of MSR Action3D where these are sequences of it."""
    if is_msr_action3d(sequences):
        return LoadedSource(name_as_msr(sequences), layout, notes, files, "known")
    return LoadedSource(sequences, layout, notes, files, "unknown")
