"""Mirrors: a Kinect shows who faces it as a mirror does, most other trackers as somebody opposite would."""

from __future__ import annotations

import numpy as np

from har_core.data.sequences import FloatArray, SkeletonSequences, replace_frames
from har_core.skeleton import Skeleton

_ACROSS = ("shoulder", "hip")
_FORWARD = (("ankle", "foot"), ("ankle", "toe"))
_MOST_FRAMES = 2_000
_MOSTLY = 0.8  # of the frames say the same


def as_mirrored_as(
    sequences: SkeletonSequences, others: SkeletonSequences
) -> tuple[SkeletonSequences, tuple[str, ...]]:
    """Return sequences with left and right at the sides at which others have them, and what is to be said.

    Args:
        sequences: as recorded.
        others: such as a run was trained on.
    """
    own, theirs = is_mirrored(sequences), is_mirrored(others)
    if own is None or theirs is None or own == theirs:
        return sequences, ()
    across = np.array([-1, 1, 1], np.float32)
    turned = replace_frames(sequences, (frames * across for frames in sequences.each()))
    seen = "as in a mirror", "face to face"
    return turned, (
        f"These bodies are seen {seen[not own]}, and those that the run was trained on {seen[own]}: left and "
        "right were exchanged, for the run to see what it knows.",
    )


def is_mirrored(sequences: SkeletonSequences) -> bool | None:
    """Say whether bodies are seen as in a mirror, by where they look and where their left is.

    Who looks to the camera has the left on the right side of the image, but in a mirror on the left side. A
    body without feet, or in the plane, is taken to look to the camera.

    Returns:
        None where nothing tells.
    """
    rows = np.unique(np.linspace(0, len(sequences.frames) - 1, _MOST_FRAMES).round().astype(int))
    frames = sequences.frames[rows]
    left = _pair(sequences.skeleton, _ACROSS)
    if left is None:
        return None
    across = frames[:, left[0]] - frames[:, left[1]]
    forward = _forward(frames, sequences.skeleton)
    # Along the way in which the body looks lies its left, seen from above, on one side or on the other.
    sides = across[:, 2] * forward[:, 0] - across[:, 0] * forward[:, 1]
    seen = sides[np.isfinite(sides) & (sides != 0)]
    mirrored = float((seen < 0).mean()) if len(seen) else 0.5
    return mirrored > 0.5 if max(mirrored, 1 - mirrored) >= _MOSTLY else None


def _pair(skeleton: Skeleton, parts: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the left and the right joint of the first of these parts of the body that is there."""
    for part in parts:
        names = f"left_{part}", f"right_{part}"
        if set(names) <= set(skeleton.joints):
            return skeleton.joints.index(names[0]), skeleton.joints.index(names[1])
    return None


def _forward(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    """Return (F, 2) how far feet point to the right, and away from the camera."""
    for parts in _FORWARD:
        ends = [_pair(skeleton, (part,)) for part in parts]
        if ends[0] and ends[1]:
            ankles, feet = (frames[:, list(pair)].mean(axis=1) for pair in ends if pair)
            forward = (feet - ankles)[:, [0, 2]]
            if forward[:, 1].any():  # and not in the plane
                return np.asarray(forward)
    return np.tile(np.array([0, -1], np.float32), (len(frames), 1))
