"""The synthetic set has the shape of MSR Action3D, is the same every time, and moves as its actions say."""

from collections import Counter

import numpy as np
import pytest

from har_core.data.msr_action3d import PUBLISHED_IDS
from har_core.data.sequences import SkeletonSequences
from har_core.data.synthetic import make_synthetic
from har_core.skeleton import KINECT_20, MSR_ACTIONS

JOINT = {name: index for index, name in enumerate(KINECT_20.joints)}
ONE_ARM_ACTIONS = (
    "high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch", "high throw", "draw x",
    "draw tick", "draw circle", "tennis swing",
)  # fmt: skip


@pytest.fixture(scope="module")
def data() -> SkeletonSequences:
    return make_synthetic(0)


def rows_of(data: SkeletonSequences, action: str) -> list[int]:
    return [row for row in range(len(data)) if data.action_of(row).name == action]


def tracked(data: SkeletonSequences, row: int) -> np.ndarray:
    return data[row][~data.untracked_in(row)].astype(np.float64)


def path_length(frames: np.ndarray, joint: str) -> float:
    """Metres that a joint travels as seen from the hips."""
    position = frames[:, JOINT[joint]] - frames[:, JOINT["hip_center"]]
    return float(np.linalg.norm(np.diff(position, axis=0), axis=1).sum())


def distance(frames: np.ndarray, first: str, second: str) -> np.ndarray:
    return np.linalg.norm(frames[:, JOINT[first]] - frames[:, JOINT[second]], axis=1)


