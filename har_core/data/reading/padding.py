"""Padding: frames that were added to make all sequences of an array equally long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import BoolArray
from har_core.errors import DataError

AnyArray = NDArray[Any]
Kind = Literal["value", "repeated frame", "from the start", "same frame"]
Side = Literal["end", "front"]

# Below this share, a run at the end of a sequence is a fault of the tracker and no padding.
_SMALLEST_SHARE = 0.1
_REPEATED = ("repeated frame", "from the start")
_NAN = float("nan")  # one object, so that paddings with it are equal


@dataclass(frozen=True)
class Padding:
    """How an array was padded: with what, and on which side.

    Attributes:
        kind: one value in all joints; the outermost frame again and again; the sequence from its start again;
            or one frame that all sequences share.
        side: where.
        value: that fills up, or of the frame, joint after joint.
    """

    kind: Kind
    side: Side
    value: tuple[float, ...] = ()

    def __str__(self) -> str:
        where = "at the end" if self.side == "end" else "in front"
        if self.kind == "value":
            name = {"0": "zero", "nan": "NaN"}.get(f"{self.value[0]:g}", f"{self.value[0]:g}")
            return f"{name} padding {where}"
        if self.kind == "from the start":
            return "padding by repetition from the start"
        return f"{self.kind} padding {where}"

    def strip(self, frames: AnyArray) -> AnyArray:
        """Return (T, J, C) without its padding; of a sequence that is only padding one frame stays."""
        count = min(self.run(frames), len(frames) - 1)
        return frames[: len(frames) - count] if self.side == "end" else frames[count:]

    def run(self, frames: AnyArray) -> int:
        """Return how many frames of (T, J, C) are padding."""
        inwards = frames[::-1] if self.side == "end" else frames
        if self.kind == "from the start":
            return len(frames) - _period(frames)
        if self.kind == "repeated frame":
            # The frame that is repeated belongs to the sequence; what is a mark is no repeated frame.
            return 0 if _mark(inwards[0]) is not None else _run_length(_equal(inwards[1:], inwards[0]))
        mark = np.asarray(self.value, frames.dtype if frames.dtype.kind == "f" else np.float64)
        return _run_length(_equal(inwards, mark if len(mark) == 1 else mark.reshape(inwards.shape[1:])))


def find_padding(sequences: Iterable[AnyArray], chosen: str | None = None) -> Padding | None:
    """Find the one padding that most of the sequences have.

    Args:
        sequences: some arrays of (T, J, C), all equally long.
        chosen: what the user says of the padding: ``none``, ``repeated frame``, ``from the start``, a value.

    Returns:
        The padding, or None where fewer than one in ten have any.

    Raises:
        DataError: what was chosen is no padding.
    """
    if chosen == "none":
        return None
    votes: Counter[Padding] = Counter()
    ends: Counter[tuple[float, ...]] = Counter()
    count = 0
    for frames in sequences:
        count += 1
        votes.update(_paddings(frames))
        if frames[-1].size and len(frames) > 1 and _equal(frames[-2:-1], frames[-1]).all():
            ends[tuple(frames[-1].ravel().tolist())] += 1
    wanted = None if chosen is None else _chosen(chosen)
    if wanted is not None:
        either_side = (wanted, replace(wanted, side="front"))
        return max(either_side, key=lambda padding: votes[padding])
    if not votes:
        return None
    found, most = max(votes.items(), key=lambda vote: vote[1])
    if most < _SMALLEST_SHARE * count:
        return None
    if found == Padding("repeated frame", "end") and ends:
        frame, shared = max(ends.items(), key=lambda end: end[1])
        if shared > 1 and shared >= most / 2:  # a pose that several sequences end in is none of theirs
            return Padding("same frame", "end", frame)
    return found


def _chosen(text: str) -> Padding:
    written = text.strip().lower()
    if written in _REPEATED:
        return Padding("repeated frame" if written == "repeated frame" else "from the start", "end")
    try:
        value = float(written)
        return Padding("value", "end", (_NAN if np.isnan(value) else value,))
    except ValueError:
        raise DataError(
            f"{text[:40]!r} is no padding; choose none, {', '.join(_REPEATED)}, or the value that fills up, "
            "such as 0, -999 or nan."
        ) from None


def _paddings(frames: AnyArray) -> list[Padding]:
    """Return every padding that one sequence may have."""
    found: list[Padding] = []
    sides: tuple[Side, ...] = ("end", "front")
    for side in sides:
        outermost = frames[-1 if side == "end" else 0]
        mark = _mark(outermost)
        if mark is not None:
            found.append(Padding("value", side, (mark,)))
        elif len(frames) > 1 and _equal(frames[-2 if side == "end" else 1], outermost).all():
            found.append(Padding("repeated frame", side))
    if not found and _period(frames) < len(frames):
        found.append(Padding("from the start", "end"))
    return found


def _mark(frame: AnyArray) -> float | None:
    """Return the value that all joints of a frame share in all coordinates, None where there is none."""
    first = frame.flat[0]
    same = np.isnan(frame).all() if np.isnan(first) else (frame == first).all()
    # A body of one joint shares everything with itself.
    return (_NAN if np.isnan(first) else float(first)) if same and len(frame) > 1 else None


def _period(frames: AnyArray) -> int:
    """Return after how many frames a sequence begins anew and goes on so to its end; T where it does not."""
    if _mark(frames[0]) is not None:  # frames that were lost are all alike
        return len(frames)
    again = np.flatnonzero(_equal(frames[1:], frames[0])) + 1
    for start in again.tolist():
        if start >= 2 and _equal(frames[start:], frames[: len(frames) - start]).all():
            return int(start)
    return len(frames)


def _equal(frames: AnyArray, frame: AnyArray) -> BoolArray:
    """Return for each of the frames whether it is the other one; NaN is NaN."""
    same = (frames == frame) | ((frames != frames) & (frame != frame))
    equal: BoolArray = same.all(axis=(-2, -1))
    return equal


def _run_length(mask: BoolArray) -> int:
    """Return how many values are True before the first that is not."""
    return len(mask) if mask.all() else int(np.argmin(mask))
