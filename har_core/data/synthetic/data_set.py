"""The synthetic data set: 20 actions by 10 made-up people, in the shape of MSR Action3D.

Every person has a body, a tempo, a posture and, for each action, a habit: which way of doing it, how wide,
how high, how fast. A repetition differs a little from the habit. Each of these draws from a stream of random
numbers of its own, so no sequence depends on which others are made.
"""

from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np

from har_core.data.msr_action3d import PUBLISHED_IDS
from har_core.data.sequences import Action, FloatArray, SkeletonSequences
from har_core.data.synthetic.gestures import COLUMNS, GESTURES, REST_ROW, key_rows, play
from har_core.data.synthetic.kinematics import Array, Body, Pose, Stance, joint_positions
from har_core.skeleton import KINECT_20, MSR_ACTIONS

_FRAMES_PER_SECOND = 15
_SHORTEST, _LONGEST = 13, 76
_SEQUENCES_WITH_LOSSES = 20
_LOSING_ACTIONS = (13, 20)  # bend, and pickup & throw: a bowed body hides itself from the tracker

# How far habits and repetitions stray from the script: hands and feet in lengths of the limb, trunk and
# elbows in degrees. These set how hard the data are; the tests hold what they lead to.
_SPREAD: dict[str, float] = {
    "right_hand": 1.0, "left_hand": 1.0, "right_foot": 0.35, "left_foot": 0.35,
    "trunk": 55.0, "hips": 0.12, "elbows": 160.0,
}  # fmt: skip
_HABIT_PLACE, _HABIT_KEY, _TAKE_KEY = 0.08, 0.06, 0.03

# Millimetres of jitter of a Kinect's joints, in the order of KINECT_20: hands shake most.
_JITTER = np.array([4, 4, 4, 3, 4, 4, 3, 5, 5, 6, 6, 9, 9, 2.5, 2.5, 3.5, 3.5, 4.5, 4.5, 4.5]) / 1000
_DRIFT = 0.006


class _Stream(IntEnum):
    """What a stream of random numbers is for; two that differ here never meet."""

    PERSON = 1
    HABIT = 2
    TAKE = 3
    LOSSES = 4


@dataclass(frozen=True)
class _Person:
    """What a person takes along from action to action."""

    body: Body
    stance: Stance
    slowness: float  # factor on all times
    width: float  # factor on how far a movement goes from rest
    start_delay: float  # seconds of standing still before
    end_delay: float  # and after
    arms: Array  # (3) how the hands hang, added to rest


@dataclass(frozen=True)
class _Habit:
    """How one person does one action."""

    seconds: Array  # (keys) between one key and the next
    script: Array  # (keys, columns) the poses of the script, which are everybody's
    shifts: Array  # (keys, columns) added where the pose is away from rest


def make_synthetic(seed: int = 0) -> SkeletonSequences:
    """Make the synthetic data set.

    Args:
        seed: 0 or more; the same seed gives the same numbers to the last bit.

    Returns:
        567 sequences of 13 to 76 frames at 15 frames a second, named like the published ones, of the
        20 joints of KINECT_20 in metres. Some sequences of bend and of pickup & throw hold untracked frames.

    Raises:
        ValueError: the seed is negative.
    """
    people = {subject: _person(seed, subject) for subject in range(1, 11)}
    parsed = [_numbers(name) for name in PUBLISHED_IDS]
    habits = {
        (action, subject): _habit(seed, action, subject) for action, subject in {key[:2] for key in parsed}
    }
    losing = _losing(seed)
    return SkeletonSequences.from_list(
        [
            _sequence(
                people[subject],
                habits[action, subject],
                _random(seed, _Stream.TAKE, action, subject, take),
                loses_body=name in losing,
            )
            for name, (action, subject, take) in zip(PUBLISHED_IDS, parsed, strict=True)
        ],
        labels=[action - 1 for action, _, _ in parsed],
        subjects=[subject for _, subject, _ in parsed],
        ids=PUBLISHED_IDS,
        actions=[Action(number, name) for number, name in enumerate(MSR_ACTIONS, start=1)],
        skeleton=KINECT_20,
        source="synthetic",
        synthetic=True,
    )


def _numbers(name: str) -> tuple[int, int, int]:
    """Return action, subject and repetition of a name such as a01_s02_e03."""
    action, subject, take = (int(part[1:]) for part in name.split("_"))
    return action, subject, take


def _random(
    seed: int, stream: _Stream, action: int = 0, subject: int = 0, take: int = 0
) -> np.random.Generator:
    return np.random.default_rng([seed, stream, action, subject, take])


def _person(seed: int, subject: int) -> _Person:
    random = _random(seed, _Stream.PERSON, subject=subject)
    size = random.normal(1.0, 0.05)
    proportions = size * random.normal(1.0, 0.03, len(fields(Body)))
    body = replace(
        Body(),
        **{
            field.name: float(getattr(Body(), field.name) * factor)
            for field, factor in zip(fields(Body), np.clip(proportions, 0.8, 1.2), strict=True)
        },
    )
    stance = Stance(
        place=(random.normal(-0.17, 0.08), random.normal(-1.0, 0.03), random.normal(2.75, 0.15)),
        facing=random.normal(2.0, 8.0),
        foot_width=random.uniform(0.07, 0.15),
        lean=random.normal(2.0, 4.0),
    )
    return _Person(
        body=body,
        stance=stance,
        slowness=float(np.exp(random.normal(0.05, 0.12))),
        width=random.uniform(0.82, 1.05),
        start_delay=random.uniform(0.2, 0.6),
        end_delay=random.uniform(-0.08, 0.06),
        arms=random.normal(0.0, 0.04, 3),
    )