def knee_angles(frames: np.ndarray, side: str) -> np.ndarray:
    """Degrees between thigh and shank; 180 is straight."""
    hip, knee, ankle = (frames[:, JOINT[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
    thigh, shank = hip - knee, ankle - knee
    cosine = (thigh * shank).sum(1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shank, axis=1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def test_names_actions_and_subjects_are_those_of_the_published_set(data):
    assert data.synthetic
    assert data.source == "synthetic"
    assert data.ids == PUBLISHED_IDS
    assert len(data) == 567
    assert data.skeleton == KINECT_20
    assert [action.name for action in data.actions] == list(MSR_ACTIONS)
    told = [f"a{data.action_of(row).number:02d}_s{data.subjects[row]:02d}" for row in range(len(data))]
    assert told == [name[:7] for name in PUBLISHED_IDS]


def test_each_subject_has_as_many_sequences_as_in_the_published_set(data):
    counts = Counter(data.subjects.tolist())
    assert [counts[subject] for subject in range(1, 11)] == [60, 59, 56, 38, 57, 58, 59, 60, 60, 60]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lengths_and_positions_stay_in_the_range_of_a_kinect(seed):
    data = make_synthetic(seed)
    assert data.lengths.min() >= 13
    assert data.lengths.max() <= 76
    assert 30 <= np.median(data.lengths) <= 48
    seen = data.frames[~data.untracked]
    assert np.isfinite(seen).all()
    hips = seen[:, JOINT["hip_center"]]
    assert (hips[:, 2] > 1.5).all()
    assert (hips[:, 2] < 3.5).all()
    assert (np.abs(hips[:, 0]) < 1).all()


def test_the_tracker_loses_the_body_in_few_sequences_and_never_in_a_whole_one(data):
    with_losses = [row for row in range(len(data)) if data.untracked_in(row).any()]
    assert 15 <= len(with_losses) <= 25
    assert {data.action_of(row).name for row in with_losses} == {"bend", "pickup & throw"}
    for row in with_losses:
        untracked = data.untracked_in(row)
        assert not untracked.all()
        assert not untracked[0]
        assert np.count_nonzero(np.diff(untracked.astype(int))) == 2, "one run of lost frames"


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_ones(data):
    assert make_synthetic(0).fingerprint == data.fingerprint
    assert make_synthetic(1).fingerprint != data.fingerprint


def test_no_two_sequences_are_alike(data):
    assert len(set(data.sequence_fingerprints.values())) == len(data)


def test_limbs_keep_their_length_and_differ_between_subjects(data):
    limbs = [
        (f"{side}_{upper}", f"{side}_{lower}")
        for side in ("left", "right")
        for upper, lower in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
    ]
    statures = []
    for subject in range(1, 11):
        rows = np.flatnonzero(data.subjects == subject)
        frames = np.concatenate([tracked(data, row) for row in rows])
        lengths = np.stack([distance(frames, *limb) for limb in limbs])
        middle = np.median(lengths, axis=1)
        spread = np.median(np.abs(lengths - middle[:, None]), axis=1)
        assert (spread < 0.015).all(), "metres; more than the tracker's noise"
        np.testing.assert_allclose(middle[:4], middle[4:], atol=0.01)  # left and right
        statures.append(middle.sum())
    assert np.ptp(statures) > 0.1


def test_people_face_the_camera_upright_with_the_left_side_at_smaller_x(data):
    first = np.stack([data[row][0] for row in range(len(data))])
    x, y, z = np.moveaxis(first, -1, 0)
    assert (x[:, JOINT["left_shoulder"]] < x[:, JOINT["right_shoulder"]]).all()
    assert (y[:, JOINT["head"]] > y[:, JOINT["hip_center"]] + 0.4).all()
    assert (y[:, JOINT["left_ankle"]] < y[:, JOINT["hip_center"]] - 0.6).all()
    assert (z[:, JOINT["right_foot"]] < z[:, JOINT["right_ankle"]]).mean() > 0.99  # toes to the camera


def test_sequences_start_and_end_with_hanging_arms(data):
    for moment in (0, -1):
        frames = np.stack([data[row][moment] for row in range(len(data))])
        below = frames[:, JOINT["right_shoulder"], 1] - frames[:, JOINT["right_wrist"], 1]
        assert np.mean(below > 0.35) > 0.97


def test_the_hand_of_a_high_arm_wave_swings_sideways_over_the_shoulder(data):
    for row in rows_of(data, "high arm wave"):
        frames = tracked(data, row)
        hand, shoulder, head = (frames[:, JOINT[name]] for name in ("right_hand", "right_shoulder", "head"))
        raised = hand[:, 1] > shoulder[:, 1] + 0.1
        assert raised.sum() >= 10
        assert hand[:, 1].max() > head[:, 1].mean() - 0.1
        sideways = (hand - shoulder)[raised, 0]
        assert np.ptp(sideways) > 0.2
        swings = np.diff(np.sign(sideways - sideways.mean()))
        assert np.count_nonzero(swings) >= 3


@pytest.mark.parametrize("action", ONE_ARM_ACTIONS)
def test_the_right_hand_acts_and_the_left_one_rests(data, action):
    for row in rows_of(data, action):
        frames = tracked(data, row)
        assert path_length(frames, "right_wrist") > 1.5 * path_length(frames, "left_wrist")


@pytest.mark.parametrize("action", ["forward kick", "side kick"])
def test_the_right_foot_kicks_and_the_left_one_stands(data, action):
    for row in rows_of(data, action):
        frames = tracked(data, row)
        right, left = frames[:, JOINT["right_ankle"]], frames[:, JOINT["left_ankle"]]
        assert np.ptp(right[:, 1]) > 0.15
        assert np.linalg.norm(left - left.mean(0), axis=1).max() < 0.06


def test_clapping_hands_meet(data):
    for row in rows_of(data, "hand clap"):
        apart = distance(tracked(data, row), "left_hand", "right_hand")
        assert apart.min() < 0.25
        assert apart.max() > 0.4


def test_joggers_lift_their_knees_in_turn(data):
    for row in rows_of(data, "jogging"):
        frames = tracked(data, row)
        right, left = knee_angles(frames, "right"), knee_angles(frames, "left")
        bent_right, bent_left = right < left - 25, left < right - 25
        turns = [side for side in np.where(bent_right, 1, 0) - np.where(bent_left, 1, 0) if side]
        assert np.count_nonzero(np.diff(turns)) >= 3


def test_who_bends_brings_the_head_down_to_the_hips(data):
    for row in rows_of(data, "bend"):
        frames = tracked(data, row)
        height = frames[:, JOINT["head"], 1] - frames[:, JOINT["left_ankle"], 1]
        if not data.untracked_in(row).any():
            assert height.min() < 0.75 * height[0]


def test_knees_never_bend_backwards(data):
    for row in range(0, len(data), 7):
        frames = tracked(data, row)
        for side in ("left", "right"):
            hip, knee, ankle = (frames[:, JOINT[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
            bent = knee_angles(frames, side) < 150
            upright = np.abs(hip[:, 1] - ankle[:, 1]) > 0.4
            middle = (hip + ankle) / 2
            assert (knee[bent & upright, 2] < middle[bent & upright, 2]).all()
