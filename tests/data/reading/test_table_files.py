"""CSVs and JSON, however their columns are called, hand over what they hold and who does what."""

import json

import numpy as np
import pytest

from har_core.data.reading.choices import NOTHING_CHOSEN
from har_core.data.reading.csv_files import TEMPLATE, CsvFiles
from har_core.data.reading.joint_names import common_name, skeleton_with
from har_core.data.reading.landmark_files import LandmarkFiles
from har_core.errors import DataError
from har_core.skeleton import KINECT_20, KINECT_25, MEDIAPIPE_33
from tests.data.reading.made_up_formats import (
    KINECT_2,
    MEDIAPIPE,
    body,
    kinect_2_set,
    landmark_set,
    landmarks,
    long_csv,
    long_set,
    mediapipe_csv,
    mediapipe_set,
    points,
    wide_csv,
)


def read(content: bytes, name: str = "wave_s1_e1.csv"):
    return CsvFiles().read({name: content}, NOTHING_CHOSEN)


FRAMES = body(20, 7)


# One long table


def test_a_long_table_gives_its_sequences():
    found = CsvFiles().read(long_set(), NOTHING_CHOSEN)
    assert found.ids == ["wave 1", "wave 2", "wave 3", "kick 1", "kick 2", "kick 3"]
    assert found.actions == ["wave"] * 3 + ["kick"] * 3 and list(found.subjects) == [1, 2, 3] * 2
    for row, subject in enumerate([1, 2, 3] * 2):
        np.testing.assert_array_equal(found.frames[row], body(20, 6 + subject, subject))
    assert found.skeleton is None and found.layout == "1 CSV file of 6 sequences, a row a joint"


def test_the_template_is_what_it_is_a_template_of():
    found = read(TEMPLATE.encode(), "template.csv")
    assert found.ids == ["wave_1", "kick_1"] and found.actions == ["wave", "kick"]
    assert [frames.shape for frames in found.frames] == [(2, 2, 3)] * 2
    assert found.skeleton is not None and found.skeleton.joints == ("head", "right_hand")
    assert found.skeleton.bones == ((0, 1),)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("order", [1, -1])
def test_neither_the_separator_nor_the_order_of_rows_matters(separator, order):
    head, *rows = long_csv({("a", 1, "wave"): FRAMES}, separator).split(b"\n")
    first, last = rows[:20], rows[20:]  # the first frame says which joint comes first
    found = read(b"\n".join([head, *first, *last[::order]]) + b"\n")
    np.testing.assert_array_equal(found.frames[0], FRAMES)


def test_columns_are_found_by_any_of_their_names_and_others_are_passed_over():
    content = b"Timestamp, JointID, Position.X, Position.Y, Position.Z, Orientation.X, State\n" + b"".join(
        f"{0.033 * number}, {joint}, {x}, {y}, {z}, 0.5, 2\n".encode()
        for number, frame in enumerate(FRAMES)
        for joint, (x, y, z) in enumerate(frame)
    )
    found = read(content, "a12_s03_e02.csv")
    np.testing.assert_array_equal(found.frames[0], FRAMES)
    assert list(found.actions) == [12] and list(found.subjects) == [3] and found.ids == ["a12_s03_e02"]


def test_a_row_less_is_a_missing_joint_and_nan_is_a_missing_value():
    rows = long_csv({("a", 1, "wave"): FRAMES}).split(b"\n")
    del rows[1 + 2 * 20 + 5]
    rows[3] = b"a,1,wave,0,2,-1.#IND,,None"
    found = read(b"\n".join(rows)).frames[0]
    assert np.isnan(found[2, 5]).all() and np.isnan(found[0, 2]).all()
    assert np.isnan(found).sum() == 6


def test_two_coordinates_are_enough():
    content = b"frame,joint,x,y\n" + b"".join(
        f"{f},{j},{f + j}.5,{j}\n".encode() for f in range(4) for j in range(3)
    )
    assert read(content).frames[0].shape == (4, 3, 2)


def test_sequences_of_one_name_by_different_subjects_are_different():
    first, second = body(20, 4, 1), body(20, 5, 2)
    found = read(long_csv({("1", 1, "wave"): first, ("1", 2, "wave"): second}))
    assert found.ids == ["wave_1_1", "wave_2_1"]
    np.testing.assert_array_equal(found.frames[1], second)


