"""Every format is read by path, by zip and by upload alike; a damaged file is one sentence."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from har_core.data.new_sources import import_source
from har_core.data.reading.choices import NOTHING_CHOSEN
from har_core.data.reading.folders import UploadedFolder
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.search import Search
from har_core.data.sources import load_source
from har_core.errors import DataError
from tests.data.made_up_files import assert_same, folder_of, zip_of
from tests.data.reading.made_up_formats import SETS

pytestmark = pytest.mark.usefixtures("har_home")


def raw(files: dict[str, bytes]) -> RawSequences:
    """What the reader that the files have hands over."""
    found = Search(lambda: UploadedFolder(files), "mine").run()
    assert found is not None
    return found.reader.read(found.folder.read(found.names), NOTHING_CHOSEN)


@pytest.mark.parametrize("form", SETS)
def test_a_folder_a_zip_and_an_upload_are_one_data_set(form: str, tmp_path: Path) -> None:
    files = SETS[form]
    by_path = load_source(folder_of(tmp_path / "mine", files))
    (tmp_path / "mine.zip").write_bytes(zip_of({f"download/{name}": data for name, data in files.items()}))
    by_zip = load_source(str(tmp_path / "mine.zip"))
    uploaded = import_source("mine", files)
    assert_same(by_path, uploaded)
    assert by_zip.sequences.sequence_fingerprints == by_path.sequences.sequence_fingerprints
    assert load_source(str(tmp_path / "mine")).sequences.fingerprint == by_path.sequences.fingerprint
    assert len(by_path.sequences.actions) == 2 and len(set(by_path.sequences.subjects)) > 1
    assert by_path.layout.isprintable()


@pytest.mark.parametrize("form", SETS)
def test_one_file_of_another_kind_beside_them_changes_nothing(form: str, tmp_path: Path) -> None:
    beside = {"readme.txt": b"Read me.", "notes.csv": b"who,when\nme,today\n", "package.json": b'{"a": 1}'}
    with_more = load_source(folder_of(tmp_path / "more", SETS[form] | beside))
    alone = load_source(folder_of(tmp_path / "alone", SETS[form]))
    read_by_heads = {name.rpartition(".")[2] for name in SETS[form]} & {"csv", "json"}
    assert len(with_more.notes) == len(alone.notes) + len(read_by_heads)
    assert with_more.sequences.fingerprint == alone.sequences.fingerprint
    below = load_source(str(put_below(tmp_path / "below", SETS[form], beside)))
    assert below.sequences.fingerprint == alone.sequences.fingerprint


def put_below(folder: Path, files: dict[str, bytes], beside: dict[str, bytes]) -> Path:
    folder_of(folder, beside)
    folder_of(folder / "data", files)
    return folder


@pytest.mark.parametrize("form", SETS)
@settings(deadline=None)  # a busy machine is no fault
@given(data=st.data())
def test_damaged_bytes_give_sequences_or_one_sentence(form: str, data: st.DataObject) -> None:
    files = dict(SETS[form])
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, min(len(content), 3000) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    files[name] = bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    try:
        read = raw(files)
    except DataError as error:
        said = str(error)
        assert said.isprintable() and said.endswith(".") and len(said) < 1000, said
    else:
        assert all(frames.ndim == 3 and len(frames) for frames in read.frames)
        assert len(read.frames) == len(read.actions) == len(read.ids or ())


@pytest.mark.parametrize("form", SETS)
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 500, b"<html></html>", b"\x80\x04N.", b"9" * 5000, b"\xff\xfe\x00\xd8" * 99]
)
def test_rubbish_in_the_place_of_a_file_is_one_sentence(form: str, content: bytes) -> None:
    name = next(iter(SETS[form]))
    try:
        read = raw(SETS[form] | {name: content})
    except DataError as error:
        said = str(error)
        assert said.isprintable() and said.endswith(".") and len(said) < 1000, said
    else:  # by its first lines it is none of them, and it was passed over
        assert name.endswith((".csv", ".json")) and name.rpartition(".")[0] not in (read.ids or ())
