"""What NTU's, UTD's and UTKinect's files hold is handed over as it is, with what their format knows."""

import io

import numpy as np
import pytest
from scipy.io import savemat

from har_core.data.new_sources import import_source
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.reading.ntu_actions import NTU_ACTIONS
from har_core.data.reading.ntu_files import NtuFiles, read_bodies
from har_core.data.reading.utd_files import UTD_ACTIONS, UtdFiles
from har_core.data.reading.utkinect_files import UtkinectFiles
from har_core.data.sources import load_source
from har_core.errors import DataError
from har_core.skeleton import KINECT_25
from tests.data.made_up_files import folder_of, zip_of
from tests.data.reading.made_up_formats import body, ntu, ntu_set, utd, utd_set, utkinect, utkinect_set

NTU_NAME, UTD_NAME = "S001C002P003R002A013.skeleton", "a27_s8_t2_skeleton.mat"


# NTU RGB+D


def test_ntu_names_tell_action_and_performer():
    read = NtuFiles().read(ntu_set(), NOTHING_CHOSEN)
    assert read.ids is not None and read.ids[0] == "S001C001P001R001A010"
    assert list(read.actions) == [10, 23] * 4 and list(read.subjects) == [1, 1, 3, 3] * 2
    assert (read.skeleton, read.unit, read.axes, read.rate) == (KINECT_25, "metres", "x,y,z", 30)
    np.testing.assert_array_equal(read.frames[0], body(25, 9, 11).astype(np.float32))
    assert read.assumptions == ()


def test_ntu_has_120_actions_in_their_order():
    assert len(NTU_ACTIONS) == 120
    named = {
        1: "drink water",
        27: "jump up",
        43: "falling down",
        60: "walking apart",
        120: "rock-paper-scissors",
    }
    assert {number: NTU_ACTIONS[number] for number in named} == named
    read = NtuFiles().read({NTU_NAME: ntu({1: body(25, 3)}, 3)}, NOTHING_CHOSEN)
    assert read.action_names is not None and read.action_names[13] == "tear up paper"


def test_the_body_that_is_seen_longest_comes_first_then_the_one_that_moves_most():
    still, moving, short = body(25, 12, 1)[:1].repeat(12, 0), body(25, 12, 2), body(25, 5, 3)
    bodies = read_bodies(ntu({1: short, 2: still, 3: moving}, 12, {1: 4}), NTU_NAME)
    for found, expected in zip(bodies, (moving, still, short), strict=True):
        np.testing.assert_array_equal(found, expected)
    files = {NTU_NAME: ntu({1: short, 2: moving}, 12), "S001C002P003R002A014.skeleton": ntu({1: short}, 12)}
    first = NtuFiles().read(files, NOTHING_CHOSEN)
    second = NtuFiles().read(files, ReadingChoices(body=2))
    np.testing.assert_array_equal(first.frames[0], moving.astype(np.float32))
    np.testing.assert_array_equal(second.frames[0], short.astype(np.float32))
    np.testing.assert_array_equal(second.frames[1], short.astype(np.float32))
    for read, said in ((first, "seen longest, and of equals"), (second, "number 2 by how long")):
        (assumption,) = read.assumptions
        assert assumption.choice == "body"
        assert assumption.sentence.startswith("1 of 2 files holds several bodies: ")
        assert said in assumption.sentence


