"""Skeletons: which joints there are, which bones join them, and which side of the body they are on."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right", "trunk"]


@dataclass(frozen=True)
class Skeleton:
    """The joints of one tracker and the bones between them.

    Attributes:
        name: what the tracker is called.
        joints: J names in the order of the data, such as ``left_shoulder``.
        bones: pairs of joint indices; empty where the skeleton is not known.
        root: index of the joint that a sequence is centred on (the middle of the hips).
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    root: int

    @property
    def joint_count(self) -> int:
        """J, the number of joints."""
        return len(self.joints)

    @property
    def joint_sides(self) -> tuple[Side, ...]:
        """The side of each joint, read off its name."""
        return tuple(_side(joint) for joint in self.joints)

    @property
    def bone_sides(self) -> tuple[Side, ...]:
        """The side of each bone: that of its one-sided joint, else the trunk."""
        sides = self.joint_sides
        return tuple(next((sides[j] for j in bone if sides[j] != "trunk"), "trunk") for bone in self.bones)


def _side(joint: str) -> Side:
    if joint.startswith("left_"):
        return "left"
    return "right" if joint.startswith("right_") else "trunk"


# Order of joints in the MSR Action3D files (Kinect for Xbox 360, 20 joints).
KINECT_20 = Skeleton(
    name="Kinect v1, 20 joints",
    joints=(
        "left_shoulder", "right_shoulder", "shoulder_center", "spine", "left_hip", "right_hip", "hip_center",
        "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
        "left_knee", "right_knee", "left_ankle", "right_ankle", "left_foot", "right_foot", "head",
    ),
    bones=(
        (19, 2), (0, 2), (1, 2), (0, 7), (7, 9), (9, 11), (1, 8), (8, 10), (10, 12), (2, 3), (3, 6),
        (6, 4), (6, 5), (4, 13), (5, 14), (13, 15), (14, 16), (15, 17), (16, 18),
    ),
    root=6,
)  # fmt: skip

# Order of joints in NTU RGB+D (Kinect v2, 25 joints; Shahroudy et al., CVPR 2016, figure 2).
KINECT_25 = Skeleton(
    name="Kinect v2, 25 joints",
    joints=(
        "hip_center", "spine", "neck", "head", "left_shoulder", "left_elbow", "left_wrist", "left_hand",
        "right_shoulder", "right_elbow", "right_wrist", "right_hand", "left_hip", "left_knee", "left_ankle",
        "left_foot", "right_hip", "right_knee", "right_ankle", "right_foot", "shoulder_center",
        "left_hand_tip", "left_thumb", "right_hand_tip", "right_thumb",
    ),
    bones=(
        (0, 1), (1, 20), (20, 2), (2, 3), (20, 4), (4, 5), (5, 6), (6, 7), (20, 8), (8, 9), (9, 10), (10, 11),
        (0, 12), (12, 13), (13, 14), (14, 15), (0, 16), (16, 17), (17, 18), (18, 19),
        (7, 21), (6, 22), (11, 23), (10, 24),
    ),
    root=0,
)  # fmt: skip

# Order of joints in Florence 3D Actions (Seidenari et al., CVPR workshops 2013, the data set's own notes).
FLORENCE_15 = Skeleton(
    name="Florence, 15 joints",
    joints=(
        "head", "neck", "spine", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow",
        "right_wrist", "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle",
    ),
    bones=(
        (0, 1), (1, 2), (1, 3), (3, 4), (4, 5), (1, 6), (6, 7), (7, 8), (2, 9), (9, 10), (10, 11), (2, 12),
        (12, 13), (13, 14),
    ),
    root=2,
)  # fmt: skip

SKELETONS: dict[int, Skeleton] = {
    skeleton.joint_count: skeleton for skeleton in (KINECT_20, KINECT_25, FLORENCE_15)
}


def skeleton_of(joint_count: int) -> Skeleton:
    """Return the known skeleton with that many joints, or a nameless one without bones.

    Args:
        joint_count: J, at least 1.
    """
    known = SKELETONS.get(joint_count)
    if known is not None:
        return known
    joints = tuple(f"joint_{index + 1}" for index in range(joint_count))
    return Skeleton(f"unknown, {joint_count} joints", joints, (), root=0)


MSR_ACTIONS: tuple[str, ...] = (
    "high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch", "high throw", "draw x",
    "draw tick", "draw circle", "hand clap", "two hand wave", "side-boxing", "bend", "forward kick",
    "side kick", "jogging", "tennis swing", "tennis serve", "golf swing", "pickup & throw",
)  # fmt: skip
