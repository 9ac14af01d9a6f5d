"""Padding: frames that were added to make all sequences of an array equally long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from har_core.data.sequences import BoolArray, FloatArray

Kind = Literal["zero", "NaN", "repeated frame"]
Side = Literal["end", "front"]

# Below this share, a run at the end of a sequence is a fault of the tracker and no padding.
_SMALLEST_SHARE = 0.1


@dataclass(frozen=True)
class Padding:
    """How an array was padded: with what, and on which side."""

    kind: Kind
    side: Side

    def __str__(self) -> str:
        where = "at the end" if self.side == "end" else "in front"
        return f"{self.kind} padding {where}"

    def strip(self, frames: FloatArray) -> FloatArray:
        """Return (T, J, 3) without its padding; of a sequence that is only padding one frame stays."""
        count = min(self._run(frames), len(frames) - 1)
        return frames[: len(frames) - count] if self.side == "end" else frames[count:]

    def is_in(self, frames: FloatArray) -> bool:
        """Return whether (T, J, 3) ends, or begins, with this padding."""
        return self._run(frames) > 0 and not (self.kind == "repeated frame" and self._rests_on_zero(frames))

    def _rests_on_zero(self, frames: FloatArray) -> bool:
        return not frames[-1 if self.side == "end" else 0].any()

    def _run(self, frames: FloatArray) -> int:
        inwards = frames[::-1] if self.side == "end" else frames
        if self.kind == "repeated frame":
            # The frame that is repeated belongs to the sequence.
            return _run_length(np.all(inwards[1:] == inwards[0], axis=(1, 2)))
        if self.kind == "NaN":
            return _run_length(np.all(np.isnan(inwards), axis=(1, 2)))
        return _run_length(~np.any(inwards, axis=(1, 2)))


def _run_length(mask: BoolArray) -> int:
    """Return how many values are True before the first that is not."""
    return len(mask) if mask.all() else int(np.argmin(mask))


def find_padding(sequences: Iterable[FloatArray]) -> tuple[Padding, int] | None:
    """Find the one padding that most of the sequences have.

    Args:
        sequences: N arrays of (T, J, 3), all equally long.

    Returns:
        The padding and the number of sequences that have it, or None where fewer than one in ten have any.
    """
    candidates = [Padding(kind, side) for kind in get_args(Kind) for side in get_args(Side)]
    counts = [0] * len(candidates)
    sequence_count = 0
    for frames in sequences:
        sequence_count += 1
        counts = [
            count + candidate.is_in(frames) for count, candidate in zip(counts, candidates, strict=True)
        ]
    most = max(counts)
    if most == 0 or most < _SMALLEST_SHARE * sequence_count:
        return None
    return candidates[counts.index(most)], most
