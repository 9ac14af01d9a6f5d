"""The arrays of a run are read once, and anew as soon as a file that they depend on is another."""

import os
from pathlib import Path

import numpy as np
import pytest

from har_core.errors import RunError
from har_core.training import kept_arrays, run_reader
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.kept_arrays import KeptArrays, stamp_of
from har_core.training.store import Run, RunStore


@pytest.fixture
def finished(small_config: ExperimentConfig, har_home: Path) -> Run:
    store = RunStore()
    run_id = store.create(small_config.trained(epochs=2)).run_id
    list(train_run(store, run_id))
    return store.get(run_id)


def test_arrays_are_read_once_and_nobody_can_write_into_them(
    finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, files = RunStore(), ("predictions.npz", "features.npz")
    first = [store.arrays(finished.run_id, name, ["best"]) for name in files]
    for read in ("read_predictions", "read_features"):
        monkeypatch.setattr(run_reader, read, lambda *given: pytest.fail("it was read again"))
    first[0].pop("truth")  # whoever got them may take something out
    for name, known in zip(files, first, strict=True):
        again = store.arrays(finished.run_id, name, ["best"])
        assert known.keys() <= again.keys() and all(again[key] is known[key] for key in known)
        assert not any(array.flags.writeable for array in again.values())
    assert "truth" in store.arrays(finished.run_id, "predictions.npz", ["best"])


def test_a_changed_file_is_seen_at_once_though_size_and_time_stay(finished: Run) -> None:
    store, path = RunStore(), finished.path / "features.npz"
    before = store.arrays(finished.run_id, "features.npz", ["best"])["best"]
    with np.load(path) as file:
        arrays = dict(file)
    stat = path.stat()
    arrays["best"] = 2 * arrays["best"]
    np.savez(path.with_name("new.npz"), **arrays)
    os.utime(path.with_name("new.npz"), ns=(stat.st_atime_ns, stat.st_mtime_ns))
    os.replace(path.with_name("new.npz"), path)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)
    after = store.arrays(finished.run_id, "features.npz", ["best"])["best"]
    np.testing.assert_array_equal(after, 2 * before)


@pytest.mark.parametrize("spoiled", ["features.npz", "predictions.npz"])
def test_a_damaged_file_is_told_at_once_and_each_time(finished: Run, spoiled: str) -> None:
    store = RunStore()
    store.arrays(finished.run_id, "features.npz", ["best"])
    whole = (finished.path / spoiled).read_bytes()
    (finished.path / spoiled).write_bytes(whole[:-100])
    for _ in range(2):
        with pytest.raises(RunError, match=spoiled):
            store.arrays(finished.run_id, "features.npz", ["best"])
    (finished.path / spoiled).write_bytes(whole)
    store.arrays(finished.run_id, "features.npz", ["best"])
    (finished.path / spoiled).unlink()
    with pytest.raises(RunError, match=spoiled):
        store.arrays(finished.run_id, "features.npz", ["best"])


def test_no_more_is_kept_than_fits_but_what_was_read_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_arrays, "MOST_KEPT", 2 * 80)
    kept, read = KeptArrays(), []

    def get(name: str, count: int = 10) -> None:
        kept.get((name,), lambda: read.append(name) or {"x": np.zeros(count)})

    for name in ("a", "b", "a", "c"):  # b is the one that nobody has asked for since
        get(name)
    get("a")
    get("b")
    assert read == ["a", "b", "c", "b"]
    get("large", 1000)
    get("large", 1000)
    get("a")
    assert read == ["a", "b", "c", "b", "large", "a"]


def test_stamp_is_none_where_there_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(b"abc")
    there, absent = stamp_of(tmp_path, "here", "absent")
    assert absent is None and there is not None and there[2] == 3