@pytest.mark.parametrize(
    ("subjects", "numbers", "note"),
    [
        (["S07", "S12"], [7, 12], None),
        (["0", "1"], [1, 2], "The subjects are counted from 0: 0 is shown as 1."),
        (["mia", "ben"], [2, 1], "The subjects are numbered: 1 is 'ben', 2 is 'mia'."),
    ],
)
def test_subjects_are_numbers_or_are_numbered(subjects, numbers, note):
    found = read(long_csv({(f"q{row}", subject, "wave"): FRAMES for row, subject in enumerate(subjects)}))
    assert list(found.subjects) == numbers and list(found.notes) == [note] * (note is not None)


def test_actions_that_are_all_numbers_stay_numbers():
    found = read(long_csv({("a", 1, "3"): FRAMES, ("b", 1, "12"): FRAMES}))
    assert list(found.actions) == [3, 12]
    assert read(long_csv({("a", 1, "3"): FRAMES, ("b", 1, "wave"): FRAMES})).actions == ["3", "wave"]


# A row a frame


def test_mediapipe_is_known_by_its_names():
    found = CsvFiles().read(mediapipe_set(), NOTHING_CHOSEN)
    assert found.actions == ["arm circle"] * 2 + ["wave"] * 2 and list(found.subjects) == [1, 2] * 2
    np.testing.assert_array_equal(found.frames[0], body(33, 8, 1) - [0, 0, 2.6])
    assert found.skeleton == MEDIAPIPE_33 and found.layout.endswith("a row a frame")


def test_joints_of_a_known_skeleton_come_in_its_order():
    found = CsvFiles().read(kinect_2_set(), NOTHING_CHOSEN)
    assert found.skeleton == KINECT_25 and list(found.actions) == [1, 1, 2, 2]
    np.testing.assert_array_equal(found.frames[0], body(25, 7, 1))
    turned = ["time", *(f"{joint}{axis}" for joint in KINECT_2[::-1] for axis in "XYZ")]
    np.testing.assert_array_equal(
        read(wide_csv(body(25, 6)[:, ::-1], ",".join(turned))).frames[0], body(25, 6)
    )


@pytest.mark.parametrize(
    "header",
    [
        ",".join(["frame", *(f"{axis}{joint}" for joint in range(1, 21) for axis in "xyz")]),
        ",".join(["frame", *(f"{axis}{joint}" for joint in range(1, 21) for axis in "xyzv")]),
        ",".join(["frame", *(f"joint {joint}.{axis}" for joint in range(1, 21) for axis in "xyz")]),
        ",".join(["frame", *(f"{axis}_{joint}" for joint in range(20) for axis in "xyz")]),
        "t," + ",,,".join(f"J{joint}" for joint in range(20)) + ",,\n\n," + ",".join(["X,Y,Z"] * 20),
    ],
    ids=["x1", "x1 and a visibility", "joint 1.x", "x_0", "two lines"],
)
def test_columns_in_all_forms_give_the_same_frames(header):
    np.testing.assert_array_equal(read(wide_csv(FRAMES, header)).frames[0], FRAMES)


def test_axis_after_axis_is_read_by_its_names_too():
    header = ",".join(["frame", *(f"{axis}{joint}" for axis in "xyz" for joint in range(1, 21))])
    rows = [f"{number}," + ",".join(map(str, frame.T.ravel())) for number, frame in enumerate(FRAMES)]
    np.testing.assert_array_equal(read("\n".join([header, *rows]).encode()).frames[0], FRAMES)


def test_orientations_are_no_positions():
    header = (
        "a.Position.X,a.Position.Y,a.Position.Z,a.Orientation.X,a.Orientation.Y,a.Orientation.Z,b.x,b.y,b.z"
    )
    found = read(f"{header}\n1,2,3,9,9,9,4,5,6\n".encode())
    np.testing.assert_array_equal(found.frames[0], [[[1, 2, 3], [4, 5, 6]]])


def test_decimal_commas_between_semicolons():
    found = read(b"frame;a_x;a_y;b_x;b_y\n2;0,5;1,5;2,5;-3,5\n1;1;2;3;4\n")
    np.testing.assert_array_equal(found.frames[0], [[[1, 2], [3, 4]], [[0.5, 1.5], [2.5, -3.5]]])


