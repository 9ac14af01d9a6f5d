"""A frame whose number or time is leapt over is a lost frame, and is told."""

import json

import numpy as np
import pytest

from har_core.data.new_sources import import_source
from har_core.data.reading.frame_gaps import fill_gaps
from har_core.skeleton import KINECT_SDK_20, MEDIAPIPE_33
from tests.data.reading.bodies import body
from tests.data.reading.made_up_formats import landmarks, long_csv, wide_csv

WHOLE = body(KINECT_SDK_20, 20, 1).round(6)
LEFT = [number for number in range(20) if number not in (8, 9, 14)]
TOLD = (
    "By their numbers or times, 3 frames of 1 sequence are not in the files: such frames count as untracked."
)
NAMES = [joint.replace("_", " ") for joint in KINECT_SDK_20.joints]


def long_table(shuffle: bool) -> bytes:
    head, *rows = long_csv({("wave 1", 1, "wave"): WHOLE}, joints=NAMES).decode().splitlines()
    rows = [row for row in rows if int(row.split(",")[3]) in LEFT]
    if shuffle:
        rows = [rows[place] for place in np.random.default_rng(0).permutation(len(rows))]
    return "\n".join([head, *rows]).encode()


def wide_table() -> bytes:
    header = ",".join(["frame", *(f"{joint}_{axis}" for joint in NAMES for axis in "xyz")])
    head, *rows = wide_csv(WHOLE, header).decode().splitlines()
    return "\n".join([head, *(rows[number] for number in LEFT)]).encode()


def landmark_file() -> bytes:
    frames = json.loads(landmarks(WHOLE))["frames"]
    return json.dumps([{"frame": number, **frames[number]} for number in LEFT]).encode()


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("all.csv", long_table(shuffle=False)),
        ("all.csv", long_table(shuffle=True)),
        ("wave_s01_e01.csv", wide_table()),
        ("wave_s01_e01.json", landmark_file()),
    ],
)
def test_frames_that_are_not_there_are_lost_ones(name: str, content: bytes) -> None:
    loaded = import_source("mine", {name: content})
    assert len(loaded.sequences.frames) == 20 and TOLD in loaded.notes
    assert np.flatnonzero(loaded.sequences.untracked).tolist() == [8, 9, 14]


@pytest.mark.parametrize(
    ("times", "lost"),
    [
        (range(8), 0),
        (range(100, 116, 2), 0),
        ((0, 2, 4, 6, 10, 12, 14, 16), 1),
        (np.array((0, 33, 67, 100, 200, 233, 267, 300)) / 1000, 2),
        (np.array((0, 28, 69, 101, 139, 166, 201, 228)), 0),  # a clock that wavers
        ((0, 1, 2, 3, 4, 5, 6, 1_000_000), -1),
        ((0, 1e-300, 2e-300, 3e-300, 1e300), -1),
        ((5,), 0),
        ((), 0),
    ],
)
def test_gaps_are_leaps_over_whole_steps(times, lost) -> None:
    frames = np.ones((len(times), 2, 3))
    whole, found = fill_gaps(frames, np.array(times, float))
    assert found == lost
    assert len(whole) == len(frames) + max(lost, 0) and whole.any(axis=(1, 2)).sum() == len(frames)


@pytest.mark.usefixtures("har_home")
def test_numbers_that_leap_far_are_told_and_dates_are_no_numbers() -> None:
    far = [*range(19), 5000]
    table = wide_csv(WHOLE, ",".join(["frame", *(f"{joint}_{axis}" for joint in NAMES for axis in "xyz")]))
    head, *rows = table.decode().splitlines()
    cells = [row.partition(",")[2] for row in rows]
    leaps = "\n".join([head, *(f"{number},{row}" for number, row in zip(far, cells, strict=True))])
    loaded = import_source("one", {"wave_s01_e01.csv": leaps.encode()})
    assert len(loaded.sequences.frames) == 20 and any("leap far" in note for note in loaded.notes)
    dates = "\n".join([head, *(f"2026-01-01 10:00:{number:02},{row}" for number, row in enumerate(cells))])
    loaded = import_source("two", {"wave_s01_e01.csv": dates.encode()})
    assert len(loaded.sequences.frames) == 20 and not any("leap" in note for note in loaded.notes)


HEADER = ",".join(f"{{}}_{{}}_{axis}" for axis in ("x", "y", "z", "visibility"))


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize("called", ["landmark", "joint", "kp"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_joints_that_have_only_numbers_are_recognised(called: str, shuffle: bool) -> None:
    frames = body(MEDIAPIPE_33, 25, 1).round(6) * (1, -1, 1)
    order = np.random.default_rng(1).permutation(33) if shuffle else np.arange(33)
    header = ",".join(["frame", *(HEADER.format(*[called, joint] * 4) for joint in order)])
    loaded = import_source("mine", {"wave_s01_e01.csv": wide_csv(frames[:, order], header)})
    assert (loaded.sequences.skeleton.name, loaded.axes) == ("mediapipe-33", "x,-y,z")
    assert any("MediaPipe Pose" in str(assumed) for assumed in loaded.assumptions)


@pytest.mark.usefixtures("har_home")
def test_bones_of_joints_that_no_known_skeleton_has_are_told() -> None:
    names = ["tip", "middle", "end", "thumb"]
    header = ",".join(["frame", *(f"{joint}_{axis}" for joint in names for axis in "xyz")])
    loaded = import_source("mine", {"grip_s01_e01.csv": wide_csv(WHOLE[:, :4], header)})
    assert loaded.sequences.skeleton.joints == tuple(names)
    (said,) = [str(assumed) for assumed in loaded.assumptions if assumed.choice == "skeleton"]
    assert "No known skeleton has just these 4 joints: by its distances each is joined" in said
    bones = [["tip", "middle"], ["middle", "end"], ["middle", "thumb"]]
    card = {"skeleton": {"name": "hand-4", "joints": names, "bones": bones, "root": ["middle"]}}
    files = {"grip_s01_e01.csv": wide_csv(WHOLE[:, :4], header), "dataset.json": json.dumps(card).encode()}
    loaded = import_source("two", files)
    assert loaded.sequences.skeleton.name == "hand-4"
    assert not [assumed for assumed in loaded.assumptions if assumed.choice == "skeleton"]


@pytest.mark.usefixtures("har_home")
def test_landmarks_under_their_names_are_read() -> None:
    frames = body(MEDIAPIPE_33, 25, 1).round(6)
    named = [dict(zip(MEDIAPIPE_33.joints, map(point, frame), strict=True)) for frame in frames.tolist()]
    content = json.dumps({"fps": 25, "frames": named}).encode()
    loaded = import_source("mine", {"wave_s01_e01.json": content})
    np.testing.assert_array_equal(loaded.sequences.frames, frames.astype(np.float32))
    assert loaded.sequences.skeleton.name == "mediapipe-33"


def point(place: list[float]) -> dict[str, float]:
    return dict(zip("xyz", place, strict=True))
