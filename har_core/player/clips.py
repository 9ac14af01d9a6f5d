"""Clips: sequences to be shown, and how they travel to the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from har_core.data.sequences import BoolArray, FloatArray
from har_core.skeleton import Skeleton

FRAMES_PER_SECOND = 15
"""The rate that the recordings were made at."""

MOST_CLIPS = 12

MOST_LARGE_CLIPS = 4
"""More clips than this are shown as a grid of small pictures."""


@dataclass(frozen=True, eq=False)
class Clip:
    """One sequence to be shown.

    Attributes:
        title: stands above the figure, such as ``a01_s01_e01 · high arm wave · subject 1``.
        frames: (T, J, 3) joint positions, in metres or prepared; x to the right, y up, z away.
        untracked: (T) True where the tracker had lost the body.
        skeleton: joints and bones.
        unit: what the positions are measured in, for the axes of plots: ``m``, or ``scaled``.
    """

    title: str
    frames: FloatArray
    untracked: BoolArray
    skeleton: Skeleton
    unit: str = "m"


def check_clips(clips: Sequence[Clip]) -> None:
    """Refuse what can't be shown.

    Raises:
        ValueError: there are no clips or too many, or the shapes in one of them do not fit together.
    """
    if not 1 <= len(clips) <= MOST_CLIPS:
        raise ValueError(f"The player shows 1 to {MOST_CLIPS} clips, got {len(clips)}.")
    for clip in clips:
        length = len(clip.frames)
        expected = (length, clip.skeleton.joint_count, 3)
        if length < 1 or clip.frames.shape != expected or clip.untracked.shape != (length,):
            raise ValueError(
                f"Clip {clip.title!r}: frames {clip.frames.shape} and untracked {clip.untracked.shape} "
                f"do not fit {clip.skeleton.joint_count} joints."
            )


def pack(clips: Sequence[Clip], height: int) -> bytes:
    """Return what the browser receives: the length of a JSON text, the text, then the numbers.

    The length is a uint32 and the numbers are float32 (T, J, 3) of each clip in turn, all little-endian. The
    text is padded with spaces to a multiple of 4 bytes, so that the numbers are aligned.

    Args:
        clips: one to twelve.
        height: of each picture, in pixels.

    Raises:
        ValueError: as ``check_clips``.
    """
    check_clips(clips)
    header = {
        "rate": FRAMES_PER_SECOND,
        "height": height,
        "small": len(clips) > MOST_LARGE_CLIPS,
        "clips": [_describe(clip) for clip in clips],
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)
    numbers = [np.ascontiguousarray(clip.frames, dtype="<f4").tobytes() for clip in clips]
    return b"".join([len(text).to_bytes(4, "little"), text, *numbers])


def _describe(clip: Clip) -> dict[str, object]:
    skeleton = clip.skeleton
    return {
        "title": clip.title,
        "length": len(clip.frames),
        "untracked": np.flatnonzero(clip.untracked).tolist(),
        "unit": clip.unit,
        "joints": skeleton.joints,
        "jointSides": skeleton.joint_sides,
        "bones": skeleton.bones,
        "boneSides": skeleton.bone_sides,
    }
