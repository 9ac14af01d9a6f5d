"""A config is one checked value, and its defaults are the course's."""

import json

import numpy as np
import pytest

from har_core.data.named_splits import SPLITS
from har_core.data.preparation import Preparation
from har_core.data.reading.choices import ReadingChoices
from har_core.data.sequences import replace_frames
from har_core.errors import ConfigError
from har_core.models import MODELS, LstmOptions
from har_core.settings import make_settings, parse_settings
from har_core.training.check import check_experiment
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.named_settings import say_non_default_settings
from har_core.training.parts import assemble
from tests.networks import NETWORKS


def test_the_defaults_are_those_of_the_course():
    config = ExperimentConfig()
    assert config.source == "synthetic" and config.split == SPLITS["course"]
    assert config.model == LstmOptions(hidden=24, dropout=0.5)
    training = config.training
    assert (training.epochs, training.batch_size, training.learning_rate) == (2000, 256, 0.001)
    assert config.preparation.scaling != "none" and config.preparation.sequences == "published"


@pytest.mark.parametrize("name", NETWORKS)
def test_a_config_comes_back_from_disk_as_it_was(name):
    config = ExperimentConfig(
        source="my set", reading=ReadingChoices(layout="NTJ3"),
        model=MODELS[name].options(dropout=0.25), split=SPLITS["odd-even"],
        preparation=Preparation(frames=None, scaling="sequence-axis"),
        training=GradientTraining(epochs=7, learning_rate=1 / 3), seed=2**63 - 1,
    )  # fmt: skip
    text = config.model_dump_json()
    assert parse_settings(ExperimentConfig, text, "config.json") == config
    assert json.loads(text)["schema_version"] == 2


@pytest.mark.parametrize("layout", ["N,T,J,3", None])
def test_a_config_of_the_time_when_only_the_layout_could_be_said_is_read(layout):
    kept = ExperimentConfig(source="my set").model_dump(mode="json")
    del kept["reading"]
    old = kept | {"layout": layout}
    read = parse_settings(ExperimentConfig, json.dumps(old), "config.json")
    assert read == ExperimentConfig(source="my set", reading=ReadingChoices(layout=layout))
    with pytest.raises(ConfigError, match="layout is not a known setting"):
        parse_settings(ExperimentConfig, json.dumps(old | {"reading": {}}), "config.json")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"epoch": 1}, "epoch"),
        ({"epochs": 1}, "epochs"),
        ({"training": {"epochs": 0}}, "training.epochs"),
        ({"training": {"epochs": "7"}}, "training.epochs"),
        ({"training": {"batch_size": 0}}, "training.batch_size"),
        ({"training": {"learning_rate": 0.0}}, "training.learning_rate"),
        ({"training": {"learning_rate": float("nan")}}, "training.learning_rate"),
        ({"training": {"optimiser": "sgd"}}, "training.optimiser"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"device": "gpu"}, "device"),
        ({"source": ""}, "source"),
        ({"source": 3}, "source"),
        ({"schema_version": 0}, "schema_version"),
        ({"model": {"name": "lstm", "layers": 2}}, "layers"),
        ({"model": {"name": "lstm", "dropout": 1.0}}, "dropout"),
        ({"model": {"name": "stacked-lstm", "layers": 1}}, "layers"),
        ({"model": {"name": "cnn", "match": "cnn"}}, "match"),
        ({"model": {"hidden": 24}}, "model"),
        ({"split": {"train": (1, "2")}}, "split.train.1"),
        ({"preparation": {"untracked": "mend"}}, "preparation.untracked"),
        ({"inputs": ()}, "inputs"),
        ({"inputs": ("positions", "speeds")}, "inputs"),
        ({"inputs": ("positions", "positions")}, "inputs"),
        ({"training": {"schedule": "cosine"}}, "training.schedule"),
        ({"training": {"augmentation": "mirrored"}}, "training.augmentation"),
    ],
)
def test_what_is_wrong_is_told_by_its_name(values, field):
    with pytest.raises(ConfigError) as found:
        make_settings(ExperimentConfig, "train", **values)
    assert field in str(found.value).split(" ")[1] and str(found.value).startswith("train: ")


def test_the_inputs_of_an_experiment_say_how_wide_its_frames_are(small_config):
    both = small_config.model_copy(update={"inputs": ("positions", "velocities")})
    assert say_non_default_settings(both)["inputs"] == "inputs positions and velocities"
    data = check_experiment(both).data
    assert data.input_count == data.parts["test"].sequences.frames.shape[1] == 120


def test_an_experiment_is_checked_before_a_run_is_made(small_config, har_home):
    data = check_experiment(small_config).data
    assert (data.input_count, data.class_count) == (60, 4)
    for split in ({"train": ()}, {"test": (3, 5)}, {"validation": (9,)}):
        wrong = small_config.model_copy(update={"split": small_config.split.model_copy(update=split)})
        with pytest.raises(ConfigError, match="split small: "):
            check_experiment(wrong)
    assert not (har_home / "runs").exists()


def test_an_action_of_which_preparation_leaves_nothing_in_training_is_told(small_config, small_sequences):
    lost = (small_sequences.labels == 2) & (small_sequences.subjects <= 3)
    frames = [
        np.zeros_like(part) if gone else part for part, gone in zip(small_sequences, lost, strict=False)
    ]
    with pytest.raises(ConfigError, match="no training subject performs action 3"):
        assemble(small_config, replace_frames(small_sequences, frames))
