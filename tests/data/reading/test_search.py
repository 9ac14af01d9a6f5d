"""Folder, zip and upload are searched by one rule: each gives the same data set, or the same sentence."""

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from har_core.data.new_sources import import_source
from har_core.data.reading import archives, files, search
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.reading.folders import UploadedFolder
from har_core.data.reading.search import Search
from har_core.data.sources import load_source, source_folder, source_stamp
from har_core.errors import DataError

pytestmark = pytest.mark.usefixtures("har_home")

Tree = Mapping[str, "bytes | Tree"]


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array))
    return stream.getvalue()


def arrays(seed: int = 0) -> dict[str, bytes]:
    """A data set; each seed gives another."""
    frames = np.random.default_rng(seed).uniform(1, 2, (4, 6, 20, 3)).astype(np.float32)
    return {"X.npy": npy(frames), "Y.npy": npy([1, 1, 2, 2]), "Y_s.npy": npy([1, 2, 1, 2])}


TEXTS = {f"a0{action}_s01_e01_skeleton3D.txt": b"0.5 1.25 2.75 1\n" * 40 for action in (1, 2)}


def put(folder: Path, tree: Tree) -> Path:
    """Write a tree of files to the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tree.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            put(folder / name, content)
    return folder


def entries(tree: Tree, above: str = "", separator: str = "/") -> Iterator[tuple[str, bytes]]:
    for name, content in tree.items():
        if isinstance(content, bytes):
            yield above + name, content
        else:
            yield above + name + separator, b""
            yield from entries(content, above + name + separator, separator)


def pack(tree: Tree, separator: str = "/") -> bytes:
    """Return a zip of the tree."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries(tree, separator=separator):
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def outcome(place: Path) -> object:
    """What reading it comes to: everything that is told of a data set, or the sentence."""
    try:
        found = files.find_files(place)
        if found is None:
            return None
        read = found.found.read(NOTHING_CHOSEN)
    except DataError as error:
        return str(error)
    return read.sequences.sequence_fingerprints, read.layout, read.notes, read.files, found.found.notes


def outcomes(folder: Path, tree: Tree) -> tuple[object, ...]:
    """What a folder and the zips of it come to; all are called set.zip, so that sentences can be compared."""
    (folder / "packed").mkdir(parents=True, exist_ok=True)
    (folder / "by another program").mkdir(exist_ok=True)
    (folder / "packed" / "set.zip").write_bytes(pack(tree))
    (folder / "by another program" / "set.zip").write_bytes(pack(tree, "\\"))
    put(folder / "open" / "set.zip", tree)
    return tuple(outcome(folder / place / "set.zip") for place in ("open", "packed", "by another program"))


def read(place: Path, seed: int) -> bool:
    """Whether a place is read as the data set of that seed."""
    expected = Search(lambda: UploadedFolder(arrays(seed)), "expected").run()
    assert expected is not None
    return (
        load_source(str(place)).sequences.fingerprint == expected.read(NOTHING_CHOSEN).sequences.fingerprint
    )


# The same rule


FILES = arrays() | {
    "ids.npy": npy(["a", "b", "c", "d"]),
    **TEXTS,
    "readme.txt": b"hello",
    "damaged.zip": b"PK\x03\x04",
}
PARTS = st.sampled_from(
    [arrays(1), arrays(2), TEXTS, {"X.npy": arrays()["X.npy"]}, {"X.npy": b"damaged"} | {"Y.npy": b""}, {}]
)
NAMES = st.sampled_from(["a", "b", "msr data", "ä", ".git", "__MACOSX", "X.npy.d"])


