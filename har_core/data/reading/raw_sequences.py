"""RawSequences: what a reader hands over, in the files' own numbers. ``interpret`` finds out the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import Assumption
from har_core.data.sequences import IntArray
from har_core.skeleton import Skeleton

AnyArray = NDArray[Any]


@dataclass(frozen=True, eq=False)
class RawSequences:
    """N sequences of one body each, and what their format itself knows of them; None is what it does not.

    Nothing is mended by a reader: marks of missing joints and padding are as in the files.

    Attributes:
        frames: N arrays of (T, J, 2) or (T, J, 3) in any type of number, NaN where a value is missing. Where
            they are many they are views into a memory map (of the file, or of a ``FrameSpool``).
        actions: (N) numbers from 1, or N words.
        subjects: (N) numbers from 1.
        ids: N names, all different.
        layout: how the files are organised, the beginning of a sentence: lengths and padding are added.
        files: what they hold, by what to call each.
        notes: sentences on what else the user should know.
        assumptions: what the reader itself had to find out.
        file: the one file that holds all frames, for errors; None where the name of a sequence tells.
        equally_long: whether the format makes all sequences equally long, so that they may be padded.
        skeleton: joints in the order of ``frames``.
        axes: which of the files' axes point right in the image, up, and away, such as ``x,-y,z``.
        unit: such as ``millimetres``.
        rate: frames a second.
        action_names: by their numbers.
        from_zero: whether the files count the actions from 0, so that their 0 is 1 here.
        choices: what else of ``ReadingChoices`` the reader looks at, ``layout`` or ``body``.
    """

    frames: Sequence[AnyArray]
    actions: IntArray | Sequence[str]
    subjects: IntArray | None
    ids: Sequence[str] | None
    layout: str
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    file: str | None = None
    equally_long: bool = False
    skeleton: Skeleton | None = None
    axes: str | None = None
    unit: str | None = None
    rate: float | None = None
    action_names: Mapping[int, str] | None = None
    from_zero: bool = False
    choices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frames)

    def place(self, row: int) -> str:
        """Return what an error calls the sequence in that row."""
        if self.file is None and self.ids is not None:
            return self.ids[row]
        return f"{self.file or 'the files'}: sequence {row + 1}"

    @property
    def action_numbers(self) -> IntArray | None:
        """(N) the numbers of the actions, or None where they are words."""
        return self.actions if isinstance(self.actions, np.ndarray) else None
