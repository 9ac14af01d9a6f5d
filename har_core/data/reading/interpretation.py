"""From what a reader hands over to a data set: what the files do not tell is found out, and said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from har_core.data.frame_spool import FrameSpool, MappedPages
from har_core.data.reading.axes import check_axes, turn
from har_core.data.reading.choices import Assumption, ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.labels import label_actions
from har_core.data.reading.missing import centred_on, clear, lost_joints, never_there, starts_at_origin
from har_core.data.reading.padding import Padding, find_padding
from har_core.data.reading.positions import to_float32
from har_core.data.reading.posture import UNITS, check_unit, find_axes, find_unit
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.recognition import chosen_skeleton, recognise
from har_core.data.reading.sample import sample_frames, spread
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.skeleton import Skeleton
from har_core.wording import counted

_USUAL_RATE = 15.0
"""Frames a second of MSR Action3D; what is taken where nobody knows."""

_OF_ALL_FILES = ("skeleton", "axes", "unit", "rate")


@dataclass(frozen=True)
class _Meaning:
    """What the numbers of the files mean, as it is known, chosen or found out of a sample.

    Attributes:
        padding: what all sequences were filled up with, if anything.
        skeleton: of the joints that come.
        gone: the joints of the files that never come.
        centre: the joint that is always at the origin, if there is one.
        start: the joint that is there where each sequence begins, if there is one.
        axes: of the files, that point right, up and away.
        unit: of the files.
        rate: frames a second.
        assumptions: what was found out.
    """

    padding: Padding | None
    skeleton: Skeleton
    gone: frozenset[int]
    centre: int | None
    start: int | None
    axes: str
    unit: str
    rate: float
    assumptions: tuple[Assumption, ...]

    def positions(self, frames: FloatArray) -> FloatArray:
        """Return (T, J, 3) upright, in metres where that is possible, of (T, J, C) of the files."""
        turned = turn(frames, self.axes)
        in_metre = UNITS[self.unit]
        return turned if in_metre in (None, 1.0) else turned / np.float32(in_metre)


def interpret(raw: RawSequences, source: str, choices: ReadingChoices) -> LoadedSource:
    """Make a data set of raw sequences: find out what their format does not tell, and say it.

    Args:
        raw: as a reader hands them over.
        source: what the data set is called.
        choices: what the user has said of the files.

    Raises:
        DataError: the values are no positions, or a choice does not fit them.
    """
    meaning = _find_meaning(raw, choices)
    spool, lengths, padded, missing, broken = FrameSpool(meaning.skeleton.joint_count, 3), [], 0, [], []
    for frames in _in_float32(raw):
        kept = meaning.padding.strip(frames) if meaning.padding else frames
        padded += len(kept) < len(frames)
        cleared, some, whole = clear(kept, meaning.gone, meaning.centre, meaning.start)
        spool.append(meaning.positions(cleared))
        lengths.append(len(kept))
        missing.append(some)
        broken.append(whole)
    labels, actions, action_names = label_actions(raw.actions, raw.action_names)
    sequences = SkeletonSequences(
        frames=spool.frames(),
        offsets=np.append(0, np.cumsum(lengths)),
        labels=labels,
        subjects=np.ones(len(raw), np.int64) if raw.subjects is None else raw.subjects,
        ids=tuple(raw.ids or [f"row_{row + 1:04d}" for row in range(len(raw))]),
        actions=actions,
        skeleton=meaning.skeleton,
        source=source,
        rate=meaning.rate,
        unit=_unit_of_positions(meaning.unit),
    )
    padding = f"{meaning.padding} taken off {padded} of them" if padded else "no padding"
    layout = f"{raw.layout}, {_say_lengths(lengths)}, {padding}"
    return LoadedSource(
        sequences,
        layout,
        (*_say_missing(missing, broken), *raw.notes),
        ({f"{raw.file}, the skeletons": layout} if raw.file else {}) | dict(raw.files),
        action_names,
        axes=meaning.axes,
        unit=meaning.unit,
        padding=padding.removesuffix(" of them") + (f" of {counted(len(raw), 'sequence')}" if padded else ""),
        assumptions=(*_still_assumed(raw, choices), *meaning.assumptions, *_assume_subjects(raw)),
        choices=(*raw.choices, *_OF_ALL_FILES, *(("padding",) if raw.equally_long else ())),
    )


def _unit_of_positions(unit: str) -> str:
    """Return what positions are measured in when they were turned to metres where that is possible."""
    return "px" if unit == "pixels" else "m" if UNITS[unit] else "units"


def _in_float32(raw: RawSequences) -> Iterator[FloatArray]:
    pages = MappedPages(raw.frames[0])
    for row, frames in enumerate(raw.frames):
        yield to_float32(frames, raw.place(row))
        pages.note(frames.nbytes, places=0)
    pages.give_back()


def _find_meaning(raw: RawSequences, choices: ReadingChoices) -> _Meaning:
    """Find out from a sample what is neither known of the format nor chosen."""
    said = []
    # Sequences of different lengths were not padded; zeros at their ends are the tracker's.
    may_be_padded = raw.equally_long or choices.padding is not None
    padding = find_padding(spread(raw.frames), choices.padding) if may_be_padded else None
    if padding and choices.padding is None:
        said.append(Assumption("padding", f"All sequences are equally long: {padding} is taken off."))
    stripped = [padding.strip(part) for part in spread(raw.frames)] if padding else raw.frames
    start = starts_at_origin(np.stack([part[0].astype(np.float64) for part in spread(stripped)]))
    frames = sample_frames(stripped)
    lost = lost_joints(frames)
    gone = never_there(lost, frames)
    centre = next((j for j in range(frames.shape[1]) if lost[:, j].all() and j not in gone), None)
    if centre is not None and centred_on(centre, lost, frames):
        lost[:, centre] = np.delete(lost, centre, axis=1).all(axis=1)
    seen = np.where(lost[:, :, None], np.nan, frames)[~lost.all(axis=1)]
    whole, axes, unit = raw.skeleton, raw.axes, raw.unit
    if choices.skeleton is not None:
        whole = chosen_skeleton(choices.skeleton, seen, gone)
    elif whole is None:
        whole, assumed = recognise(seen, gone)
        said.append(assumed)
    if choices.axes is not None or axes is not None:
        axes = check_axes(choices.axes or axes or "", frames.shape[2])
    else:
        axes, assumed = find_axes(seen, whole)
        said.append(assumed)
    if choices.unit is not None or unit is not None:
        unit = check_unit(choices.unit or unit or "")
    else:
        unit, assumed = find_unit(seen, whole)
        said.append(assumed)
    rate = choices.rate or raw.rate
    if rate is None:
        said.append(
            Assumption("rate", f"{_USUAL_RATE:g} frames a second are assumed: the files tell no rate.")
        )
    if gone:
        names = ", ".join(whole.joints[joint] for joint in sorted(gone))
        said.append(Assumption("skeleton", f"{names} never came, so the skeleton is without."))
    skeleton = whole.without(gone) if gone else whole
    return _Meaning(padding, skeleton, gone, centre, start, axes, unit, rate or _USUAL_RATE, tuple(said))


def _still_assumed(raw: RawSequences, choices: ReadingChoices) -> tuple[Assumption, ...]:
    """Return what the reader found out, but for what the user or a card says."""
    said = choices.made.keys() & set(_OF_ALL_FILES)
    return tuple(each for each in raw.assumptions if each.choice not in said)


def _assume_subjects(raw: RawSequences) -> tuple[Assumption, ...]:
    if raw.subjects is not None:
        return ()
    return (Assumption("subjects", "Nothing tells the subjects: all sequences are taken for one person's."),)


def _say_missing(missing: list[int], broken: list[int]) -> tuple[str, ...]:
    """Say in how many frames joints are missing, and how many are wholly lost for NaN.

    Args:
        missing: number of frames with some missing joints, of each sequence.
        broken: number of frames of nothing but NaN, of each sequence.
    """
    said = []
    if any(missing):
        said.append(
            f"Joints are missing in {_counted_frames(missing)}: the preparation fills them in, or masks them."
        )
    if any(broken):
        said.append(f"NaN stands in all joints of {_counted_frames(broken)}: such frames count as untracked.")
    return tuple(said)


def _counted_frames(counts: list[int]) -> str:
    frames, rows = counted(sum(counts), "frame"), counted(sum(count > 0 for count in counts), "sequence")
    return f"{frames} of {rows}"


def _say_lengths(lengths: list[int]) -> str:
    shortest, longest = min(lengths), max(lengths)
    return f"all of length {longest}" if shortest == longest else f"lengths {shortest} to {longest}"
