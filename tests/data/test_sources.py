"""Sources are found, read and kept; a bad one is one sentence and leaves nothing behind."""

import io
import logging
import os
import pickle
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from har_core.data.msr_action3d import LITERATURE_IDS, PUBLISHED_IDS
from har_core.data.new_sources import import_source
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.folders import DiskFolder
from har_core.data.reading.search import FoundFiles
from har_core.data.sources import canonical_source, list_sources, load_source, source_folder, source_stamp
from har_core.errors import ConfigError, DataError
from har_core.skeleton import COCO_17, FLORENCE_15, KINECT_20, KINECT_25, MSR_ACTIONS
from tests.data.made_up_files import (
    LENGTHS,
    assert_same,
    everything_under,
    files,
    folder_of,
    npy,
    ragged,
    texts,
    zip_of,
)
from tests.killing import grow_old, killed_at_each_write, knows_signals

pytestmark = pytest.mark.usefixtures("har_home")


# What a source says of its rows


def test_a_folder_gives_sequences_labels_subjects_and_actions(tmp_path):
    loaded = load_source(folder_of(tmp_path / "mine", files())).sequences
    assert [loaded.action_of(row).number for row in range(6)] == [1, 1, 2, 2, 7, 7]
    assert [action.name for action in loaded.actions] == ["action 1", "action 2", "action 7"]
    assert loaded.subjects.tolist() == [1, 2, 1, 2, 1, 2]
    assert loaded.source == "mine" and not loaded.synthetic
    np.testing.assert_array_equal(loaded[2], ragged()[2])


@pytest.mark.parametrize("dtype", ["i8", "u1", "f4", ">f8", "i2"])
@pytest.mark.parametrize("column", [False, True])
@pytest.mark.parametrize("first", [0, 1])
def test_labels_and_subjects_of_every_form_are_the_same(tmp_path, dtype, column, first):
    y, y_s = np.array([1, 1, 2, 2, 7, 7]), np.array([1, 2, 1, 2, 1, 2])
    plain = load_source(folder_of(tmp_path / "plain", files(y=y, y_s=y_s)))
    shape = (6, 1) if column else (6,)
    formed = {
        "y": (y - 1 + first).astype(dtype).reshape(shape),
        "y_s": (y_s - 1 + first).astype(dtype).reshape(shape),
    }
    loaded = load_source(folder_of(tmp_path / "formed", files(**formed)))
    assert loaded.sequences.fingerprint == plain.sequences.fingerprint
    told = [note for note in loaded.notes if "counts from 0" in note]
    assert len(told) == (2 if first == 0 else 0)


@pytest.mark.parametrize(
    ("joints", "skeleton"), [(20, KINECT_20), (25, KINECT_25), (15, FLORENCE_15), (17, COCO_17), (16, None)]
)
def test_other_skeletons_load_with_bones_where_known(tmp_path, joints, skeleton):
    loaded = load_source(folder_of(tmp_path, files(ragged(joints)))).sequences
    if skeleton:
        assert loaded.skeleton == skeleton
    else:  # each is joined to the nearest
        assert len(loaded.skeleton.bones) == joints - 1 and loaded.skeleton.name == "unknown-16"


def test_names_are_those_of_ids_npy(tmp_path):
    names = ["a01_s01_e01", "b", "c d", "ä", "e", "f"]
    loaded = load_source(folder_of(tmp_path, files(**{"ids.npy": names})))
    assert list(loaded.sequences.ids) == names
    assert not loaded.notes


@pytest.mark.parametrize("encoding", ["utf-8", "latin1"])
@pytest.mark.parametrize("kind", ["S10", object])
def test_names_of_bytes_are_read_as_they_were_written(tmp_path, encoding, kind):
    names = ["séq", "mañana", "c", "d", "e", "f"]
    written = np.array([name.encode(encoding) for name in names], kind)
    loaded = load_source(folder_of(tmp_path, files(**{"ids.npy": written})))
    assert list(loaded.sequences.ids) == names


