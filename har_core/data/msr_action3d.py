"""What is published of MSR Action3D beside the skeletons: names of its sequences and actions, which are used.

Li, Zhang and Liu, "Action recognition based on a bag of 3D points", CVPR workshops 2010. The list of 557
sequences is the one of Wang, Liu, Wu and Yuan, CVPR 2012, which the literature uses.
"""

import re
from dataclasses import replace

from har_core.data.sequences import Action, SkeletonSequences
from har_core.skeleton import KINECT_20, MSR_ACTIONS

_NEVER_RECORDED = frozenset(
    [f"a{action:02d}_s04_e{take:02d}" for action in (1, 2, 3, 4, 5, 6, 15) for take in (1, 2, 3)]
    + [f"a15_s{subject:02d}_e{take:02d}" for subject in (3, 5) for take in (1, 2, 3)]
    + ["a04_s03_e03", "a05_s06_e03", "a06_s06_e03", "a07_s04_e03", "a07_s07_e03", "a15_s02_e03"]
)

_LEFT_OUT_OF_LITERATURE = frozenset(
    "a02_s03_e02 a04_s03_e01 a07_s04_e01 a13_s09_e01 a13_s09_e02 a13_s09_e03 "
    "a14_s03_e01 a20_s07_e01 a20_s07_e03 a20_s10_e03".split()
)

COURSE_FILES = ("X.npy", "Y.npy", "Y_s.npy")
"""What the course publishes of it: skeletons, actions, subjects."""

PUBLISHED_IDS: tuple[str, ...] = tuple(
    name
    for action in range(1, 21)
    for subject in range(1, 11)
    for take in range(1, 4)
    if (name := f"a{action:02d}_s{subject:02d}_e{take:02d}") not in _NEVER_RECORDED
)
"""The 567 sequences in the order of their names."""

LITERATURE_IDS: frozenset[str] = frozenset(PUBLISHED_IDS) - _LEFT_OUT_OF_LITERATURE
"""The 557 sequences that published results are given for."""

_PUBLISHED = frozenset(PUBLISHED_IDS)
_ENOUGH = 0.25  # of the published sequences: its three subsets have 219 to 228 of them
_ID = re.compile(r"a(\d+)_s(\d+)_e(\d+)")


def action_and_subject(name: str) -> tuple[int, int] | None:
    """Return what a name such as ``a01_s02_e03`` says, None for other names."""
    match = _ID.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


def is_msr_action3d(sequences: SkeletonSequences) -> bool:
    """Say whether all sequences bear published names that agree with their actions and subjects.

    A few may be anybody's, who names files in the same way.
    """
    enough = len(sequences) >= _ENOUGH * len(PUBLISHED_IDS)
    return (
        sequences.skeleton == KINECT_20
        and enough
        and all(
            name in _PUBLISHED
            and action_and_subject(name) == (sequences.action_of(row).number, sequences.subjects[row])
            for row, name in enumerate(sequences.ids)
        )
    )


def has_msr_numbers(sequences: SkeletonSequences) -> bool:
    """Say whether every action has a number that MSR Action3D has."""
    return all(1 <= action.number <= len(MSR_ACTIONS) for action in sequences.actions)


def name_as_msr(sequences: SkeletonSequences) -> SkeletonSequences:
    """Return the same set with the names that MSR Action3D gives to its actions' numbers, 1 to 20."""
    return replace(
        sequences,
        actions=tuple(Action(action.number, MSR_ACTIONS[action.number - 1]) for action in sequences.actions),
    )


def left_out_of_literature(sequences: SkeletonSequences) -> frozenset[str]:
    """Return the names that published results leave out; none where the actions are not MSR Action3D's.

    Other sets are named in the same form, and a name alone says nothing of what was recorded.
    """
    own = has_msr_numbers(sequences) and sequences.actions == name_as_msr(sequences).actions
    return _LEFT_OUT_OF_LITERATURE if own else frozenset()