def test_a_file_that_windows_wrote_in_western_europe_is_read():
    content = "action,a_x,a_y,b_x,b_y\nHände,1,2,3,4\n".encode("latin-1")
    assert read(content).actions == ["Hände"]
    assert read(b"\xef\xbb\xbf" + content.decode("latin-1").encode()).actions == ["Hände"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"who,when\nme,now\n", "has no columns that are known. Expected sequence, subject"),
        (b"frame,joint,x,y,z\n", "has no rows below its names of columns"),
        (b"frame,a_x,a_y,seen,b_x,b_y,seen,\n\n , ,\n", "has no rows below its names of columns"),
        (b"frame,joint,x,y,z\n1,1,a,2,3\n", "holds 'a' in line 2, expected the number of a position"),
        (b"\nframe,joint,x,y,z\n1,1,1,2,3\n1,2,1,2,q\n", "holds 'q' in line 4, expected the number"),
        (b"frame,joint,x,y,z\n1,1,1,2,3\n1,1,1,2,3\n", "has joint 1 of the sequence twice in one frame"),
        (b"frame,joint,x,y,z\n,1,1,2,3\n", "tells no frame in row 2"),
        (b"sequence,frame,joint,x,y,z\na,1,1,1,2,3\n,1,1,1,2,3\n", "tells no sequence in row 3"),
        (b"action,a_x,a_y,b_x,b_y\n\x07,1,2,3,4\n", r"'\\x07' names no action"),
        (b'frame,joint,x,y,z\n1,1,"a\n', "is no whole table|holds"),
        (b"frame,joint,x,y,z\n" + b"".join(b"1,%d,1,2,3\n" % j for j in range(201)), "names 201 joints"),
        (
            b"frame,joint,x,y,z\n" + b"".join(b"%d,%d,1,2,3\n" % (r, r % 200) for r in range(6000)),
            "has 6,000 frames of 200 joints, and only 6,000 rows",
        ),
    ],
)
def test_a_damaged_csv_is_told(content, found):
    with pytest.raises(DataError, match=f"^wave_s1_e1.csv:? ({found})"):
        read(content)


def test_a_file_that_does_not_tell_who_does_what_is_told():
    with pytest.raises(
        DataError, match=r"^recording\.csv does not tell what is done in it: call it after action"
    ):
        read(mediapipe_csv(body(33, 4)), "recording.csv")
    only_one = {"a.csv": long_csv({("a", 1, "wave"): FRAMES}), "b.csv": b"action,1x,1y,2x,2y\nwave,1,2,3,4"}
    with pytest.raises(DataError, match=r"^b\.csv tells of 2 joints \(1, 2\) and a\.csv of 20 \(0, 1, 2\)"):
        CsvFiles().read(only_one, NOTHING_CHOSEN)
    no_subject = {"a.csv": b"action,1x,1y,2x,2y\nwave,1,2,3,4", "wave_s1.csv": b"1x,1y,2x,2y\n1,2,3,4"}
    with pytest.raises(DataError, match=r"^a\.csv does not tell the subject of a, and others do"):
        CsvFiles().read(no_subject, NOTHING_CHOSEN)
    twice = {"a.csv": long_csv({("q", 1, "wave"): FRAMES}), "b.csv": long_csv({("q", 1, "wave"): FRAMES})}
    with pytest.raises(DataError, match=r"^Two sequences are called q, in a\.csv and in b\.csv"):
        CsvFiles().read(twice, NOTHING_CHOSEN)


# Landmarks in JSON


@pytest.mark.parametrize(
    "form",
    [
        lambda frames: frames,
        lambda frames: {"frames": frames},
        lambda frames: {"landmarks": frames},
        lambda frames: [{"landmarks": [frame]} for frame in frames],
        lambda frames: [{"pose_landmarks": {"landmark": frame}} for frame in frames],
        lambda frames: {"fps": 30, "frames": [{"frame": 0, "keypoints": frame} for frame in frames]},
        lambda frames: [[[point["x"], point["y"], point["z"]] for point in frame] for frame in frames],
    ],
)
def test_all_forms_of_landmarks_are_one(form):
    frames = body(33, 5)
    content = json.dumps(form([points(frame) for frame in frames])).encode()
    assert LandmarkFiles().accepts(content)
    found = LandmarkFiles().read({"wave_s02_e01.json": content}, NOTHING_CHOSEN)
    np.testing.assert_array_equal(found.frames[0], frames)
    assert found.actions == ["wave"] and list(found.subjects) == [2] and found.unit is None
    assert found.rate == (30 if b"fps" in content else None)


def test_world_landmarks_go_before_those_in_the_image():
    found = LandmarkFiles().read(landmark_set(), NOTHING_CHOSEN)
    np.testing.assert_array_equal(found.frames[2], body(33, 6, 1))
    assert (found.unit, found.rate, found.ids) == (
        "metres", 25, ["clap_s01_e01", "clap_s02_e01", "wave_s01_e01", "wave_s02_e01"],
    )  # fmt: skip


