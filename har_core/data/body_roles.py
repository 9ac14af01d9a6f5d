"""What the joints of a body are for: its middle, its size, its legs, and the ends that tell most."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from har_core.skeleton import Skeleton

_Number = TypeVar("_Number", np.float32, np.float64)

_FAR_JOINTS = ({"wrist"}, {"hand"}, {"foot"}, {"ankle"}, {"head", "nose"})
_LEG_JOINTS = {"hip", "knee", "ankle", "foot", "heel", "toe", "small_toe"}
_ARM_JOINTS = {"shoulder", "elbow", "wrist", "hand", "hand_tip", "thumb", "pinky", "index"}


@dataclass(frozen=True)
class BodyRoles:
    """Which joints do what, by their index.

    Attributes:
        middle: the joints in whose middle a body is centred.
        head: whose distance from the middle is a body's size; None where none is named so, and then the joint
            that is the farthest from the middle in the mean takes its place.
        ends: whose direction tells most: wrists, hands, feet and head, or whatever there is of that; all
            joints where none is named so.
    """

    middle: tuple[int, ...]
    head: int | None
    ends: tuple[int, ...]


@lru_cache
def roles_of(skeleton: Skeleton) -> BodyRoles:
    """Return what the joints of a skeleton do, read off their names."""
    names = _without_sides(skeleton)
    wrists, hands, feet, ankles, heads = (
        [index for index, name in enumerate(names) if name in known] for known in _FAR_JOINTS
    )
    ends = sorted([*wrists, *hands, *(feet or ankles), *heads[:1]])
    everything = tuple(range(skeleton.joint_count))
    return BodyRoles(skeleton.root, heads[0] if heads else None, tuple(ends) or everything)


def legs_of(skeleton: Skeleton) -> tuple[int, ...]:
    """Return the joints of both legs, from the hips down; none where none are named so."""
    return tuple(index for index, name in enumerate(_without_sides(skeleton)) if name in _LEG_JOINTS)


def limbs_of(skeleton: Skeleton) -> tuple[int, ...]:
    """Return the joints of arms and legs, shoulders and hips too; none where none are named so."""
    names = _ARM_JOINTS | _LEG_JOINTS
    return tuple(index for index, name in enumerate(_without_sides(skeleton)) if name in names)


def _without_sides(skeleton: Skeleton) -> list[str]:
    return [joint.lower().removeprefix("left_").removeprefix("right_") for joint in skeleton.joints]


def middle_of(frames: NDArray[_Number], roles: BodyRoles) -> NDArray[_Number]:
    """Return (..., 3) where the middle of the body is in frames of (..., J, 3)."""
    middle: NDArray[_Number] = frames[..., list(roles.middle), :].mean(axis=-2)
    return middle


def size_of(frames: NDArray[_Number], roles: BodyRoles) -> float:
    """Return the mean distance from the middle of the hips to the head; 0 of a body that is a point."""
    distances = np.linalg.norm(frames - middle_of(frames, roles)[:, None], axis=2).mean(axis=0)
    return float(distances.max() if roles.head is None else distances[roles.head])
