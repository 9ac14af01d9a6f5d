"""SkeletonSequences: the one form in which recorded actions travel through the program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from har_core.data.frame_spool import FrameSpool, MappedPages
from har_core.errors import DataError
from har_core.skeleton import Skeleton

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Action:
    """A class of the data set: its number as published, and its name."""

    number: int
    name: str


@dataclass(frozen=True, eq=False)
class SkeletonSequences:
    """Sequences of different lengths, one behind the other. Nothing in it can be changed.

    A frame that the tracker lost is all zeros; a joint that it lost while it saw others is NaN. Padding is a
    matter of a batch, never of storage.

    Attributes:
        frames: (S, J, 3) joint positions of all sequences in a row: x to the right in the image, y up, z
            away, which is 0 of bodies in the plane. Many frames are mapped from a file: to go through all of
            them use ``each``.
        offsets: (N + 1) where each sequence starts in ``frames``; the last is S.
        labels: (N) index into ``actions``.
        subjects: (N) subject numbers as published, from 1.
        ids: N names, all different, such as ``a01_s01_e01``.
        actions: K actions; a label is an index into it.
        skeleton: joints and bones.
        source: name of where the data came from.
        synthetic: True for data that was computed and not recorded.
        rate: frames a second.
        recorded: (N) how many frames each had before it was resampled; None where none was.
        unit: of the positions as they were recorded: ``m``, ``px``, or ``units`` where nobody knows.
    """

    frames: FloatArray
    offsets: IntArray
    labels: IntArray
    subjects: IntArray
    ids: tuple[str, ...]
    actions: tuple[Action, ...]
    skeleton: Skeleton
    source: str
    synthetic: bool = False
    rate: float = 15.0
    recorded: IntArray | None = None
    unit: str = "m"

    def __post_init__(self) -> None:
        self._check()
        if self.recorded is not None:
            self.recorded.flags.writeable = False
        for array in (self.frames, self.offsets, self.labels, self.subjects):
            array.flags.writeable = False

    @classmethod
    def from_list(
        cls,
        sequences: Iterable[FloatArray],
        *,
        labels: Sequence[int] | IntArray,
        subjects: Sequence[int] | IntArray,
        ids: Sequence[str],
        actions: Sequence[Action],
        skeleton: Skeleton,
        source: str,
        synthetic: bool = False,
        rate: float = 15.0,
        recorded: Sequence[int] | IntArray | None = None,
        unit: str = "m",
    ) -> SkeletonSequences:
        """Join N arrays of (T, J, 3) into one value.

        Raises:
            DataError: the parts do not fit together.
        """
        spool, lengths = FrameSpool(skeleton.joint_count, 3), [0]
        for part in sequences:
            frames = np.asarray(part, dtype=np.float32)
            spool.append(frames)
            lengths.append(len(frames))
        return cls(
            frames=spool.frames(),
            offsets=np.cumsum(lengths, dtype=np.int64),
            labels=np.array(labels, dtype=np.int64),
            subjects=np.array(subjects, dtype=np.int64),
            ids=tuple(ids),
            actions=tuple(actions),
            skeleton=skeleton,
            source=source,
            synthetic=synthetic,
            rate=rate,
            recorded=None if recorded is None else np.array(recorded, dtype=np.int64),
            unit=unit,
        )

    def _check(self) -> None:
        count = len(self.ids)
        if self.frames.ndim != 3 or self.frames.shape[1:] != (self.skeleton.joint_count, 3):
            raise DataError(
                f"{self.source}: frames have shape {self.frames.shape}, "
                f"expected (frames, {self.skeleton.joint_count}, 3)."
            )
        if len(self.offsets) != count + 1 or len(self.labels) != count or len(self.subjects) != count:
            raise DataError(
                f"{self.source}: {count} names, {len(self.offsets) - 1} sequences, {len(self.labels)} labels "
                f"and {len(self.subjects)} subjects do not belong together."
            )
        if self.recorded is not None and len(self.recorded) != count:
            raise DataError(
                f"{self.source}: {count} names and {len(self.recorded)} recorded lengths do not belong "
                "together."
            )
        if self.offsets[0] != 0 or self.offsets[-1] != len(self.frames) or np.any(np.diff(self.offsets) < 1):
            raise DataError(f"{self.source}: every sequence needs at least one frame.")
        if count and not (0 <= self.labels.min() and self.labels.max() < len(self.actions)):
            raise DataError(f"{self.source}: a label lies outside the {len(self.actions)} actions.")
        if len(set(self.ids)) != count:
            raise DataError(f"{self.source}: two sequences have the same name.")

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: int) -> FloatArray:
        """Return the (T, J, 3) frames of the sequence in that row."""
        return self.frames[self.offsets[row] : self.offsets[row + 1]]

    def each(self, rows: Iterable[int] | None = None) -> Iterator[FloatArray]:
        """Yield the (T, J, 3) frames of these rows, or of all, and keep only few of them in memory."""
        pages = MappedPages(self.frames)
        for row in range(len(self)) if rows is None else rows:
            frames = self[row]
            yield frames
            pages.note(frames.nbytes, places=0)  # they lie in a row, most of the time
        pages.give_back()

    @property
    def lengths(self) -> IntArray:
        """(N) number of frames of each sequence."""
        return np.diff(self.offsets)

    @property
    def recorded_lengths(self) -> IntArray:
        """(N) number of frames that each sequence had before it was resampled."""
        return self.lengths if self.recorded is None else self.recorded

    @cached_property
    def untracked(self) -> BoolArray:
        """(S) True where the tracker had lost the body: all coordinates are zero."""
        nothing = np.zeros(0, np.bool_)
        return np.concatenate([nothing, *(~np.any(frames, axis=(1, 2)) for frames in self.each())])

    def untracked_in(self, row: int) -> BoolArray:
        """Return (T) True for the untracked frames of the sequence in that row."""
        return self.untracked[self.offsets[row] : self.offsets[row + 1]]

    @cached_property
    def _row_of_id(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.ids)}

    def row_of(self, sequence_id: str) -> int:
        """Return the row of a sequence.

        Raises:
            DataError: there is no sequence of that name.
        """
        row = self._row_of_id.get(sequence_id)
        if row is None:
            raise DataError(f"{self.source} has no sequence named {sequence_id!r}.")
        return row

    def action_of(self, row: int) -> Action:
        """Return the action that the sequence in that row shows."""
        return self.actions[int(self.labels[row])]

    @property
    def action_names(self) -> list[str]:
        """K names, in the order of the labels."""
        return [action.name for action in self.actions]

    def take(self, rows: Sequence[int] | IntArray) -> SkeletonSequences:
        """Return the sequences of these rows, in this order; actions keep their indices."""
        chosen = np.asarray(rows, dtype=np.int64)
        return replace_frames(
            self,
            self.each(chosen),
            labels=self.labels[chosen],
            subjects=self.subjects[chosen],
            ids=[self.ids[row] for row in chosen],
            recorded=None if self.recorded is None else self.recorded[chosen],
        )

    @cached_property
    def sequence_fingerprints(self) -> dict[str, str]:
        """A hash of each sequence's frames, action and subject, by its name."""
        prints = {}
        for row, (name, frames) in enumerate(zip(self.ids, self.each(), strict=True)):
            digest = hashlib.sha256(f"{self.action_of(row).number},{self.subjects[row]},".encode())
            digest.update(np.ascontiguousarray(frames, dtype="<f4").tobytes())
            prints[name] = digest.hexdigest()
        return prints

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the whole set; the order of the sequences does not matter."""
        digest = hashlib.sha256()
        for name, value in sorted(self.sequence_fingerprints.items()):
            digest.update(f"{name}={value};".encode())
        return digest.hexdigest()


def replace_frames(
    sequences: SkeletonSequences,
    parts: Iterable[FloatArray],
    *,
    labels: IntArray | None = None,
    subjects: IntArray | None = None,
    ids: Sequence[str] | None = None,
    recorded: IntArray | None = None,
) -> SkeletonSequences:
    """Return the same set with other frames and, where given, other rows.

    Args:
        sequences: the set to start from.
        parts: N arrays of (T, J, 3).
        labels: (N) where the rows change.
        subjects: (N) where the rows change.
        ids: N names where the rows change.
        recorded: (N) how many frames each had before it was resampled; None where none was.
    """
    return SkeletonSequences.from_list(
        parts,
        labels=sequences.labels if labels is None else labels,
        subjects=sequences.subjects if subjects is None else subjects,
        ids=sequences.ids if ids is None else ids,
        actions=sequences.actions,
        skeleton=sequences.skeleton,
        source=sequences.source,
        synthetic=sequences.synthetic,
        rate=sequences.rate,
        recorded=recorded,
        unit=sequences.unit,
    )