def folders(inside: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    zipped = st.dictionaries(st.sampled_from(["one.zip", "TWO.ZIP"]), inside.map(pack), max_size=2)
    some = st.dictionaries(st.sampled_from(sorted(FILES)), st.none(), max_size=2).map(
        lambda names: {name: FILES[name] for name in names}
    )
    own = st.just({}) | st.just({}) | st.just({}) | some | PARTS  # else little would ever lie deep
    parts = st.tuples(own, zipped, st.dictionaries(NAMES, inside, max_size=3))
    return parts.map(lambda each: {name: content for part in each for name, content in part.items()})


TREES = st.recursive(PARTS, folders, max_leaves=8)


@settings(deadline=None)  # a busy machine is no fault
@given(tree=TREES)
@example(tree={"data": {"msr": arrays()}, "docs": {"a.md": b""}})
@example(tree={"a": arrays(1), "b": arrays(2)})
@example(tree={"a": {"b": arrays(1)}, "set.zip": pack({"c": arrays(2)})})
def test_a_folder_and_a_zip_of_it_are_the_same(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> None:
    opened, packed, by_another = outcomes(tmp_path_factory.mktemp("tree"), tree)
    assert opened == packed == by_another


@settings(deadline=None)  # a busy machine is no fault
@given(tree=TREES)
def test_an_upload_of_a_zip_is_a_folder_with_that_zip(
    tree: Tree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = pack(tree)
    folder = put(tmp_path_factory.mktemp("tree") / "mine", {"set.zip": content})
    sent = Search(lambda: UploadedFolder({"set.zip": content}), "mine")
    try:
        found = sent.run()
        uploaded: object = found and (found.reader, found.names, found.kept_in, found.notes)
    except DataError as error:
        uploaded = str(error)
    try:
        here = files.find_files(folder)
        assert uploaded == (
            here and (here.found.reader, here.found.names, here.found.kept_in, here.found.notes)
        )
    except DataError as error:
        assert uploaded == str(error)


# What the rule says


@pytest.mark.parametrize(
    "tree",
    [
        {"data": {"msr": arrays(1)}},
        {"data": {"msr": arrays(1)}, "docs": {"a.md": b""}, "README.md": b""},
        {"msr": arrays(1), "code": {"train.py": b""}},
        {"a": arrays(1), "b": {"c": arrays(2)}},
        {"msr": arrays(1), "msr.zip": pack({"msr": arrays(2)})},
        {".git": arrays(2), "__MACOSX": arrays(3), "msr": {"deep": arrays(1)}},
        {"msr": {"._X.npy": b"", ".DS_Store": b"", **arrays(1)}},
        {"download.zip": pack({"readme.txt": b"", "msr.zip": pack({"msr": arrays(1)})})},
        {"Y.npy": b"alone", "msr": arrays(1)},
        {**arrays(1), **TEXTS},
    ],
    ids=[
        "two levels deep", "two levels deep beside another folder", "beside another folder",
        "before a deeper one", "open before packed", "hidden ones are none", "hidden files are none",
        "a zip in a zip", "before half of one", "numpy files before text files",
    ],
)  # fmt: skip
def test_the_nearest_whole_data_set_is_read(tree: Tree, tmp_path: Path) -> None:
    opened, packed, by_another = outcomes(tmp_path, tree)
    assert opened == packed == by_another
    assert read(tmp_path / "open" / "set.zip", 1) and read(tmp_path / "packed" / "set.zip", 1)


def test_a_zip_with_backslashes_in_its_names_holds_its_data_set(tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(pack({"MSR": {"texts": TEXTS}}, "\\"))
    assert len(load_source(str(tmp_path / "set.zip")).sequences) == 2
    assert import_source("sent", {"set.zip": pack({"MSR": arrays()}, "\\")}).sequences.source == "sent"


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (
            {"b": arrays(1), "a": {**arrays(2)}},
            "set.zip holds 2 data sets, in set.zip/a and in set.zip/b: give the one that you mean by itself.",
        ),
        (
            {"x": {name: TEXTS for name in "abc"}, "y": {"b": b""}},
            "set.zip holds 3 data sets, in set.zip/x/a and in set.zip/x/b and elsewhere: "
            "give the one that you mean by itself.",
        ),
        (
            {
                "one.zip": pack(arrays(1)),
                "two.zip": pack({"deeper": arrays(2)}),
                "three.zip": pack(arrays(3)),
            },
            "set.zip holds 2 data sets, in set.zip/one.zip and in set.zip/three.zip: "
            "give the one that you mean by itself.",
        ),
        (
            {"a": {"X.npy": arrays()["X.npy"]}},
            "Y.npy and Y_s.npy are missing in set.zip/a, found only X.npy: "
            "expected X.npy, Y.npy and Y_s.npy (and perhaps ids.npy) in one folder.",
        ),
        (
            {"a\n\x1b[31m": {"X.npy": b"", "Y.npy": b""}},
            "Y_s.npy is missing in set.zip/a\\n\\x1b[31m, found only X.npy, Y.npy: "
            "expected X.npy, Y.npy and Y_s.npy (and perhaps ids.npy) in one folder.",
        ),
        (
            {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": arrays()}}}}}}}}},
            "set.zip holds no data set up to 8 folders deep, and set.zip/a/b/c/d/e/f/g/h/i lies deeper: "
            "give the folder of the data set itself.",
        ),
    ],
    ids=["two", "three", "two zips", "a part", "a part in a folder of a strange name", "too deep"],
)
def test_what_is_not_one_whole_data_set_is_one_sentence(tree: Tree, sentence: str, tmp_path: Path) -> None:
    assert outcomes(tmp_path, tree) == (sentence,) * 3


def test_what_lies_beside_and_is_not_read_is_told(tmp_path: Path) -> None:
    both = load_source(str(put(tmp_path / "both", arrays() | TEXTS)))
    assert "There are text files, too, which were not read." in both.notes
    half = load_source(str(put(tmp_path / "half", {"Y.npy": b"", "old": {"msr": arrays()}, "new": {}})))
    assert half.notes[0] == "The data set lies in half/old/msr."
    assert half.notes[1].startswith("X.npy and Y_s.npy are missing in half, found only Y.npy")
    alone = load_source(str(put(tmp_path / "alone", {"old": {"msr": arrays()}})))
    assert alone.notes == ("There is no ids.npy, so sequences are named by their row.",)


def test_the_layout_that_was_chosen_stays_where_it_is_looked_for(tmp_path: Path) -> None:
    square = arrays() | {"X.npy": npy(np.random.default_rng(0).uniform(1, 2, (4, 60, 60)))}
    import_source("sent", {"set.zip": pack({"a": square})}, choices=ReadingChoices(layout="N,3J,T"))
    assert (source_folder("sent") / "layout.json").is_file()
    folder = put(tmp_path / "mine", {"a": {"b": square}, "layout.json": b'{"layout": "N,T,3J"}'})
    assert "(T, 60)" in load_source(str(folder)).layout
    assert "(60, T)" in load_source("sent").layout


# Limits


def test_more_files_than_are_looked_through_are_told_of_folder_and_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_ENTRIES", 9)
    sentence = "set.zip holds more than 9 files and folders, and no data set above them: "
    tree = {"a": {str(number): b"" for number in range(9)}, "b": {"c": arrays()}}
    assert outcomes(tmp_path / "more", tree) == (sentence + "give the folder of the data set itself.",) * 3
    opened, *packed = outcomes(tmp_path / "above", {**arrays(), "a": tree["a"]})
    assert not isinstance(opened, str) and [opened, opened] == packed


def test_zips_in_zips_unpack_to_no_more_than_a_zip_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = {f"{number}.zip": pack({"a.bin": bytes(400)}) for number in range(5)}
    monkeypatch.setattr(archives, "_LARGEST_TOTAL", 4 * len(inner["0.zip"]))
    monkeypatch.setattr(archives.ZipFolder, "packed", counted := Counted(archives.ZipFolder.packed))
    (tmp_path / "set.zip").write_bytes(pack(inner))
    with pytest.raises(DataError, match=r"set\.zip/4\.zip unpacks to"):
        load_source(str(tmp_path / "set.zip"))
    assert counted.calls == 4


class Counted:
    """Counts the calls of a method."""

    def __init__(self, method):
        self.method, self.calls = method, 0

    def __get__(self, thing, kind=None):
        def call(*arguments):
            self.calls += 1
            return self.method(thing, *arguments)

        return call


# Links and pipes


def test_no_link_leads_out_of_what_is_searched(tmp_path: Path) -> None:
    secret = put(tmp_path / "secret", arrays())
    folder = put(tmp_path / "mine", {"a": {}})
    (folder / "a" / "way out").symlink_to(secret)
    with pytest.raises(
        DataError, match="mine holds no data set, and mine/a/way out is a link that was not followed"
    ):
        load_source(str(folder))
    (folder / "a" / "way out").unlink()
    for name in arrays():
        (folder / "a" / name).symlink_to(secret / name)
    with pytest.raises(
        DataError, match=r"mine holds no data set, and mine/a/\S+npy is a link that was not followed"
    ):
        load_source(str(folder))


def test_a_link_to_a_file_is_the_file_in_the_folder_that_was_named_and_within_it(tmp_path: Path) -> None:
    there = put(tmp_path / "there", arrays(1))
    named = put(tmp_path / "named", {})
    within = put(
        tmp_path / "within", {"store": {f"{name}.1": data for name, data in arrays(1).items()}, "a": {}}
    )
    for name in arrays():
        (named / name).symlink_to(there / name)
        (within / "a" / name).symlink_to(within / "store" / f"{name}.1")
    assert read(named, 1) and read(within, 1)


def test_a_circle_of_links_ends_no_search(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine", {"a": {"b": arrays(1)}})
    (folder / "a" / "again").symlink_to(folder)
    (folder / "itself").symlink_to(folder / "itself")
    (folder / "nothing").symlink_to(folder / "not there")
    assert read(folder, 1)


def test_a_pipe_below_is_not_waited_for(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine", {"a": {name: data for name, data in arrays().items() if name != "Y.npy"}})
    os.mkfifo(folder / "a" / "Y.npy")
    os.mkfifo(folder / "set.zip")
    with pytest.raises(DataError, match=r"^Y\.npy is missing in mine/a"):
        load_source(str(folder))


def test_a_folder_that_cannot_be_opened_is_passed_over_and_told_where_there_is_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(tmp_path / "mine", {"closed": {}, "open": {}})
    scandir = os.scandir

    def closed(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(DataError, match=r"mine/closed can't be opened: Permission denied\.$"):
        load_source(str(folder))
    put(folder / "open", arrays(1))
    assert read(folder, 1)
    assert any("closed can't be opened" in note for note in load_source(str(folder)).notes)


# What was found is remembered


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if everything on the disk had lain there for long."""
    monkeypatch.setattr(files, "_SETTLED", -(10**12))


@pytest.mark.usefixtures("settled")
def test_what_has_not_changed_is_not_searched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [
        put(tmp_path / "clone", {"a": {"b": arrays()}, "other": {"c": {}}}),
        put(tmp_path / "zips", {"one.zip": pack({"in": arrays()})}),
        put(tmp_path / "packed", {"set.zip": pack(arrays())}) / "set.zip",
    ]
    stamps = [source_stamp(str(place)) for place in places]
    monkeypatch.setattr(Search, "run", lambda _: pytest.fail("it was searched again"))
    assert [source_stamp(str(place)) for place in places] == stamps


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "change", ["a file more", "a file less", "another data set", "another zip", "content"]
)
def test_what_has_changed_is_searched_again(change: str, tmp_path: Path) -> None:
    folder = put(tmp_path / "mine", {"a": {"b": arrays()}, "c": {"one.zip": pack({}), "d": {}}})
    before = source_stamp(str(folder))
    if change == "a file less":
        (folder / "a" / "b" / "Y.npy").unlink()
        with pytest.raises(DataError, match=r"Y\.npy is missing in mine/a/b"):
            source_stamp(str(folder))
        return
    if change == "another data set":
        put(folder / "c" / "d", arrays(1))
        with pytest.raises(DataError, match="holds 2 data sets"):
            source_stamp(str(folder))
        return
    if change == "another zip":
        (folder / "a" / "b" / "X.npy").unlink()
        with pytest.raises(DataError, match="missing"):
            source_stamp(str(folder))
        (folder / "c" / "one.zip").write_bytes(pack(arrays(1)))  # the folder that it is in stays as it is
        assert read(folder, 1)
        return
    if change == "a file more":
        put(folder / "a" / "b", {"ids.npy": npy(["a", "b", "c", "d"])})
    else:
        put(folder / "a" / "b", {"Y.npy": npy([1, 2, 3, 4, 5])})
    assert source_stamp(str(folder)) != before


def test_what_changed_a_moment_ago_is_searched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path / "mine", {"a": arrays()})
    source_stamp(str(folder))
    searched = []
    run = Search.run
    monkeypatch.setattr(Search, "run", lambda self: searched.append(self) or run(self))
    source_stamp(str(folder))
    assert len(searched) == 1


# The real data in its forms


def test_the_real_data_is_found_in_the_folder_that_holds_all_its_forms(
    real_data: Path, tmp_path: Path
) -> None:
    together = load_source(str(real_data))
    assert len(together.sequences) == 567
    assert "The data set lies in" in together.notes[0] and together.notes[0].endswith("/msr_action3d.")
    archive = (real_data / "MSRAction3DSkeletonReal3D.zip").read_bytes()
    clone = put(tmp_path / "clone", {"data": {"download.zip": archive}, "code": {"train.py": b""}})
    assert load_source(str(clone)).sequences.fingerprint == together.sequences.fingerprint
