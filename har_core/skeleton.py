"""Skeletons: which joints there are, which bones join them, and which side of the body they are on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right", "trunk"]


@dataclass(frozen=True)
class Skeleton:
    """The joints of one tracker and the bones between them.

    Attributes:
        name: which one it is, such as ``msr-20``.
        joints: J names in the order of the data, such as ``left_shoulder``.
        bones: pairs of joint indices; they join all joints, and are empty only where nothing is known.
        root: the joints whose middle a sequence is centred on: that of the hips, or both hips.
        title: what the tracker is called; as its name where it is empty.
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    root: tuple[int, ...]
    title: str = ""

    @property
    def joint_count(self) -> int:
        """J, the number of joints."""
        return len(self.joints)

    @property
    def said(self) -> str:
        """What the skeleton is called in a sentence."""
        return self.title or self.name

    @property
    def joint_sides(self) -> tuple[Side, ...]:
        """The side of each joint, read off its name."""
        return tuple(_side(joint) for joint in self.joints)

    @property
    def bone_sides(self) -> tuple[Side, ...]:
        """The side of each bone: that of its one-sided joint, else the trunk."""
        sides = self.joint_sides
        return tuple(next((sides[j] for j in bone if sides[j] != "trunk"), "trunk") for bone in self.bones)

    def without(self, joints: Collection[int]) -> "Skeleton":
        """Return the same skeleton without some joints; what hung on them hangs on what they hung on."""
        gone, bones = set(joints), list(self.bones)
        for joint in sorted(gone):
            beside = [a + b - joint for a, b in bones if joint in (a, b)]
            bones = [bone for bone in bones if joint not in bone]
            bones += [(beside[0], other) for other in beside[1:]]
        place = {joint: row for row, joint in enumerate(j for j in range(self.joint_count) if j not in gone)}
        root = tuple(place[joint] for joint in self.root if joint in place)
        return Skeleton(
            f"{self.name} without {len(gone)}",
            tuple(self.joints[joint] for joint in place),
            tuple((place[a], place[b]) for a, b in bones),
            root or (0,),
            f"{self.said}, without {', '.join(self.joints[j] for j in sorted(gone))}",
        )


def _side(joint: str) -> Side:
    if joint.startswith("left_"):
        return "left"
    return "right" if joint.startswith("right_") else "trunk"


# MSR Action3D (Kinect for Xbox 360): as its authors' text files have them.
KINECT_20 = Skeleton(
    "msr-20",
    (
        "left_shoulder", "right_shoulder", "shoulder_center", "spine", "left_hip", "right_hip", "hip_center",
        "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
        "left_knee", "right_knee", "left_ankle", "right_ankle", "left_foot", "right_foot", "head",
    ),
    (
        (19, 2), (0, 2), (1, 2), (0, 7), (7, 9), (9, 11), (1, 8), (8, 10), (10, 12), (2, 3), (3, 6),
        (6, 4), (6, 5), (4, 13), (5, 14), (13, 15), (14, 16), (15, 17), (16, 18),
    ),
    root=(6,),
    title="Kinect v1, 20 joints",
)  # fmt: skip

_LIMBS = tuple(
    f"{side}_{joint}"
    for joints in (("shoulder", "elbow", "wrist", "hand"), ("hip", "knee", "ankle", "foot"))
    for side in ("left", "right")
    for joint in joints
)
_LIMB_BONES = tuple((start + place, start + place + 1) for start in (4, 8, 12, 16) for place in range(3))

# NUI_SKELETON_POSITION_INDEX of Microsoft's Kinect SDK 1 (NuiSensor.h); UTKinect and NW-UCLA have it, too.
KINECT_SDK_20 = Skeleton(
    "kinect-sdk-20",
    ("hip_center", "spine", "shoulder_center", "head", *_LIMBS),
    ((0, 1), (1, 2), (2, 3), (2, 4), (2, 8), (0, 12), (0, 16), *_LIMB_BONES),
    root=(0,),
    title="Kinect v1 in the order of its SDK, 20 joints",
)

