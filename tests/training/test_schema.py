"""Runs of older versions are read for good; one of a newer version is refused in a sentence."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from har_core.analysis.predictions import load_predictions
from har_core.analysis.projection import load_features
from har_core.errors import HarError
from har_core.models import CnnOptions
from har_core.settings import parse_settings
from har_core.training.checkpoint import load_checkpoint, load_weights
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.fit import initial_state
from har_core.training.parts import TrainingData
from har_core.training.store import DamagedRun, Run, RunStore

KEPT = Path(__file__).with_name("run_of_schema_1")
"""A run of November 2026, never to be changed: three epochs of an LSTM of three units."""

INTERRUPTED = Path(__file__).with_name("interrupted_run_of_schema_1")
"""Another one: a stacked Bi-LSTM after two of five epochs, and what it predicted when it had gone on."""


@pytest.fixture
def store(har_home: Path) -> RunStore:
    shutil.copytree(KEPT, har_home / "runs" / KEPT.name)
    return RunStore()


def read_whole(store: RunStore) -> Run:
    run = store.get(KEPT.name)
    assert run.status.state == "done" and run.faults == () and run.label_fault == ""
    assert run.config.inputs == ("positions",) and run.config.training is not None
    assert (run.config.training.schedule, run.config.training.augmentation) == ("constant", "none")
    assert run.config.epochs == run.status.epoch == len(store.metrics(KEPT.name)) == 3
    assert run.meta is not None and run.meta.split_sizes == {"train": 36, "validation": 12, "test": 24}
    assert run.results is not None and run.results.last.test == run.results.best.test == 0.5
    predictions = load_predictions(store, KEPT.name, "best")
    assert predictions.of("test").correct == 12 and len(predictions) == 72
    assert load_features(store, KEPT.name, "last").shape == (72, 3)
    return run


def test_a_run_of_the_first_version_is_read(store: RunStore, small_data: TrainingData) -> None:
    run = read_whole(store)
    assert run.label.name == "A run of 2026" and run.label.tags == ("kept",)
    weights = load_weights(run.path / "last.safetensors")
    state = initial_state(run.config, small_data)
    load_checkpoint(run.path / "checkpoint.safetensors", state)
    assert state.epoch == 3
    assert all(torch.equal(value, weights[name]) for name, value in state.model.state_dict().items())


def test_files_from_before_they_had_a_version_are_read(store: RunStore) -> None:
    for name in ("status.json", "results.json", "label.json"):
        path = store.folder / KEPT.name / name
        values = json.loads(path.read_text())
        del values["schema_version"]
        path.write_text(json.dumps(values))
    assert read_whole(store).label.name == "A run of 2026"


@pytest.mark.parametrize("name", ["config.json", "status.json", "meta.json", "results.json"])
def test_a_run_of_a_newer_version_is_listed_with_that_sentence(store: RunStore, name: str) -> None:
    path = store.folder / KEPT.name / name
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 9, "new": [1]}))
    (run,) = store.all()
    assert isinstance(run, DamagedRun)
    assert name in run.reason and "written by a newer HAR Lab, in version 9" in run.reason


def test_a_newer_label_hides_no_run(store: RunStore) -> None:
    (store.folder / KEPT.name / "label.json").write_text('{"schema_version": 9, "colour": "red"}')
    (run,) = store.runs()
    assert "newer HAR Lab" in run.label_fault


def test_a_config_of_a_newer_version_is_refused() -> None:
    with pytest.raises(HarError, match=r"mine: it was written by a newer HAR Lab, in version 9 .*update"):
        parse_settings(ExperimentConfig, '{"schema_version": 9, "unheard": 1}', "mine")


def test_an_interrupted_run_of_the_first_version_goes_on_as_it_would_have(
    har_home: Path, small_source: Path
) -> None:
    shutil.copytree(small_source, har_home / "sources" / "small")
    shutil.copytree(INTERRUPTED, har_home / "runs" / INTERRUPTED.name)
    store = RunStore()
    before = store.get(INTERRUPTED.name)
    assert before.config.training == GradientTraining(epochs=5, batch_size=16, learning_rate=0.01)
    assert before.status.state == "interrupted" and len(store.metrics(before.run_id)) == 2
    assert [record.epoch for record in train_run(store, before.run_id)] == [3, 4, 5]
    made = store.arrays(before.run_id, "predictions.npz")
    with np.load(INTERRUPTED / "expected_predictions.npz") as expected:
        assert set(made) == set(expected.files)
        for name in ("ids", "truth", "part"):
            np.testing.assert_array_equal(made[name], expected[name])
        for name in ("logits_best", "logits_last"):  # another processor may round the last bit another way
            np.testing.assert_allclose(made[name], expected[name], atol=1e-4)
    assert (store.path_of(before.run_id) / "config.json").read_bytes() == (
        INTERRUPTED / "config.json"
    ).read_bytes()


def test_settings_of_the_first_version_are_taken_from_a_file_too() -> None:
    first = '{"epochs": 7, "learning_rate": 0.5, "model": {"name": "cnn"}}'
    for text in (first, f'{{"schema_version": 1, {first[1:]}'):
        config = parse_settings(ExperimentConfig, text, "mine")
        assert config.training == GradientTraining(epochs=7, learning_rate=0.5)
        assert config.model == CnnOptions()