def test_the_page_is_told_what_each_file_holds(tmp_path):
    numpy_files = load_source(folder_of(tmp_path / "arrays", files(**{"ids.npy": list("abcdef")})))
    assert numpy_files.files == {
        "X.npy, the skeletons": numpy_files.layout,
        "Y.npy, the actions": "int64 array (6,), one number a sequence, 1 to 7, 3 different ones",
        "Y_s.npy, the subjects": "int64 array (6,), one number a sequence, 1 to 2, 2 different ones",
        "ids.npy, the names": "array of text (6,), one name a sequence",
    }
    text_files = load_source(folder_of(tmp_path / "texts", texts()))
    assert text_files.layout.startswith("4 text files")
    assert not any(".npy" in file or ".npy" in what for file, what in text_files.files.items())
    said = " ".join(text_files.files.values())
    assert "2 different actions, 1 to 2, and 2 different subjects, 1 to 3" in said
    assert not any(".npy" in file for file in load_source("synthetic").files)


def test_names_that_contradict_the_labels_are_told(tmp_path):
    names = ["a01_s01_e01", "a01_s02_e01", "a05_s01_e01", "d", "e", "f"]
    loaded = load_source(folder_of(tmp_path, files(**{"ids.npy": names})))
    assert "In 1 row the name contradicts" in loaded.notes[0] and "a05_s01_e01 in row 3" in loaded.notes[0]


def test_without_names_rows_have_numbers(tmp_path):
    loaded = load_source(folder_of(tmp_path, files()))
    assert loaded.sequences.ids[:2] == ("row_0001", "row_0002")
    assert loaded.notes == ("There is no ids.npy, so sequences are named by their row.",)


@pytest.mark.parametrize(("ids", "first"), [(PUBLISHED_IDS, 1), (PUBLISHED_IDS, 0), (LITERATURE_IDS, 1)])
def test_rows_in_the_published_order_get_the_published_names(tmp_path, ids, first):
    ordered = sorted(ids)
    y = [int(name[1:3]) - 1 + first for name in ordered]
    y_s = [int(name[5:7]) for name in ordered]
    x = np.random.default_rng(0).uniform(1, 2, (len(ordered), 4, 20, 3)).astype(np.float32)
    loaded = load_source(folder_of(tmp_path, files(x, y, y_s)))
    assert list(loaded.sequences.ids) == ordered
    assert any(f"published {len(ordered)} sequences" in note for note in loaded.notes)
    assert [action.name for action in loaded.sequences.actions] == list(MSR_ACTIONS)
    y_s[5] += 1
    loaded = load_source(folder_of(tmp_path / "other", files(x, y, y_s)))
    assert loaded.sequences.ids[0] == "row_0001"
    assert loaded.sequences.actions[0].name == "action 1"


# One data set, whatever form it comes in


def test_the_zip_and_the_numpy_files_have_one_fingerprint_sequence_by_sequence(real_data):
    numpy_files = load_source(str(real_data / "msr_action3d")).sequences
    archive = load_source(str(real_data / "MSRAction3DSkeletonReal3D.zip")).sequences
    assert len(archive) == 567
    assert numpy_files.sequence_fingerprints == archive.sequence_fingerprints
    assert numpy_files.fingerprint == archive.fingerprint


def test_a_folder_of_the_texts_is_the_zip_of_them(tmp_path):
    (tmp_path / "set.zip").write_bytes(zip_of({f"inner/{name}": data for name, data in texts().items()}))
    flat = folder_of(tmp_path / "flat", texts())
    folder_of(tmp_path / "nested" / "MSRAction3DSkeletonReal3D", texts())
    holds_zip = folder_of(tmp_path / "holds", {"set.zip": (tmp_path / "set.zip").read_bytes()})
    expected = load_source(str(tmp_path / "set.zip"))
    for place in (flat, str(tmp_path / "nested"), holds_zip):
        assert_same(load_source(place), expected)


def test_a_zip_of_numpy_files_is_the_folder_of_them(tmp_path):
    (tmp_path / "set.zip").write_bytes(zip_of({f"MSR/{name}": data for name, data in files().items()}))
    assert_same(load_source(str(tmp_path / "set.zip")), load_source(folder_of(tmp_path / "set", files())))


