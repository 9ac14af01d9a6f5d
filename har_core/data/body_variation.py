"""Variation of moving bodies: other beginnings and tempos, turned, stretched, shaken, mixed with their like.

Lengths are in what prepared positions are measured in, best in distances from hips to head; bodies are turned
and stretched about the origin, where the preparation has put the hips. All sequences of a batch are varied
together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.body_roles import legs_of
from har_core.data.sequences import FloatArray, IntArray
from har_core.data.training_sequences import TrainingSequences

_CUT = 0.1
"""At most so much of a sequence is cut off at either end."""

_TEMPO = 0.2
_LOCAL_TEMPO = 0.4
_RECORDED = 0.1
"""Spread of the logarithm of how long it took."""

_TURN = (6.0, 15.0, 6.0)
"""Spread of turns about x, y and z in degrees."""

_STRETCH = 0.1
"""Spread of the logarithm of each axis."""

_OFFSET, _NOISE = 0.02, 0.01
"""Spread of the place of each joint in a sequence, and in each of its frames."""

_BLENDED, _SWAPPED = 0.5, 0.4
"""Shares of the sequences that become a mixture with their partner, and that have its legs."""


@dataclass(frozen=True, eq=False)
class Varied:
    """B training sequences as they are this time.

    Attributes:
        frames: (S, J, 3) of all of them in a row.
        lengths: (B) frames of each.
        recorded: (B) how many frames each had before it was resampled, which need not be whole.
    """

    frames: FloatArray
    lengths: IntArray
    recorded: NDArray[np.float64]


def vary_bodies(
    part: TrainingSequences, rows: IntArray, random: np.random.Generator, *, mixed: bool, warped: bool
) -> Varied:
    """Draw sequences anew.

    Args:
        part: the training part.
        rows: (B) of the sequences in it.
        random: source of all that is drawn.
        mixed: whether with another sequence of the same action: in part, or its legs.
        warped: whether a sequence may hurry here and linger there.
    """
    lengths = part.sequences.lengths[rows]
    of = np.repeat(np.arange(len(rows)), lengths)
    moments = _moments(lengths, of, random, warped)
    frames = part.at(rows, of, moments)
    if mixed:
        frames = _mix(frames, part.at(part.partners_of(rows, random), of, moments), of, len(rows), random,
                      list(legs_of(part.sequences.skeleton)))  # fmt: skip
    turns = _turns(len(rows), random)[of]
    frames = np.matmul(frames, turns)
    offsets = random.standard_normal((len(rows), *frames.shape[1:]), np.float32)
    frames += np.float32(_OFFSET) * offsets[of]
    frames += np.float32(_NOISE) * random.standard_normal(frames.shape, np.float32)
    times = (part.sequences.recorded_lengths[rows] - 1).astype(np.float64)
    return Varied(frames, lengths, 1 + times * np.exp(_RECORDED * random.standard_normal(len(rows))))


def _moments(
    lengths: IntArray, of: IntArray, random: np.random.Generator, warped: bool
) -> NDArray[np.float64]:
    """Return (S) which moment of its sequence, from 0 to 1, each frame shows this time."""
    starts = np.cumsum(lengths) - lengths
    t = (np.arange(len(of)) - starts[of]) / np.maximum(lengths - 1, 1)[of]
    first, last = _CUT * random.random(len(lengths)), 1 - _CUT * random.random(len(lengths))
    tempo = np.exp(_TEMPO * random.standard_normal(len(lengths)))
    moments = first[of] + (last - first)[of] * t ** tempo[of]
    if warped:
        once, twice = random.standard_normal((2, len(lengths)))
        moments += _LOCAL_TEMPO * t * (1 - t) * (
            once[of] * np.sin(np.pi * t) + twice[of] * np.sin(2 * np.pi * t)
        )  # fmt: skip
    return np.asarray(np.clip(moments, 0, 1))


def _mix(
    frames: FloatArray, others: FloatArray, of: IntArray, count: int, random: np.random.Generator,
    legs: list[int],
) -> FloatArray:  # fmt: skip
    """Return (S, J, 3) between sequences and their partners, and legs of either."""
    share, blended, swapped = random.random((3, count), np.float32)
    shares = (share * (blended < _BLENDED))[of, None, None]
    mixed: FloatArray = frames + shares * (others - frames)
    mixed[:, legs] = np.where((swapped < _SWAPPED)[of, None, None], others[:, legs], frames[:, legs])
    return mixed


def _turns(count: int, random: np.random.Generator) -> FloatArray:
    """Return (B, 3, 3) by which places are multiplied from the right: about y, x and z, then each axis."""
    matrix = np.eye(3)
    for axis in (1, 0, 2):
        angle = np.radians(_TURN[axis]) * random.standard_normal(count)
        one, other = (axis + 1) % 3, (axis + 2) % 3
        turn = np.tile(np.eye(3), (count, 1, 1))
        turn[:, one, one] = turn[:, other, other] = np.cos(angle)
        turn[:, other, one] = np.sin(angle)
        turn[:, one, other] = -np.sin(angle)
        matrix = matrix @ turn
    stretch = np.exp(_STRETCH * random.standard_normal((count, 1, 3)))
    return np.asarray(matrix * stretch, np.float32)