def test_a_frame_without_a_body_is_missing():
    frames = [{"landmarks": [points(frame)]} for frame in body(33, 3)]
    content = json.dumps([frames[0], {"landmarks": []}, {"landmarks": None}, frames[2]]).encode()
    found = LandmarkFiles().read({"wave_s1.json": content}, NOTHING_CHOSEN).frames[0]
    assert np.isnan(found[1:3]).all() and np.isfinite(found[[0, 3]]).all()


def test_several_recordings_in_one_file_tell_who_does_what():
    frames = [points(frame) for frame in body(33, 3)]
    each = [
        {"action": "wave", "subject": subject, "id": f"w{subject}", "frames": frames} for subject in (1, 2)
    ]
    for whole in (each, {"sequences": each}):
        found = LandmarkFiles().read({"all.json": json.dumps(whole).encode()}, NOTHING_CHOSEN)
        assert found.ids == ["w1", "w2"] and list(found.subjects) == [1, 2]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"{", "is no sound JSON"),
        (b"[" * 100_000, "is no sound JSON"),
        (b"", "is no sound JSON"),
        (b'{"landmarks": 3}', "holds no frames"),
        (b'{"frames": []}', "holds no frames"),
        (b"[null]", "holds no landmarks"),
        (b"[[[1, 2, 3]]]", "has 1 landmarks in frame 1, expected 2 to 200"),
        (b'[[{"x": 1, "y": 2}, {"x": 1, "y": "a"}]]', "has a landmark without its numbers in frame 1"),
        (b'[[{"x": 1, "y": 2}, {"x": 1, "y": 1e400}]]', ""),
        (
            b"[[[1, 2, 3], [1, 2, 3]], [[1, 2, 3], [1, 2, 3], [1, 2, 3]]]",
            "has 2 landmarks in a frame or 3 landmarks",
        ),
        (b"[[[1, 2, 3], [1, 2, 3]], [[1, 2], [1, 2]]]", "has 2 coordinates of a landmark or 3, expected"),
        (b'[[{"x": 1, "y": 2}, {"x": 1, "y": %d}]]' % 10**400, "has a landmark without its numbers"),
    ],
)
def test_damaged_landmarks_are_told(content, found):
    files = {"wave_s1.json": content}
    if not found:
        assert np.isinf(LandmarkFiles().read(files, NOTHING_CHOSEN).frames[0]).any()
        return
    with pytest.raises(DataError, match=f"^wave_s1.json {found}"):
        LandmarkFiles().read(files, NOTHING_CHOSEN)


def test_files_with_other_landmarks_are_told():
    files = {
        "wave_s1.json": landmarks(body(33, 3)),
        "wave_s2.json": json.dumps([points(body(33, 1)[0])]).encode(),
    }
    with pytest.raises(
        DataError, match=r"wave_s2\.json has 33 landmarks with x, y, z and wave_s1.json has 33 world"
    ):
        LandmarkFiles().read(files, NOTHING_CHOSEN)


def test_cards_and_settings_are_no_landmarks():
    assert LandmarkFiles().recognises(["dataset.json", "layout.json", "a.json", "a.JSON"]) == (
        "a.JSON",
        "a.json",
    )
    for other in (b'{"name": "my set", "licence": "CC0"}', b"[1, 2]", b"landmark", b""):
        assert not LandmarkFiles().accepts(other)


# Names of joints


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ShoulderLeft", "left_shoulder"), ("LEFT_SHOULDER", "left_shoulder"),
        ("HipCenter", "hip_center"), ("SpineBase", "hip_center"), ("SPINE_SHOULDER", "shoulder_center"),
        ("HandTipRight", "right_hand_tip"), ("right_hand_tip", "right_hand_tip"),
        ("LAnkle", "left_ankle"), ("left shoulder", "left_shoulder"), ("mouth_left", "left_mouth"),
        ("r_knee", "right_knee"), ("7", "7"),
    ],
)  # fmt: skip
def test_one_joint_has_one_name(written, name):
    assert common_name(written) == name


def test_a_skeleton_is_known_by_all_of_its_joints_only():
    assert skeleton_with(KINECT_2, [KINECT_20, KINECT_25]) == (KINECT_25, list(range(25)))
    assert skeleton_with(KINECT_2[:-1], [KINECT_20, KINECT_25]) is None
    assert skeleton_with([*KINECT_2[:-1], KINECT_2[0]], [KINECT_20, KINECT_25]) is None
    assert len({common_name(joint) for joint in MEDIAPIPE}) == 33
