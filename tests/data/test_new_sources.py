"""What is uploaded becomes a source, whole or not at all."""

import json
import os
import shutil
import unicodedata

import numpy as np
import pytest

from har_core.data.new_sources import import_source
from har_core.data.reading.choices import ReadingChoices
from har_core.data.sources import canonical_source, list_sources, load_source, source_folder
from har_core.errors import AmbiguousReadingError, DataError
from tests.data.made_up_files import assert_same, everything_under, files, texts, zip_of
from tests.killing import grow_old, hidden_in, killed_at_each_write, knows_signals

pytestmark = pytest.mark.usefixtures("har_home")


@pytest.mark.parametrize(
    "upload",
    [
        files(),
        files(**{"ids.npy": list("abcdef")}),
        texts(),
        {"Set (1).zip": zip_of(files())},
        {"t.zip": zip_of(texts())},
    ],
    ids=["numpy", "numpy with ids", "texts", "zip of numpy", "zip of texts"],
)
def test_an_upload_becomes_a_source_that_loads_by_name(har_home, upload):
    taken = import_source("mine", upload)
    loaded = load_source("mine")
    assert_same(taken, loaded)
    assert {file.name: file.read_bytes() for file in source_folder("mine").iterdir()} == upload
    assert everything_under(har_home / "sources") == sorted(["mine", *(f"mine/{name}" for name in upload)])


def test_a_layout_chosen_at_the_upload_is_kept():
    x = np.random.default_rng(0).uniform(1, 2, (6, 60, 75))
    with pytest.raises(AmbiguousReadingError):
        import_source("mine", files(x))
    assert not source_folder("mine").exists()
    taken = import_source("mine", files(x), choices=ReadingChoices(layout="N,3J,T"))
    assert_same(load_source("mine"), taken)
    assert taken.sequences.skeleton.joint_count == 20
    assert load_source("mine", ReadingChoices(layout="N,T,3J")).sequences.skeleton.joint_count == 25
    assert json.loads((source_folder("mine") / "layout.json").read_text()) == {"layout": "N,3J,T"}
    for damage in ("", "[]", '{"layout": 3}', '{"layout": ["N"]}'):
        (source_folder("mine") / "layout.json").write_text(damage)
        with pytest.raises(DataError, match=r"layout\.json can't be read: delete it"):
            load_source("mine")


def test_files_that_are_no_data_are_left_out_and_told():
    taken = import_source("mine", {**files(), "notes.docx": b"x"})
    assert "Left out of the upload: notes.docx." in taken.notes
    assert not (source_folder("mine") / "notes.docx").exists()


@pytest.mark.parametrize(
    "name",
    [
        "Mine",
        "données été",
        " my set 2 ",
        "v1.2_b-c",
        "записи",
        "録音 第2",
        "हिन्दी",
        "e\N{COMBINING ACUTE ACCENT}té",
    ],
)
def test_names_of_any_script_become_folders(har_home, name):
    kept = unicodedata.normalize("NFC", name.strip())
    assert import_source(name, files()).sequences.source == kept
    assert source_folder(kept).is_dir()
    assert load_source(unicodedata.normalize("NFD", kept)).sequences.source == kept
    assert canonical_source(unicodedata.normalize("NFD", kept)) == kept


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("../x", r"it starts with '\.'|it holds '/'"),
        ("a/b", "it holds '/'"),
        ("a\\b", "it holds '.+'"),
        ("a:b", "it holds ':'"),
        ("a\nb", r"it holds '\\n'"),
        ("a\0b", "it holds"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE}b", r"it holds '\\u202e'"),
        ("a\N{ZERO WIDTH SPACE}b", r"it holds '\\u200b'"),
        ("a\ud800", "it holds"),
        (".x", r"it starts with '\.'"),
        ("-x", "it starts with '-'"),
        ("x.", "it ends with a full stop"),
        ("\N{COMBINING ACUTE ACCENT}x", "it starts with"),
        ("synthetic", "kept for something else"),
        ("SYNTHETIC", "kept for something else"),
        ("con", "kept for something else"),
        ("Com1.set", "kept for something else"),
        ("x" * 65, "too long"),
        ("\N{GOTHIC LETTER AHSA}" * 60, "too long"),
    ],
)
def test_unsafe_names_are_refused(har_home, name, why):
    with pytest.raises(DataError, match="can't name a source: .*" + why) as caught:
        import_source(name, files())
    assert str(caught.value).isprintable()
    assert everything_under(har_home) == []


@pytest.mark.parametrize("other", ["ÉTÉ", "e\N{COMBINING ACUTE ACCENT}té", "MSR-Action3D"])
def test_a_name_that_some_computers_take_for_another_is_refused(other):
    import_source("été", files())
    with pytest.raises(DataError, match="A source named (été|msr-action3d) is already here"):
        import_source(other, files())
    assert [info.name for info in list_sources()] == ["synthetic", "msr-action3d", "été"]


def test_a_name_that_is_taken_keeps_what_it_has():
    import_source("mine", files())
    before = load_source("mine").sequences.fingerprint
    with pytest.raises(DataError, match="A source named mine is already here"):
        import_source("mine", files(y=(1, 2, 3, 4, 5, 6)))
    assert load_source("mine").sequences.fingerprint == before


@pytest.mark.parametrize("upload", [{}, {"a.txt": b"x"}, {"../X.npy": b""}, {"a.zip": b"", "b.zip": b""}])
def test_an_upload_without_data_is_told(har_home, upload):
    with pytest.raises(DataError, match=r"holds no data set|mine/a\.zip can't be read as a zip"):
        import_source("mine", upload)
    assert everything_under(har_home) == []


def test_a_full_disk_leaves_nothing_behind(har_home, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(DataError, match="can't be written: No space left on device"):
        import_source("mine", files())
    assert everything_under(har_home / "sources") == []


def test_the_three_files_can_be_uploaded_as_msr_action3d(har_home):
    (har_home / "sources" / "msr-action3d").mkdir(parents=True)
    import_source("msr-action3d", files())
    assert [info.present for info in list_sources()] == [True, True]
    shutil.rmtree(source_folder("msr-action3d"))
    assert [info.present for info in list_sources()] == [True, False]


@knows_signals
def test_killed_at_any_write_an_upload_is_taken_over_whole_or_not_at_all(har_home):
    sources = har_home / "sources"
    whole = import_source("whole", files())
    for _ in killed_at_each_write(lambda: import_source("mine", files())):
        if "mine" in {info.name for info in list_sources()}:
            assert_same(load_source("mine"), whole)
            shutil.rmtree(sources / "mine")
        grow_old(sources)
        import_source("mine", files())
        assert_same(load_source("mine"), whole)
        assert hidden_in(sources) == []
        shutil.rmtree(sources / "mine")
