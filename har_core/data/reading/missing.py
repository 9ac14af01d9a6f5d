"""Joints that the tracker lost: written as NaN, or as a mark such as 0 or -1 in all their coordinates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.sample import USUAL_MARKS
from har_core.data.sequences import BoolArray, FloatArray

_FEWEST_FIRSTS = 3
_MARKS = np.array(USUAL_MARKS, np.float64)


def lost_joints(frames: NDArray[np.floating]) -> BoolArray:
    """Return (T, J) True where a coordinate is NaN, or all of them are one and the same mark."""
    lost: BoolArray = np.isnan(frames).any(axis=2)
    alike = frames[:, :, 0] == frames[:, :, 1]
    if alike.any():
        marked = alike & (frames == frames[:, :, :1]).all(axis=2)
        lost |= marked & np.isin(frames[:, :, 0], _MARKS)
    return lost


def never_there(lost: BoolArray, frames: NDArray[np.floating]) -> frozenset[int]:
    """Return the joints that never come.

    One that is always at the origin, with the body around it, is what the body was centred on, and no mark.

    Args:
        lost: (F, J) as ``lost_joints`` finds them.
        frames: (F, J, C) some frames.
    """
    seen = ~lost.all(axis=1)
    gone = np.flatnonzero(lost[seen].all(axis=0)).tolist() if seen.any() else []
    return frozenset() if len(gone) == 1 and centred_on(gone[0], lost, frames) else frozenset(gone)


def centred_on(joint: int, lost: BoolArray, frames: NDArray[np.floating]) -> bool:
    """Say whether a joint is always at the origin, with the others around it."""
    seen = ~lost.all(axis=1)
    if not seen.any() or (frames[seen, joint] != 0).any():
        return False
    others = np.where(lost[seen][:, :, None], np.nan, frames[seen])
    others = np.delete(others, joint, axis=1)
    if np.isnan(others).all(axis=(0, 2)).any():
        return False
    places = np.nanmedian(others, axis=0)
    return bool(((places.min(axis=0) <= 0) & (places.max(axis=0) >= 0)).all())


def starts_at_origin(firsts: NDArray[np.floating]) -> int | None:
    """Return the joint that is at the origin where each sequence begins, as when all are moved to there.

    Args:
        firsts: (N, J, C) the first frames of some sequences; of few, nothing is concluded.
    """
    lost = lost_joints(firsts)
    if (~lost.all(axis=1)).sum() < _FEWEST_FIRSTS:
        return None
    always = np.flatnonzero(lost[~lost.all(axis=1)].all(axis=0)).tolist()
    return next((joint for joint in always if centred_on(joint, lost, firsts)), None)


def clear(
    frames: FloatArray, gone: frozenset[int], centre: int | None, start: int | None = None
) -> tuple[FloatArray, int, int]:
    """Return frames with NaN for each missing joint, and zeros for each frame that was lost.

    Args:
        frames: (T, J, C) as in the file.
        gone: joints that never come; they are taken out.
        centre: the joint that is always at the origin, if there is one.
        start: the joint that is there where each sequence begins, if there is one.

    Returns:
        (T, J', C), in how many frames some joints are missing, and in how many all are for NaN.
    """
    lost = lost_joints(frames)
    if not lost.any():
        return (np.delete(frames, sorted(gone), axis=1) if gone else frames), 0, 0
    if centre is not None:
        lost[:, centre] = np.delete(lost, centre, axis=1).all(axis=1)
    if start is not None and (frames[0, start] == 0).all():
        lost[0, start] = np.delete(lost[0], start).all()
    if gone:
        frames, lost = np.delete(frames, sorted(gone), axis=1), np.delete(lost, sorted(gone), axis=1)
    whole = np.asarray(lost.all(axis=1))
    broken = int((whole & np.isnan(frames).any(axis=(1, 2))).sum())
    some = lost & ~whole[:, None]
    cleared = np.where(whole[:, None, None], np.float32(0), frames)
    cleared = np.where(some[:, :, None], np.float32(np.nan), cleared)
    return cleared, int(some.any(axis=1).sum()), broken
