"""Eight data sets as people bring them, each made of bodies that moved before MSR Action3D's camera."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.skeleton import KINECT_20, KINECT_25, KINECT_SDK_20, MEDIAPIPE_33, UTD_20, Skeleton
from tests.data.made_up_files import npy, zip_of
from tests.data.reading.made_up_formats import long_csv, mediapipe_csv, ntu, utd

# Of the joints that Kinect v1 does not have: on the way from one to another that it has, how far, and then
# how far towards where the body looks, up, and to its side, in metres.
_BETWEEN = {
    "neck": ("shoulder_center", "head", 0.45, 0, 0, 0),
    "nose": ("head", "head", 0, 0.11, -0.03, 0), "eye_inner": ("head", "head", 0, 0.09, 0.01, 0.02),
    "eye": ("head", "head", 0, 0.09, 0.01, 0.035), "eye_outer": ("head", "head", 0, 0.08, 0.01, 0.05),
    "ear": ("head", "head", 0, 0, -0.01, 0.075), "mouth": ("head", "head", 0, 0.09, -0.08, 0.025),
    "hand_tip": ("wrist", "hand", 2.0, 0, 0, 0), "thumb": ("wrist", "hand", 1.1, 0.03, 0, -0.04),
    "index": ("wrist", "hand", 1.8, 0.02, 0, -0.01), "pinky": ("wrist", "hand", 1.6, -0.02, 0, 0.03),
    "heel": ("ankle", "ankle", 0, -0.05, -0.06, 0), "toe": ("ankle", "foot", 1.2, 0, -0.02, 0),
}  # fmt: skip


def in_joints_of(frames: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Return (T, J, 3) of another tracker of (T, 20, 3) of MSR Action3D; lost frames stay zeros."""
    have = {name: frames[:, joint].astype(float) for joint, name in enumerate(KINECT_20.joints)}
    side = have["left_shoulder"] - have["right_shoulder"]
    side[:, 1] = 0
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    ahead = side[:, [2, 1, 0]] * (1, 0, -1)  # level, across the shoulders: towards -z of who faces the camera
    ahead *= np.where(np.median(ahead[:, 2]) > 0, -1, 1)
    turned = np.zeros((len(frames), skeleton.joint_count, 3))
    for joint, name in enumerate(skeleton.joints):
        turned[:, joint] = have[name] if name in have else _between(name, have, ahead, side)
    lost = (frames == 0).all(axis=(1, 2))
    turned[lost] = 0
    return turned


def _between(name: str, have: dict[str, np.ndarray], ahead: np.ndarray, left: np.ndarray) -> np.ndarray:
    whose, _, part = name.partition("_")
    sign = {"left": 1, "right": -1}.get(whose, 0)
    start, end, share, forth, up, aside = _BETWEEN[part if sign else name]
    one, other = (have[f"{whose}_{each}" if f"{whose}_{each}" in have else each] for each in (start, end))
    place = one + share * (other - one) + forth * ahead + sign * aside * left
    return np.asarray(place + (0, up, 0))


def brought_in(recorded: SkeletonSequences) -> dict[str, dict[str, bytes]]:
    """Return the files of each set, by what people would call it.

    Args:
        recorded: (T, 20, 3) each, metres, as in MSR Action3D, under its authors' names.
    """
    parts = [frames for frames in recorded.each()]
    rows = list(zip(parts, recorded.ids, _numbers(recorded), recorded.subjects.tolist(), strict=True))
    words = [recorded.action_of(row).name for row in range(len(recorded))]
    positions = {f"{name}_skeleton3D.txt": _text(frames) for frames, name, _, _ in rows}
    screen = {f"{name}_skeleton.txt": _text(_on_the_screen(frames)) for frames, name, _, _ in rows}
    tracked = {name: frames[frames.any(axis=(1, 2))] for frames, name, _, _ in rows}
    return {
        "authors' positions": {"MSRAction3DSkeletonReal3D.zip": zip_of(positions)},
        "authors' screen coordinates": {"MSRAction3DSkeleton(20joints).zip": zip_of(screen)},
        "Kinect SDK": _arrays([in_joints_of(frames, KINECT_SDK_20) for frames in parts], recorded),
        "UTD-MHAD": {
            f"a{action}_s{subject}_t{int(name[-2:])}_skeleton.mat": utd(in_joints_of(tracked[name], UTD_20))
            for _, name, action, subject in rows
        },
        "NTU RGB+D": {
            f"S001C001P{subject:03}R{int(name[-2:]):03}A{action:03}.skeleton": _ntu(tracked[name])
            for _, name, action, subject in rows
        },
        "MediaPipe": {
            f"{word.replace(' ', '-')}_s{subject:02}_e{int(name[-2:]):02}.csv": _mediapipe(tracked[name])
            for word, (_, name, _, subject) in zip(words, rows, strict=True)
        },
        "long CSV": {
            "recordings.csv": long_csv(
                {
                    (name, subject, word): tracked[name]
                    for word, (_, name, _, subject) in zip(words, rows, strict=True)
                },
                joints=[joint.replace("_", " ") for joint in KINECT_20.joints],
            )
        },
        "npz": {"recordings.npz": _npz(parts, recorded)},
    }


