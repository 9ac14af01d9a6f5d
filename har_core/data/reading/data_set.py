"""LoadedSource: a data set, and what was found out while reading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from har_core.data.reading.choices import Assumption
from har_core.data.sequences import SkeletonSequences

ActionNames = Literal["known", "told", "said", "unknown"]


@dataclass(frozen=True)
class LoadedSource:
    """A data set, and what was found out while reading it.

    Attributes:
        sequences: the data set.
        layout: one sentence on how its files are organised.
        notes: sentences on what was assumed or changed.
        files: what its files hold, by what to call each.
        action_names: whether the actions are known to be those of MSR Action3D, are named as the files tell,
            or as the user said, or are not known, so that they are called by their numbers.
        axes: which of the files' axes point right, up and away, such as ``x,y,z``; frames have x to the right
            in the image, y up and z away from the camera.
        unit: of the frames.
        padding: what was taken off, in words.
        assumptions: what was found out rather than known.
        choices: the fields of ``ReadingChoices`` that change how its files are read.
        card: what a data card beside the files tells, by its fields, but for what the user has chosen.
    """

    sequences: SkeletonSequences
    layout: str
    notes: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    action_names: ActionNames = "unknown"
    axes: str = "x,y,z"
    unit: str = "metres"
    padding: str = "no padding"
    assumptions: tuple[Assumption, ...] = ()
    choices: tuple[str, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.sequences.rate
