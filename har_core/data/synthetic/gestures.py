"""The 20 actions of MSR Action3D as scripts: a few key poses each, with the seconds between them.

A hand is told as (outwards, up, forward) from its shoulder in lengths of the arm, a foot likewise from where
it stands in lengths of the leg; the trunk in degrees of bending forward, turning left, tilting right.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from har_core.data.synthetic.kinematics import Array, Pose

Triple = tuple[float, float, float]

REST_HAND: Triple = (0.10, -0.95, 0.10)


@dataclass(frozen=True)
class Key:
    """A pose to be reached; parts not named pass through on the way to the next key that names them.

    Attributes:
        seconds: time since the key before, for a person of usual tempo.
        right_hand: see Pose; likewise all that follow.
        left_hand: see Pose.
        right_foot: see Pose.
        left_foot: see Pose.
        trunk: see Pose.
        hips: see Pose.
        elbows: see Pose.
    """

    seconds: float
    right_hand: Triple | None = None
    left_hand: Triple | None = None
    right_foot: Triple | None = None
    left_foot: Triple | None = None
    trunk: Triple | None = None
    hips: Triple | None = None
    elbows: tuple[float, float] | None = None


@dataclass(frozen=True)
class Gesture:
    """One way of doing an action: keys once, keys that are repeated, keys once. It starts and ends at rest.

    Attributes:
        opening: keys on the way from rest to the cycle.
        cycle: keys done once or several times.
        closing: keys after the cycle.
        repeats: how often the cycle may be done; each person has a habit.
        settle: seconds from the last key back to rest.
    """

    opening: tuple[Key, ...] = ()
    cycle: tuple[Key, ...] = ()
    closing: tuple[Key, ...] = ()
    repeats: tuple[int, ...] = (1,)
    settle: float = 0.4

    def keys(self, repeats: int) -> tuple[Key, ...]:
        """Return all keys in order when the cycle is done that often."""
        return (*self.opening, *self.cycle * repeats, *self.closing)


_REST = Key(
    0.0,
    right_hand=REST_HAND,
    left_hand=REST_HAND,
    right_foot=(0, 0, 0),
    left_foot=(0, 0, 0),
    trunk=(0, 0, 0),
    hips=(0, 0, 0),
    elbows=(35, 35),
)
_PARTS: tuple[str, ...] = tuple(field.name for field in fields(Key))[1:]
_WIDTHS: tuple[int, ...] = tuple(len(getattr(_REST, part)) for part in _PARTS)
_ENDS: tuple[int, ...] = tuple(int(end) for end in np.cumsum(_WIDTHS))

COLUMNS: dict[str, slice] = {
    part: slice(end - width, end) for part, width, end in zip(_PARTS, _WIDTHS, _ENDS, strict=True)
}
"""Where each part of a pose stands in a row of numbers."""

REST_ROW: Array = np.concatenate([np.array(getattr(_REST, part), dtype=np.float64) for part in _PARTS])
"""The pose at rest as a row of numbers."""

# How high a foot is lifted in a step, in leg lengths, and the speed in leg lengths a second that it has then.
_STEP_HEIGHT, _STEP_SPEED = 0.06, 0.4


def key_rows(gesture: Gesture, repeats: int) -> tuple[Array, Array]:
    """Return the keys of a gesture as numbers, with rest at both ends.

    Returns:
        Seconds since the key before, (keys), and poses, (keys, columns). What a key leaves open is filled in
        on the straight line between its neighbours.
    """
    keys = (_REST, *gesture.keys(repeats), Key(gesture.settle, *(getattr(_REST, part) for part in _PARTS)))
    seconds = np.array([key.seconds for key in keys])
    clock = np.cumsum(seconds)
    rows = np.empty((len(keys), len(REST_ROW)))
    for part, columns in COLUMNS.items():
        named = [index for index, key in enumerate(keys) if getattr(key, part) is not None]
        values = np.array([getattr(keys[index], part) for index in named], dtype=np.float64)
        for offset, column in enumerate(range(columns.start, columns.stop)):
            rows[:, column] = np.interp(clock, clock[named], values[:, offset])
    return seconds, rows


def play(clock: Array, rows: Array, moments: Array) -> Pose:
    """Return the pose at each moment, moving smoothly from key to key and resting for an instant at turns.

    Args:
        clock: (keys) when each key is reached, rising, in seconds.
        rows: (keys, columns) the poses of the keys.
        moments: (T) times to show, in seconds; before the first and after the last key the body is still.
    """
    hands = [COLUMNS["right_hand"], COLUMNS["left_hand"]]
    reaches = np.stack([np.linalg.norm(rows[:, hand], axis=1) for hand in hands], axis=1)
    smooth = _interpolate(clock, np.concatenate([rows, reaches], axis=1), np.clip(moments, *clock[[0, -1]]))
    # A hand goes round its shoulder on an arc: on the straight line from key to key it would pass through it.
    for hand, reach in zip(hands, smooth[:, -2:].T, strict=True):
        distance = np.linalg.norm(smooth[:, hand], axis=1)
        smooth[:, hand] *= (reach / np.maximum(distance, 1e-6))[:, None]
    for foot in (COLUMNS["right_foot"], COLUMNS["left_foot"]):
        # A foot that goes from one place to another is lifted: it takes a step and doesn't slide.
        speed = np.linalg.norm(np.gradient(smooth[:, foot][:, [0, 2]], moments, axis=0), axis=1)
        smooth[:, foot.start + 1] += _STEP_HEIGHT * np.minimum(speed / _STEP_SPEED, 1)
    return Pose(**{part: smooth[:, columns] for part, columns in COLUMNS.items()})


def _interpolate(clock: Array, values: Array, moments: Array) -> Array:
    """Monotone cubic interpolation (Fritsch and Butland 1984): it never overshoots a key."""
    gaps = np.diff(clock)[:, None]
    slopes = np.diff(values, axis=0) / gaps
    before, after = slopes[:-1], slopes[1:]
    total = before + after
    same_way = before * after > 0
    tangents = np.zeros_like(values)
    tangents[1:-1] = np.where(same_way, 2 * before * after / np.where(same_way, total, 1), 0)
    index = np.clip(np.searchsorted(clock, moments, side="right") - 1, 0, len(clock) - 2)
    gap = gaps[index]
    part = (moments - clock[index])[:, None] / gap
    rest = 1 - part
    return np.asarray(
        values[index] * rest**2 * (1 + 2 * part)
        + values[index + 1] * part**2 * (3 - 2 * part)
        + gap * part * rest * (tangents[index] * rest - tangents[index + 1] * part)
    )


def _both(seconds: float, hand: Triple, trunk: Triple | None = None) -> Key:
    return Key(seconds, right_hand=hand, left_hand=hand, trunk=trunk)


def _circle(sense: int, start: float) -> tuple[Key, ...]:
    """Eight keys around a circle before the chest, from an angle in degrees; sense 1 is leftwards."""
    angles = np.radians(start + sense * 45.0 * np.arange(9))
    points = [(0.08 + 0.46 * np.cos(angle), 0.14 + 0.46 * np.sin(angle), 0.62) for angle in angles]
    times = [0.6, *[0.19] * 8]
    return tuple(Key(time, right_hand=point) for time, point in zip(times, points, strict=True))


_HIGH_ARM_WAVE = (
    Gesture(
        opening=(Key(0.65, right_hand=(0.70, 0.58, 0.25), elbows=(60, 35)),),
        cycle=(Key(0.32, right_hand=(-0.15, 0.82, 0.25)), Key(0.34, right_hand=(0.75, 0.50, 0.25))),
        repeats=(2,),
    ),
    Gesture(
        opening=(Key(0.55, right_hand=(0.40, 0.45, 0.45), elbows=(40, 35)),),
        cycle=(Key(0.28, right_hand=(0.05, 0.62, 0.40)), Key(0.28, right_hand=(0.60, 0.50, 0.35))),
        repeats=(3,),
    ),
)

_HORIZONTAL_ARM_WAVE = (
    Gesture(
        opening=(Key(0.6, right_hand=(0.80, 0.02, 0.40), elbows=(60, 35)),),
        cycle=(Key(0.31, right_hand=(-0.45, 0.05, 0.55)), Key(0.31, right_hand=(0.82, 0.05, 0.40))),
        repeats=(2,),
    ),
    Gesture(
        opening=(Key(0.55, right_hand=(0.55, -0.05, 0.60), elbows=(45, 35)),),
        cycle=(Key(0.32, right_hand=(-0.30, 0.12, 0.60)), Key(0.32, right_hand=(0.60, 0.12, 0.60))),
        repeats=(2,),
    ),
)

_HAMMER = (
    Gesture(
        opening=(Key(0.6, right_hand=(0.30, 0.45, 0.20), trunk=(-3, -12, 4), elbows=(55, 35)),),
        cycle=(
            Key(0.22, right_hand=(0.30, 0.52, 0.12), trunk=(-4, -14, 4)),
            Key(0.26, right_hand=(0.02, -0.22, 0.72), trunk=(10, 14, 0)),
        ),
        repeats=(1,),
    ),
    Gesture(
        cycle=(
            Key(0.5, right_hand=(0.22, 0.40, 0.42), trunk=(0, -4, 2), elbows=(45, 35)),
            Key(0.24, right_hand=(0.08, -0.18, 0.68), trunk=(5, 6, 0)),
        ),
        repeats=(1, 2),
    ),
)

_HAND_CATCH = (
    Gesture(
        opening=(
            Key(0.55, right_hand=(0.40, 0.52, 0.55), trunk=(2, 8, 4), elbows=(45, 35)),
            Key(0.25, right_hand=(0.42, 0.58, 0.58), trunk=(3, 10, 4)),
            Key(0.35, right_hand=(0.18, 0.02, 0.42), trunk=(0, 0, 0)),
        ),
    ),
    Gesture(
        opening=(
            Key(0.5, right_hand=(0.15, 0.30, 0.62), trunk=(3, 8, 2)),
            Key(0.2, right_hand=(0.10, 0.36, 0.78), trunk=(5, 12, 2)),
            Key(0.3, right_hand=(0.12, 0.10, 0.38), trunk=(0, 0, 0)),
        ),
    ),
)

_FORWARD_PUNCH = (
    Gesture(
        cycle=(
            Key(0.5, right_hand=(0.22, -0.08, 0.26), trunk=(0, -18, 0), elbows=(60, 35)),
            Key(0.22, right_hand=(-0.12, 0.04, 0.97), trunk=(9, 30, 0)),
            Key(0.12, right_hand=(-0.12, 0.04, 0.96), trunk=(9, 30, 0)),
        ),
    ),
    Gesture(
        opening=(Key(0.45, right_hand=(0.15, -0.02, 0.35), left_hand=(0.05, -0.35, 0.40)),),
        cycle=(
            Key(0.24, right_hand=(0.00, 0.02, 0.96), trunk=(5, 20, 0), hips=(0, -0.01, 0.04)),
            Key(0.26, right_hand=(0.18, -0.10, 0.32), trunk=(0, -5, 0), hips=(0, 0, 0)),
        ),
        repeats=(1, 2),
    ),
)

_HIGH_THROW = (
    Gesture(
        opening=(
            Key(
                0.6, right_hand=(0.38, 0.38, -0.22), trunk=(-6, -26, 4), elbows=(65, 35), left_foot=(0, 0, 0)
            ),
            Key(0.26, right_hand=(0.12, 0.72, 0.50), trunk=(4, 6, 0), left_hand=(0.25, -0.85, 0.2)),
            Key(0.2, right_hand=(-0.08, 0.20, 0.88), trunk=(12, 22, -2)),
            Key(
                0.14,
                right_hand=(-0.15, -0.15, 0.80),
                trunk=(12, 24, -2),
                left_foot=(0, 0, 0.14),
                hips=(-0.03, -0.02, 0.06),
            ),
        ),
    ),
    Gesture(
        opening=(
            Key(0.6, right_hand=(0.30, 0.50, 0.02), trunk=(-3, -14, 3), elbows=(55, 35)),
            Key(0.28, right_hand=(0.15, 0.78, 0.50), trunk=(6, 12, 0)),
            Key(0.26, right_hand=(0.02, -0.10, 0.80), trunk=(8, 14, 0)),
        ),
    ),
)

_DRAW_X = (
    Gesture(
        opening=(
            Key(0.65, right_hand=(0.52, 0.55, 0.50)),
            Key(0.42, right_hand=(-0.42, -0.28, 0.62)),
            Key(0.38, right_hand=(-0.40, 0.50, 0.60)),
            Key(0.42, right_hand=(0.52, -0.30, 0.60)),
        ),
    ),
    Gesture(
        opening=(
            Key(0.65, right_hand=(-0.36, 0.48, 0.60)),
            Key(0.42, right_hand=(0.50, -0.26, 0.60)),
            Key(0.38, right_hand=(0.50, 0.50, 0.55)),
            Key(0.42, right_hand=(-0.40, -0.28, 0.60)),
        ),
    ),
)

_DRAW_TICK = (
    Gesture(
        opening=(
            Key(0.6, right_hand=(-0.30, 0.28, 0.60)),
            Key(0.3, right_hand=(-0.05, -0.22, 0.72)),
            Key(0.45, right_hand=(0.60, 0.50, 0.50)),
            Key(0.12, right_hand=(0.62, 0.50, 0.48)),
        ),
    ),
    Gesture(
        opening=(
            Key(0.6, right_hand=(0.05, 0.20, 0.66)),
            Key(0.26, right_hand=(0.15, -0.18, 0.74)),
            Key(0.4, right_hand=(0.68, 0.42, 0.45)),
        ),
    ),
)

_DRAW_CIRCLE = (
    Gesture(opening=_circle(1, 90)),
    Gesture(opening=_circle(-1, 90)),
    Gesture(opening=_circle(1, 45)),
)

_HAND_CLAP = (
    Gesture(
        opening=(_both(0.55, (0.80, -0.10, 0.40)),),
        cycle=(_both(0.28, (-0.27, -0.12, 0.66)), _both(0.3, (0.55, -0.15, 0.55))),
        closing=(_both(0.26, (-0.27, -0.12, 0.66)),),
        repeats=(0, 1),
    ),
    Gesture(
        opening=(_both(0.45, (0.25, -0.30, 0.55)),),
        cycle=(_both(0.2, (-0.27, -0.20, 0.58)), _both(0.22, (0.22, -0.25, 0.55))),
        repeats=(2,),
    ),
)

_TWO_HAND_WAVE = (
    Gesture(
        opening=(Key(0.6, (0.80, 0.45, 0.15), (0.80, 0.45, 0.15), elbows=(60, 60)),),
        cycle=(_both(0.36, (0.02, 0.78, 0.20)), _both(0.36, (0.82, 0.42, 0.15))),
        repeats=(2,),
    ),
    Gesture(
        opening=(Key(0.6, (0.50, 0.55, 0.30), (0.50, 0.55, 0.30), elbows=(50, 50)),),
        cycle=(_both(0.28, (0.10, 0.66, 0.35)), _both(0.28, (0.62, 0.52, 0.25))),
        repeats=(2, 3),
    ),
)

_SIDE_BOXING = (
    Gesture(
        opening=(
            Key(
                0.6,
                right_hand=(0.25, -0.10, 0.30),
                left_hand=(-0.30, -0.15, 0.42),
                trunk=(4, -40, 4),
                right_foot=(0.10, 0, -0.04),
                hips=(0.04, -0.03, 0),
                elbows=(60, 30),
            ),
        ),
        cycle=(
            Key(0.24, right_hand=(0.95, 0.06, 0.18), trunk=(4, -25, 14), hips=(0.09, -0.04, 0)),
            Key(0.28, right_hand=(0.35, -0.05, 0.30), trunk=(4, -40, 4), hips=(0.04, -0.03, 0)),
        ),
        repeats=(1, 2),
    ),
    Gesture(
        opening=(
            Key(
                0.6,
                right_hand=(0.30, -0.12, 0.28),
                left_hand=(-0.20, -0.15, 0.42),
                trunk=(4, -30, 2),
                left_foot=(0.10, 0, -0.05),
                hips=(0.0, -0.03, 0),
                elbows=(55, 30),
            ),
        ),
        cycle=(
            Key(0.24, right_hand=(0.92, 0.02, 0.28), left_hand=(-0.2, -0.15, 0.4), trunk=(5, -22, 10)),
            Key(0.26, right_hand=(0.35, -0.05, 0.30), left_hand=(-0.75, 0.0, 0.55), trunk=(5, -60, 8)),
        ),
        repeats=(1, 2),
    ),
)

_BEND = (
    Gesture(
        opening=(
            Key(
                0.95,
                right_hand=(0.05, -0.92, 0.18),
                left_hand=(0.05, -0.92, 0.18),
                trunk=(92, 0, 0),
                hips=(0, 0.02, -0.12),
            ),
            Key(
                0.3,
                right_hand=(0.05, -0.95, 0.10),
                left_hand=(0.05, -0.95, 0.10),
                trunk=(96, 0, 0),
                hips=(0, 0.02, -0.13),
            ),
        ),
        settle=0.95,
    ),
    Gesture(
        opening=(
            Key(
                0.9,
                right_hand=(-0.05, -0.85, 0.35),
                left_hand=(-0.05, -0.85, 0.35),
                trunk=(70, 0, 0),
                hips=(0, -0.06, -0.08),
            ),
            Key(0.25, trunk=(74, 0, 0), hips=(0, -0.07, -0.08)),
        ),
        settle=0.85,
    ),
)

_FORWARD_KICK = (
    Gesture(
        opening=(
            Key(
                0.4,
                right_foot=(0, 0.06, -0.22),
                hips=(-0.07, -0.005, 0),
                trunk=(4, -6, 0),
                right_hand=(0.15, -0.9, -0.05),
            ),
            Key(
                0.3,
                right_foot=(-0.02, 0.62, 1.05),
                trunk=(-12, 12, 0),
                hips=(-0.07, 0, 0.02),
                right_hand=(0.25, -0.85, -0.25),
                left_hand=(0.20, -0.80, 0.40),
            ),
            Key(0.3, right_foot=(0, 0.10, 0.10), trunk=(0, 0, 0), hips=(-0.06, 0, 0)),
        ),
        settle=0.45,
    ),
    Gesture(
        opening=(
            Key(0.35, right_foot=(0, 0.22, 0.18), hips=(-0.06, 0, 0), trunk=(2, 0, 0)),
            Key(0.25, right_foot=(0, 0.42, 0.90), trunk=(-7, 6, 0), left_hand=(0.15, -0.88, 0.25)),
            Key(0.28, right_foot=(0, 0.12, 0.10), trunk=(0, 0, 0), hips=(-0.05, 0, 0)),
        ),
        settle=0.4,
    ),
)

_SIDE_KICK = (
    Gesture(
        opening=(
            Key(0.4, right_foot=(0.0, 0.10, 0.05), hips=(-0.08, 0, 0), trunk=(0, 0, -6)),
            Key(
                0.34,
                right_foot=(0.85, 0.48, 0.08),
                trunk=(2, 0, -24),
                hips=(-0.10, 0, 0),
                right_hand=(0.45, -0.75, 0.1),
                left_hand=(0.35, -0.85, 0.1),
            ),
            Key(0.34, right_foot=(0.12, 0.08, 0.02), trunk=(0, 0, -5), hips=(-0.06, 0, 0)),
        ),
        settle=0.4,
    ),
    Gesture(
        opening=(
            Key(0.4, right_foot=(0.05, 0.24, 0.16), hips=(-0.08, 0, 0), trunk=(0, -8, -5)),
            Key(0.3, right_foot=(0.66, 0.30, 0.20), trunk=(-3, -15, -16), left_hand=(0.3, -0.8, 0.3)),
            Key(0.34, right_foot=(0.10, 0.08, 0.04), trunk=(0, 0, -3), hips=(-0.06, 0, 0)),
        ),
        settle=0.4,
    ),
)

_JOGGING = (
    Gesture(
        opening=(Key(0.35, right_hand=(0.10, -0.42, 0.42), left_hand=(0.10, -0.42, 0.42), trunk=(4, 0, 0)),),
        cycle=(
            Key(
                0.19,
                right_hand=(0.05, -0.22, 0.52),
                left_hand=(0.20, -0.62, -0.02),
                left_foot=(0, 0.24, -0.28),
                right_foot=(0, 0, 0),
                hips=(0, -0.015, 0),
                trunk=(4, 8, 0),
            ),
            Key(0.15, left_foot=(0, 0, 0), right_foot=(0, 0, 0), hips=(0, 0.005, 0)),
            Key(
                0.19,
                right_hand=(0.20, -0.62, -0.02),
                left_hand=(0.05, -0.22, 0.52),
                right_foot=(0, 0.24, -0.28),
                left_foot=(0, 0, 0),
                hips=(0, -0.015, 0),
                trunk=(4, -8, 0),
            ),
            Key(0.15, left_foot=(0, 0, 0), right_foot=(0, 0, 0), hips=(0, 0.005, 0)),
        ),
        repeats=(2, 3),
        settle=0.4,
    ),
    Gesture(
        opening=(Key(0.35, right_hand=(0.05, -0.36, 0.46), left_hand=(0.05, -0.36, 0.46), trunk=(2, 0, 0)),),
        cycle=(
            Key(
                0.18,
                right_hand=(0.0, -0.15, 0.50),
                left_hand=(0.15, -0.50, 0.22),
                left_foot=(0, 0.28, 0.02),
                right_foot=(0, 0, 0),
            ),
            Key(0.15, left_foot=(0, 0, 0), right_foot=(0, 0, 0)),
            Key(
                0.18,
                right_hand=(0.15, -0.50, 0.22),
                left_hand=(0.0, -0.15, 0.50),
                right_foot=(0, 0.28, 0.02),
                left_foot=(0, 0, 0),
            ),
            Key(0.15, left_foot=(0, 0, 0), right_foot=(0, 0, 0)),
        ),
        repeats=(2, 3),
        settle=0.4,
    ),
)

_TENNIS_SWING = (
    Gesture(
        opening=(
            Key(
                0.6,
                right_hand=(0.82, -0.08, -0.22),
                left_hand=(0.25, -0.60, 0.40),
                trunk=(3, -42, 4),
                right_foot=(0.06, 0, -0.08),
                hips=(0.03, -0.02, -0.02),
                elbows=(50, 40),
            ),
            Key(0.28, right_hand=(0.40, 0.00, 0.80), trunk=(6, 14, 0), hips=(0, -0.03, 0.04)),
            Key(
                0.3,
                right_hand=(-0.52, 0.35, 0.38),
                trunk=(2, 44, -4),
                left_hand=(0.35, -0.70, -0.05),
                hips=(-0.02, -0.02, 0.05),
            ),
        ),
        closing=(Key(0.15, right_hand=(-0.52, 0.35, 0.35), trunk=(2, 45, -4)),),
        settle=0.65,
    ),
    Gesture(
        opening=(
            Key(0.6, right_hand=(0.70, 0.10, 0.25), trunk=(0, -22, 3), elbows=(50, 35)),
            Key(0.32, right_hand=(0.30, -0.05, 0.80), trunk=(5, 10, 0)),
            Key(0.3, right_hand=(-0.40, 0.40, 0.48), trunk=(0, 26, -2)),
        ),
        settle=0.65,
    ),
)

_TENNIS_SERVE = (
    Gesture(
        opening=(
            Key(0.5, right_hand=(0.10, -0.55, 0.50), left_hand=(-0.05, -0.50, 0.55), elbows=(40, 35)),
            Key(0.45, right_hand=(0.60, -0.35, -0.35), left_hand=(0.05, 0.80, 0.45), trunk=(-8, -26, 6)),
            Key(0.3, right_hand=(0.35, 0.30, -0.18), left_hand=(0.1, 0.6, 0.6), elbows=(70, 35)),
            Key(
                0.24,
                right_hand=(0.12, 0.88, 0.35),
                left_hand=(0.1, -0.2, 0.6),
                trunk=(6, 10, -4),
                right_foot=(0, 0, 0),
            ),
            Key(
                0.28,
                right_hand=(-0.35, -0.45, 0.62),
                left_hand=(0.1, -0.65, 0.3),
                trunk=(18, 30, -6),
                right_foot=(0, 0, 0.16),
                hips=(0, -0.02, 0.08),
            ),
        ),
    ),
    Gesture(
        opening=(
            Key(0.55, right_hand=(0.30, -0.60, 0.20), left_hand=(0.05, 0.35, 0.70)),
            Key(0.4, right_hand=(0.34, 0.42, 0.02), left_hand=(0.1, 0.5, 0.60), trunk=(-4, -14, 3)),
            Key(0.26, right_hand=(0.12, 0.80, 0.45), left_hand=(0.1, -0.4, 0.5), trunk=(5, 8, 0)),
            Key(0.28, right_hand=(0.00, -0.10, 0.80), left_hand=(0.1, -0.75, 0.3), trunk=(8, 14, 0)),
        ),
    ),
)

_GOLF_SWING = (
    Gesture(
        opening=(
            Key(0.6, (-0.26, -0.80, 0.38), (-0.26, -0.80, 0.38), trunk=(30, 0, 0), hips=(0, -0.05, -0.06)),
            Key(0.5, (0.20, 0.10, 0.40), (-0.80, 0.05, 0.40), trunk=(20, -46, 6), hips=(0.03, -0.05, -0.05)),
            Key(0.28, (-0.22, -0.80, 0.40), (-0.30, -0.80, 0.40), trunk=(28, 6, 0), hips=(0, -0.05, -0.05)),
            Key(0.32, (-0.72, 0.30, 0.35), (0.30, 0.35, 0.32), trunk=(8, 55, -6), hips=(-0.04, -0.02, 0)),
        ),
        closing=(Key(0.15, trunk=(6, 58, -6)),),
        settle=0.65,
    ),
    Gesture(
        opening=(
            Key(0.55, (-0.26, -0.74, 0.42), (-0.26, -0.74, 0.42), trunk=(18, 0, 0), hips=(0, -0.03, -0.03)),
            Key(0.42, (0.25, -0.30, 0.50), (-0.70, -0.30, 0.50), trunk=(14, -30, 4)),
            Key(0.28, (-0.26, -0.76, 0.42), (-0.26, -0.76, 0.42), trunk=(18, 4, 0), hips=(0, -0.03, -0.03)),
            Key(0.34, (-0.70, 0.00, 0.45), (0.30, 0.05, 0.45), trunk=(6, 36, -4), hips=(-0.03, -0.01, 0)),
        ),
        settle=0.6,
    ),
)

_PICKUP_AND_THROW = tuple(
    Gesture(
        opening=(
            Key(
                0.6,
                right_hand=(0.02, -0.92, 0.25),
                left_hand=(0.15, -0.80, 0.30),
                trunk=(lean, 10, 0),
                hips=(0, drop, -0.08),
            ),
            Key(0.15, right_hand=(0.0, -0.95, 0.2), trunk=(lean + 3, 12, 0), hips=(0, drop, -0.08)),
            Key(0.5, left_hand=REST_HAND, trunk=(0, -10, 2), hips=(0, 0, 0), right_hand=(0.3, 0.1, 0.15)),
            replace(throw.opening[0], seconds=0.3),
            *throw.opening[1:],
        ),
    )
    for lean, drop, throw in ((88, -0.03, _HIGH_THROW[0]), (62, -0.20, _HIGH_THROW[1]))
)

GESTURES: tuple[tuple[Gesture, ...], ...] = (
    _HIGH_ARM_WAVE,
    _HORIZONTAL_ARM_WAVE,
    _HAMMER,
    _HAND_CATCH,
    _FORWARD_PUNCH,
    _HIGH_THROW,
    _DRAW_X,
    _DRAW_TICK,
    _DRAW_CIRCLE,
    _HAND_CLAP,
    _TWO_HAND_WAVE,
    _SIDE_BOXING,
    _BEND,
    _FORWARD_KICK,
    _SIDE_KICK,
    _JOGGING,
    _TENNIS_SWING,
    _TENNIS_SERVE,
    _GOLF_SWING,
    _PICKUP_AND_THROW,
)
"""For each action, in the order of MSR_ACTIONS, the ways in which people do it."""
