"""The authors' text files give what the numpy files give, and a broken one is named."""

import time
import tracemalloc

import numpy as np
import pytest

from har_core.data.reading.archives import ZipFolder
from har_core.data.reading.choices import NOTHING_CHOSEN
from har_core.data.reading.interpretation import interpret
from har_core.data.reading.search import Search
from har_core.data.reading.text_files import POSITION_FILES, SCREEN_FILES
from har_core.errors import DataError


def raw(files):
    return POSITION_FILES.read(files, NOTHING_CHOSEN)


def read(files):
    return interpret(raw(files), "mine", NOTHING_CHOSEN)


NAME = "a03_s02_e01_skeleton3D.txt"


def table(frames: np.ndarray, columns: int = 4) -> bytes:
    rows = frames.reshape(-1, 3)
    ends = " 1.000000" if columns == 4 else ""
    return "".join(f"{x:.6f} {y:.6f} {z:.6f}{ends}\n" for x, y, z in rows).encode()


FRAMES = np.random.default_rng(0).uniform(-1, 3, (4, 20, 3)).round(6)


@pytest.mark.parametrize("columns", [3, 4])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_file_gives_its_frames_action_and_subject(columns, ending):
    result = read({NAME: table(FRAMES, columns).replace(b"\n", ending) + b"\n"})
    np.testing.assert_array_equal(result.sequences[0], FRAMES.astype(np.float32))
    assert result.sequences.action_of(0).number == 3 and result.sequences.ids == ("a03_s02_e01",)
    assert result.sequences.subjects.tolist() == [2]
    assert result.layout.startswith("1 text file, one a sequence, 20 lines a frame")


def test_files_come_in_the_order_of_their_names():
    names = ["a10_s01_e01_skeleton3D.txt", "a02_s10_e01_skeleton3D.txt", "a02_s09_e02_skeleton3D.txt"]
    result = read({name: table(FRAMES) for name in names})
    assert result.sequences.ids == ("a02_s09_e02", "a02_s10_e01", "a10_s01_e01")


def test_a_joint_with_a_broken_value_is_missing():
    broken = FRAMES.copy()
    broken[1, 3, 2] = np.nan
    result = read({NAME: table(broken)})
    assert np.argwhere(np.isnan(result.sequences[0])).tolist() == [[1, 3, axis] for axis in range(3)]
    assert result.notes == (
        "Joints are missing in 1 frame of 1 sequence: the preparation fills them in, or masks them.",
    )


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (table(FRAMES)[:-30], "is no table of numbers .*number of columns|has 79 rows"),
        (table(FRAMES[:, :19]), "has 76 rows, expected 20 a frame: it is cut off"),
        (b"a b c d\n" * 20, "is no table of numbers .*could not convert string 'a'"),
        (b"1,,3,4\n" * 20, "is no table of numbers .*could not convert string ''"),
        (b"x y z c\na b c d\n" * 20, "is no table of numbers .*could not convert string 'x'"),
        (b"\x00\xff\x93NUMPY", "is no table of numbers"),
        (b"1 2\n" * 20, "has 2 columns, expected x, y, z and confidence"),
        (b"1 2 3 4\n" * 19 + b"1 2 3\n", "is no table of numbers .*number of columns"),
        (b"1e300 2 3 4\n" * 20, "holds values beyond"),
        (b"1 2 3 4\n" * 25 + b"1 2 -inf 4\n" * 15, r"holds infinite values \(first in frame 2, joint 6, z\)"),
    ],
)
def test_a_broken_file_is_named(content, found):
    with pytest.raises(DataError, match=f"^{NAME} .*{found}|^{NAME} ({found})") as caught:
        read({NAME: content})
    assert "\n" not in str(caught.value)


