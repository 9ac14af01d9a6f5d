"""Skeletons are whole trees of named joints."""

import json

import pytest

from har_core.skeleton import FLORENCE_15, KINECT_20, KINECT_25, MSR_ACTIONS, SKELETONS, skeleton_of

every_skeleton = pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=lambda found: found.name)


def test_of_several_skeletons_with_as_many_joints_the_usual_one_is_meant():
    assert [skeleton_of(count) for count in (20, 25, 15)] == [KINECT_20, KINECT_25, FLORENCE_15]
    assert {name: skeleton.joint_count for name, skeleton in SKELETONS.items()} == {
        name: int(name.rpartition("-")[2]) for name in SKELETONS
    }


@every_skeleton
def test_a_skeleton_without_a_joint_still_joins_all_others(skeleton):
    for joint in range(skeleton.joint_count):
        left = skeleton.without([joint])
        assert left.joints == skeleton.joints[:joint] + skeleton.joints[joint + 1 :]
        reached, grown = {0}, True
        while grown:
            more = {end for bone in left.bones if reached & set(bone) for end in bone}
            grown, reached = not more <= reached, reached | more
        assert reached == set(range(left.joint_count))


@every_skeleton
def test_bones_join_all_joints_each_once(skeleton):
    assert len(skeleton.joints) == len(set(skeleton.joints)) == skeleton.joint_count
    assert len(set(map(frozenset, skeleton.bones))) == len(skeleton.bones) >= skeleton.joint_count - 1
    reached, grown = set(skeleton.root), True
    while grown:
        more = {joint for bone in skeleton.bones if reached & set(bone) for joint in bone}
        grown, reached = not more <= reached, reached | more
    assert reached == set(range(skeleton.joint_count))


@every_skeleton
def test_left_and_right_are_mirror_images(skeleton):
    def mirrored(name: str) -> str:
        return name.replace("left_", "RIGHT_").replace("right_", "left_").replace("RIGHT_", "right_")

    assert {mirrored(joint) for joint in skeleton.joints} == set(skeleton.joints)
    named = {frozenset(skeleton.joints[joint] for joint in bone) for bone in skeleton.bones}
    assert {frozenset(map(mirrored, bone)) for bone in named} == named


@every_skeleton
def test_sides_are_those_of_the_names(skeleton):
    for joint, side in zip(skeleton.joints, skeleton.joint_sides, strict=True):
        assert side == (joint.split("_")[0] if joint.startswith(("left_", "right_")) else "trunk")
    for bone, side in zip(skeleton.bones, skeleton.bone_sides, strict=True):
        sides = {skeleton.joint_sides[joint] for joint in bone} - {"trunk"}
        # A bone between both sides, as between the hips, is drawn as one of them.
        assert side in sides if len(sides) == 2 else sides == ({side} if side != "trunk" else set())


def test_the_root_is_in_the_middle_of_the_body():
    assert [FLORENCE_15.joints[joint] for joint in FLORENCE_15.root] == ["spine"]
    for skeleton in set(SKELETONS.values()) - {FLORENCE_15}:
        middle = [skeleton.joints[joint] for joint in skeleton.root]
        assert middle == ["hip_center"] or set(middle) == {"left_hip", "right_hip"}


@pytest.mark.parametrize("count", [1, 3, 31])
def test_an_unknown_skeleton_has_joints_but_no_bones(count):
    skeleton = skeleton_of(count)
    assert skeleton.joint_count == len(set(skeleton.joints)) == count
    assert skeleton.bones == () and skeleton.root == (0,)


def test_there_are_twenty_actions():
    assert len(MSR_ACTIONS) == len(set(MSR_ACTIONS)) == 20


def test_joints_bones_and_actions_are_those_that_came_with_the_real_set(real_data):
    meta = json.loads((real_data / "msr_action3d" / "meta.json").read_text())
    text = json.dumps(meta).lower()
    for action in MSR_ACTIONS:
        assert action.split(" ")[0] in text
    bones = next((value for key, value in meta.items() if "bone" in key.lower()), None)
    if bones is not None:
        assert {frozenset(bone) for bone in bones} == {frozenset(bone) for bone in KINECT_20.bones}
