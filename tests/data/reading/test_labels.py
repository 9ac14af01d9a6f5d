"""Actions and subjects are numbers, words or one-hot, in any shape; files are found by any usual name."""

import numpy as np
import pytest

from har_core.data.new_sources import import_source
from har_core.data.reading.labels import read_actions, read_subjects
from har_core.data.sources import load_source
from har_core.errors import DataError
from tests.data.made_up_files import files, folder_of, zip_of

pytestmark = pytest.mark.usefixtures("har_home")

NUMBERS = [1, 1, 2, 2, 7, 7]


@pytest.mark.parametrize("shape", [(6,), (6, 1), (1, 6)])
@pytest.mark.parametrize("kind", ["i8", "f4", "u1", "U2", "S2", object])
def test_numbers_in_any_shape_and_type(shape, kind):
    read, notes = read_actions(np.array(NUMBERS).astype(kind).reshape(shape), "Y.npy", 6)
    assert list(read) == NUMBERS and notes == ()


@pytest.mark.parametrize("shape", [(6,), (6, 1), (1, 6)])
@pytest.mark.parametrize("kind", ["U9", object])
def test_words_are_the_names_of_actions(shape, kind, tmp_path):
    words = ["wave", "wave", "kick", "kick", "hand clap", "hand clap"]
    y = np.array(words, kind).reshape(shape)
    assert read_actions(y, "Y.npy", 6) == (words, ())
    loaded = load_source(folder_of(tmp_path / "mine", files(y=y)))
    assert loaded.sequences.action_names == ["hand clap", "kick", "wave"] and loaded.action_names == "told"
    assert [loaded.sequences.action_of(row).name for row in range(6)] == words
    assert loaded.files["Y.npy, the actions"].startswith(
        f"array of text {shape}, one word a sequence, 3 diff"
    )


@pytest.mark.parametrize("kind", ["i8", "f4"])
def test_one_hot_is_told(kind, tmp_path):
    y = np.eye(4, dtype=kind)[[0, 0, 3, 3, 2, 2]]
    loaded = load_source(folder_of(tmp_path / "mine", files(y=y)))
    assert [loaded.sequences.action_of(row).number for row in range(6)] == [1, 1, 4, 4, 3, 3]
    assert "Y.npy is one-hot: its 4 columns are actions 1 to 4." in loaded.notes
    assert loaded.files["Y.npy, the actions"] == f"{y.dtype.name} array (6, 4), one-hot, a column an action"


def test_words_for_subjects_are_numbered():
    subjects, notes = read_subjects(np.array(["S03", "S03", "S11"]), "Y_s.npy", 3)
    assert list(subjects) == [3, 3, 11] and notes == ()
    subjects, notes = read_subjects(np.array(["mia", "ben", "mia"]), "Y_s.npy", 3)
    assert list(subjects) == [2, 1, 2] and notes == ("The subjects are numbered: 1 is 'ben', 2 is 'mia'.",)


def test_names_of_rows_contradict_no_words(tmp_path):
    ids = [f"a0{row}_s01_e01" for row in range(1, 7)]
    loaded = load_source(folder_of(tmp_path / "mine", files(y=np.array(list("abcabc")), **{"ids.npy": ids})))
    assert not any("contradicts" in note for note in loaded.notes)


@pytest.mark.parametrize(
    ("y", "found"),
    [
        (np.array([[1, 0], [0, 1], [1, 1]]), r"has shape \(3, 2\), expected \(N,\), \(N, 1\) or \(1, N\)"),
        (np.array(["a", "", "b"]), "holds '' in row 2, expected a short, printable word"),
        (np.array(["a", "b\n", "c\x07"]), r"holds 'c\\x07' in row 3"),
        (np.array(["a", "b"]), "has 2 words, X.npy has 3 sequences"),
        (np.array(["a", 1, 2], object), "holds labels that are no numbers"),
    ],
)
def test_labels_that_fit_nothing_are_told(y, found):
    with pytest.raises(DataError, match=f"^Y.npy {found}"):
        read_actions(y, "Y.npy", 3)


@pytest.mark.parametrize("form", ["{} (1).npy", "{}.NPY", "{} - Copy.npy", "{}(2).npy"])
@pytest.mark.parametrize("change", [str, str.lower])
def test_files_are_found_under_the_names_that_browsers_and_systems_give_them(form, change, tmp_path):
    renamed = {form.format(change(name[:-4])): content for name, content in files().items()}
    expected = load_source(folder_of(tmp_path / "usual", files())).sequences.fingerprint
    assert load_source(folder_of(tmp_path / "renamed", renamed)).sequences.fingerprint == expected
    (tmp_path / "set.zip").write_bytes(zip_of(renamed))
    assert load_source(str(tmp_path / "set.zip")).sequences.fingerprint == expected
    assert import_source("mine", renamed).sequences.fingerprint == expected
    assert load_source("mine").sequences.fingerprint == expected


def test_the_file_of_the_very_name_goes_before_its_copies_and_two_copies_are_told(tmp_path):
    other = files(y=(3, 3, 4, 4, 5, 5))["Y.npy"]
    loaded = load_source(folder_of(tmp_path / "one", files() | {"Y (1).npy": other}))
    assert [action.number for action in loaded.sequences.actions] == [1, 2, 7]
    copies = {name: content for name, content in files().items() if name != "Y.npy"}
    with pytest.raises(DataError, match=r"^Y \(1\)\.npy and Y \(2\)\.npy may both be Y\.npy: call the one"):
        load_source(folder_of(tmp_path / "two", copies | {"Y (1).npy": other, "Y (2).npy": other}))
