"""Joints of one tracker for those of another: by name, in the other's order."""

import numpy as np
import pytest

from har_core.data.joint_mapping import map_joints
from har_core.data.sequences import Action, SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import COCO_17, KINECT_20, KINECT_25, KINECT_SDK_20, MEDIAPIPE_33, nameless


def recorded(skeleton, length=6):
    """One sequence of a skeleton, each joint at a place of its own; frame 2 was lost."""
    frames = np.random.default_rng(3).normal(size=(length, skeleton.joint_count, 3)).astype(np.float32)
    frames[2] = 0
    return SkeletonSequences.from_list(
        [frames], labels=[0], subjects=[1], ids=["one"], actions=[Action(1, "wave")], skeleton=skeleton,
        source="theirs", rate=60, unit="px",
    )  # fmt: skip


@pytest.mark.parametrize("theirs", [KINECT_25, KINECT_SDK_20], ids=lambda skeleton: skeleton.name)
def test_joints_of_the_same_names_are_taken_in_the_order_of_the_run(theirs):
    given = recorded(theirs)
    mapped, notes = map_joints(given, KINECT_20, KINECT_20.root)
    assert mapped.skeleton == KINECT_20 and len(notes) == 1
    assert (mapped.rate, mapped.unit) == (60, "px")
    for joint, name in enumerate(KINECT_20.joints):
        assert np.array_equal(mapped[0][:, joint], given[0][:, theirs.joints.index(name)]), name
    assert mapped.untracked_in(0).tolist() == given.untracked_in(0).tolist()


def test_of_the_same_skeleton_nothing_is_changed_or_said():
    given = recorded(KINECT_20)
    assert map_joints(given, KINECT_20, KINECT_20.root) == (given, ())


def test_a_joint_that_is_missing_is_missing_in_all_frames_but_those_that_were_lost():
    without = KINECT_25.without([KINECT_25.joints.index(f"left_{part}") for part in ("foot", "ankle")])
    mapped, notes = map_joints(recorded(without), KINECT_20, KINECT_20.root)
    gone = KINECT_20.joints.index("left_foot")
    assert np.isnan(mapped[0][:, gone]).all(axis=1).tolist() == [True, True, False, True, True, True]
    ankle = KINECT_20.joints.index("left_ankle")
    assert not np.isnan(np.delete(mapped[0], [gone, ankle], axis=1)).any()
    assert notes[-1].startswith("left_ankle, left_foot: not in these sequences")


@pytest.mark.parametrize(
    ("theirs", "joint", "near"),
    [
        (MEDIAPIPE_33, "head", ("left_ear", "right_ear")),
        (MEDIAPIPE_33, "left_hand", ("left_index", "left_pinky")),
        (MEDIAPIPE_33, "right_foot", ("right_toe",)),
        (MEDIAPIPE_33, "spine", ("left_shoulder", "right_shoulder", "left_hip", "right_hip")),
        (COCO_17, "right_hand", ("right_wrist",)),
        (COCO_17, "left_foot", ("left_ankle",)),
    ],
)
def test_what_is_near_stands_in_for_a_joint_that_a_tracker_does_not_have(theirs, joint, near):
    given = recorded(theirs)
    mapped, notes = map_joints(given, KINECT_20, KINECT_20.root)
    expected = np.mean([given[0][:, theirs.joints.index(name)] for name in near], axis=0)
    np.testing.assert_allclose(mapped[0][:, KINECT_20.joints.index(joint)], expected, atol=1e-6)
    assert f"{joint} ({', '.join(near)})" in notes[1] and len(notes) == 2


def test_faces_and_fingers_of_another_tracker_are_near_the_head_and_the_hands():
    mapped, _ = map_joints(recorded(KINECT_20), MEDIAPIPE_33, MEDIAPIPE_33.root)
    assert not np.isnan(mapped.frames).any()
    left, right = (
        [MEDIAPIPE_33.joints.index(f"{side}_{part}") for part in ("eye_outer", "index", "heel")]
        for side in ("left", "right")
    )
    assert np.array_equal(mapped[0][:, left[0]], mapped[0][:, right[0]])  # both are the head
    assert not np.array_equal(mapped[0][:, left[1]], mapped[0][:, right[1]])


def test_the_middle_of_the_hips_is_that_of_both_hips():
    given = recorded(COCO_17)
    mapped, notes = map_joints(given, KINECT_20, KINECT_20.root)
    left, right = (given[0][:, COCO_17.joints.index(f"{side}_hip")] for side in ("left", "right"))
    found = mapped[0][:, KINECT_20.joints.index("hip_center")]
    assert np.allclose(found, (left + right) / 2)
    assert "hip_center (left_hip, right_hip)" in notes[1]


def test_without_what_sequences_are_centred_on_they_are_refused_in_a_sentence():
    hips = [KINECT_25.joints.index(name) for name in ("hip_center", "left_hip")]
    said = r"^theirs \(.+\) has no hip_center, on which sequences are centred; expected [^\n]+\.$"
    with pytest.raises(DataError, match=said):
        map_joints(recorded(KINECT_25.without(hips)), KINECT_20, KINECT_20.root)
    mapped, _ = map_joints(recorded(KINECT_25.without(hips)), KINECT_20, needed=())
    assert mapped.skeleton == KINECT_20


def test_a_body_with_few_of_the_joints_is_refused_in_a_sentence():
    arms = KINECT_25.without(
        [j for j, name in enumerate(KINECT_25.joints) if "left" in name or "right" in name]
    )
    with pytest.raises(DataError, match=r"too many to do without; expected are the joints of Kinect v1"):
        map_joints(recorded(arms), KINECT_20, ())


def test_joints_without_names_are_taken_in_their_order_where_there_are_as_many():
    given = recorded(nameless(20))
    mapped, notes = map_joints(given, KINECT_20, KINECT_20.root)
    assert np.array_equal(mapped[0], given[0]) and notes[0].startswith("Joints are taken in their order")
    with pytest.raises(DataError, match="theirs has 19 joints"):
        map_joints(recorded(nameless(19)), KINECT_20, KINECT_20.root)
