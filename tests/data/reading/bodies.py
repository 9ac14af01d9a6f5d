"""A body that moves, with the joints of any known skeleton, for the tests that find out what data mean."""

import numpy as np

from har_core.skeleton import KINECT_SDK_20, Skeleton

# Metres, of somebody who stands before the camera: x to the right in the image, y up, z away.
_PLACES = {
    "head": (0, 1.65, 0), "nose": (0, 1.62, -0.08), "eye": (0.035, 1.66, -0.06),
    "eye_inner": (0.02, 1.66, -0.07), "eye_outer": (0.05, 1.66, -0.05), "ear": (0.08, 1.63, 0),
    "mouth": (0.025, 1.56, -0.07), "neck": (0, 1.5, 0), "shoulder_center": (0, 1.42, 0),
    "spine_chest": (0, 1.3, 0), "spine": (0, 1.1, 0), "hip_center": (0, 0.95, 0),
    "clavicle": (0.05, 1.4, 0), "shoulder": (0.18, 1.4, 0), "elbow": (0.25, 1.13, 0.02),
    "wrist": (0.28, 0.88, -0.06), "hand": (0.29, 0.8, -0.08), "hand_tip": (0.29, 0.72, -0.09),
    "thumb": (0.25, 0.79, -0.11), "pinky": (0.31, 0.77, -0.07), "index": (0.28, 0.76, -0.1),
    "hip": (0.1, 0.92, 0), "knee": (0.12, 0.5, -0.02), "ankle": (0.12, 0.09, 0), "heel": (0.12, 0.03, 0.05),
    "foot": (0.12, 0.03, -0.12), "toe": (0.12, 0.02, -0.14), "small_toe": (0.16, 0.02, -0.12),
}  # fmt: skip
_ARM = ("elbow", "wrist", "hand", "hand_tip", "thumb", "pinky", "index")


def body(skeleton: Skeleton, length: int, seed: int) -> np.ndarray:
    """Return (length, J, 3), metres: somebody waves, sways and walks a little."""
    random = np.random.default_rng(seed)
    time = np.arange(length) / 15
    frames = np.zeros((length, skeleton.joint_count, 3))
    pace, tall = random.uniform(1.5, 4), random.uniform(0.92, 1.08)
    for joint, name in enumerate(skeleton.joints):
        side, _, part = name.partition("_")
        sign = {"left": 1, "right": -1}.get(side, 0)
        x, y, z = _PLACES[part if sign else name]
        place = np.tile((sign * x if sign else x, y, z), (length, 1)).astype(float)
        if part in _ARM:
            shoulder = np.array((sign * 0.18, 1.4, 0))
            angle = 0.9 * np.sin(pace * time + (sign > 0)) + 0.5
            arm = place - shoulder
            up, away = arm[:, 1].copy(), arm[:, 2].copy()
            arm[:, 1] = up * np.cos(angle) - away * np.sin(angle)
            arm[:, 2] = up * np.sin(angle) + away * np.cos(angle)
            place = shoulder + arm
        frames[:, joint] = place * tall
    sway = 0.05 * np.sin(1.3 * time + random.uniform(0, 6))
    walk = np.stack([sway + random.uniform(-0.3, 0.3), 0.01 * np.sin(5 * time), 2.5 + 0.1 * time], axis=1)
    return frames + walk[:, None] + random.normal(0, 0.003, frames.shape)


def bodies(skeleton: Skeleton, lengths: list[int], seed: int = 0) -> list[np.ndarray]:
    return [body(skeleton, length, seed + row) for row, length in enumerate(lengths)]


def rivals(lengths: list[int]) -> list[np.ndarray]:
    """Bodies with all joints of the trunk at one place, so that the order of these can't be told."""
    frames = bodies(KINECT_SDK_20, lengths)
    for part in frames:
        part[:, :4] = part[:, :4].mean(axis=1, keepdims=True) + 0.001 * np.arange(4)[:, None]
    return frames
