"""Clips: sequences to be shown, and how they travel to the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import BoolArray, FloatArray
from har_core.skeleton import Skeleton

FRAMES_PER_SECOND = 15
"""Of MSR Action3D, and where nobody knows."""

MOST_CLIPS = 12

MOST_LARGE_CLIPS = 4
"""More clips than this are shown as a grid of small pictures."""

_MOST_TIMES = 16  # as many frames as there are, at most, where rates lie far apart

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Line:
    """A number over time.

    Attributes:
        name: stands at the end of the line.
        values: (R), one for each moment of its track.
        colour: ``#rrggbb``; a neutral grey where it is empty.
        faint: True for a line that is one of many: grey and without its name.
    """

    name: str
    values: Values
    colour: str = ""
    faint: bool = False


@dataclass(frozen=True, eq=False)
class Track:
    """What comes with a clip: numbers at R moments of it. The player draws them in step and asks no more.

    Attributes:
        moments: (R) positions in the clip, in frames from 0, that never fall.
        lines: drawn over time; the first lies on top.
        title: of the lines' axis, such as ``probability (%)``.
        span: the lowest and highest value that the axis has to hold.
        unit: stands behind a value that is read off a line.
        path: (R, 2) a way through the player's plane, or None.
    """

    moments: Values
    lines: Sequence[Line] = ()
    title: str = ""
    span: tuple[float, float] = (0.0, 1.0)
    unit: str = ""
    path: Values | None = None


@dataclass(frozen=True, eq=False)
class Plane:
    """Where the paths of clips lead: points that stay, faintly.

    Attributes:
        points: (P, 2).
        x: title of the axis to the right.
        y: title of the axis upwards.
        names: texts, and where each of them stands.
    """

    points: Values
    x: str
    y: str
    names: Sequence[tuple[str, float, float]] = ()


@dataclass(frozen=True, eq=False)
class Clip:
    """One sequence to be shown.

    Attributes:
        title: stands above the figure, such as ``a01_s01_e01 · high arm wave · subject 1``.
        frames: (T, J, 3) joint positions, as recorded or prepared; x to the right, y up, z away.
        untracked: (T) True where the tracker had lost the body.
        skeleton: joints and bones.
        unit: what positions are measured in, for the axes of plots: ``m``, ``px``, ``units``, or ``scaled``.
        track: what is drawn in step with it, if anything.
        rate: frames a second.
    """

    title: str
    frames: FloatArray
    untracked: BoolArray
    skeleton: Skeleton
    unit: str = "m"
    track: Track | None = None
    rate: float = FRAMES_PER_SECOND


def at_one_rate(clips: Sequence[Clip]) -> list[Clip]:
    """Return clips that play in true time side by side: all at the highest of their rates.

    Of a slower clip each frame stays as long as it lasts; no position is made up. Where the highest rate is
    more than 16 times the lowest, that is the rate, and of faster clips frames are passed over.
    """
    rates = [clip.rate for clip in clips]
    rate = min(max(rates), _MOST_TIMES * min(rates))
    return [clip if clip.rate == rate else _at(clip, rate) for clip in clips]


def _at(clip: Clip, rate: float) -> Clip:
    length = len(clip.frames)
    moments = np.arange(max(1, round(length * rate / clip.rate)))
    # Half a frame: 30 / 15 * 15 / 30 is a bit less than 1 in some other numbers.
    shown = np.minimum(((moments + 0.5) * clip.rate / rate).astype(int), length - 1)
    track = clip.track and replace(clip.track, moments=clip.track.moments * (rate / clip.rate))
    return replace(clip, frames=clip.frames[shown], untracked=clip.untracked[shown], track=track, rate=rate)


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
        if clip.track:
            _check_track(clip.track, clip.title)


def _check_track(track: Track, title: str) -> None:
    count = len(track.moments)
    shapes = [line.values.shape for line in track.lines]
    path = (count, 2) if track.path is None else track.path.shape
    if count < 1 or any(shape != (count,) for shape in shapes) or path != (count, 2):
        raise ValueError(
            f"Clip {title!r}: lines {shapes} and path {path} of its track do not fit {count} moments."
        )


def pack(
    clips: Sequence[Clip], height: int, plane: Plane | None = None, caption: str = "",
    positions: bool = False, called: int = 0, large: bool = False, grows: bool = False,
) -> bytes:  # fmt: skip
    """Return what the browser receives: the length of a JSON text, the text, then the numbers.

    The length is a uint32 and the numbers are float32, all little-endian: (T, J, 3) of each clip in turn; for
    each clip with a track its moments, the values of each line and its path; the points of the plane. The
    text is padded with spaces to a multiple of 4 bytes, so that the numbers are aligned.

    Args:
        clips: one to twelve.
        height: of the whole player, in pixels.
        plane: what the paths of the clips lead through, if any.
        caption: says of what run and data they are, where the page around the player can't be seen.
        positions: whether positions over time are open where there is width for them beside the skeletons.
        called: when the player was last called into view, in milliseconds since 1970; 0 if it never was.
        large: whether its words are to be read from far away.
        grows: whether it takes what a screen has more than 1280 x 720, and less on a phone.

    Raises:
        ValueError: as ``check_clips``.
    """
    check_clips(clips)
    clips = at_one_rate(clips)
    header = {
        "rate": clips[0].rate,
        "height": height,
        "grows": grows,
        "caption": caption,
        "opened": positions,
        "called": called,
        "large": large,
        "small": len(clips) > MOST_LARGE_CLIPS,
        "clips": [_describe(clip) for clip in clips],
        "plane": _describe_plane(plane) if plane else None,
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)
    numbers: list[Values] = [clip.frames for clip in clips]
    for track in (clip.track for clip in clips if clip.track):
        numbers += [track.moments, *(line.values for line in track.lines)]
        numbers += [] if track.path is None else [track.path]
    numbers += [plane.points] if plane else []
    packed = [np.ascontiguousarray(values, dtype="<f4").tobytes() for values in numbers]
    return b"".join([len(text).to_bytes(4, "little"), text, *packed])


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
        "track": _describe_track(clip.track) if clip.track else None,
    }


def _describe_track(track: Track) -> dict[str, object]:
    return {
        "readings": len(track.moments),
        "title": track.title,
        "span": track.span,
        "unit": track.unit,
        "lines": [{"name": line.name, "colour": line.colour, "faint": line.faint} for line in track.lines],
        "path": track.path is not None,
    }


def _describe_plane(plane: Plane) -> dict[str, object]:
    return {
        "count": len(plane.points),
        "x": plane.x,
        "y": plane.y,
        "names": [{"name": name, "at": [float(x), float(y)]} for name, x, y in plane.names],
    }
