"""The arrays of a run are those that it wrote, or refused in a sentence."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from har_core.analysis.predictions import load_predictions
from har_core.analysis.projection import load_features
from har_core.errors import RunError
from har_core.training.store import RunStore

KEPT = Path(__file__).with_name("run_of_schema_1")
"""72 sequences, of them 36 to train, of 4 actions; a network of 3 units."""


@pytest.fixture
def store(har_home: Path) -> RunStore:
    shutil.copytree(KEPT, har_home / "runs" / KEPT.name)
    return RunStore()


def change(store: RunStore, name: str, **arrays: Any) -> None:
    path = store.folder / KEPT.name / name
    with np.load(path) as file:
        whole = {key: file[key] for key in file.files}
    np.savez(path, **(whole | arrays))


def test_arrays_come_back_as_they_were_written(store: RunStore) -> None:
    for name in ("predictions.npz", "features.npz"):
        found = store.arrays(KEPT.name, name)
        with np.load(KEPT / name) as file:
            assert set(found) == set(file.files)
            for key in file.files:
                assert found[key].dtype == file[key].dtype and (found[key] == file[key]).all()


def ones(*shape: int, **places: Any) -> np.ndarray:
    return np.ones(shape, places.get("kind", np.float32))


IDS = np.array([f"row_{row:04d}" for row in range(72)])
PREDICTIONS = {
    "truth goes from 0 to 4, expected 0 to 3": {"truth": np.arange(72) % 5},
    "truth goes from -1 to -1, expected 0 to 3": {"truth": np.full(72, -1)},
    r"truth is float64 of shape \(72,\), expected 72 whole numbers": {"truth": np.ones(72)},
    r"truth is int64 of shape \(71,\)": {"truth": np.ones(71, int)},
    "holds elements of type <U1, expected real or whole numbers": {"truth": np.full(72, "x")},
    r"subjects is int64 of shape \(\)": {"subjects": np.array(1)},
    r"subjects goes from 1 to 4611686018427387904": {"subjects": np.array([1] * 71 + [2**62])},
    r"ids is <U8 of shape \(71,\)": {"ids": IDS[:71]},
    "two of its ids are the same": {"ids": np.repeat(IDS[:36], 2)},
    "ids holds characters that can't be shown": {"ids": np.char.replace(IDS, "row", "\u202e")},
    "holds elements of type int64, expected names as text": {"ids": np.arange(72)},
    "its parts have other sizes than meta.json says": {"part": np.full(72, "train")},
    "logits_best is float32 of shape .72,., expected float32 of shape .72, 4.": {"logits_best": ones(72)},
    "logits_best is float32 of shape .72, 5.": {"logits_best": ones(72, 5)},
    "logits_best is float64 of shape": {"logits_best": ones(72, 4, kind=float)},
    "logits_best holds what is no finite number": {"logits_best": np.nan * ones(72, 4)},
}
FEATURES = {
    "best is float32 of shape .72, 4., expected float32 of shape .72, 3.": {"best": ones(72, 4)},
    "best is float32 of shape .71, 3.": {"best": ones(71, 3)},
    "best is float32 of shape .72, 3, 1.": {"best": ones(72, 3, 1)},
    "best holds what is no finite number": {"best": np.inf * ones(72, 3)},
    r"best holds numbers beyond 1e\+15": {"best": -3e38 * ones(72, 3)},
    "it is of other sequences than predictions.npz": {"ids": IDS},
}


@pytest.mark.parametrize("said", PREDICTIONS)
def test_predictions_that_can_not_be_are_refused(said: str, store: RunStore) -> None:
    change(store, "predictions.npz", **PREDICTIONS[said])
    with pytest.raises(RunError, match=rf"predictions\.npz can't be read as that of this run .*{said}"):
        load_predictions(store, KEPT.name, "best")


@pytest.mark.parametrize("said", FEATURES)
def test_features_that_can_not_be_are_refused(said: str, store: RunStore) -> None:
    change(store, "features.npz", **FEATURES[said])
    with pytest.raises(RunError, match=rf"features\.npz can't be read as that of this run .*{said}"):
        load_features(store, KEPT.name, "best")


def test_weights_that_were_lost_in_the_last_epoch_leave_the_best(store: RunStore) -> None:
    change(store, "predictions.npz", logits_last=np.nan * ones(72, 4))
    assert load_predictions(store, KEPT.name, "best").of("test").correct == 12
    with pytest.raises(RunError, match="no finite number"):
        load_predictions(store, KEPT.name, "last")


def test_what_is_compressed_is_not_unpacked(store: RunStore) -> None:
    with np.load(KEPT / "features.npz") as file:
        arrays = {key: file[key] for key in file.files} | {"best": np.zeros(200_000_000, np.uint8)}
    np.savez_compressed(store.folder / KEPT.name / "features.npz", **arrays)
    with pytest.raises(RunError, match="is compressed|expected at most"):
        load_features(store, KEPT.name, "best")


def test_a_file_larger_than_its_run_can_have_is_not_read(store: RunStore) -> None:
    with (store.folder / KEPT.name / "predictions.npz").open("ab") as file:
        file.truncate(10 * 2**30)
    with pytest.raises(RunError, match="it has 10,737,418,240 bytes, expected at most"):
        load_predictions(store, KEPT.name, "best")


def test_arrays_are_measured_against_meta(store: RunStore) -> None:
    path = store.folder / KEPT.name / "meta.json"
    meta = json.loads(path.read_text())
    meta["split_sizes"]["train"] += 1
    path.write_text(json.dumps(meta))
    with pytest.raises(RunError, match=r"of shape \(72,\), expected 73"):
        load_predictions(store, KEPT.name, "best")
