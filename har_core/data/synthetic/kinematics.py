"""From a pose, told as where hands and feet are, to the 20 joints of the Kinect skeleton.

Directions of the body are right, up and back, which make a right-handed frame; a person who faces the
camera has them along x, y and z of the camera. Arms and legs are chains of two bones: the pose says where
wrist and ankle are, and the elbow or knee follows from the lengths of the bones, so they never stretch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.skeleton import KINECT_20

Array = NDArray[np.float64]

# A chain is never drawn out quite straight, nor folded flat: a living limb is neither.
_LONGEST_REACH, _SHORTEST_REACH = 0.997, 0.3

# Outwards, up, forward of the right and of the left limb, along right, up and back of the body.
_OUTWARDS = np.array([[[1.0, 1.0, -1.0]], [[-1.0, 1.0, -1.0]]])


@dataclass(frozen=True)
class Body:
    """Sizes of one person, in metres.

    Attributes:
        upper_arm: shoulder to elbow.
        forearm: elbow to wrist.
        hand: wrist to the middle of the hand.
        thigh: hip to knee.
        shank: knee to ankle.
        foot: ankle to toes.
        hip_width: middle of the hips to either hip, sideways.
        shoulder_width: middle of the shoulders to either shoulder, sideways.
        waist: middle of the hips to the spine joint.
        chest: spine joint to the middle of the shoulders, upwards.
        neck: middle of the shoulders to the head.
        depth: how far the tracker puts hips and shoulders in front of the spine.
    """

    upper_arm: float = 0.275
    forearm: float = 0.295
    hand: float = 0.07
    thigh: float = 0.545
    shank: float = 0.43
    foot: float = 0.17
    hip_width: float = 0.165
    shoulder_width: float = 0.175
    waist: float = 0.21
    chest: float = 0.21
    neck: float = 0.23
    depth: float = 0.12

    @property
    def arm(self) -> float:
        """Shoulder to wrist along the bones."""
        return self.upper_arm + self.forearm

    @property
    def leg(self) -> float:
        """Hip to ankle along the bones."""
        return self.thigh + self.shank


@dataclass(frozen=True)
class Stance:
    """How and where a person stands.

    Attributes:
        place: x, y and z in the camera frame of the point of the floor between the ankles, at their height.
        facing: degrees that the body is turned to its left, 0 when it faces the camera.
        foot_width: middle of the stance to either ankle, in metres.
        lean: degrees that the upright trunk leans forward.
    """

    place: tuple[float, float, float]
    facing: float
    foot_width: float
    lean: float


@dataclass(frozen=True)
class Pose:
    """T frames of a moving body.

    Attributes:
        right_hand: (T, 3) wrist as seen from its shoulder: outwards, up, forward, in lengths of the arm.
        left_hand: (T, 3) the same, outwards being to the left.
        right_foot: (T, 3) how far the ankle is from where it stands: outwards, up, forward, in leg lengths.
        left_foot: (T, 3) the same, outwards being to the left.
        trunk: (T, 3) degrees of bending forward, turning to the left, tilting to the right.
        hips: (T, 3) how far the hips have moved right, up and forward, in leg lengths.
        elbows: (T, 2) degrees that right and left elbow are lifted sideways from hanging down.
    """

    right_hand: Array
    left_hand: Array
    right_foot: Array
    left_foot: Array
    trunk: Array
    hips: Array
    elbows: Array


def joint_positions(pose: Pose, body: Body, stance: Stance) -> Array:
    """Return (T, 20, 3) joints of KINECT_20 in the camera frame, in metres."""
    joints = _trunk(pose, body, stance)
    for part in (_arms(joints, pose, body), _legs(joints, pose, body, stance)):
        for name, (right, left) in part.items():
            joints[f"right_{name}"], joints[f"left_{name}"] = right, left
    positions = np.stack([joints[name] for name in KINECT_20.joints], axis=1)
    facing = _rotation(np.array([0, stance.facing, 0]))
    return np.asarray(positions @ facing.T + np.array(stance.place))


def _trunk(pose: Pose, body: Body, stance: Stance) -> dict[str, Array]:
    # A bow starts in the hips and goes on along the spine, so each part takes its share of the angles.
    shares = np.array([[0.35, 0.5, 0.3], [0.7, 0.75, 0.6], [1, 1, 1], [0.85, 0.6, 0.5]])
    posture = np.array([0, 0.5, 1, 0.4])[:, None] * np.array([stance.lean, 0, 0])
    pelvis, loin, chest, head = _rotation(pose.trunk * shares[:, None] + posture[:, None])
    depth, side = body.depth, body.shoulder_width
    middle = pose.hips * _OUTWARDS[0] * body.leg
    middle[:, 1] += _standing_height(body, stance)
    spine = middle + loin @ np.array([0, body.waist, 0.005])
    neck = spine + chest @ np.array([0, body.chest, -1.25 * depth])
    return {
        "hip_center": middle,
        "spine": spine,
        "shoulder_center": neck,
        "head": neck + head @ np.array([0, body.neck, -0.02]),
        "right_shoulder": neck + chest @ np.array([side, -0.06, 0.6 * depth]),
        "left_shoulder": neck + chest @ np.array([-side, -0.06, 0.6 * depth]),
        "right_hip": middle + pelvis @ np.array([body.hip_width, -0.01, -0.9 * depth]),
        "left_hip": middle + pelvis @ np.array([-body.hip_width, -0.01, -0.9 * depth]),
    }


def _standing_height(body: Body, stance: Stance) -> float:
    """Return how high the hips are over the ankles when the legs are nearly straight."""
    sideways = body.hip_width - stance.foot_width
    return float(np.sqrt((0.994 * body.leg) ** 2 - sideways**2 - body.depth**2))


def _arms(trunk: dict[str, Array], pose: Pose, body: Body) -> dict[str, Array]:
    """Return (2, T, 3) each of elbows, wrists and hands: the right ones, then the left ones."""
    shoulders = np.stack([trunk["right_shoulder"], trunk["left_shoulder"]])
    hands = np.stack([pose.right_hand, pose.left_hand])
    lift = np.radians(pose.elbows.T)
    # The elbow of a hanging arm points back; that of a raised arm points a little forward.
    height = hands[..., 1] / np.maximum(_length(hands)[..., 0], 1e-9)
    bend = np.stack([np.sin(lift), -np.cos(lift), 0.5 * height - 0.2], axis=-1) * _OUTWARDS
    goal = hands * _OUTWARDS * body.arm
    elbows, wrists = _two_bones(shoulders, goal, bend, body.upper_arm, body.forearm)
    along = (wrists - elbows) / body.forearm
    return {"elbow": elbows, "wrist": wrists, "hand": wrists + along * body.hand}


def _legs(trunk: dict[str, Array], pose: Pose, body: Body, stance: Stance) -> dict[str, Array]:
    """Return (2, T, 3) each of knees, ankles and feet: the right ones, then the left ones."""
    hips = np.stack([trunk["right_hip"], trunk["left_hip"]])
    moved = np.stack([pose.right_foot, pose.left_foot])
    ankles = moved * _OUTWARDS * body.leg + np.array([stance.foot_width, 0, 0]) * _OUTWARDS
    # Knees point ahead of the pelvis, and a little outwards.
    pelvis = _rotation(pose.trunk * np.array([0, 0.5, 0]))
    forward = np.einsum("tij,sj->sti", pelvis, np.array([[0.15, 0, -1], [-0.15, 0, -1]]))
    knees, ankles = _two_bones(hips, ankles - hips, forward, body.thigh, body.shank)
    shank = (ankles - knees) / body.shank
    # On the floor the sole is flat; in the air the foot stands at a right angle to the shank.
    in_air = np.clip(moved[..., 1:2] / 0.12, 0, 1)
    flat = _unit(forward + np.array([0, -0.2, 0]))
    toes = _unit(in_air * _unit(_across(forward, shank)) + (1 - in_air) * flat)
    return {"knee": knees, "ankle": ankles, "foot": ankles + toes * body.foot}


def _two_bones(start: Array, to_end: Array, bend: Array, first: float, second: float) -> tuple[Array, Array]:
    """Return where chains of two bones bend and end, by the law of cosines.

    Args:
        start: (..., 3) where the chain begins.
        to_end: (..., 3) from the start to where it shall end; a goal out of reach is approached.
        bend: (..., 3) the direction that the middle joint is pushed towards.
        first: length of the first bone.
        second: length of the second bone.
    """
    wanted = _length(to_end)
    line = to_end / np.maximum(wanted, 1e-9)
    reach = np.clip(wanted, _SHORTEST_REACH * (first + second), _LONGEST_REACH * (first + second))
    along = (reach**2 + first**2 - second**2) / (2 * reach)
    aside = np.sqrt(np.maximum(first**2 - along**2, 0))
    return start + line * along + _unit(_across(bend, line)) * aside, start + line * reach


def _rotation(degrees: Array) -> Array:
    """Return (..., 3, 3) that tilts to the right, then bends forward, then turns to the left.

    Args:
        degrees: (..., 3) of bending, turning and tilting. Turned to the left, the right side comes forward.
    """
    angles = np.radians(degrees)
    (sx, sy, sz), (cx, cy, cz) = np.moveaxis(np.sin(angles), -1, 0), np.moveaxis(np.cos(angles), -1, 0)
    matrix = np.stack(
        [
            cy * cz + sy * sx * sz, cy * sz - sy * sx * cz, sy * cx,
            -cx * sz, cx * cz, sx,
            cy * sx * sz - sy * cz, -sy * sz - cy * sx * cz, cy * cx,
        ],
        axis=-1,
    )  # fmt: skip
    return matrix.reshape(*angles.shape, 3)


def _across(vectors: Array, line: Array) -> Array:
    """Return the part of the vectors that is at a right angle to a line of unit length."""
    return np.asarray(vectors - (vectors * line).sum(axis=-1, keepdims=True) * line)


def _length(vectors: Array) -> Array:
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True)))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(_length(vectors), 1e-9))
