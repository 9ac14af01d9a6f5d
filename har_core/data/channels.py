"""Channels: views of a whole sequence, all equally long, between which distances are measured.

Inputs are computed frame by frame; a channel knows the whole sequence, and how long it was. Bodies are made
ready here, whatever the preparation has left of them: lost frames are filled at their own times and those at
the ends cut, the median of the hips is the middle, and the mean distance from hips to head is one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.body_roles import BodyRoles, middle_of, size_of
from har_core.data.motion import directions, lag, pace_of
from har_core.data.sequences import FloatArray

CHANNEL_FRAMES = 48
"""T, to which every sequence is resampled."""


@dataclass(frozen=True)
class Bodies:
    """N sequences, ready to be looked at.

    Attributes:
        positions: (N, T, J, 3) float32, relative to the median hip, in distances from hips to head.
        paces: (N) float32; by what a motion over resampled frames is multiplied to be half in real time.
        roles: of the joints.
    """

    positions: FloatArray
    paces: FloatArray
    roles: BodyRoles


@dataclass(frozen=True)
class Channel:
    """A view of sequences.

    Attributes:
        title: for people.
        description: what it is, in a sentence.
        weight: of its distances, each divided by the median distance, in the sum over channels.
        compute: from bodies to (N, T, F).
    """

    title: str
    description: str
    weight: float
    compute: Callable[[Bodies], FloatArray]

    def of(self, bodies: Bodies) -> FloatArray:
        """Return (N, T, F) float32, whose rows lie one behind the other."""
        found = self.compute(bodies)
        return np.ascontiguousarray(found.reshape(*found.shape[:2], -1), np.float32)


def _positions(bodies: Bodies) -> FloatArray:
    return bodies.positions


def _motion(bodies: Bodies) -> FloatArray:
    return lag(bodies.positions, 4) * bodies.paces[:, None, None, None]


def _directions(bodies: Bodies) -> FloatArray:
    return directions(bodies.positions[:, :, list(bodies.roles.ends)])


CHANNELS: dict[str, Channel] = {
    "positions": Channel(
        "positions",
        "Where each joint is, seen from the hips, in distances from hips to head.",
        0.3,
        _positions,
    ),
    "motion": Channel(
        "motion",
        "How far each joint moves in four of 48 frames, half in resampled and half in real time: slow and "
        "fast actions of the same shape differ.",
        1.0,
        _motion,
    ),
    "directions": Channel(
        "directions", "Where wrists, hands, feet and head are going, however fast.", 0.5, _directions
    ),
}
"""By name. Weights and constants did best on subjects 6 and 7, and on each training subject in its turn."""


def bodies_of(sequences: Sequence[FloatArray], roles: BodyRoles) -> Bodies:
    """Make sequences of (frames, J, 3) ready; a frame of nothing but zeros is lost."""
    ready = [_ready(frames.astype(np.float64), roles) for frames in sequences]
    lengths = np.array([length for _, length in ready], np.float64)
    return Bodies(np.stack([positions for positions, _ in ready]), pace_of(lengths), roles)


def _ready(frames: NDArray[np.float64], roles: BodyRoles) -> tuple[FloatArray, int]:
    """Return one sequence as (T, J, 3), and how many frames it had between its first and its last body."""
    known = np.flatnonzero(frames.any(axis=(1, 2)))
    known = known if len(known) else np.arange(len(frames))
    seen = frames[known]
    seen = seen - np.median(middle_of(seen, roles), axis=0)
    if (size := size_of(seen, roles)) > 0:
        seen = seen / size
    length = int(known[-1] - known[0]) + 1
    filled = _between(seen, known - known[0], np.arange(length)) if len(known) < length else seen
    resampled = _between(filled, np.arange(length), np.linspace(0, length - 1, CHANNEL_FRAMES))
    with np.errstate(over="ignore"):  # who measures tells of what is too large
        return resampled.astype(np.float32), length


def _between(
    frames: NDArray[np.float64], known: NDArray[np.int64], wanted: NDArray[np.number]
) -> NDArray[np.float64]:
    """Return the frames at ``wanted`` times, on straight lines between those at the ``known`` ones."""
    if len(known) == 1:
        return np.repeat(frames, len(wanted), axis=0)
    right = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    share = ((wanted - known[right - 1]) / (known[right] - known[right - 1]))[:, None, None]
    found: NDArray[np.float64] = frames[right - 1] * (1 - share) + frames[right] * share
    return found
