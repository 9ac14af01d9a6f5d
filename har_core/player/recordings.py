"""From a sequence of a data set to a clip of the player."""

import numpy as np

from har_core.data.sequences import SkeletonSequences
from har_core.player.clips import Clip


def title_of_sequence(sequences: SkeletonSequences, row: int) -> str:
    """Say in a line which sequence this is."""
    action = sequences.action_of(row).name
    return f"{sequences.ids[row]} · {action} · subject {sequences.subjects[row]}"


def recorded_clip(sequences: SkeletonSequences, sequence_id: str, note: str = "") -> Clip:
    """Return a sequence as it was recorded, its untracked frames marked.

    Args:
        sequences: the data set.
        sequence_id: the sequence.
        note: what the title says before the sequence.

    Raises:
        DataError: there is no such sequence.
    """
    row = sequences.row_of(sequence_id)
    title = title_of_sequence(sequences, row)
    return Clip(
        note + title,
        sequences[row],
        sequences.untracked_in(row),
        sequences.skeleton,
        unit=sequences.unit,
        rate=sequences.rate,
    )


def prepared_clip(sequences: SkeletonSequences, sequence_id: str, note: str = "") -> Clip:
    """Return a sequence as a model is given it; no frame of it counts as untracked.

    Raises:
        DataError: there is no such sequence.
    """
    row = sequences.row_of(sequence_id)
    frames = sequences[row]
    title = title_of_sequence(sequences, row)
    return Clip(
        note + title,
        frames,
        np.zeros(len(frames), bool),
        sequences.skeleton,
        unit="scaled",
        rate=sequences.rate,
    )
