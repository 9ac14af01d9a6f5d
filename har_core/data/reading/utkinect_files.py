"""The skeletons of UTKinect-Action3D: all that somebody does in one file, and when he does it in another.

Xia, Chen and Aggarwal, "View invariant human action recognition using histograms of 3D joints", CVPR
workshops 2012. As its page says, a line of ``joints_s01_e01.txt`` is the number of a frame and x, y, z of 20
joints in the order of the Kinect for Windows SDK 1, in metres; ``actionLabel.txt`` has a line ``s01_e01`` for
each file, and below it lines such as ``walk: 252 390``, the first and the last frame of an action, NaN where
it is not there: cvrc.ece.utexas.edu/KinectDatasets/HOJ3D.html.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.file_names import find_named
from har_core.data.reading.number_tables import read_number_table, read_text
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.reader import Content
from har_core.errors import DataError
from har_core.skeleton import KINECT_SDK_20
from har_core.wording import counted

LABELS = "actionLabel.txt"
_NAME = re.compile(r"joints_s(\d{1,3})_e(\d{1,3})( \(\d{1,3}\))?\.txt", re.IGNORECASE)
_RECORDING = re.compile(r"s(\d{1,3})_e(\d{1,3})", re.IGNORECASE)
_SPAN = re.compile(r"([^\W\d]\w*)\s*:\s*(\S+)\s+(\S+)")
_JOINTS = 20
_EXPECTED = f"the number of a frame and {3 * _JOINTS} positions in every row"


class UtkinectFiles:
    """``joints_s01_e01.txt`` for each recording, and ``actionLabel.txt`` with what is done in it when."""

    title = "files of UTKinect-Action3D"
    expected = f"UTKinect's joints_s01_e01.txt with {LABELS}"

    may_lie_above = (LABELS,)  # as downloaded: the recordings are in an archive, and their actions beside it

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the recordings, and where there are some the file of their actions."""
        recordings = tuple(sorted(name for name in names if _NAME.fullmatch(name)))
        labels = find_named(LABELS, names) if recordings else None
        return (*recordings, labels) if labels else recordings

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the file of the actions where it is not there."""
        return () if find_named(LABELS, names) else (LABELS,)

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read all actions of all recordings.

        Raises:
            DataError: a file is damaged, or the file of the actions does not belong to them.
        """
        labels = find_named(LABELS, files) or LABELS
        spans, absent = read_spans(files[labels], labels)
        recordings = {
            (int(match[1]), int(match[2])): name for name in files if (match := _NAME.fullmatch(name))
        }
        read = {key: read_recording(files[name], name) for key, name in recordings.items()}
        here = [span for span in spans if (span.subject, span.take) in read]
        frames = [_frames_of(span, *read[span.subject, span.take]) for span in here]
        kept = [(span, each) for span, each in zip(here, frames, strict=True) if len(each)]
        if not kept:
            raise DataError(
                f"{labels} names no action in {sorted(recordings.values())[0]} or the others here."
            )
        ids = [f"{span.action}_s{span.subject:02d}_e{span.take:02d}" for span, _ in kept]
        if len(set(ids)) < len(ids):
            twice = next(name for row, name in enumerate(ids) if name in ids[:row])
            raise DataError(f"{labels} names {twice} twice, expected each action once in a recording.")
        return RawSequences(
            frames=[each for _, each in kept],
            actions=[span.action for span, _ in kept],
            subjects=np.array([span.subject for span, _ in kept]),
            ids=ids,
            layout=f"{counted(len(recordings), 'text file')}, one a recording, a line a frame, its number "
            f"and x, y, z of {_JOINTS} joints",
            files={
                f"{labels}, the actions": f"the first and the last frame of {counted(len(kept), 'action')}"
            },
            notes=_notes(absent, len(spans) - len(here), len(here) - len(kept), labels),
            skeleton=KINECT_SDK_20,
            unit="metres",
            rate=15,
        )


def _frames_of(span: Span, numbers: NDArray[np.int64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the frames of an action in the order of their numbers; one that is there twice counts once."""
    inside = np.flatnonzero((numbers >= span.first) & (numbers <= span.last))
    _, first = np.unique(numbers[inside], return_index=True)
    return positions[inside[first]]


def _notes(absent: int, elsewhere: int, empty: int, labels: str) -> tuple[str, ...]:
    said = (
        (absent, f"{labels} says NaN of {{}}, which were not done and are left out."),
        (elsewhere, f"{labels} names {{}} in recordings that are not here, which are left out."),
        (empty, f"{labels} names {{}} whose frames are not in the recording, which are left out."),
    )
    return tuple(sentence.format(counted(count, "action")) for count, sentence in said if count)


@dataclass(frozen=True)
class Span:
    """When an action is done.

    Attributes:
        subject: number, from 1.
        take: number, from 1.
        action: word.
        first: number of its first frame.
        last: number of its last.
    """

    subject: int
    take: int
    action: str
    first: int
    last: int


def read_spans(content: Content, name: str) -> tuple[list[Span], int]:
    """Return when which action is done, and how many were never done.

    Raises:
        DataError: a line is none of the two kinds.
    """
    spans: list[Span] = []
    absent = 0
    recording: tuple[int, int] | None = None
    for number, line in enumerate(map(str.strip, read_text(content, name).splitlines()), start=1):
        if match := _RECORDING.fullmatch(line):
            recording = int(match[1]), int(match[2])
        elif line:
            span = _SPAN.fullmatch(line)
            ends = _ends(span[2], span[3]) if span else None
            if span is None or recording is None or ends is None:
                raise DataError(
                    f"{name} holds {line[:40]!r} in line {number}, expected a recording such as s01_e01, or "
                    "an action with its first and last frame, such as walk: 252 390."
                )
            if ends:
                spans.append(Span(*recording, span[1], *ends))
            absent += not ends
    if not spans:
        raise DataError(f"{name} names no action, expected lines such as walk: 252 390.")
    return spans, absent


def _ends(first: str, last: str) -> tuple[int, int] | tuple[()] | None:
    """Return two numbers of frames, nothing where they are NaN, and None where they are neither."""
    if {first.lower(), last.lower()} == {"nan"}:
        return ()
    if not (first.isdecimal() and last.isdecimal()) or len(first + last) > 18 or int(first) > int(last):
        return None
    return int(first), int(last)


def read_recording(content: Content, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the numbers of the frames of a file, (T), and their positions, (T, 20, 3).

    Raises:
        DataError: the file is no such table.
    """
    values = read_number_table(content, name, _EXPECTED).values
    if values.shape[1] != 1 + 3 * _JOINTS:
        raise DataError(f"{name} has {values.shape[1]} columns, expected {_EXPECTED}.")
    numbers = values[:, 0]
    if not np.isfinite(numbers).all() or np.abs(numbers).max() > 2**31:
        raise DataError(f"{name} numbers a frame as no number can be, expected {_EXPECTED}.")
    return numbers.astype(np.int64), values[:, 1:].reshape(-1, _JOINTS, 3)
