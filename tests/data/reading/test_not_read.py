"""Files that are no data set are named, with the reason and the mend."""

import pytest

from har_core.data.new_sources import import_source
from har_core.data.reading.not_read import say_not_read
from har_core.data.sources import load_source
from har_core.errors import DataError
from tests.data.made_up_files import folder_of, zip_of

pytestmark = pytest.mark.usefixtures("har_home")

PICKLES = {f"walk{number}.PKL": b"\x80\x04N." for number in range(12)}
SAID = r"12 \.pkl files \(walk0\.PKL and others\); pickles can run code: save the arrays with numpy\.save\. "


def test_pickles_are_refused_with_their_number_by_path_by_zip_and_by_upload(tmp_path):
    with pytest.raises(DataError, match="^set holds no data set, only " + SAID):
        load_source(folder_of(tmp_path / "set", PICKLES))
    with pytest.raises(DataError, match="^set holds no data set, only " + SAID):
        folder_of(tmp_path / "above" / "set" / "a" / "b", PICKLES)
        load_source(str(tmp_path / "above" / "set"))
    (tmp_path / "set.zip").write_bytes(zip_of(PICKLES))
    with pytest.raises(DataError, match=r"^set\.zip holds no data set, only " + SAID):
        load_source(str(tmp_path / "set.zip"))
    with pytest.raises(DataError, match="^mine holds no data set, only " + SAID):
        import_source("mine", PICKLES)


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("walk.mp4", "a video holds no skeletons: let a tracker"),
        ("walk.h5", "HDF5 is not read: save the arrays with numpy.save"),
        ("set.rar", "only zips are opened: unpack it"),
        ("set.tar.gz", "only zips are opened: unpack it"),
        ("sheet.xlsx", "save it as CSV"),
        ("data.npy", "known by the names X.npy"),
        ("model.pt", "files of PyTorch are pickles"),
    ],
)
def test_each_kind_has_its_mend(name, mend, tmp_path):
    assert mend in say_not_read([name])
    (tmp_path / name).write_bytes(b"1")
    with pytest.raises(DataError, match=f"^{name} holds no data set, only {name}; "):
        load_source(str(tmp_path / name))


def test_what_has_a_mend_comes_first_and_no_name_breaks_the_line():
    said = say_not_read([*["notes"] * 50, "a\n\u202eb.mp4", "c.pkl", "d.x", "e.y", "f" * 300 + ".z"])
    assert said.startswith("a\\n\\u202eb.mp4; a video")
    assert said.endswith("; and others") and said.isprintable() and "c.pkl; pickles can" in said
    assert len(say_not_read(["f" * 300])) == 40
    assert say_not_read([]) == ""
