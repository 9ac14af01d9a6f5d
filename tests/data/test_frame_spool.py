"""A data set larger than what is kept in memory gives the same numbers, and little of it is in memory."""

import re
from pathlib import Path

import numpy as np
import pytest

from har_core.data import frame_spool
from har_core.data.frame_spool import FrameSpool, MappedPages
from har_core.data.preparation import Preparation, prepare
from har_core.data.reading.sample import spread
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.errors import DataError
from har_core.training.config import ExperimentConfig
from har_core.training.fit import fit
from har_core.training.parts import TrainingData, assemble


@pytest.fixture
def all_is_large(monkeypatch: pytest.MonkeyPatch, har_home: Path) -> None:
    monkeypatch.setattr(frame_spool, "MOST_IN_MEMORY", 1000)
    monkeypatch.setattr(frame_spool, "_MOST_AT_HAND", 3000)


def is_mapped(sequences: SkeletonSequences) -> bool:
    return MappedPages(sequences.frames).mapped


def again(sequences: SkeletonSequences) -> SkeletonSequences:
    return sequences.take(range(len(sequences)))


def test_frames_of_a_large_set_are_mapped_from_a_file_without_a_name(
    small_sequences: SkeletonSequences, all_is_large: None, har_home: Path
) -> None:
    large = again(small_sequences)
    assert is_mapped(large) and not is_mapped(small_sequences)
    np.testing.assert_array_equal(large.frames, small_sequences.frames)
    assert large.fingerprint == small_sequences.fingerprint
    assert list((har_home / "cache").iterdir()) == []
    with pytest.raises(ValueError, match="read-only"):
        large.frames[0] = 0


def test_what_was_in_memory_comes_before_what_is_in_the_file(all_is_large: None) -> None:
    spool, parts = FrameSpool(2, 3), [np.full((3, 2, 3), number, np.float32) for number in range(50)]
    for part in parts:
        spool.append(part)
    np.testing.assert_array_equal(spool.frames(), np.concatenate(parts))


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3, 4, 3\), expected \(T, 2, 3\)"):
        FrameSpool(2, 3).append(np.zeros((3, 4, 3), np.float32))


@pytest.mark.parametrize("scaling", ["training-set", "sequence", "sequence-axis", "body", "none"])
def test_a_large_set_is_prepared_to_the_same_numbers(
    small_sequences: SkeletonSequences, scaling: str, monkeypatch: pytest.MonkeyPatch, har_home: Path
) -> None:
    preparation = Preparation(scaling=scaling, frames=None)
    training = np.flatnonzero(small_sequences.subjects <= 3)
    in_memory = prepare(small_sequences, preparation, training).sequences
    monkeypatch.setattr(frame_spool, "MOST_IN_MEMORY", 1000)
    mapped = prepare(again(small_sequences), preparation, training).sequences
    assert is_mapped(mapped)
    np.testing.assert_array_equal(mapped.frames, in_memory.frames)


def test_a_large_set_trains_to_the_same_bits(
    small_sequences: SkeletonSequences,
    small_config: ExperimentConfig,
    small_data: TrainingData,
    all_is_large: None,
) -> None:
    data = assemble(small_config, again(small_sequences))
    assert is_mapped(data.sequences) and data.parts["train"].pages.mapped
    config = small_config.trained(epochs=3)
    records = [list(fit(config, of)) for of in (data, small_data)]
    assert [record.train_loss for record in records[0]] == [record.train_loss for record in records[1]]
    assert [record.test_loss for record in records[0]] == [record.test_loss for record in records[1]]


def write_source(folder: Path, sequences: SkeletonSequences) -> None:
    folder.mkdir()
    longest = int(sequences.lengths.max())
    x = np.zeros((len(sequences), longest, 20, 3), np.float32)
    for row, frames in enumerate(sequences.each()):
        x[row, : len(frames)] = frames
    np.save(folder / "X.npy", x)
    np.save(folder / "Y.npy", sequences.labels)
    np.save(folder / "Y_s.npy", sequences.subjects)


