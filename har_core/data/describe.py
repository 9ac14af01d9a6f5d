"""What a data set holds, in numbers and in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from har_core.data.msr_action3d import left_out_of_literature
from har_core.data.reading.data_set import LoadedSource
from har_core.data.sequences import SkeletonSequences
from har_core.wording import counted

_FAR_LONGER = 5  # medians


@dataclass(frozen=True)
class Fault:
    """What is wrong with a sequence, in words."""

    id: str
    fault: str


@dataclass(frozen=True)
class Description:
    """Counts of a data set; see ``describe``.

    Attributes:
        source: name of the source.
        synthetic: True for data that was computed and not recorded.
        layout: one sentence on how the files are organised.
        files: what each of them holds.
        frame: what a frame is, in words.
        action_names: one sentence on what the actions are called.
        notes: sentences on what was changed while reading.
        skeleton: name of the skeleton.
        axes: which of the files' axes point right, up and away.
        unit: of the numbers in the files.
        rate: frames a second.
        padding: what was taken off, in words.
        assumptions: sentences on what was found out rather than known, each with the choice that corrects it.
        sequences: N.
        frames: S, of all sequences together.
        joints: J.
        classes: K, the number of actions.
        subjects: how many different ones.
        actions: name of each action, by its number.
        per_class: sequences of each action, by its number.
        per_subject: sequences of each subject, by its number.
        lengths: frames of a sequence: ``min``, ``median``, ``max``.
        untracked_frames: frames in which all coordinates are zero.
        faults: the sequences with a known fault.
        fingerprint: hash of the whole set.
    """

    source: str
    synthetic: bool
    layout: str
    files: dict[str, str]
    frame: str
    action_names: str
    notes: tuple[str, ...]
    sequences: int
    frames: int
    joints: int
    classes: int
    subjects: int
    actions: dict[str, str]
    per_class: dict[str, int]
    per_subject: dict[str, int]
    lengths: dict[str, float]
    untracked_frames: int
    faults: tuple[Fault, ...]
    fingerprint: str
    skeleton: str
    axes: str
    unit: str
    rate: float
    padding: str
    assumptions: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values that JSON can hold."""
        plain = asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


def describe(loaded: LoadedSource) -> Description:
    """Count what a data set holds and find its faults."""
    sequences = loaded.sequences
    numbers = [sequences.action_of(row).number for row in range(len(sequences))]
    lengths = sequences.lengths
    return Description(
        source=sequences.source,
        synthetic=sequences.synthetic,
        layout=loaded.layout,
        files=dict(loaded.files),
        frame=_say_frame(loaded),
        action_names=_say_action_names(loaded),
        notes=loaded.notes,
        sequences=len(sequences),
        frames=len(sequences.frames),
        joints=sequences.skeleton.joint_count,
        classes=len(sequences.actions),
        subjects=len(np.unique(sequences.subjects)),
        actions={str(action.number): action.name for action in sequences.actions},
        per_class=_counts(numbers),
        per_subject=_counts(sequences.subjects.tolist()),
        lengths={
            "min": int(lengths.min()),
            "median": _plain(float(np.median(lengths))),
            "max": int(lengths.max()),
        },
        untracked_frames=int(sequences.untracked.sum()),
        faults=find_faults(sequences),
        fingerprint=sequences.fingerprint,
        skeleton=sequences.skeleton.name,
        axes=loaded.axes,
        unit=loaded.unit,
        rate=_plain(float(loaded.rate)),
        padding=loaded.padding,
        assumptions=tuple(map(str, loaded.assumptions)),
    )


def summary(loaded: LoadedSource) -> str:
    """Say in a few words what a data set holds, such as ``6 sequences of 3 actions by 2 subjects``."""
    sequences = loaded.sequences
    actions = counted(len(sequences.actions), "action")
    subjects = counted(len(np.unique(sequences.subjects)), "subject")
    return f"{counted(len(sequences), 'sequence')} of {actions} by {subjects}"


def _say_frame(loaded: LoadedSource) -> str:
    joints = counted(loaded.sequences.skeleton.joint_count, "joint")
    if loaded.action_names == "known":  # MSR Action3D, and the synthetic set, which is in its shape
        return f"{joints} with x (right in the image), y (up) and z (away from the camera)"
    return f"{joints} with x, y and z"


def _say_action_names(loaded: LoadedSource) -> str:
    if loaded.sequences.synthetic:
        return "The actions are called as those of MSR Action3D, which they imitate."
    return {
        "known": "These are recordings of MSR Action3D, so the actions have its names.",
        "told": "The actions are called as the files tell, or the data set whose form they have.",
        "said": "The actions have the names of MSR Action3D, as you said.",
        "unknown": "Actions are numbered; their names are not known.",
    }[loaded.action_names]


def find_faults(sequences: SkeletonSequences) -> tuple[Fault, ...]:
    """Return the sequences that were badly tracked, are far too long, or that the literature leaves out."""
    median = float(np.median(sequences.lengths))
    # The names of a synthetic set may be those of MSR Action3D; its sequences are not.
    left_out = frozenset() if sequences.synthetic else left_out_of_literature(sequences)
    faults = []
    for row, name in enumerate(sequences.ids):
        length = int(sequences.lengths[row])
        untracked = int(sequences.untracked_in(row).sum())
        found = []
        if untracked == length:
            found.append(
                "its only frame is untracked" if length == 1 else f"all {length} frames are untracked"
            )
        elif untracked:
            found.append(f"{untracked} of {length} frames are untracked")
        if length > _FAR_LONGER * median:
            found.append(f"{length} frames, far longer than the median of {median:g}")
        if name in left_out:
            found.append("not among the 557 of the literature")
        if found:
            faults.append(Fault(name, "; ".join(found)))
    return tuple(faults)


def _counts(values: list[int]) -> dict[str, int]:
    return {str(value): count for value, count in sorted(Counter(values).items())}


def _plain(value: float) -> float:
    return int(value) if value.is_integer() else value