def moving(joints: int, frames: int, seed: int = 0) -> np.ndarray:
    """A body that moves smoothly, as (T, J, 3) in metres in front of a camera."""
    random = np.random.default_rng(seed)
    body = random.uniform(-0.6, 0.6, (joints, 3)) + [0, 0.1, 2.6]
    return (body + 0.03 * random.normal(size=(frames, joints, 3)).cumsum(0)).round(6)


@pytest.mark.parametrize("joints", [15, 17, 25, 33, 40])
@pytest.mark.parametrize("frames", [[12, 12], [12, 20, 33]])
def test_the_number_of_joints_is_found_where_it_is_another(joints, frames):
    expected = [moving(joints, count, seed) for seed, count in enumerate(frames)]
    contents = {f"a01_s0{seed + 1}_e01_skeleton3D.txt": table(each) for seed, each in enumerate(expected)}
    result = raw(contents)
    for found, each in zip(result.frames, expected, strict=True):
        np.testing.assert_array_equal(found, each.astype(np.float32))
    assert f", {joints} lines a frame" in result.layout


def test_one_frame_a_file_is_taken_for_one():
    frame = moving(15, 1)
    result = raw({NAME: table(frame), NAME.replace("a03", "a04"): table(frame)})
    assert [each.shape for each in result.frames] == [(1, 15, 3)] * 2
    cut = raw({NAME: table(moving(20, 9)), NAME.replace("a03", "a04"): table(moving(20, 1))})
    assert [each.shape for each in cut.frames] == [(9, 20, 3), (1, 20, 3)]


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b" ", b","),
        lambda text: text.replace(b" ", b", "),
        lambda text: text.replace(b" ", b"\t"),
        lambda text: text.replace(b" ", b";").replace(b".", b","),
        lambda text: text.replace(b" ", b",").replace(b"\n", b",\n"),
        lambda text: b"\n" + text.replace(b" ", b"   "),
    ],
    ids=[
        "UTF-8 mark",
        "commas",
        "commas and blanks",
        "tabs",
        "decimal commas",
        "a comma behind",
        "many blanks",
    ],
)
def test_the_same_table_is_read_in_every_spelling(spell):
    result = raw({NAME: spell(table(FRAMES))})
    np.testing.assert_array_equal(result.frames[0], FRAMES.astype(np.float32))
    assert result.notes == ()


@pytest.mark.parametrize("heading", ["x y z confidence", "4 20", "x,y,z,c"])
def test_a_first_line_that_is_no_row_is_passed_over_and_told(heading):
    separator = b"," if "," in heading else b" "
    content = heading.encode() + b"\r\n" + table(FRAMES).replace(b" ", separator)
    result = raw({NAME: content})
    np.testing.assert_array_equal(result.frames[0], FRAMES.astype(np.float32))
    assert result.notes == (f"The first line of 1 file is no row, and was passed over: {heading!r}.",)


@pytest.mark.parametrize("written", ["-1.#IND", "1.#QNAN0", "-1.#IND00", "-nan(ind)", "NaN"])
def test_what_windows_writes_for_nan_is_a_missing_value(written):
    lines = table(FRAMES).splitlines()
    lines[25] = f"{written} 0.5 2.5 1".encode()
    result = raw({NAME: b"\n".join(lines)})
    assert np.isnan(result.frames[0][1, 5, 0]) and result.frames[0][1, 5, 1] == 0.5
    with pytest.raises(DataError, match="holds infinite values"):
        read({NAME: table(FRAMES).replace(b"\n", b"\n1.#INF 2 3 1\n", 1)[: -len(lines[-1]) - 1]})


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("unit", [1000, 8000])
def test_screen_coordinates_become_positions_of_the_same_shape(size, unit):
    frames = moving(20, 12)
    frames[3] = 0  # the tracker had lost the body
    depth = np.where(frames[..., 2] == 0, 1, frames[..., 2])
    u = 160 + 285.63 * frames[..., 0] / depth
    v = 120 - 285.63 * frames[..., 1] / depth
    seen = np.stack([size * u, size * v, unit * frames[..., 2]], axis=-1) * frames.any(-1, keepdims=True)
    result = raw({"a01_s01_e01_skeleton.txt": table(seen)})
    np.testing.assert_allclose(result.frames[0] / unit, frames, atol=1e-5)
    (note,) = result.notes
    assert f"screen coordinates (pixels of a depth image of {320 * size} by {240 * size}, and depth)" in note