def _numbers(recorded: SkeletonSequences) -> list[int]:
    return [recorded.action_of(row).number for row in range(len(recorded))]


def _text(frames: np.ndarray) -> bytes:
    """As the authors write: three numbers and a confidence, a joint a line."""
    return "".join("{:.6f} {:.6f} {:.6f} 1.000000\n".format(*row) for row in frames.reshape(-1, 3)).encode()


def _on_the_screen(frames: np.ndarray) -> np.ndarray:
    """Return pixels of a depth image of 320 by 240, and the depth in millimetres."""
    x, y, z = np.moveaxis(frames.astype(float), -1, 0)
    away = np.where(z == 0, 1, z)
    seen = np.stack([160 + 285.63 * x / away, 120 - 285.63 * y / away, 1000 * z], axis=-1)
    return np.asarray(seen * (z != 0)[..., None])


def _arrays(parts: Sequence[np.ndarray], recorded: SkeletonSequences) -> dict[str, bytes]:
    """In millimetres with z up, filled up with zeros to one length, as room-wide recordings are."""
    x = np.zeros((len(parts), max(map(len, parts)), *parts[0].shape[1:]), np.float32)
    for row, frames in enumerate(parts):
        x[row, : len(frames)] = 1000 * frames[:, :, [0, 2, 1]]
    return {"X.npy": npy(x), "Y.npy": npy(_numbers(recorded)), "Y_s.npy": npy(recorded.subjects)}


def _ntu(frames: np.ndarray) -> bytes:
    """One body, and for some frames a second that is a chair."""
    whole = in_joints_of(frames, KINECT_25).round(7)
    return ntu({1: whole, 2: np.tile(whole[:1] + (0.8, -0.3, 0.4), (4, 1, 1))}, len(frames), {2: 2})


def _mediapipe(frames: np.ndarray) -> bytes:
    """World landmarks: metres from the hips, x to the right in an image that is no mirror, y down."""
    body = in_joints_of(frames, MEDIAPIPE_33) * (-1, -1, 1)
    return mediapipe_csv((body - body[:, 23:25].mean(axis=1, keepdims=True)).round(6))


def _npz(parts: Sequence[np.ndarray], recorded: SkeletonSequences) -> bytes:
    """The Kinect 2's 25 joints in one row of 75, each sequence filled up with its last frame, in float64."""
    bodies = [in_joints_of(frames, KINECT_25) for frames in parts]
    longest = max(map(len, bodies))
    x = np.stack([body[np.minimum(np.arange(longest), len(body) - 1)] for body in bodies])
    stream = io.BytesIO()
    words = np.array([recorded.action_of(row).name for row in range(len(recorded))])
    np.savez_compressed(stream, X=x.reshape(*x.shape[:2], -1), Y=words, Y_s=recorded.subjects)
    return stream.getvalue()


def some_recordings() -> SkeletonSequences:
    """Return the first take of two actions by three subjects, of the set that comes along."""
    recorded = load_source("synthetic").sequences
    names = [f"a{action:02}_s{subject:02}_e01" for action in (1, 14) for subject in (1, 2, 3)]
    return recorded.take([recorded.row_of(name) for name in names])


@dataclass(frozen=True)
class Expected:
    """What is to be found out of a set.

    Attributes:
        skeleton: name of it.
        axes: of the files.
        unit: of the files.
        rate: frames a second.
        left: -1 where the person's left is on the viewer's left, as in a mirror, else 1.
        assumed: how many sentences there are on what was found out.
        told: parts of these, and of what else is told.
    """

    skeleton: str
    axes: str = "x,y,z"
    unit: str = "metres"
    rate: int = 15
    left: int = -1
    assumed: int = 0
    told: tuple[str, ...] = ()


_USUAL = ("y points up", "taken for metres", "15 frames a second are assumed")
EXPECTED = {
    "authors' positions": Expected("msr-20", assumed=4, told=("those of Kinect v1, 20 joints", *_USUAL)),
    "authors' screen coordinates": Expected(
        "msr-20", unit="millimetres", assumed=3, told=("a depth image of 320 by 240", "taken for millimetres")
    ),
    "Kinect SDK": Expected(
        "kinect-sdk-20", "x,z,y", "millimetres", assumed=5,
        told=("zero padding at the end is taken off", "order of its SDK", "next likely order, utd-20",
              "z points up", "taken for millimetres", "15 frames a second are assumed"),
    ),
    "UTD-MHAD": Expected("utd-20", rate=30, assumed=2, told=("called as those of UTD-MHAD", *_USUAL[:2])),
    "NTU RGB+D": Expected("kinect2-25", rate=30, assumed=1, told=("6 of 6 files hold several bodies",)),
    "MediaPipe": Expected(
        "mediapipe-33", "x,-y,z", left=1, assumed=3, told=("y points down", *_USUAL[1:])
    ),
    "long CSV": Expected("msr-20", assumed=3, told=_USUAL),
    "npz": Expected(
        "kinect2-25", assumed=5,
        told=("repeated frame padding at the end is taken off", "those of Kinect v2", *_USUAL),
    ),
}  # fmt: skip
"""By what people would call the set."""