# UTD-MHAD (Chen, Jafari and Kehtarnavaz, ICIP 2015): the list on the data set's page.
UTD_20 = Skeleton(
    "utd-20",
    ("head", "shoulder_center", "spine", "hip_center", *_LIMBS),
    ((0, 1), (1, 2), (2, 3), (1, 4), (1, 8), (3, 12), (3, 16), *_LIMB_BONES),
    root=(3,),
    title="Kinect v1 in the order of UTD-MHAD, 20 joints",
)

# Kinect v2, as in NTU RGB+D (Shahroudy et al., CVPR 2016, figure 2).
KINECT_25 = Skeleton(
    "kinect2-25",
    (
        "hip_center", "spine", "neck", "head", "left_shoulder", "left_elbow", "left_wrist", "left_hand",
        "right_shoulder", "right_elbow", "right_wrist", "right_hand", "left_hip", "left_knee", "left_ankle",
        "left_foot", "right_hip", "right_knee", "right_ankle", "right_foot", "shoulder_center",
        "left_hand_tip", "left_thumb", "right_hand_tip", "right_thumb",
    ),
    (
        (0, 1), (1, 20), (20, 2), (2, 3), (20, 4), (4, 5), (5, 6), (6, 7), (20, 8), (8, 9), (9, 10), (10, 11),
        (0, 12), (12, 13), (13, 14), (14, 15), (0, 16), (16, 17), (17, 18), (18, 19),
        (7, 21), (6, 22), (11, 23), (10, 24),
    ),
    root=(0,),
    title="Kinect v2, 25 joints",
)  # fmt: skip

# Florence 3D Actions (Seidenari et al., CVPR workshops 2013): the data set's own notes.
FLORENCE_15 = Skeleton(
    "florence-15",
    (
        "head", "neck", "spine", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow",
        "right_wrist", "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle",
    ),
    (
        (0, 1), (1, 2), (1, 3), (3, 4), (4, 5), (1, 6), (6, 7), (7, 8), (2, 9), (9, 10), (10, 11), (2, 12),
        (12, 13), (13, 14),
    ),
    root=(2,),
    title="Florence, 15 joints",
)  # fmt: skip

