"""Variation of bodies against the recipe written down sequence by sequence, from the same random numbers."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from har_core.data.body_variation import vary_bodies
from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.training_sequences import TrainingSequences
from har_core.skeleton import COCO_17, FLORENCE_15, KINECT_20, KINECT_25, KINECT_SDK_20, Skeleton, skeleton_of

LEGS = ("hip", "knee", "ankle", "foot")
SKELETONS = [KINECT_20, KINECT_SDK_20, KINECT_25, FLORENCE_15, COCO_17, skeleton_of(7)]


def moving(skeleton: Skeleton, lengths: list[int], seed: int = 0) -> TrainingSequences:
    """Sequences of two actions in turn, of which every fifth is no training sequence and all NaN."""
    random = np.random.default_rng(seed)
    parts = [
        np.cumsum(random.normal(0, 0.05, (length, skeleton.joint_count, 3)), axis=0) + random.normal(size=3)
        for length in lengths
    ]
    for other in parts[4::5]:
        other[:] = np.nan
    sequences = SkeletonSequences.from_list(
        parts,
        labels=[row % 2 for row in range(len(parts))],
        subjects=[1] * len(parts),
        ids=[f"row {row}" for row in range(len(parts))],
        actions=[Action(number, f"action {number}") for number in (1, 2, 3)],
        skeleton=skeleton,
        source="made up",
        recorded=[length + 9 for length in lengths],
    )
    return TrainingSequences(sequences, np.array([row for row in range(len(parts)) if row % 5 != 4]))


def turned(axis: int, degrees: float) -> np.ndarray:
    """What a place as a row is multiplied by to be turned about an axis."""
    cos, sin = np.cos(np.pi * degrees / 180), np.sin(np.pi * degrees / 180)
    return {
        0: np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]]),
        1: np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]),
        2: np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]),
    }[axis]


def read(frames: np.ndarray, u: np.ndarray) -> np.ndarray:
    times = np.clip(u, 0, 1) * (len(frames) - 1)
    columns = [
        np.interp(times, np.arange(len(frames)), column) for column in frames.reshape(len(frames), -1).T
    ]
    return np.stack(columns, axis=1).reshape(len(u), *frames.shape[1:])


def as_the_recipe(
    part: TrainingSequences, rows: np.ndarray, random: np.random.Generator, mixed: bool, warped: bool
):
    sequences, count = part.sequences, len(rows)
    joints, x = sequences.skeleton.joints, [sequences[row].astype(float) for row in rows]
    a, e = 0.1 * random.random(count), 1 - 0.1 * random.random(count)
    tempo = np.exp(0.2 * random.standard_normal(count))
    n = random.standard_normal((2, count)) if warped else np.zeros((2, count))
    moments = []
    for b, its in enumerate(x):
        t = np.linspace(0, 1, len(its))
        warp = 0.4 * t * (1 - t) * (n[0, b] * np.sin(np.pi * t) + n[1, b] * np.sin(2 * np.pi * t))
        moments.append(a[b] + (e[b] - a[b]) * t ** tempo[b] + warp)
    read_x = [read(its, u) for its, u in zip(x, moments, strict=True)]
    if mixed:
        same = [[row for row in part.training if sequences.labels[row] == sequences.labels[r]] for r in rows]
        chosen = random.integers([len(its) for its in same])
        y = [
            read(sequences[its[k]].astype(float), u) for its, k, u in zip(same, chosen, moments, strict=True)
        ]
        share, blended, swapped = random.random((3, count), np.float32)
        for b in range(count):
            for joint, name in enumerate(joints):
                mine, theirs = read_x[b][:, joint].copy(), y[b][:, joint]
                if name.split("_")[-1] in LEGS and name != "hip_center":
                    read_x[b][:, joint] = theirs if swapped[b] < 0.4 else mine
                elif blended[b] < 0.5:
                    read_x[b][:, joint] = mine + share[b] * (theirs - mine)
    angles = {axis: spread * random.standard_normal(count) for axis, spread in ((1, 15), (0, 6), (2, 6))}
    stretch = np.exp(0.1 * random.standard_normal((count, 1, 3)))
    found = [
        its @ turned(1, angles[1][b]) @ turned(0, angles[0][b]) @ turned(2, angles[2][b]) * stretch[b]
        for b, its in enumerate(read_x)
    ]
    offsets = random.standard_normal((count, len(joints), 3), np.float32)
    found = [its + 0.02 * offset for its, offset in zip(found, offsets, strict=True)]
    found = [its + 0.01 * random.standard_normal(its.shape, np.float32) for its in found]
    longer = np.exp(0.1 * random.standard_normal(count))
    return found, [1 + (sequences.recorded[row] - 1) * longer[b] for b, row in enumerate(rows)]


@settings(deadline=None, max_examples=60)
@given(
    skeleton=some.sampled_from(SKELETONS), mixed=some.booleans(), warped=some.booleans(),
    lengths=some.lists(some.integers(1, 40), min_size=5, max_size=12), seed=some.integers(0, 999),
)  # fmt: skip
def test_bodies_vary_as_the_recipe_says(skeleton, mixed, warped, lengths, seed):
    part = moving(skeleton, lengths, seed)
    rows = np.random.default_rng(seed).permutation(part.training)[:6]
    found = vary_bodies(part, rows, np.random.default_rng(seed), mixed=mixed, warped=warped)
    expected, recorded = as_the_recipe(part, rows, np.random.default_rng(seed), mixed, warped)
    assert found.frames.dtype == np.float32 and found.lengths.tolist() == [lengths[row] for row in rows]
    np.testing.assert_allclose(found.frames, np.concatenate(expected), atol=2e-5)  # without NaN of others
    np.testing.assert_allclose(found.recorded, recorded)


def test_what_is_drawn_spreads_as_far_as_the_recipe_says():
    """Of a body that stands still, with joints far out, all but the turns is small."""
    part = moving(KINECT_20, [40] * 5)
    frames = np.zeros((40, 20, 3), np.float32)
    frames[:, 0], frames[:, 1] = (1000, 0, 0), (0, 1000, 0)
    still = SkeletonSequences.from_list(
        [frames], labels=[0], subjects=[1], ids=["still"], actions=part.sequences.actions,
        skeleton=KINECT_20, source="made up",
    )  # fmt: skip
    rows = np.zeros(4000, np.int64)
    part = TrainingSequences(still, np.array([0]))
    found = vary_bodies(part, rows, np.random.default_rng(1), mixed=True, warped=True)
    bodies = found.frames.reshape(4000, 40, 20, 3)[:, 0]
    about_y = np.degrees(np.arctan2(bodies[:, 0, 2], bodies[:, 0, 0]))
    about_x = np.degrees(np.arctan2(bodies[:, 1, 2], bodies[:, 1, 1]))
    assert about_y.std() == pytest.approx(15, rel=0.1) and about_x.std() == pytest.approx(6, rel=0.1)
    assert np.log(np.linalg.norm(bodies[:, 1], axis=1) / 1000).std() == pytest.approx(0.1, rel=0.1)
    shaken = found.frames.reshape(4000, 40, 20, 3)[:, :, 5]
    assert shaken.mean(axis=1).std() == pytest.approx(0.02, rel=0.05)
    assert (shaken - shaken.mean(axis=1, keepdims=True)).std() == pytest.approx(0.01, rel=0.05)
    assert np.log((found.recorded - 1) / 39).std() == pytest.approx(0.1, rel=0.05)


def test_partners_are_every_training_sequence_of_the_action_and_no_other():
    part = moving(KINECT_20, [3] * 20)
    partners = partial(part.partners_of, random=np.random.default_rng(2))
    for row in part.training:
        same = {
            int(other)
            for other in part.training
            if part.sequences.labels[other] == part.sequences.labels[row]
        }
        assert set(partners(np.full(300, row)).tolist()) == same