def test_the_synthetic_set_needs_no_files():
    loaded = load_source("synthetic")
    assert loaded.sequences.synthetic
    assert any("synthetic" in note for note in loaded.notes)


# The cache


def test_a_source_once_read_comes_from_the_cache(tmp_path, monkeypatch):
    place = folder_of(tmp_path / "mine", files())
    first = load_source(place)
    monkeypatch.setattr(FoundFiles, "read", lambda *_: pytest.fail("it was read again"))
    assert_same(load_source(place), first)


def test_changed_files_are_read_again_and_their_old_reading_is_forgotten(tmp_path, har_home):
    place = folder_of(tmp_path / "mine", files())
    load_source(place)
    folder_of(tmp_path / "mine", files(y=(3, 3, 2, 2, 7, 7)))
    os.utime(tmp_path / "mine" / "Y.npy", ns=(1, 1))
    assert load_source(place).sequences.actions[-1].number == 7
    assert load_source(place).sequences.action_of(0).number == 3
    assert len(list((har_home / "cache").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"text", None])
def test_a_damaged_cache_is_made_again(tmp_path, har_home, damage, caplog):
    place = folder_of(tmp_path / "mine", files())
    first = load_source(place)
    (kept,) = (har_home / "cache").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(
        whole[: len(whole) // 2] + b"\xff" + whole[len(whole) // 2 + 1 :] if damage is None else damage
    )
    assert_same(load_source(place), first)
    assert "is damaged and is made again" in caplog.text
    assert len(kept.read_bytes()) == len(whole)


def test_a_pipe_in_the_place_of_the_cache_is_not_waited_for(tmp_path, har_home, caplog):
    source = folder_of(tmp_path / "mine", files())
    first = load_source(source)
    (kept,) = (har_home / "cache").iterdir()
    kept.unlink()
    os.mkfifo(kept)
    assert load_source(source).sequences.fingerprint == first.sequences.fingerprint
    assert "is damaged and is made again" in caplog.text and kept.is_file()


@pytest.mark.parametrize("name", ["X.npy", "Y.npy", "layout.json", "ids.npy"])
def test_a_pipe_among_the_files_of_a_source_is_not_waited_for(tmp_path, name):
    source = folder_of(tmp_path / "mine", {key: data for key, data in files().items() if key != name})
    os.mkfifo(tmp_path / "mine" / name)
    if name in files():
        with pytest.raises(DataError, match="missing"):
            load_source(source)
    else:
        assert len(load_source(source).sequences) == len(LENGTHS)


def test_a_layout_that_is_none_is_quoted_in_short(tmp_path):
    source = folder_of(tmp_path / "mine", files())
    with pytest.raises(DataError, match="does not fit the layout 'xxxx") as refused:
        load_source(source, ReadingChoices(layout="x" * 100))
    assert len(str(refused.value)) < 1000
    with pytest.raises(ConfigError):  # longer ones are none at all
        ReadingChoices(layout="x" * 100_000)


def test_a_file_that_became_a_pipe_is_told(tmp_path):
    os.mkfifo(tmp_path / "X.npy")
    with pytest.raises(DataError, match=r"X\.npy can't be opened: it is a pipe, expected a file"):
        DiskFolder(tmp_path).read(["X.npy"])


def test_what_a_killed_process_left_of_a_cache_is_deleted_and_what_is_written_is_not(tmp_path, har_home):
    (har_home / "cache").mkdir(parents=True)
    for name, age in (("killed.part", 7200), ("at work.part", 5)):
        (har_home / "cache" / name).write_bytes(b"half")
        moment = time.time() - age
        os.utime(har_home / "cache" / name, (moment, moment))
    load_source(folder_of(tmp_path / "mine", files()))
    left = {path.name for path in (har_home / "cache").iterdir() if path.suffix == ".part"}
    assert left == {"at work.part"}


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path, har_home, caplog):
    har_home.mkdir()
    (har_home / "cache").write_text("a file where a folder should be")
    with caplog.at_level(logging.WARNING):
        assert len(load_source(folder_of(tmp_path / "mine", files())).sequences) == 6
    assert "can't be written" in caplog.text


# Where sources are


