"""A sample of many sequences, to find out of it what holds for all: never all of them are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.frame_spool import MappedPages
from har_core.data.sequences import FloatArray

AnyArray = NDArray[Any]

USUAL_MARKS = (0, -1, -10, -99, -100, -999, -1000, -9999, -99999, 99, 999, 9999, 99999)
"""Numbers that trackers and people write where nothing is known."""

_MOST_SEQUENCES = 200
_MOST_FRAMES = 4_000
_EACH = 7  # frames; neighbours say next to the same


def spread(sequences: Sequence[AnyArray], most: int = _MOST_SEQUENCES) -> Iterator[AnyArray]:
    """Yield at most so many of the sequences, evenly spread over all."""
    pages = MappedPages(sequences[0])
    for row in np.unique(np.linspace(0, len(sequences) - 1, most).round().astype(int)).tolist():
        yield sequences[row]
        pages.note(sequences[row].nbytes)
    pages.give_back()


def sample_frames(sequences: Sequence[AnyArray]) -> FloatArray:
    """Return some frames, (F, J, C), every seventh of sequences that lie spread over all; of few, all."""
    each, count = [], 0
    step = _EACH if sum(map(len, sequences)) > _MOST_FRAMES else 1
    for frames in spread(sequences):
        part = frames[::step][: _MOST_FRAMES // 8]
        each.append(part.astype(np.float64))
        count += len(part)
        if count >= _MOST_FRAMES:
            break
    return np.concatenate(each)
