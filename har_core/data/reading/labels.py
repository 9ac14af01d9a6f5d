"""What belongs to each row beside its frames: action, subject and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.msr_action3d import LITERATURE_IDS, PUBLISHED_IDS, action_and_subject
from har_core.data.reading.data_set import ActionNames
from har_core.data.reading.told_labels import actions_of, subjects_of
from har_core.data.sequences import Action, IntArray
from har_core.errors import DataError
from har_core.wording import counted

_LARGEST_NUMBER = 1_000_000
_LONGEST_NAME = 100


def read_actions(array: NDArray[Any], name: str, count: int) -> tuple[IntArray | list[str], tuple[str, ...]]:
    """Return the actions of all rows, by number from 1 or by word.

    Args:
        array: (N), (N, 1) or (1, N) whole numbers or words, or (N, K) one-hot.
        name: of the file, such as ``Y.npy``.
        count: number of sequences in X.npy.

    Raises:
        DataError: the shape or the values do not fit.
    """
    if is_one_hot(array, count):
        note = f"{name} is one-hot: its {array.shape[1]} columns are actions 1 to {array.shape[1]}."
        return array.argmax(axis=1).astype(np.int64) + 1, (note,)
    return (
        actions_of(_words(array, name, count), name) if is_text(array) else read_numbers(array, name, count)
    )


def read_subjects(array: NDArray[Any], name: str, count: int) -> tuple[IntArray, tuple[str, ...]]:
    """Return the subjects of all rows, by number from 1; words are numbered.

    Args:
        array: (N), (N, 1) or (1, N) whole numbers or words.
        name: of the file, such as ``Y_s.npy``.
        count: number of sequences in X.npy.

    Raises:
        DataError: the shape or the values do not fit.
    """
    return subjects_of(_words(array, name, count)) if is_text(array) else read_numbers(array, name, count)


def is_one_hot(array: NDArray[Any], count: int) -> bool:
    """Say whether each row of (N, K) is a 1 among zeros."""
    if array.dtype.kind not in "fiu" or array.ndim != 2 or len(array) != count or array.shape[1] < 2:
        return False
    return bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())


def is_text(array: NDArray[Any]) -> bool:
    """Say whether an array holds words."""
    if array.dtype == object:
        return bool(array.size) and all(isinstance(item, str | bytes) for item in array.flat)
    return array.dtype.kind in "US"


def _words(array: NDArray[Any], name: str, count: int) -> list[str]:
    words = [text.strip() for text in _texts(_column(array, name))]
    if len(words) != count:
        raise DataError(
            f"{name} has {len(words)} words, X.npy has {count} sequences: use files of one download."
        )
    for row, word in enumerate(words):
        if not word or len(word) > _LONGEST_NAME or not word.isprintable():
            raise DataError(f"{name} holds {word[:20]!r} in row {row + 1}, expected a short, printable word.")
    return words


def read_numbers(array: NDArray[Any], name: str, count: int) -> tuple[IntArray, tuple[str, ...]]:
    """Return the actions or subjects of all rows, counted from 1.

    Args:
        array: (N), (N, 1) or (1, N) whole numbers of any type, from 0 or from 1.
        name: of the file, such as ``Y_s.npy``.
        count: number of sequences in X.npy.

    Returns:
        (N) numbers from 1, and a note where the file counts from 0.

    Raises:
        DataError: the shape or the values do not fit.
    """
    what = "subjects" if name.startswith("Y_s") else "labels"
    flat = _column(array, name)
    if len(flat) != count:
        raise DataError(
            f"{name} has {len(flat)} {what}, X.npy has {count} sequences: use files of one download."
        )
    try:
        values = flat.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{name} holds {what} that are no numbers, expected whole numbers.") from error
    fits = np.isfinite(values) & (values == np.round(values)) & (values >= 0) & (values <= _LARGEST_NUMBER)
    if not fits.all():
        row = int(np.argmin(fits))
        raise DataError(
            f"{name} holds {values[row]:g} in row {row + 1}, expected whole numbers from 0 or from 1."
        )
    numbers = values.astype(np.int64)
    if count and numbers.min() == 0:
        return numbers + 1, (f"{name} counts from 0: its 0 is shown as 1.",)
    return numbers, ()


def read_ids(array: NDArray[Any], name: str, count: int) -> tuple[str, ...]:
    """Return the names of all rows.

    Args:
        array: (N) or (N, 1) names as text.
        name: of the file, such as ``ids.npy``.
        count: number of sequences in X.npy.

    Raises:
        DataError: the shape does not fit, or a name is empty, too long, unprintable or there twice.
    """
    flat = _column(array, name)
    if len(flat) != count:
        raise DataError(
            f"{name} has {len(flat)} names, X.npy has {count} sequences: use files of one download."
        )
    ids = _texts(flat)
    for row, text in enumerate(ids):
        if not text.strip() or len(text) > _LONGEST_NAME or not text.isprintable():
            raise DataError(f"{name} holds {text[:20]!r} in row {row + 1}, expected a short, printable name.")
    if len(set(ids)) != count:
        twice = next(text for row, text in enumerate(ids) if text in ids[:row])
        raise DataError(f"{name} holds {twice!r} twice, expected a name of its own for each sequence.")
    return ids


def name_rows(numbers: IntArray, subjects: IntArray) -> tuple[tuple[str, ...], str]:
    """Give names to rows that came without: those published where they fit, else numbers.

    Args:
        numbers: (N) action numbers.
        subjects: (N) subject numbers.

    Returns:
        N names, and a sentence on where they are from.
    """
    rows = list(zip(numbers.tolist(), subjects.tolist(), strict=True))
    literature = tuple(name for name in PUBLISHED_IDS if name in LITERATURE_IDS)
    for ids in (PUBLISHED_IDS, literature):
        if rows == [action_and_subject(name) for name in ids]:
            return ids, (
                f"There is no ids.npy. Actions and subjects follow the published {len(ids)} sequences of "
                "MSR Action3D row by row, so their names are used."
            )
    return tuple(f"row_{row + 1:04d}" for row in range(len(rows))), (
        "There is no ids.npy, so sequences are named by their row."
    )


def disagreement(ids: Sequence[str], numbers: IntArray, subjects: IntArray) -> tuple[str, ...]:
    """Return a sentence if names such as ``a01_s02_e03`` contradict the actions and subjects."""
    rows = [
        row
        for row, name in enumerate(ids)
        if (parts := action_and_subject(name)) is not None
        and parts != (int(numbers[row]), int(subjects[row]))
    ]
    if not rows:
        return ()
    first = rows[0]
    return (
        f"In {counted(len(rows), 'row')} the name contradicts the action or subject, first {ids[first]} in "
        f"row {first + 1} (action {numbers[first]}, subject {subjects[first]}): "
        "check that the files are of one download.",
    )


def label_actions(
    actions: IntArray | Sequence[str], names: Mapping[int, str] | None
) -> tuple[IntArray, tuple[Action, ...], ActionNames]:
    """Turn what the files say of the actions into labels.

    Args:
        actions: (N) action numbers from 1, or N words.
        names: of the numbers, where the files tell.

    Returns:
        (N) labels, the K actions that they index, by number or by name, and whether the files name them.
    """
    if isinstance(actions, np.ndarray):
        distinct, labels = np.unique(actions, return_inverse=True)
        known = names or {}
        named = tuple(Action(number, known.get(number, f"action {number}")) for number in distinct.tolist())
        return labels.reshape(-1).astype(np.int64), named, "told" if known else "unknown"
    words, labels = np.unique(np.array(actions), return_inverse=True)
    named = tuple(Action(number, word) for number, word in enumerate(words.tolist(), start=1))
    return labels.reshape(-1).astype(np.int64), named, "told"


def _column(array: NDArray[Any], name: str) -> NDArray[Any]:
    if array.ndim == 1 or (array.ndim == 2 and 1 in array.shape):
        return array.reshape(-1)
    raise DataError(f"{name} has shape {array.shape}, expected (N,), (N, 1) or (1, N): one value a sequence.")


def _texts(items: NDArray[Any]) -> tuple[str, ...]:
    """Return texts; bytes are UTF-8 where all of the file are, else Latin-1."""
    values = items.tolist()
    try:
        return tuple(_text(item, "utf-8") for item in values)
    except UnicodeDecodeError:
        return tuple(_text(item, "latin1") for item in values)


def _text(item: object, encoding: str) -> str:
    return item.decode(encoding) if isinstance(item, bytes) else str(item)
