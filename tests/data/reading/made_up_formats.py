"""Data sets in the formats that people bring, each made by the format's own description."""

import io
import json
from collections.abc import Sequence

import numpy as np
from scipy.io import savemat


def body(joints: int, frames: int, seed: int = 0) -> np.ndarray:
    """A body that moves smoothly, (T, J, 3) in metres in front of a camera, rounded to micrometres."""
    random = np.random.default_rng(seed)
    rest = random.uniform(-0.6, 0.6, (joints, 3)) + [0, 0.1, 2.6]
    return (rest + 0.03 * random.normal(size=(frames, joints, 3)).cumsum(0)).round(6)


# NTU RGB+D: frames, bodies, ten values a body, joints, twelve values a joint


def ntu(bodies: dict[int, np.ndarray], frames: int, start: dict[int, int] | None = None) -> bytes:
    """Bodies by their numbers, each (T, 25, 3) from the frame on at which it starts."""
    starts = start or {}
    lines = [str(frames)]
    for frame in range(frames):
        seen = {
            number: joints[frame - starts.get(number, 0)]
            for number, joints in bodies.items()
            if 0 <= frame - starts.get(number, 0) < len(joints)
        }
        lines.append(str(len(seen)))
        for number, joints in seen.items():
            lines.append(f"7205759403792{number} 0 1 1 1 1 0 0.02 -0.25 2")
            lines.append(str(len(joints)))
            lines += [f"{x} {y} {z} 277.4 190.9 1036.1 519.5 -0.2 0.1 0.9 -0.1 2" for x, y, z in joints]
    return "\n".join(lines).encode()


def ntu_set() -> dict[str, bytes]:
    return {
        f"S001C00{camera}P00{person}R001A0{action}.skeleton": ntu({1: body(25, 9, action + person)}, 9)
        for camera in (1, 2)
        for person in (1, 3)
        for action in (10, 23)
    }


# UTD-MHAD: d_skel, (20, 3, T)


def utd(frames: np.ndarray, *, packed: bool = True, **more: object) -> bytes:
    stream = io.BytesIO()
    savemat(stream, {"d_skel": frames.transpose(1, 2, 0), **more}, do_compression=packed)
    return stream.getvalue()


def utd_set() -> dict[str, bytes]:
    return {
        f"a{action}_s{subject}_t{take}_skeleton.mat": utd(body(20, 8 + take, action * 7 + subject))
        for action in (1, 27)
        for subject in (1, 2, 8)
        for take in (1, 2)
    }


# UTKinect-Action3D: number of the frame and 60 positions, tabs and blanks between


def utkinect(frames: np.ndarray, first: int = 1) -> bytes:
    rows = [
        f"{first + number}  " + " ".join(f"{value:.6f}" for value in frame.ravel())
        for number, frame in enumerate(frames)
    ]
    return ("\n".join(rows) + "\n").encode()


def utkinect_set() -> dict[str, bytes]:
    labels = (
        b"s01_e01\nwalk: 12 20 \nsitDown: 22 31 \ncarry: NaN NaN \ns02_e01\nwalk: 13 19\nsitDown: 25 40\n"
    )
    return {
        "joints_s01_e01.txt": utkinect(body(20, 30, 1), 10),
        "joints_s02_e01.txt": utkinect(body(20, 31, 2), 10),
        "actionLabel.txt": labels,
    }


# CSVs


def long_csv(
    sequences: dict[tuple[str, int, str], np.ndarray], separator: str = ",", joints: Sequence[str] = ()
) -> bytes:
    """Frames by name, subject and action; a row a joint, which are called by their numbers or names."""
    rows = [separator.join(("sequence", "subject", "action", "frame", "joint", "x", "y", "z"))]
    for (name, subject, action), frames in sequences.items():
        for number, frame in enumerate(frames):
            for joint, (x, y, z) in zip(joints or range(len(frame)), frame, strict=True):
                rows.append(separator.join(map(str, (name, subject, action, number, joint, x, y, z))))
    return "\n".join(rows).encode()


def long_set() -> dict[str, bytes]:
    sequences = {
        (f"{action} {subject}", subject, action): body(20, 6 + subject, subject)
        for action in ("wave", "kick")
        for subject in (1, 2, 3)
    }
    return {"recordings.csv": long_csv(sequences)}


MEDIAPIPE = (
    "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear "
    "right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow left_wrist "
    "right_wrist left_pinky right_pinky left_index right_index left_thumb right_thumb left_hip right_hip "
    "left_knee right_knee left_ankle right_ankle left_heel right_heel left_foot_index right_foot_index"
).split()
KINECT_2 = (
    "SpineBase SpineMid Neck Head ShoulderLeft ElbowLeft WristLeft HandLeft ShoulderRight ElbowRight "
    "WristRight HandRight HipLeft KneeLeft AnkleLeft FootLeft HipRight KneeRight AnkleRight FootRight "
    "SpineShoulder HandTipLeft ThumbLeft HandTipRight ThumbRight"
).split()


def wide_csv(frames: np.ndarray, header: str) -> bytes:
    """A row a frame behind its number; a confidence of 0.9 behind each joint where the header has four."""
    columns = header.splitlines()[-1].count(",") // frames.shape[1]
    more = np.full((*frames.shape[:2], columns - 3), 0.9)
    rows = [
        f"{number}," + ",".join(map(str, row.ravel()))
        for number, row in enumerate(np.concatenate([frames, more], axis=2))
    ]
    return "\n".join([header, *rows]).encode()


def mediapipe_csv(frames: np.ndarray) -> bytes:
    names = (f"{joint}_{axis}" for joint in MEDIAPIPE for axis in ("x", "y", "z", "visibility"))
    return wide_csv(frames, ",".join(["frame", *names]))


def mediapipe_set() -> dict[str, bytes]:
    return {
        f"{action}_s0{subject}_e01.csv": mediapipe_csv(body(33, 7 + subject, subject) - [0, 0, 2.6])
        for action in ("wave", "arm circle")
        for subject in (1, 2)
    }


def kinect_2_csv(frames: np.ndarray) -> bytes:
    return wide_csv(frames, ",".join(["time", *(f"{joint}_{axis}" for joint in KINECT_2 for axis in "XYZ")]))


def kinect_2_set() -> dict[str, bytes]:
    return {
        f"a0{action}_s0{subject}_e01.csv": kinect_2_csv(body(25, 6 + subject, subject))
        for action in (1, 2)
        for subject in (1, 2)
    }


# MediaPipe's landmarks in JSON


def points(frame: np.ndarray) -> list[dict[str, float]]:
    return [{"x": x, "y": y, "z": z, "visibility": 0.9} for x, y, z in frame.tolist()]


def landmarks(frames: np.ndarray, **more: object) -> bytes:
    """As the pose landmarker gives them: a list of bodies in each frame."""
    each = [{"landmarks": [points(frame * 0.1)], "worldLandmarks": [points(frame)]} for frame in frames]
    return json.dumps({"frames": each, **more}).encode()


def landmark_set() -> dict[str, bytes]:
    return {
        f"{action}_s0{subject}_e01.json": landmarks(body(33, 5 + subject, subject), fps=25)
        for action in ("wave", "clap")
        for subject in (1, 2)
    }


SETS = {
    "NTU RGB+D": ntu_set(),
    "UTD-MHAD": utd_set(),
    "UTKinect": utkinect_set(),
    "long CSV": long_set(),
    "MediaPipe CSV": mediapipe_set(),
    "Kinect 2 CSV": kinect_2_set(),
    "MediaPipe JSON": landmark_set(),
}
