"""From what a reader hands over to a data set: what the files do not tell is found out, and said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from har_core.data.frame_spool import FrameSpool, MappedPages
from har_core.data.reading.axes import FLAT, UPRIGHT, check_axes, turn
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.labels import label_actions
from har_core.data.reading.padding import find_padding
from har_core.data.reading.positions import broken_frames_note, clear_broken_frames, to_float32
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.skeleton import skeleton_of


def interpret(raw: RawSequences, source: str, choices: ReadingChoices) -> LoadedSource:
    """Make a data set of raw sequences: find out what their format does not tell, and say it.

    Args:
        raw: as a reader hands them over.
        source: what the data set is called.
        choices: what the user has said of the files.

    Raises:
        DataError: the values are no positions, or a choice does not fit them.
    """
    pages = MappedPages(raw.frames[0])

    def positions() -> Iterator[FloatArray]:
        for row, frames in enumerate(raw.frames):
            yield to_float32(frames, raw.place(row))
            pages.note(frames.nbytes, places=0)
        pages.give_back()

    skeleton = raw.skeleton or skeleton_of(raw.frames[0].shape[1])
    coordinates = raw.frames[0].shape[2]
    axes = check_axes(choices.axes or raw.axes or (UPRIGHT if coordinates == 3 else FLAT), coordinates)
    # Sequences of different lengths were not padded; zeros at their ends are the tracker's.
    found = find_padding(positions()) if raw.equally_long else None
    spool, lengths, broken = FrameSpool(skeleton.joint_count, 3), [], []
    for frames in positions():
        whole, broken_count = clear_broken_frames(found[0].strip(frames) if found else frames)
        spool.append(turn(whole, axes))
        lengths.append(len(whole))
        broken.append(broken_count)
    padding = f"{found[0]} taken off {found[1]} of them" if found else "no padding"
    labels, actions, action_names = label_actions(raw.actions, raw.action_names)
    sequences = SkeletonSequences(
        frames=spool.frames(),
        offsets=np.append(0, np.cumsum(lengths)),
        labels=labels,
        subjects=np.ones(len(raw), np.int64) if raw.subjects is None else raw.subjects,
        ids=tuple(raw.ids or [f"row_{row + 1:04d}" for row in range(len(raw))]),
        actions=actions,
        skeleton=skeleton,
        source=source,
    )
    layout = f"{raw.layout}, {_say_lengths(lengths)}, {padding}"
    files = ({f"{raw.file}, the skeletons": layout} if raw.file else {}) | dict(raw.files)
    notes = (*broken_frames_note(broken), *raw.notes)
    return LoadedSource(sequences, layout, notes, files, action_names, axes=axes)


def _say_lengths(lengths: list[int]) -> str:
    shortest, longest = min(lengths), max(lengths)
    return f"all of length {longest}" if shortest == longest else f"lengths {shortest} to {longest}"