def test_sources_are_listed_with_what_is_there(har_home):
    assert [(info.name, info.present) for info in list_sources()] == [
        ("synthetic", True),
        ("msr-action3d", False),
    ]
    folder_of(har_home / "sources" / "msr-action3d", files())
    folder_of(har_home / "sources" / "texts", texts())
    folder_of(har_home / "sources" / "half", {"X.npy": b""})
    folder_of(har_home / "sources" / ".incoming-x", files())
    assert [(info.name, info.present) for info in list_sources()] == [
        ("synthetic", True), ("msr-action3d", True), ("half", False), ("texts", True),
    ]  # fmt: skip
    assert [info.what for info in list_sources()][2:] == [
        "Y.npy and Y_s.npy are missing in half, found only X.npy: "
        "expected X.npy, Y.npy and Y_s.npy (and perhaps ids.npy) in one folder.",
        "Your data set, in text files.",
    ]


def test_a_dropped_folder_is_loaded_by_its_name(har_home):
    folder_of(har_home / "sources" / "My Data", files())
    assert load_source("My Data").sequences.source == "My Data"


def test_a_missing_source_says_what_to_do(har_home):
    with pytest.raises(DataError, match="python -m har_core data fetch msr-action3d") as caught:
        load_source("msr-action3d")
    assert str(har_home / "sources" / "msr-action3d") in str(caught.value)
    (har_home / "sources" / "msr-action3d").mkdir(parents=True)
    with pytest.raises(DataError, match="is not here yet"):
        load_source("msr-action3d")


