"""Sequences of nothing, for what looks at actions, subjects and names only."""

import numpy as np

from har_core.data.sequences import Action, SkeletonSequences
from har_core.skeleton import KINECT_20


def made_up(labels, subjects, actions: int = 2, ids=None) -> SkeletonSequences:
    return SkeletonSequences.from_list(
        [np.ones((2, 20, 3), np.float32)] * len(labels),
        labels=labels,
        subjects=subjects,
        ids=ids or [f"row {row}" for row in range(len(labels))],
        actions=[Action(number, f"action {number}") for number in range(1, actions + 1)],
        skeleton=KINECT_20,
        source="made up",
    )