def test_a_large_source_is_read_and_kept_through_a_map(
    small_sequences: SkeletonSequences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, har_home: Path
) -> None:
    write_source(tmp_path / "mine", small_sequences)
    in_memory = load_source(str(tmp_path / "mine"))
    (kept,) = (har_home / "cache").iterdir()
    kept.unlink()
    monkeypatch.setattr(frame_spool, "MOST_IN_MEMORY", 1000)
    monkeypatch.setattr("har_core.data.reading.layouts._MOST_VALUES", 1000)  # holds for what is in memory
    first, second = load_source(str(tmp_path / "mine")), load_source(str(tmp_path / "mine"))
    assert is_mapped(first.sequences) and is_mapped(second.sequences)
    for loaded in (first, second):
        assert loaded.layout == in_memory.layout and loaded.notes == in_memory.notes
        assert loaded.sequences.fingerprint == in_memory.sequences.fingerprint


def test_a_bit_that_fell_over_in_a_mapped_cache_is_found(
    small_sequences: SkeletonSequences,
    tmp_path: Path,
    all_is_large: None,
    har_home: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_source(tmp_path / "mine", small_sequences)
    fingerprint = load_source(str(tmp_path / "mine")).sequences.fingerprint
    (kept,) = (har_home / "cache").iterdir()
    content = bytearray(kept.read_bytes())
    content[content.index(b"\x93NUMPY", content.index(b"frames.npy")) + 5000] ^= 1
    kept.write_bytes(content)
    assert load_source(str(tmp_path / "mine")).sequences.fingerprint == fingerprint
    assert "is damaged and is made again" in caplog.text


def test_a_full_disk_is_told(
    small_sequences: SkeletonSequences, all_is_large: None, monkeypatch: pytest.MonkeyPatch, har_home: Path
) -> None:
    def no_room(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", no_room)
    with pytest.raises(DataError, match="cache can't take .* GiB of frames: No space left on device"):
        again(small_sequences)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells it")
def test_what_was_read_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "frames"
    np.ones(32 << 20, np.float32).tofile(path)  # 128 MiB
    monkeypatch.setattr(frame_spool, "_MOST_AT_HAND", 8 << 20)
    array = np.frombuffer(frame_spool.map_file(path), np.float32)
    pages, before, most = MappedPages(array), mapped_bytes(), 0
    for part in np.split(array, 64):
        assert part.sum() == len(part)
        most = max(most, mapped_bytes() - before)
        pages.note(part.nbytes, places=0)
    assert most < 20 << 20
    assert array.sum() == len(array) and mapped_bytes() - before > 100 << 20  # so it is this that gives back


def mapped_bytes() -> int:
    """Return how much of mapped files this process has at hand."""
    found = re.search(r"RssFile:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return 1024 * int(found[1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells it")
class TestOfAMappedFile:
    """Only some of it is at hand at any time."""

    @pytest.fixture
    def array(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
        path = tmp_path / "frames"
        np.ones(32 << 20, np.float32).tofile(path)  # 128 MiB
        monkeypatch.setattr(frame_spool, "_MOST_AT_HAND", 8 << 20)
        return np.frombuffer(frame_spool.map_file(path), np.float32).reshape(1 << 10, -1, 4, 2)

    def test_that_is_looked_at_here_and_there(self, array: np.ndarray) -> None:
        before, most = mapped_bytes(), 0
        for part in spread(array):
            assert part[0, 0, 0] == 1
            most = max(most, mapped_bytes() - before)
        assert most < 24 << 20

    def test_that_is_written_to_a_spool(
        self, array: np.ndarray, monkeypatch: pytest.MonkeyPatch, har_home: Path
    ) -> None:
        monkeypatch.setattr(frame_spool, "MOST_IN_MEMORY", 100 << 20)
        spool, before, most = FrameSpool(4, 2), mapped_bytes(), []
        note = MappedPages.note

        def noted(self: MappedPages, size: int, places: int = 1) -> None:
            most.append(mapped_bytes() - before)
            note(self, size, places)

        monkeypatch.setattr(MappedPages, "note", noted)
        pages = MappedPages(array)
        for part in array:
            spool.append(part)
            pages.note(part.nbytes, places=0)
        assert max(most) < 24 << 20
        assert spool.frames().sum() == array.size