@pytest.mark.parametrize(
    "source", ["", " ", "nowhere", "/nowhere/at/all", "x" * 5000, "a\0b", "~nobody-here/x", "../"]
)
def test_what_is_no_source_is_told(source, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(DataError, match=r"was not found|is no source|no usable path|is there, but holds"):
        load_source(source)


def test_what_is_not_there_is_told_apart_from_what_holds_nothing(tmp_path):
    with pytest.raises(DataError, match=r"'\S*/set' was not found: .* no folder or zip at that path"):
        load_source(str(tmp_path / "set"))
    (tmp_path / "set").mkdir()
    with pytest.raises(DataError, match=r"'\S*/set' is there, but holds no data set\. Expected X\.npy"):
        load_source(str(tmp_path / "set"))
    with pytest.raises(DataError, match="'set' was not found"):
        canonical_source("set")


def test_a_run_remembers_a_source_of_the_user_by_its_name_however_it_was_given(har_home, tmp_path):
    folder = folder_of(har_home / "sources" / "mine", files())
    assert canonical_source("mine") == canonical_source(folder) == "mine"
    elsewhere = folder_of(tmp_path / "mine too", files())
    assert canonical_source(elsewhere) == elsewhere


def test_one_file_of_several_is_told_of_the_others(tmp_path):
    folder_of(tmp_path, files())
    with pytest.raises(DataError, match=r"^X\.npy alone is no data set, Y\.npy and Y_s\.npy belong to it"):
        load_source(str(tmp_path / "X.npy"))


def test_one_file_that_is_a_whole_data_set_is_a_source(tmp_path):
    (name, content), *others = texts().items()
    folder_of(tmp_path, {name: content, **dict(others)})
    loaded = load_source(str(tmp_path / name))
    assert loaded.sequences.ids == (name[:11],)
    assert source_stamp(str(tmp_path / name)) != source_stamp(str(tmp_path))


@pytest.mark.parametrize("form", ["'{}'", '"{}"', "{} ", " {}\t", " '{}' "])
def test_a_path_with_what_was_copied_around_it_is_found(form, har_home, tmp_path):
    place = folder_of(tmp_path / "my set", files())
    assert canonical_source(form.format(place)) == place
    folder_of(har_home / "sources" / "mine", files())
    assert canonical_source(form.format("mine")) == "mine"


def test_an_archive_of_numpy_is_a_source(tmp_path):
    arrays = {name[:-4]: np.load(io.BytesIO(content), allow_pickle=True) for name, content in files().items()}
    np.savez(tmp_path / "plain.npz", **arrays)
    np.savez_compressed(tmp_path / "packed.npz", **arrays)
    folder_of(tmp_path / "open", files())
    expected = load_source(str(tmp_path / "open")).sequences.fingerprint
    for name in ("plain.npz", "packed.npz"):
        assert load_source(str(tmp_path / name)).sequences.fingerprint == expected
        taken = import_source(name, {name: (tmp_path / name).read_bytes()})
        assert taken.sequences.fingerprint == load_source(name).sequences.fingerprint == expected
    np.savez(tmp_path / "other.npz", x_train=arrays["X"], y_train=arrays["Y"])
    with pytest.raises(DataError, match=r"^other\.npz holds no data set, only 2 \.npy files \(x_train\.npy "):
        load_source(str(tmp_path / "other.npz"))


# Bad input

BAD_NUMPY = [
    ({"Y_s.npy": None}, r"Y_s\.npy is missing in mine, found only X\.npy, Y\.npy"),
    ({"Y_s.npy": None, "Y.npy": None}, r"Y\.npy and Y_s\.npy are missing in mine"),
    (
        {"Y_s.npy": npy([1, 2, 3])},
        r"Y_s\.npy has 3 subjects, X\.npy has 6 sequences: use files of one download",
    ),
    ({"Y.npy": npy(np.ones((6, 6)))}, r"Y\.npy has shape \(6, 6\), expected \(N,\), \(N, 1\) or \(1, N\)"),
    ({"Y.npy": npy([1, 2, 3, 4, 5, 1.5])}, r"Y\.npy holds 1\.5 in row 6"),
    ({"Y.npy": npy([1, 2, 3, 4, 5, -1])}, r"Y\.npy holds -1 in row 6"),
    ({"Y.npy": npy([1, 2, 3, 4, 5, np.nan])}, r"Y\.npy holds nan in row 6"),
    ({"Y.npy": npy([1, 2, 3, 4, 5, 1e300])}, r"Y\.npy holds 1e\+300 in row 6"),
    ({"X.npy": npy(list("abcdef"))}, r"X\.npy holds elements of type <U1"),
    ({"Y.npy": npy(np.array(["a", 1, 2, 3, 4, 5], object))}, r"Y\.npy holds labels that are no numbers"),
    ({"Y.npy": b""}, r"Y\.npy is empty"),
    ({"Y.npy": b"1\n2\n3\n"}, r"Y\.npy is not a numpy file"),
    ({"X.npy": files()["X.npy"][:-9]}, r"X\.npy is cut off or damaged"),
    ({"X.npy": npy(np.zeros((6, 60)))}, r"X\.npy has shape \(6, 60\)"),
    ({"ids.npy": npy(["a"] * 6)}, r"ids\.npy holds 'a' twice"),
    ({"ids.npy": npy(["a", "b"])}, r"ids\.npy has 2 names, X\.npy has 6 sequences"),
    ({"ids.npy": npy(["a", "b", "c", "d", "e", ""])}, r"ids\.npy holds '' in row 6"),
    ({"ids.npy": npy(["a", "b", "c", "d", "e", "f\n"])}, r"ids\.npy holds 'f\\n' in row 6"),
    ({"ids.npy": npy([1, 2, 3, 4, 5, 6])}, r"ids\.npy holds elements of type int64, expected names"),
]


@pytest.mark.parametrize(("change", "found"), BAD_NUMPY, ids=[found for _, found in BAD_NUMPY])
def test_bad_files_are_one_sentence_and_nothing_is_written(tmp_path, har_home, change, found):
    bad = {name: data for name, data in (files() | change).items() if data is not None}
    with pytest.raises(DataError, match=found) as caught:
        load_source(folder_of(tmp_path / "mine", bad))
    assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match=found):
        import_source("mine", bad)
    assert everything_under(har_home) == []


def slipping_zips():
    for name in ("../X.npy", "/etc/X.npy", "a/../../X.npy", "..\\X.npy", "C:\\X.npy", "C:X.npy"):
        yield zip_of({**files(), name: b"x"})