def test_frames_in_which_a_body_was_lost_are_missing_and_those_around_it_are_left_out():
    content = ntu({1: body(25, 4)}, 9, {1: 3})
    (found,) = read_bodies(content, NTU_NAME)
    np.testing.assert_array_equal(found, body(25, 4))
    lines = ntu({1: body(25, 4)}, 4).decode().split("\n")
    without = "\n".join([*lines[:29], "0", *lines[57:]]).encode()  # the second frame sees nobody
    (found,) = read_bodies(without, NTU_NAME)
    assert np.isnan(found[1]).all() and np.isfinite(found[[0, 2, 3]]).all()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (ntu({1: body(25, 4)}, 4)[:-1000], r"is cut off after [\d,]+ values\. Download"),
        (ntu({1: body(25, 4)}, 4) + b" 1 2 3", "has 3 values more than its frames need"),
        (ntu({1: body(20, 4)}, 4), "has a body of 20 joints in frame 1, expected 25"),
        (ntu({}, 4), "holds no body in any frame: leave it out"),
        (b"0", "holds no body in any frame"),
        (b"-3 1", "has '-3' as its number of frames, expected a whole number"),
        (b"999999999 0", "is cut off"),
        (b"1 7", "has '7' as its number of bodies"),
        (ntu({1: body(25, 4)}, 4).replace(b"277.4", b"left", 1), "holds a word before its"),
        (b"", "is empty"),
        (b"\xff\xfe", "no text in UTF-8"),
    ],
)
def test_a_damaged_file_of_ntu_is_told(content, found):
    with pytest.raises(DataError, match=f"^{NTU_NAME}:? .*{found}|^{NTU_NAME}:? {found}"):
        NtuFiles().read({NTU_NAME: content}, NOTHING_CHOSEN)


def test_one_recording_of_ntu_in_two_files_is_told():
    both = {name: ntu({1: body(25, 3)}, 3) for name in (NTU_NAME, NTU_NAME.replace(".", " (1)."))}
    assert len(NtuFiles().recognises(both)) == 2
    with pytest.raises(DataError, match=r"^Two sequences are called S001C002P003R002A013, in .* and in "):
        NtuFiles().read(both, NOTHING_CHOSEN)


# UTD-MHAD


def test_utd_files_give_joints_by_frames_in_the_order_of_their_numbers():
    read = UtdFiles().read(utd_set(), NOTHING_CHOSEN)
    assert list(read.ids or ())[:3] == ["a1_s1_t1", "a1_s1_t2", "a1_s2_t1"]
    np.testing.assert_array_equal(read.frames[-1], body(20, 10, 27 * 7 + 8))
    assert list(read.actions) == [1] * 6 + [27] * 6 and set(read.subjects) == {1, 2, 8}
    assert read.action_names is not None and read.action_names[27] == "squat" and len(UTD_ACTIONS) == 27
    assert any("called as those of UTD-MHAD" in note for note in read.notes) and read.rate == 30


def test_names_of_utd_are_not_given_to_more_actions_than_it_has():
    read = UtdFiles().read({"a28_s1_t1_skeleton.mat": utd(body(20, 4))}, NOTHING_CHOSEN)
    assert read.action_names is None and read.notes == () and read.rate is None


@pytest.mark.parametrize("packed", [True, False])
def test_only_d_skel_is_looked_at(packed):
    more = {"other": {"a": [1, 2]}, "cells": np.array([1, "a", 2.5], object), "d_iner": np.ones((4, 6))}
    for frames in (
        body(20, 6),
        body(25, 1),
        body(20, 6).astype(np.float32),
        (99 * body(15, 5)).astype(np.int16),
    ):
        read = UtdFiles().read({UTD_NAME: utd(frames, packed=packed, **more)}, NOTHING_CHOSEN)
        np.testing.assert_array_equal(read.frames[0], frames)


def mat(packed: bool = True, **variables: object) -> bytes:
    stream = io.BytesIO()
    savemat(stream, variables, do_compression=packed)
    return stream.getvalue()


