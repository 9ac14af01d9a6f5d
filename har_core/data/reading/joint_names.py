"""What trackers call their joints: ``ShoulderLeft``, ``LEFT_SHOULDER`` and ``left_shoulder`` are one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from har_core.skeleton import Skeleton

# A word ends at what is no letter or digit, and at a capital behind a small letter.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NUMBERED = re.compile(r"(\D*?)[\s_.\-]*(\d{1,4})")
_SIDES = {"l": "left", "r": "right", "lt": "left", "rt": "right"}
# Kinect 2 against Kinect 1: SpineBase is what HipCenter was. learn.microsoft.com, JointType enumeration.
_SAME = {
    "spine base": "hip center", "pelvis": "hip center", "hips": "hip center", "mid hip": "hip center",
    "spine mid": "spine", "spine navel": "spine", "spine shoulder": "shoulder center",
    "foot index": "toe", "centre hip": "hip center",
    "centre shoulder": "shoulder center", "center hip": "hip center", "center shoulder": "shoulder center",
}  # fmt: skip


def common_name(joint: str) -> str:
    """Return what a joint is called here, such as ``left_shoulder``: the side first, in small letters."""
    words = [_SIDES.get(word.lower(), word.lower()) for word in _WORD.findall(joint)]
    sides = [word for word in words if word in ("left", "right")]
    rest = " ".join(word for word in words if word not in sides)
    return "_".join([*sides[:1], *_SAME.get(rest, rest).split()])


def joint_numbers(joints: Sequence[str]) -> list[int] | None:
    """Return the numbers of joints that are called by nothing else, as ``landmark_0`` and ``landmark_1``."""
    matches = [_NUMBERED.fullmatch(joint) for joint in joints]
    found = [match for match in matches if match]
    numbers = [int(match[2]) for match in found]
    alike = len({match[1].lower() for match in found}) == 1 and len(set(numbers)) == len(joints)
    return numbers if alike else None


def skeleton_with(joints: Sequence[str], known: Sequence[Skeleton]) -> tuple[Skeleton, list[int]] | None:
    """Return the known skeleton of these joints, and where each of its joints stands among them.

    Args:
        joints: names, as a tracker writes them.
        known: skeletons that it may be.

    Returns:
        None where no skeleton has just these joints.
    """
    places = {common_name(joint): place for place, joint in enumerate(joints)}
    for skeleton in known:
        names = [common_name(joint) for joint in skeleton.joints]
        if len(joints) == len(names) and set(places) == set(names):
            return skeleton, [places[name] for name in names]
    return None
