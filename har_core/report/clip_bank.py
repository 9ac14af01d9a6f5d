"""The skeletons of a page: each sequence once, small enough to be sent by mail."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.player.clips import pack
from har_core.player.recordings import recorded_clip

MOST_FRAMES = 60_000
"""About 6 MB of a page; MSR Action3D has a third of that."""

_STEPS = 8192
"""Positions between zero and the farthest joint: half a millimetre where that is four metres away."""

_HEIGHT = 440


@dataclass(frozen=True)
class ClipBank:
    """Packed clips in a row, compressed.

    Attributes:
        text: base64 of the zlib stream of all packed clips.
        lengths: bytes of each packed clip, by its key, in the order of the row.
    """

    text: str
    lengths: dict[str, int]


def set_of(fingerprint: str) -> str:
    """Return what the keys of a data set begin with: two data sets may have the same names of sequences."""
    return fingerprint[:16]


class ClipBankBuilder:
    """Takes the sequences that a page names, the important ones first, as long as there is room."""

    def __init__(self, most_frames: int = MOST_FRAMES) -> None:
        self._room = most_frames
        self._packed: dict[str, bytes] = {}

    def add(self, sequences: SkeletonSequences, names: Iterable[str]) -> None:
        """Take sequences in; one that is in already, or for which there is no room, is passed over."""
        for name in names:
            key = f"{set_of(sequences.fingerprint)}/{name}"
            clip = recorded_clip(sequences, name)
            if key not in self._packed and len(clip.frames) <= self._room:
                self._room -= len(clip.frames)
                self._packed[key] = pack([replace(clip, frames=_rounded(clip.frames))], _HEIGHT)

    def bank(self) -> ClipBank:
        """Return what was taken in."""
        row = b"".join(self._packed.values())
        lengths = {key: len(packed) for key, packed in self._packed.items()}
        return ClipBank(b64encode(zlib.compress(row, 6)).decode(), lengths)


def _rounded(frames: FloatArray) -> FloatArray:
    """Return frames whose numbers end in zeros, so that they take half as many bytes."""
    farthest = float(np.abs(frames[np.isfinite(frames)]).max(initial=0))
    if not farthest:
        return frames
    step = np.float32(2.0 ** np.ceil(np.log2(farthest)) / _STEPS)
    rounded: FloatArray = (np.round(frames / step) * step).astype(np.float32)
    return rounded