HDF5 = (
    b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM" + bytes(384) + b"\x89HDF\r\n\x1a\n"
)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (HDF5, r"is of MATLAB 7\.3, which is not read\. Save it with save\(\.\.\., '-v7'\)\."),
        (mat(skeleton=np.ones((20, 3, 4))), "has no d_skel, found skeleton: expected the positions"),
        (mat(), "has no d_skel, found nothing"),
        (mat(d_skel={"a": 1}), "holds d_skel as something else than real numbers"),
        (mat(d_skel=np.array([1, "a"], object)), "holds d_skel as something else than real numbers"),
        (mat(d_skel="text"), "holds d_skel as something else than real numbers"),
        (mat(d_skel=np.ones((20, 3, 4)) * 1j), "holds d_skel as something else than real numbers"),
        (mat(d_skel=np.ones((20, 3, 4)) > 0), "holds d_skel as something else than real numbers"),
        (
            mat(d_skel=np.ones((4, 20, 3))),
            "holds d_skel with the axes 4 x 20 x 3, expected joints x 3 x frames",
        ),
        (mat(d_skel=np.ones((0, 3, 4))), "holds d_skel with the axes 0 x 3 x 4"),
        (utd(body(20, 9))[:-20], "is cut off or damaged|can't be unpacked|can't be read"),
        (utd(body(20, 9), packed=False)[:-20], "is cut off or damaged"),
        (utd(body(20, 9))[:130], "is cut off or damaged"),
        (b"MATLAB 5.0".ljust(124) + b"\x00\x01XX", "is no file of MATLAB 5 to 7.2"),
        (b"", "is no file of MATLAB 5 to 7.2"),
    ],
    ids=[
        "matlab-7.3",
        "other-name",
        "nothing",
        "struct",
        "cell",
        "text",
        "complex",
        "bool",
        "4x20x3",
        "0x3x4",
        "cut-packed",
        "cut",
        "head",
        "foreign",
        "empty",
    ],  # fmt: skip
)
def test_a_damaged_file_of_utd_is_told(content, found):
    with pytest.raises(DataError, match=f"^{UTD_NAME} ({found})"):
        UtdFiles().read({UTD_NAME: content}, NOTHING_CHOSEN)


def test_a_file_of_matlab_that_unpacks_to_too_much_is_refused_before_it_does():
    bomb = mat(d_skel=np.zeros((20, 3, 400_000)))
    assert len(bomb) < 300_000
    with pytest.raises(DataError, match="unpacks to more than 67,108,864 bytes"):
        UtdFiles().read({UTD_NAME: bomb}, NOTHING_CHOSEN)


def test_files_of_several_skeletons_are_told():
    files = {"a1_s1_t1_skeleton.mat": utd(body(20, 4)), UTD_NAME: utd(body(25, 4))}
    with pytest.raises(DataError, match=f"^{UTD_NAME} has 25 joints and a1_s1_t1_skeleton.mat has 20"):
        UtdFiles().read(files, NOTHING_CHOSEN)
    with pytest.raises(DataError, match=r"a0_s1_t1_skeleton\.mat is misnamed"):
        UtdFiles().read({"a0_s1_t1_skeleton.mat": utd(body(20, 4))}, NOTHING_CHOSEN)


# UTKinect-Action3D


def test_utkinect_gives_each_action_of_each_recording():
    read = UtkinectFiles().read(utkinect_set(), NOTHING_CHOSEN)
    assert list(read.actions) == ["walk", "sitDown", "walk", "sitDown"] and list(read.subjects) == [
        1,
        1,
        2,
        2,
    ]
    assert list(read.ids or ()) == ["walk_s01_e01", "sitDown_s01_e01", "walk_s02_e01", "sitDown_s02_e01"]
    np.testing.assert_array_equal(read.frames[0], body(20, 30, 1)[2:11])  # frames 12 to 20 of 10 and on
    np.testing.assert_array_equal(read.frames[3], body(20, 31, 2)[15:31])
    assert read.notes == ("actionLabel.txt says NaN of 1 action, which were not done and are left out.",)