BAD_ZIPS = [
    (b"", "can't be read as a zip"),
    (b"text", "can't be read as a zip"),
    (zip_of(files())[:-40], "can't be read as a zip"),
    (zip_of(files()).replace(zip_of(files())[60:70], b"x" * 10), "zip"),
    (zip_of({"readme.txt": b"hello"}), "holds no data set, only readme.txt; .*Expected X.npy"),
    (zip_of({}), "holds no data set"),
    (
        zip_of({"a/X.npy": b"", "b/X.npy": b""}),
        r"Y\.npy and Y_s\.npy are missing in .*set\.zip/a, found only X",
    ),
    (zip_of({"inner.zip": b"text"}), r"set\.zip/inner\.zip can't be read as a zip"),
    *((data, "is refused: it names .*, a file outside its own folder") for data in slipping_zips()),
]


@pytest.mark.parametrize(("content", "found"), BAD_ZIPS)
def test_a_bad_zip_is_one_sentence_and_nothing_is_written(tmp_path, har_home, content, found):
    (tmp_path / "set.zip").write_bytes(content)
    with pytest.raises(DataError, match=rf"(?=.*set\.zip).*{found}"):
        load_source(str(tmp_path / "set.zip"))
    with pytest.raises(DataError, match=found):
        import_source("mine", {"set.zip": content})
    assert everything_under(har_home) == []
    assert everything_under(tmp_path) == ["set.zip"]


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("har_core.data.reading.archives._LARGEST_TOTAL", 1000)
    (tmp_path / "set.zip").write_bytes(zip_of(files()))
    with pytest.raises(DataError, match="unpacks to"):
        load_source(str(tmp_path / "set.zip"))


def test_a_pickle_with_code_inside_a_zip_is_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "canary"),)

    head = npy(ragged())[:128].replace(b"(6,)", b"(1,)")
    evil = zip_of({**files(), "X.npy": head + pickle.dumps(np.array([Evil()], object))})
    (tmp_path / "set.zip").write_bytes(evil)
    with pytest.raises(DataError, match=r"X\.npy would run os\.mkdir"):
        load_source(str(tmp_path / "set.zip"))
    assert not (tmp_path / "canary").exists()


def test_synthetic_set_is_kept_once_made_and_made_again_where_the_copy_is_damaged(har_home, monkeypatch):
    made = load_source("synthetic")
    (copy,) = (har_home / "cache").glob("*.npz")
    with monkeypatch.context() as patch:
        patch.setattr("har_core.data.synthetic.make_synthetic", lambda: pytest.fail("made twice"))
        kept = load_source("synthetic")
    assert kept.sequences.fingerprint == made.sequences.fingerprint
    assert kept.sequences.synthetic and made.sequences.synthetic
    assert (kept.layout, kept.notes) == (made.layout, made.notes)
    copy.write_bytes(copy.read_bytes()[:1000])
    assert load_source("synthetic").sequences.fingerprint == made.sequences.fingerprint


def test_a_folder_that_can_not_be_entered_is_told_and_the_others_are_listed(har_home, monkeypatch):
    folder_of(source_folder("mine"), files())
    folder_of(source_folder("closed"), files())
    is_file = Path.is_file

    def refuse(path: Path) -> bool:
        if path.is_relative_to(source_folder("closed")):
            raise PermissionError(13, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refuse)
    present = {info.name: (info.present, info.what) for info in list_sources()}
    assert present["mine"][0] and not present["closed"][0]
    with pytest.raises(DataError, match=r"closed can't be opened: Permission denied\.$"):
        load_source("closed")


# Killed


@knows_signals
def test_killed_at_any_write_of_the_cache_no_half_of_it_is_believed(tmp_path, har_home, caplog):
    source, cache = folder_of(tmp_path / "mine", files()), har_home / "cache"
    whole = load_source(source)
    shutil.rmtree(cache)
    for _ in killed_at_each_write(lambda: load_source(source)):
        assert_same(load_source(source), whole)
        assert_same(load_source(source), whole)
        grow_old(cache, "*.part")
        for kept in cache.glob("*.npz"):
            kept.unlink()
        load_source(source)
        assert [path.suffix for path in cache.iterdir()] == [".npz"]
        shutil.rmtree(cache)
    assert caplog.text == ""