def _habit(seed: int, action: int, subject: int) -> _Habit:
    random = _random(seed, _Stream.HABIT, action, subject)
    ways = GESTURES[action - 1]
    gesture = ways[random.integers(len(ways))]
    seconds, script = key_rows(gesture, int(random.choice(gesture.repeats)))
    keys = len(seconds)
    shifts = _HABIT_PLACE * random.standard_normal((1, len(REST_ROW)))
    shifts = shifts + _HABIT_KEY * random.standard_normal((keys, len(REST_ROW)))
    # The two hands and the two feet of one person do much the same.
    for limb in ("hand", "foot"):
        left, right = COLUMNS[f"left_{limb}"], COLUMNS[f"right_{limb}"]
        shifts[:, left] = 0.8 * shifts[:, right] + 0.4 * shifts[:, left]
    return _Habit(seconds * np.exp(0.16 * random.standard_normal(keys)), script, shifts)


def _losing(seed: int) -> frozenset[str]:
    """Return the names of the sequences in which the tracker loses the body."""
    candidates = [name for name in PUBLISHED_IDS if _numbers(name)[0] in _LOSING_ACTIONS]
    chosen = _random(seed, _Stream.LOSSES).choice(len(candidates), _SEQUENCES_WITH_LOSSES, replace=False)
    return frozenset(candidates[index] for index in chosen)


def _sequence(person: _Person, habit: _Habit, random: np.random.Generator, *, loses_body: bool) -> FloatArray:
    clock, rows = _performance(person, habit, random)
    start = person.start_delay * random.uniform(0.6, 1.4)
    end = person.end_delay + random.uniform(-0.02, 0.04)
    seconds = start + clock[-1] + end
    count = int(np.clip(round(seconds * _FRAMES_PER_SECOND), _SHORTEST, _LONGEST))
    moments = np.linspace(0.0, seconds, count) - start
    pose = _swaying(play(clock, rows, moments), moments, random)
    joints = joint_positions(pose, person.body, _standing(person.stance, random))
    bowed = np.clip(pose.trunk[:, 0] / 90, 0, 1)
    joints += _sensor_error(bowed, moments, random)
    if loses_body:
        deepest, lost = int(np.argmax(bowed)), int(random.integers(7, 20))
        first = max(deepest - lost // 2, 1)
        joints[first : min(first + lost, count - 3)] = 0
    return joints.astype(np.float32)


def _performance(person: _Person, habit: _Habit, random: np.random.Generator) -> tuple[Array, Array]:
    """Return when each key is reached, (keys) seconds, and its pose, (keys, columns), in this repetition."""
    speed = person.slowness * np.exp(0.05 * random.standard_normal())
    clock = np.cumsum(habit.seconds * speed * np.exp(0.05 * random.standard_normal(len(habit.seconds))))
    away = habit.script - REST_ROW
    shifts = habit.shifts + _TAKE_KEY * random.standard_normal(away.shape)
    rows = REST_ROW + away * person.width
    for part, columns in COLUMNS.items():
        # What rests stays at rest, so a foot on the floor doesn't slide.
        distance = np.linalg.norm(away[:, columns], axis=1, keepdims=True) / _SPREAD[part]
        rows[:, columns] += np.clip(2 * distance, 0, 1) * _SPREAD[part] * shifts[:, columns]
    for hand in ("right_hand", "left_hand"):
        rows[:, COLUMNS[hand]] += person.arms
    for foot in ("right_foot", "left_foot"):
        up = COLUMNS[foot].start + 1
        rows[:, up] = np.maximum(rows[:, up], 0)
    return clock, rows


def _swaying(pose: Pose, moments: Array, random: np.random.Generator) -> Pose:
    """Return the pose with the slow sway of a standing body."""
    rates, phases = random.uniform(0.15, 0.5, 9), random.uniform(0, 2 * np.pi, 9)
    waves = np.sin(2 * np.pi * rates * moments[:, None] + phases)
    return replace(
        pose,
        hips=pose.hips + 0.008 * waves[:, :3] * np.array([1, 0.2, 1]),
        trunk=pose.trunk + 1.2 * waves[:, 3:6],
        right_hand=pose.right_hand + 0.015 * waves[:, 6:],
        left_hand=pose.left_hand + 0.015 * waves[:, 8:5:-1],
    )


def _standing(stance: Stance, random: np.random.Generator) -> Stance:
    """Return where and how the person stands in this repetition."""
    sideways, away = random.normal(0.0, [0.03, 0.05])
    x, y, z = stance.place
    return replace(stance, place=(x + sideways, y, z + away), facing=stance.facing + random.normal(0, 2.5))


def _sensor_error(bowed: Array, moments: Array, random: np.random.Generator) -> Array:
    """Return (T, 20, 3) what the tracker adds: jitter from frame to frame, and a slow drift."""
    shape = (len(moments), len(_JITTER), 3)
    jitter = random.standard_normal(shape) * _JITTER[:, None] * (0.7 + 1.3 * bowed[:, None, None])
    rates, phases = random.uniform(0.2, 0.8, shape[1:]), random.uniform(0, 2 * np.pi, shape[1:])
    drift = np.sin(2 * np.pi * rates * moments[:, None, None] + phases)
    return np.asarray(jitter + _DRIFT * drift)
