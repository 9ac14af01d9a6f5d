"""The authors' text files give what the numpy files give, and a broken one is named."""

import time

import numpy as np
import pytest

from har_core.data.reading.archives import ZipFolder
from har_core.data.reading.choices import NOTHING_CHOSEN
from har_core.data.reading.interpretation import interpret
from har_core.data.reading.search import Search
from har_core.data.reading.text_files import TextFiles
from har_core.errors import DataError


def read(files):
    return interpret(TextFiles().read(files, NOTHING_CHOSEN), "mine", NOTHING_CHOSEN)


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
    assert result.layout.startswith("1 text files, one a sequence, 20 lines a frame")


def test_files_come_in_the_order_of_their_names():
    names = ["a10_s01_e01_skeleton3D.txt", "a02_s10_e01_skeleton3D.txt", "a02_s09_e02_skeleton3D.txt"]
    result = read({name: table(FRAMES) for name in names})
    assert result.sequences.ids == ("a02_s09_e02", "a02_s10_e01", "a10_s01_e01")


def test_a_joint_with_a_broken_value_is_missing():
    broken = FRAMES.copy()
    broken[1, 3, 2] = np.nan
    result = read({NAME: table(broken)})
    assert np.argwhere(np.isnan(result.sequences[0])).tolist() == [[1, 3, axis] for axis in range(3)]
    assert result.notes == ("Joints are missing in 1 frame of 1 sequence: the preparation fills them in.",)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (table(FRAMES)[:-30], "is no table of numbers .*number of columns|has 79 rows"),
        (table(FRAMES[:, :19]), "has 76 rows, expected 20 a frame: it is cut off"),
        (b"a b c d\n" * 20, "is no table of numbers .*could not convert string 'a'"),
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


def test_a_name_that_counts_from_0_is_told():
    with pytest.raises(DataError, match="a00_s01_e01_skeleton3D.txt is misnamed"):
        read({"a00_s01_e01_skeleton3D.txt": table(FRAMES)})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAME, True),
        ("A03_S02_E01_SKELETON3D.TXT", True),
        ("._a03_s02_e01_skeleton3D.txt", False),
        ("a03_s02_e01_skeleton.txt", False),
        ("a03_s02_e01_skeleton3D.txt.bak", False),
        ("readme.txt", False),
    ],
)
def test_only_names_of_the_pattern_count(name, expected):
    assert TextFiles().recognises([name]) == ((name,) if expected else ())


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
