"""The training part as augmentation sees it: read at any moment, and who shows the same action."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from har_core.data.frame_spool import MappedPages
from har_core.data.sequences import FloatArray, IntArray, SkeletonSequences


@dataclass(frozen=True, eq=False)
class TrainingSequences:
    """The training part.

    Attributes:
        sequences: prepared, of all parts.
        training: (N) rows of the training part; of no others anything is read.
    """

    sequences: SkeletonSequences
    training: IntArray

    @cached_property
    def _pages(self) -> MappedPages:
        return MappedPages(self.sequences.frames)

    @cached_property
    def _by_action(self) -> tuple[IntArray, IntArray, IntArray]:
        """The training rows sorted by action, and of each action its first place among them and how many."""
        labels = self.sequences.labels[self.training]
        counts = np.bincount(labels, minlength=len(self.sequences.actions))
        return self.training[np.argsort(labels, kind="stable")], np.cumsum(counts) - counts, counts

    def partners_of(self, rows: IntArray, random: np.random.Generator) -> IntArray:
        """Return for each of these training rows one that shows the same action, maybe itself."""
        sorted_rows, first, counts = self._by_action
        labels = self.sequences.labels[rows]
        places: IntArray = first[labels] + random.integers(counts[labels])
        partners: IntArray = sorted_rows[places]
        return partners

    def at(self, rows: IntArray, of: IntArray, moments: NDArray[np.float64]) -> FloatArray:
        """Return (S, J, 3) frames between those of sequences, on straight lines.

        Args:
            rows: (B) of training sequences.
            of: (S) which of them each frame is of.
            moments: (S) from 0, the first frame of the sequence, to 1, its last.
        """
        last = (self.sequences.lengths[rows] - 1)[of]
        place = moments * last
        before = place.astype(np.int64)
        share = (place - before).astype(np.float32)[:, None, None]
        starts, frames = self.sequences.offsets[rows][of], self.sequences.frames
        found: FloatArray = frames[starts + before] * (1 - share)
        found += frames[starts + np.minimum(before + 1, last)] * share
        self._pages.note(2 * found.nbytes, places=len(rows))
        return found
