"""The skeleton player: one clip, or several in step, moving on a canvas in the browser.

Frames travel once, as raw bytes; playing, turning and zooming happen in the browser alone.

For tests the element ``.player`` tells its state in ``data-`` attributes: ``frame`` (from 0), ``frames``,
``playing``, ``title``, ``drawn`` (joints drawn of tracked frames, all clips together), ``untracked``,
``yaw``, ``pitch`` and ``zoom``; its property ``drawnJoints[clip][joint]`` says where a joint was drawn.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from har_core.data.sequences import BoolArray, FloatArray
from har_core.skeleton import Skeleton

FRAMES_PER_SECOND = 15
"""The rate that the recordings were made at."""

MOST_CLIPS = 4

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "skeleton_player",
    html=(_HERE / "player.html").read_text(encoding="utf-8"),
    css=(_HERE / "player.css").read_text(encoding="utf-8"),
    js=(_HERE / "player.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, eq=False)
class Clip:
    """One sequence to be shown.

    Attributes:
        title: stands above the figure, such as ``a01_s01_e01 · high arm wave · subject 1``.
        frames: (T, J, 3) joint positions, in metres or prepared.
        untracked: (T) True where the tracker had lost the body.
        skeleton: joints and bones.
    """

    title: str
    frames: FloatArray
    untracked: BoolArray
    skeleton: Skeleton


def skeleton_player(clips: Sequence[Clip], *, key: str, height: int = 420) -> None:
    """Show clips side by side, playing in step on one time line.

    The camera, the speed and the other choices stay when the clips change; the frame stays when they do not.

    Args:
        clips: one to four; a shorter one holds its last frame.
        key: the element's key, the same on every rerun.
        height: of the picture, in pixels; the controls come below it.

    Raises:
        ValueError: there are no clips or too many, or the shapes in one of them do not fit together.
    """
    _COMPONENT(key=key, data=pack(clips, height))


def pack(clips: Sequence[Clip], height: int) -> bytes:
    """Return what the browser receives: the length of a JSON text, the text, then the numbers.

    The length is a uint32 and the numbers are float32 (T, J, 3) of each clip in turn, all little-endian. The
    text is padded with spaces to a multiple of 4 bytes, so that the numbers are aligned.

    Raises:
        ValueError: as for ``skeleton_player``.
    """
    if not 1 <= len(clips) <= MOST_CLIPS:
        raise ValueError(f"The player shows 1 to {MOST_CLIPS} clips, got {len(clips)}.")
    described = [_describe(clip) for clip in clips]
    text = json.dumps({"rate": FRAMES_PER_SECOND, "height": height, "clips": described}).encode()
    text += b" " * (-len(text) % 4)
    numbers = [np.ascontiguousarray(clip.frames, dtype="<f4").tobytes() for clip in clips]
    return b"".join([len(text).to_bytes(4, "little"), text, *numbers])


def _describe(clip: Clip) -> dict[str, object]:
    length, skeleton = len(clip.frames), clip.skeleton
    expected = (length, skeleton.joint_count, 3)
    if length < 1 or clip.frames.shape != expected or clip.untracked.shape != (length,):
        raise ValueError(
            f"Clip {clip.title!r}: frames {clip.frames.shape} and untracked {clip.untracked.shape} "
            f"do not fit {skeleton.joint_count} joints."
        )
    return {
        "title": clip.title,
        "length": length,
        "untracked": np.flatnonzero(clip.untracked).tolist(),
        "joints": skeleton.joints,
        "jointSides": skeleton.joint_sides,
        "bones": skeleton.bones,
        "boneSides": skeleton.bone_sides,
    }
