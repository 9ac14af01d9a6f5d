"""What the actions of a data set are called: as the recordings or their files tell, or as the user says.

The user's word is kept by the fingerprint of the recordings: an empty file of that name in the home's
``action-names``. So it goes where the recordings go, and other recordings that come under an old name start
without it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from har_core.data.msr_action3d import has_msr_numbers, is_msr_action3d, name_as_msr
from har_core.data.reading.data_set import LoadedSource
from har_core.data.sequences import SkeletonSequences
from har_core.errors import DataError
from har_core.home import home
from har_core.skeleton import KINECT_20, MSR_ACTIONS


def say_msr_action3d(loaded: LoadedSource) -> None:
    """Keep that the actions of a data set are numbered as those of MSR Action3D.

    Raises:
        DataError: they can't be, or the home can't be written.
    """
    sequences = loaded.sequences
    if loaded.action_names in ("known", "told"):
        raise DataError(f"{sequences.source}: what the actions are called is known already.")
    if not has_msr_numbers(sequences):
        highest = max(action.number for action in sequences.actions)
        raise DataError(
            f"{sequences.source} has an action {highest}, MSR Action3D has {len(MSR_ACTIONS)}: "
            "its actions can't be named after those."
        )
    word = _word(sequences)
    try:
        word.parent.mkdir(parents=True, exist_ok=True)
        word.touch()
    except OSError as error:
        raise DataError(f"{word} can't be written: {error.strerror or error}.") from error


def take_names_back(loaded: LoadedSource) -> None:
    """Call the actions of a data set by their numbers again.

    Raises:
        DataError: it was not the user who named them, or the home can't be written.
    """
    if loaded.action_names in ("known", "told"):
        raise DataError(
            f"{loaded.sequences.source}: what the actions are called is known from the data, not from you."
        )
    word = _word(loaded.sequences)
    try:
        word.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"{word} can't be deleted: {error.strerror or error}.") from error


def with_names(loaded: LoadedSource, *, called_msr: bool) -> LoadedSource:
    """Return a data set with the names that its actions are known or said to have.

    Args:
        loaded: as its files tell.
        called_msr: whether it is the source of MSR Action3D: who fetches that, or brings files in under its
            name, has said what they are.
    """
    sequences = loaded.sequences
    if loaded.action_names != "unknown" or not has_msr_numbers(sequences):
        return loaded
    if is_msr_action3d(sequences) or (called_msr and sequences.skeleton == KINECT_20):
        return replace(
            loaded, sequences=name_as_msr(sequences), action_names="known", assumptions=(), choices=()
        )
    # The fingerprint of a large set takes a while, so it is made only where there may be a word.
    if not _words() or not _word(sequences).exists():
        return loaded
    return replace(loaded, sequences=name_as_msr(sequences), action_names="said")


def words_stamp() -> str:
    """Return a text that changes with what the user has said of any data set."""
    return hashlib.sha256("".join(_words()).encode()).hexdigest()[:16]


def _folder() -> Path:
    return home() / "action-names"


def _word(sequences: SkeletonSequences) -> Path:
    return _folder() / sequences.fingerprint


def _words() -> list[str]:
    try:
        return sorted(path.name for path in _folder().iterdir())
    except OSError:  # nothing was said yet
        return []