def test_a_joint_far_beside_the_image_does_not_make_it_larger():
    seen = np.moveaxis(np.stack([160 + 9 * moving(20, 30)[..., 0], 120 - 90 * moving(20, 30)[..., 1]]), 0, -1)
    seen = np.concatenate([seen, np.full((30, 20, 1), 2600.0)], axis=-1)
    seen[4, 3, 1] = 382
    (note,) = raw({"a01_s01_e01_skeleton.txt": table(seen)}).notes
    assert "depth image of 320 by 240" in note


@pytest.mark.parametrize("unit", [1, 1000])
def test_positions_in_metres_or_millimetres_are_not_taken_for_pixels(unit):
    frames = moving(20, 12) + [0.3, 0.2, 0]
    result = raw({"a01_s01_e01_skeleton.txt": table(unit * frames)})
    np.testing.assert_allclose(result.frames[0], unit * frames, rtol=1e-5)
    assert result.notes == ()


def test_many_files_are_read_into_little_more_than_their_positions_in_float32():
    content = table(np.tile(FRAMES, (10, 1, 1)))
    files = {f"a01_s{subject:02}_e{take:02}.txt": content for subject in range(1, 9) for take in range(1, 51)}
    tracemalloc.start()
    try:
        positions = sum(frames.size for frames in raw(files).frames) * np.float32().itemsize
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * positions  # a sample of 200 files is looked at in one piece


def test_one_take_in_two_files_is_told_by_name():
    twice = {NAME: table(FRAMES), NAME.replace(".txt", " (1).txt"): table(FRAMES)}
    sentence = r"^Two sequences are called a03_s02_e01, in a03_s02_e01_skeleton3D \(1\)\.txt and in "
    with pytest.raises(DataError, match=sentence):
        raw(twice)


def test_a_name_that_counts_from_0_is_told():
    with pytest.raises(DataError, match="a00_s01_e01_skeleton3D.txt is misnamed"):
        read({"a00_s01_e01_skeleton3D.txt": table(FRAMES)})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAME, True),
        ("A03_S02_E01_SKELETON3D.TXT", True),
        ("._a03_s02_e01_skeleton3D.txt", False),
        ("a03_s02_e01_skeleton3D (1).txt", True),
        ("a03_s02_e01.txt", True),
        ("a03_s02_e01_skeleton.txt", False),
        ("a03_s02_e01_skeleton3D.txt.bak", False),
        ("readme.txt", False),
    ],
)
def test_only_names_of_the_pattern_count(name, expected):
    assert POSITION_FILES.recognises([name]) == ((name,) if expected else ())
    assert SCREEN_FILES.recognises([name]) == ((name,) if name.endswith("skeleton.txt") else ())


def test_all_567_are_read_bit_for_bit_and_fast(real_data):
    started = time.process_time()
    archive = real_data / "MSRAction3DSkeletonReal3D.zip"
    found = Search(lambda: ZipFolder(lambda: archive, archive.name), archive.name).run()
    assert found is not None
    result = read(found.folder.read(found.names))
    seconds = time.process_time() - started
    expected = np.load(real_data / "msr_action3d" / "X.npy", allow_pickle=True)
    assert all(np.array_equal(a, b) for a, b in zip(result.sequences.each(), expected, strict=True))
    assert list(result.sequences.ids) == np.load(real_data / "msr_action3d" / "ids.npy").tolist()
    assert seconds < 10, "about one second of a processor is usual"
