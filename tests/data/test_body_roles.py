"""Which joints do what, read off their names."""

import pytest

from har_core.data.body_roles import legs_of, limbs_of, roles_of
from har_core.skeleton import FLORENCE_15, KINECT_20, KINECT_25, OPENPOSE_25, SKELETONS, skeleton_of


@pytest.mark.parametrize(
    ("skeleton", "middle", "head", "ends"),
    [
        (
            KINECT_20, "hip_center", "head",
            "left_wrist right_wrist left_hand right_hand left_foot right_foot head",
        ),
        (
            KINECT_25, "hip_center", "head",
            "head left_wrist left_hand right_wrist right_hand left_foot right_foot",
        ),
        (FLORENCE_15, "spine", "head", "head left_wrist right_wrist left_ankle right_ankle"),
    ],
    ids=["20 joints", "25 joints", "15 joints"],
)  # fmt: skip
def test_joints_are_known_by_their_names(skeleton, middle: str, head: str, ends: str) -> None:
    roles = roles_of(skeleton)
    assert [skeleton.joints[joint] for joint in roles.middle] == [middle] and skeleton.joints[
        roles.head
    ] == head
    assert [skeleton.joints[joint] for joint in roles.ends] == ends.split()


def test_legs_are_known_by_their_names():
    assert legs_of(KINECT_20) == (4, 5, 13, 14, 15, 16, 17, 18)
    assert legs_of(skeleton_of(7)) == ()
    names = {OPENPOSE_25.joints[joint].split("_", 1)[1] for joint in legs_of(OPENPOSE_25)}
    assert names == {"hip", "knee", "ankle", "heel", "toe", "small_toe"} - {"hip_center"}
    for skeleton in SKELETONS.values():
        assert {skeleton.joint_sides[joint] for joint in legs_of(skeleton)} == {"left", "right"}


def test_limbs_are_known_by_their_names():
    assert limbs_of(skeleton_of(7)) == ()
    trunk = {"shoulder_center", "spine", "hip_center", "head"}
    assert {KINECT_20.joints[joint] for joint in limbs_of(KINECT_20)} == set(KINECT_20.joints) - trunk
    for skeleton in SKELETONS.values():
        assert set(legs_of(skeleton)) < set(limbs_of(skeleton))
        assert {skeleton.joint_sides[joint] for joint in limbs_of(skeleton)} == {"left", "right"}