def test_a_frame_that_is_there_twice_counts_once_and_what_is_not_here_is_told():
    frames = body(20, 30, 1)
    labels = b"s01_e01\nwalk: 3 9\npush: 80 90\ns09_e02\nwalk: 1 2\n"
    twice = utkinect(frames[:5]) + utkinect(frames[4:], 5)
    read = UtkinectFiles().read({"joints_s01_e01.txt": twice, "actionLabel.txt": labels}, NOTHING_CHOSEN)
    np.testing.assert_array_equal(read.frames[0], frames[2:9])
    assert list(read.ids or ()) == ["walk_s01_e01"] and len(read.notes) == 2


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        (
            "actionLabel.txt",
            b"walk: 1 2\n",
            "holds 'walk: 1 2' in line 1, expected a recording such as s01_e01",
        ),
        ("actionLabel.txt", b"s01_e01\nwalk: 9 2\n", "holds 'walk: 9 2' in line 2"),
        ("actionLabel.txt", b"s01_e01\nwalk: 1 NaN\n", "holds 'walk: 1 NaN' in line 2"),
        ("actionLabel.txt", b"s01_e01\nwalk: NaN NaN\n", "names no action"),
        (
            "actionLabel.txt",
            b"s07_e01\nwalk: 1 2\n",
            "names no action in joints_s01_e01.txt or the others here",
        ),
        ("actionLabel.txt", b"s01_e01\nwalk: 12 14\nwalk: 15 20\n", "names walk_s01_e01 twice"),
        ("actionLabel.txt", b"", "is empty"),
        ("joints_s01_e01.txt", b"1 2 3\n" * 9, "has 3 columns, expected the number of a frame and 60"),
        ("joints_s01_e01.txt", b"x " * 61 + b"\n", "is no table of numbers"),
        ("joints_s01_e01.txt", b"nan " * 61 + b"\n", "numbers a frame as no number can be"),
        ("joints_s01_e01.txt", b"1e300 " * 61 + b"\n", "numbers a frame as no number can be"),
    ],
)
def test_a_damaged_file_of_utkinect_is_told(name, content, found):
    with pytest.raises(DataError, match=f"^{name} .*{found}|^{name} {found}"):
        UtkinectFiles().read(utkinect_set() | {name: content}, NOTHING_CHOSEN)


@pytest.mark.usefixtures("har_home")
def test_the_actions_may_lie_above_the_recordings_as_they_are_downloaded(tmp_path):
    files = utkinect_set()
    labels = {"actionLabel.txt": files.pop("actionLabel.txt")}
    folder_of(tmp_path / "open", labels)
    folder_of(tmp_path / "open" / "joints", files)
    opened = load_source(str(tmp_path / "open"))
    packed = {**labels, "joints.zip": zip_of({f"joints/{name}": content for name, content in files.items()})}
    closed = load_source(folder_of(tmp_path / "closed", packed))
    (tmp_path / "all.zip").write_bytes(
        zip_of({**labels, **{f"a/{name}": data for name, data in files.items()}})
    )
    whole = load_source(str(tmp_path / "all.zip"))
    uploaded = import_source("mine", packed)
    prints = {each.sequences.fingerprint for each in (opened, closed, whole, uploaded, load_source("mine"))}
    assert len(prints) == 1 and len(opened.sequences) == 4
    (tmp_path / "open" / "actionLabel.txt").write_bytes(b"s01_e01\nwalk: 12 20\n")
    (tmp_path / "closed" / "actionLabel.txt").write_bytes(b"s01_e01\nwalk: 12 20\n")
    for place in ("open", "closed"):
        assert load_source(str(tmp_path / place)).sequences.ids == ("walk_s01_e01",)
    (tmp_path / "open" / "actionLabel.txt").unlink()
    with pytest.raises(DataError, match=r"actionLabel\.txt is missing in open/joints, found only joints_s01"):
        load_source(str(tmp_path / "open"))


def test_recordings_without_the_file_of_their_actions_miss_it():
    names = ["joints_s01_e01.txt", "readme.txt"]
    assert UtkinectFiles().missing(UtkinectFiles().recognises(names)) == ("actionLabel.txt",)
    assert UtkinectFiles().recognises(["actionLabel.txt"]) == ()
    assert (
        UtkinectFiles().recognises(["joints_s01_e01.txt", "actionlabel (1).txt"])[1] == "actionlabel (1).txt"
    )