# PoseLandmark and POSE_CONNECTIONS of MediaPipe (mediapipe/python/solutions); the mouth is joined to the rest
# of the body here, which they leave apart.
MEDIAPIPE_33 = Skeleton(
    "mediapipe-33",
    (
        "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
        "right_eye_outer", "left_ear", "right_ear", "left_mouth", "right_mouth", "left_shoulder",
        "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky",
        "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip", "right_hip",
        "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel", "left_toe",
        "right_toe",
    ),
    (
        (0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (4, 5), (5, 6), (6, 8), (0, 9), (0, 10), (9, 10), (9, 11),
        (10, 12), (11, 12), (11, 13), (13, 15), (15, 17), (15, 19), (15, 21), (17, 19), (12, 14), (14, 16),
        (16, 18), (16, 20), (16, 22), (18, 20), (11, 23), (12, 24), (23, 24), (23, 25), (24, 26), (25, 27),
        (26, 28), (27, 29), (28, 30), (29, 31), (30, 32), (27, 31), (28, 32),
    ),
    root=(23, 24),
    title="MediaPipe Pose, 33 joints",
)  # fmt: skip

# "keypoints" and "skeleton" of the category "person" in the annotations of COCO (Lin et al., ECCV 2014).
COCO_17 = Skeleton(
    "coco-17",
    (
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
        "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
        "right_knee", "left_ankle", "right_ankle",
    ),
    (
        (15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8), (7, 9),
        (8, 10), (1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6),
    ),
    root=(11, 12),
    title="COCO, 17 joints",
)  # fmt: skip

# POSE_COCO_BODY_PARTS and its pairs in OpenPose (Cao et al., PAMI 2019), and a bone between the hips.
OPENPOSE_18 = Skeleton(
    "openpose-18",
    (
        "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
        "left_wrist", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
        "right_eye", "left_eye", "right_ear", "left_ear",
    ),
    (
        (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
        (1, 0), (0, 14), (14, 16), (0, 15), (15, 17), (8, 11),
    ),
    root=(8, 11),
    title="OpenPose in COCO's form, 18 joints",
)  # fmt: skip

# POSE_BODY_25_BODY_PARTS and its pairs in OpenPose.
OPENPOSE_25 = Skeleton(
    "openpose-25",
    (
        "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
        "left_wrist", "hip_center", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee",
        "left_ankle", "right_eye", "left_eye", "right_ear", "left_ear", "left_toe", "left_small_toe",
        "left_heel", "right_toe", "right_small_toe", "right_heel",
    ),
    (
        (1, 8), (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (8, 9), (9, 10), (10, 11), (8, 12), (12, 13),
        (13, 14), (1, 0), (0, 15), (15, 17), (0, 16), (16, 18), (14, 19), (19, 20), (14, 21), (11, 22),
        (22, 23), (11, 24),
    ),
    root=(8,),
    title="OpenPose, 25 joints",
)  # fmt: skip

# k4abt_joint_id_t of the Azure Kinect Body Tracking SDK, bones as in its joint hierarchy.
AZURE_32 = Skeleton(
    "azure-32",
    (
        "hip_center", "spine", "spine_chest", "neck", "left_clavicle", "left_shoulder", "left_elbow",
        "left_wrist", "left_hand", "left_hand_tip", "left_thumb", "right_clavicle", "right_shoulder",
        "right_elbow", "right_wrist", "right_hand", "right_hand_tip", "right_thumb", "left_hip", "left_knee",
        "left_ankle", "left_foot", "right_hip", "right_knee", "right_ankle", "right_foot", "head", "nose",
        "left_eye", "left_ear", "right_eye", "right_ear",
    ),
    (
        (0, 1), (1, 2), (2, 3), (2, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (7, 10), (2, 11), (11, 12),
        (12, 13), (13, 14), (14, 15), (15, 16), (14, 17), (0, 18), (18, 19), (19, 20), (20, 21), (0, 22),
        (22, 23), (23, 24), (24, 25), (3, 26), (26, 27), (26, 28), (26, 29), (26, 30), (26, 31),
    ),
    root=(0,),
    title="Azure Kinect, 32 joints",
)  # fmt: skip

SKELETONS: dict[str, Skeleton] = {
    skeleton.name: skeleton
    for skeleton in (
        KINECT_20, KINECT_SDK_20, UTD_20, KINECT_25, FLORENCE_15, MEDIAPIPE_33, COCO_17, OPENPOSE_18,
        OPENPOSE_25, AZURE_32,
    )
}  # fmt: skip
"""Known skeletons; of those with the same number of joints the first is meant where nothing tells."""


def skeletons_with(joint_count: int) -> list[Skeleton]:
    """Return the known skeletons of that many joints."""
    return [skeleton for skeleton in SKELETONS.values() if skeleton.joint_count == joint_count]


def skeleton_of(joint_count: int) -> Skeleton:
    """Return the first known skeleton with that many joints, or a nameless one without bones.

    Args:
        joint_count: J, at least 1.
    """
    return next(iter(skeletons_with(joint_count)), nameless(joint_count))


def nameless(joint_count: int, bones: tuple[tuple[int, int], ...] = (), root: int = 0) -> Skeleton:
    """Return a skeleton whose joints nobody knows, by their numbers."""
    joints = tuple(f"joint_{index + 1}" for index in range(joint_count))
    return Skeleton(f"unknown-{joint_count}", joints, bones, (root,), f"unknown, {joint_count} joints")


MSR_ACTIONS: tuple[str, ...] = (
    "high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch", "high throw", "draw x",
    "draw tick", "draw circle", "hand clap", "two hand wave", "side-boxing", "bend", "forward kick",
    "side kick", "jogging", "tennis swing", "tennis serve", "golf swing", "pickup & throw",
)  # fmt: skip
