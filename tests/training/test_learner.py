"""What every learner keeps to, those of ``MODELS`` and one that is added to them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from har_core.data.preparation import Preparation
from har_core.data.sources import load_source
from har_core.data.splits import Split
from har_core.errors import RunError
from har_core.models import MODELS, ModelKind
from har_core.training.checkpoint import load_weights, save_weights
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.learner import Learner, learner_class
from har_core.training.nearest_neighbour import NearestNeighbour
from har_core.training.parts import TrainingData, assemble
from har_core.training.records import EpochRecord
from har_core.training.run import Run
from har_core.training.store import RunStore
from tests.guesses import GUESSES
from tests.networks import LEARNERS, small_options

EVERYONE = [*LEARNERS, *GUESSES]
WITHOUT_EPOCHS = [name for name in EVERYONE if not (MODELS | GUESSES)[name].has_epochs]
NOT_VALIDATED = Split(name="two parts", train=(1, 2, 3), validation=(), test=(4, 5, 6))

pytestmark = pytest.mark.usefixtures("har_home")

MakeConfig = Callable[..., ExperimentConfig]


@pytest.fixture
def config_of(small_config: ExperimentConfig, guesses: dict[str, ModelKind]) -> MakeConfig:
    """The function ``config_of(model, **settings) -> config``: a short experiment on the small set."""

    def make(model: str, **settings: object) -> ExperimentConfig:
        values = {
            "source": small_config.source, "split": small_config.split, "device": "cpu",
            "preparation": Preparation(frames=10), **settings,
        }  # fmt: skip
        if MODELS[model].has_epochs:
            values["training"] = small_config.training
        return ExperimentConfig(model=small_options(model), **values)

    return make


@pytest.fixture
def started(config_of: MakeConfig, small_sequences: object) -> Callable[[str], tuple[Learner, TrainingData]]:
    """The function ``started(model) -> learner, data``: a fresh learner, and what it learns from."""

    def start(model: str) -> tuple[Learner, TrainingData]:
        config = config_of(model)
        data = assemble(config, small_sequences)
        return learner_class(model)(config, data), data

    return start


def run_of(config: ExperimentConfig, home: Path) -> Run:
    store = RunStore(home / "runs")
    run = store.create(config, queued=False)
    records = [step for step in train_run(store, run.run_id) if isinstance(step, EpochRecord)]
    assert len(records) == (config.epochs or 0)
    return store.get(run.run_id)


@pytest.mark.parametrize("model", EVERYONE)
def test_it_learns_in_epochs_or_in_one_go_and_answers_for_every_sequence(
    model: str, started: Callable[[str], tuple[Learner, TrainingData]]
) -> None:
    learner, data = started(model)
    records = list(learner.fit())
    kind = MODELS[model]
    assert [record.epoch for record in records] == (list(range(1, 7)) if kind.has_epochs else [])
    assert learner.epoch == len(records) and learner.best_epoch in range(len(records) + 1)
    assert (learner.parameter_count is None) == (not kind.has_epochs)
    for part in data.parts.values():
        answers = learner.predict(part)
        assert answers.scores.shape == (len(part), 4) and answers.scores.dtype == np.float32
        assert (answers.features is None) == (not kind.features)
        assert answers.features is None or answers.features.shape[0] == len(part)


@pytest.mark.parametrize("model", EVERYONE)
def test_what_it_has_learned_makes_it_again(
    model: str, started: Callable[[str], tuple[Learner, TrainingData]], config_of: MakeConfig
) -> None:
    learner, data = started(model)
    list(learner.fit())
    again = learner_class(model).restore(config_of(model), data.input_count, 4, learner.weights())
    for part in data.parts.values():
        expected, found = learner.predict(part), again.predict(part)
        assert np.array_equal(found.scores, expected.scores)
        assert (found.features is None) == (expected.features is None)
        assert found.features is None or np.array_equal(found.features, expected.features)


@pytest.mark.parametrize("model", EVERYONE)
def test_weights_in_use_say_of_which_epoch_they_are(
    model: str, started: Callable[[str], tuple[Learner, TrainingData]]
) -> None:
    learner, _ = started(model)
    list(learner.fit())
    last = learner.weights()
    if not MODELS[model].has_epochs:
        assert learner.use("last") is None
        return
    assert learner.use("best") == learner.best_epoch and learner.use("last") == learner.epoch == 6
    assert all(torch.equal(value, last[name]) for name, value in learner.weights().items())


@pytest.mark.parametrize("model", EVERYONE)
@pytest.mark.parametrize("split", [None, NOT_VALIDATED], ids=["validated", "not validated"])
def test_what_a_run_keeps_gives_the_same_answers_again(
    model: str, split: Split | None, config_of: MakeConfig, small_sequences: object, tmp_path: Path
) -> None:
    config = config_of(model, **({"split": split} if split else {}))
    run = run_of(config, tmp_path)
    assert run.status.state == "done" and not run.faults
    data = assemble(config, small_sequences)
    expected = ("last",) if split or not MODELS[model].has_epochs else ("best", "last")
    assert config.checkpoints == expected
    assert {path.stem for path in run.path.glob("*.safetensors")} - {"checkpoint"} == {*expected}
    store = RunStore(tmp_path / "runs")
    for checkpoint in expected:
        kept = store.arrays(run.run_id, "predictions.npz", [checkpoint])
        learner = learner_class(model).load(run, checkpoint)
        answers = [learner.predict(part) for part in data.parts.values()]
        assert np.array_equal(np.concatenate([it.scores for it in answers]), kept[f"logits_{checkpoint}"])
        if MODELS[model].features:
            made = store.arrays(run.run_id, "features.npz", [checkpoint])[checkpoint]
            assert np.array_equal(np.concatenate([it.features for it in answers]), made)
        else:
            assert not (run.path / "features.npz").exists()
            with pytest.raises(RunError, match="has no features"):
                store.arrays(run.run_id, "features.npz", [checkpoint])


@pytest.mark.parametrize("model", EVERYONE)
def test_nothing_is_loaded_of_a_run_that_has_kept_nothing(
    model: str, config_of: MakeConfig, tmp_path: Path
) -> None:
    run = run_of(config_of(model), tmp_path)
    for path in run.path.glob("*.safetensors"):
        path.unlink()
    with pytest.raises(RunError, match=r"last\.safetensors"):
        learner_class(model).load(run, "last")


@pytest.mark.parametrize("model", WITHOUT_EPOCHS)
def test_a_run_without_epochs_takes_the_time_of_its_answers_and_writes_no_curves(
    model: str, config_of: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = iter(range(10_000, 20_000, 7))
    monkeypatch.setattr("har_core.training.driver.time.perf_counter", lambda: float(next(moment)))
    run = run_of(config_of(model), tmp_path)
    assert run.status.seconds == 7  # from one look at the clock to the next
    written = {path.name for path in run.path.iterdir()} - {".lock"}
    assert not written & {"metrics.jsonl", "checkpoint.safetensors", "best.safetensors"}
    said = json.loads((run.path / "results.json").read_text())
    assert said["best"] is None and said["last"]["epoch"] is None
    assert (run.status.epoch, run.status.best_epoch, run.meta.parameters) == (0, 0, None)


def test_nearest_neighbour_is_the_nearest_in_every_frame(
    started: Callable[[str], tuple[Learner, TrainingData]],
) -> None:
    learner, data = started("nearest-neighbour")
    train, test = (data.parts[part] for part in ("train", "test"))
    rows = [part.sequences.padded().reshape(len(part), -1).numpy() for part in (train, test)]
    nearest = np.linalg.norm(rows[1][:, None] - rows[0], axis=2).argmin(axis=1)
    assert np.array_equal(learner.predict(test).scores.argmax(axis=1), train.labels.numpy()[nearest])
    own = learner.predict(train).scores
    shares = np.exp(own.astype(np.float64))
    assert np.array_equal(own.argmax(axis=1), train.labels.numpy()) and shares.max() == 1
    assert shares.sum(axis=1).max() < 1 + 1e-12  # a share of none is none


def test_nearest_neighbours_of_as_many_frames_as_recorded_are_kept(
    config_of: MakeConfig, started: Callable[[str], tuple[Learner, TrainingData]], tmp_path: Path
) -> None:
    _, data = started("nearest-neighbour")
    alike = data.sequences  # all of ten frames
    source = tmp_path / "alike"
    source.mkdir()
    np.save(source / "X.npy", alike.frames.reshape(len(alike), 10, 20, 3))
    np.save(source / "Y.npy", alike.labels + 1)
    np.save(source / "Y_s.npy", alike.subjects)
    as_recorded = Preparation(frames=None, untracked="keep")
    config = config_of("nearest-neighbour", source=str(source), preparation=as_recorded)
    run = run_of(config, tmp_path)
    again = assemble(config, load_source(str(source)).sequences)
    scores = NearestNeighbour.load(run, "last").predict(again.parts["test"]).scores
    kept = RunStore(tmp_path / "runs").arrays(run.run_id, "predictions.npz", ["last"])
    assert np.array_equal(scores, kept["logits_last"][kept["part"] == "test"])


@pytest.mark.parametrize("change", ["another frame", "another label", "fewer"])
def test_sequences_of_another_run_are_refused(change: str, config_of: MakeConfig, tmp_path: Path) -> None:
    run = run_of(config_of("nearest-neighbour"), tmp_path)
    kept = load_weights(run.path / "last.safetensors")
    if change == "another frame":
        kept["sequences"] = kept["sequences"][:, 60:]
    elif change == "another label":
        kept["labels"][0] = 4
    else:
        kept = {name: values[1:] for name, values in kept.items()}
    save_weights(run.path / "last.safetensors", kept)
    with pytest.raises(RunError, match="holds other sequences"):
        NearestNeighbour.load(run, "last")


@pytest.mark.parametrize("shape", ["flat", "no columns", "too wide", "fewer"])
def test_features_of_no_known_width_are_checked_all_the_same(
    shape: str, config_of: MakeConfig, tmp_path: Path
) -> None:
    run = run_of(config_of("guesses"), tmp_path)
    with np.load(run.path / "features.npz") as file:
        ids, whole = file["ids"], file["last"]
    spoiled = {
        "flat": whole[:, 0], "no columns": whole[:, :0], "too wide": np.tile(whole, (1, 300)),
        "fewer": whole[1:],
    }  # fmt: skip
    np.savez(run.path / "features.npz", ids=ids, last=spoiled[shape])
    with pytest.raises(RunError, match="can't be read as that of this run"):
        RunStore(tmp_path / "runs").arrays(run.run_id, "features.npz", ["last"])
