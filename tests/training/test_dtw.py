"""Learners by dynamic time warping: what they say, what they refuse, and how they begin, pause and go on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from dtaidistance import dtw_ndim
from sklearn.svm import SVC

from har_core.data.body_roles import roles_of
from har_core.data.channels import CHANNELS, bodies_of
from har_core.data.sequences import SkeletonSequences, replace_frames
from har_core.errors import ConfigError, RunError
from har_core.models import MODELS, DtwNeighbourOptions, DtwSvmOptions
from har_core.skeleton import FLORENCE_15, skeleton_of
from har_core.training import dtw, pair_distances
from har_core.training.checkpoint import load_weights, save_weights
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.learner import learner_class
from har_core.training.parts import TrainingData, assemble
from har_core.training.presets import PRESETS
from har_core.training.records import Readiness
from har_core.training.store import RunStore

pytestmark = pytest.mark.usefixtures("har_home")

AS_RECORDED = PRESETS["dtw-svm"].config.preparation
EUCLIDEAN = {"inner_dist": "euclidean"}
Make = Callable[..., ExperimentConfig]


@pytest.fixture
def config_of(small_config: ExperimentConfig) -> Make:
    """The function ``config_of(model, **settings)``: an experiment on the small set as it was recorded."""

    def make(model, **settings) -> ExperimentConfig:
        values = {"source": small_config.source, "split": small_config.split, "preparation": AS_RECORDED}
        return ExperimentConfig(model=model, device="cpu", **(values | settings))

    return make


def data_of(config: ExperimentConfig, sequences: SkeletonSequences) -> TrainingData:
    return assemble(config, sequences)


def sum_of_distances(data: TrainingData, part: str, channels=tuple(CHANNELS)) -> np.ndarray:
    """The distances of a part from the training part, with dtaidistance."""
    roles = roles_of(data.sequences.skeleton)
    bodies = {its: bodies_of([data.sequences[row] for row in data.rows[its]], roles) for its in data.rows}
    total = np.zeros((len(data.rows[part]), len(data.rows["train"])))
    for name in channels:
        training = CHANNELS[name].of(bodies["train"]).astype(float)
        own, theirs = (
            np.array([[dtw_ndim.distance_fast(a, b, **EUCLIDEAN) / 96 for b in training] for a in some])
            for some in (training, CHANNELS[name].of(bodies[part]).astype(float))
        )
        total += {"positions": 0.3, "motion": 1.0, "directions": 0.5}[name] * theirs / np.median(own)
    return total


def test_the_machine_is_that_of_scikit_learn_on_distances_of_dtaidistance(
    config_of: Make, small_sequences: SkeletonSequences
) -> None:
    config = config_of(DtwSvmOptions(c=3.0, fall=0.6))
    data = data_of(config, small_sequences)
    learner = dtw.DtwSvm(config, data)
    assert list(learner.fit()) == []
    own, theirs = sum_of_distances(data, "train"), sum_of_distances(data, "test")
    kernels = [np.exp(-2 * (0.6 * its / np.median(own)) ** 2) for its in (own, theirs)]
    machine = SVC(C=3.0, kernel="precomputed").fit(kernels[0], data.parts["train"].labels.numpy())
    scores = learner.predict(data.parts["test"]).scores
    np.testing.assert_allclose(scores, machine.decision_function(kernels[1]), atol=2e-3)
    assert (scores.argmax(axis=1) == data.parts["test"].labels.numpy()).mean() > 0.9


@pytest.mark.parametrize("channels", [("motion",), ("positions", "directions")])
def test_the_nearest_training_sequence_is_the_nearest_by_dtaidistance(
    channels: tuple[str, ...], config_of: Make, small_sequences: SkeletonSequences
) -> None:
    config = config_of(DtwNeighbourOptions(channels=channels))
    data = data_of(config, small_sequences)
    learner = dtw.DtwNeighbour(config, data)
    list(learner.fit())
    distances = sum_of_distances(data, "test", channels)
    labels = data.parts["train"].labels.numpy()
    votes = np.exp(learner.predict(data.parts["test"]).scores.astype(float))
    assert np.array_equal(votes.argmax(axis=1), labels[distances.argmin(axis=1)]) and votes.max() == 1
    assert (learner.predict(data.parts["train"]).scores.argmax(axis=1) == labels).all()


@pytest.mark.parametrize("model", ["dtw-svm", "dtw-neighbour"])
@pytest.mark.parametrize("joints", [7, 15])
def test_other_skeletons_are_compared_by_what_is_known_of_them(
    joints: int, model: str, config_of: Make, small_sequences: SkeletonSequences
) -> None:
    fewer = replace_frames(
        small_sequences.__class__.from_list(
            [frames[:, 5 : 5 + joints] for frames in small_sequences.each()], labels=small_sequences.labels,
            subjects=small_sequences.subjects, ids=small_sequences.ids, actions=small_sequences.actions,
            skeleton=FLORENCE_15 if joints == 15 else skeleton_of(joints), source="fewer",
        ),
        [frames[:, 5 : 5 + joints] for frames in small_sequences.each()],
    )  # fmt: skip
    config = config_of(MODELS[model].options())
    data = data_of(config, fewer)
    learner = learner_class(model)(config, data)
    list(learner.fit())
    again = learner_class(model).restore(config, 3 * joints, 4, learner.weights())
    scores = learner.predict(data.parts["test"]).scores
    assert np.array_equal(again.predict(data.parts["test"]).scores, scores)
    assert (scores.argmax(axis=1) == data.parts["test"].labels.numpy()).mean() > 0.5


@pytest.mark.parametrize("model", ["dtw-svm", "dtw-neighbour"])
def test_two_actions_are_enough(model: str, config_of: Make, small_sequences: SkeletonSequences) -> None:
    two = small_sequences.take(np.flatnonzero(small_sequences.labels < 2))
    two = SkeletonSequences(**{**vars(two), "actions": two.actions[:2]})
    config = config_of(MODELS[model].options())
    data = data_of(config, two)
    learner = learner_class(model)(config, data)
    list(learner.fit())
    scores = learner.predict(data.parts["test"]).scores
    assert scores.shape == (len(data.parts["test"]), 2)
    assert np.array_equal(scores.argmax(axis=1), data.parts["test"].labels.numpy())


@pytest.mark.parametrize("model", ["dtw-svm", "dtw-neighbour"])
def test_what_can_not_be_compared_is_refused_before_a_run_is_made(
    model: str, config_of: Make, small_sequences: SkeletonSequences, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = learner_class(model)
    data = data_of(config_of(MODELS[model].options(), inputs=("velocities",)), small_sequences)
    with pytest.raises(ConfigError, match="the inputs are velocities; choose positions alone"):
        kind.check(data)
    data = data_of(config_of(MODELS[model].options()), small_sequences)
    kind.check(data)
    monkeypatch.setattr(dtw, "MOST_SEQUENCES", 71)
    with pytest.raises(
        ConfigError, match="has 72 sequences of 20 joints, expected at most 71 such; choose a split of fewer"
    ):
        kind.check(data)
    monkeypatch.setattr(dtw, "_MOST_BYTES", 4 * 48 * 60 * 50)
    with pytest.raises(ConfigError, match="expected at most 50 such"):
        kind.check(data)


# Begun, interrupted, resumed


@pytest.fixture
def store(har_home: Path) -> RunStore:
    return RunStore()


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is a moment for a sign of life and a look for a request."""
    monkeypatch.setattr("har_core.training.driver.STATUS_EVERY", 0.0)


@pytest.mark.usefixtures("always")
def test_a_run_tells_how_far_its_distances_are_and_no_longer_when_it_has_ended(
    store: RunStore, config_of: Make
) -> None:
    run_id = store.create(config_of(DtwSvmOptions()), queued=False).run_id
    told = []
    for step in train_run(store, run_id, threads=1):
        assert isinstance(step, Readiness)
        told.append((step.share, store.get(run_id).status.ready))
    assert len(told) == 15 and [share for share, _ in told][-1] == 1
    assert [ready for _, ready in told[1:]] == [share for share, _ in told[:-1]]
    status = store.get(run_id).status
    assert status.state == "done" and status.ready is None


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("how", ["closed", "pause", "stop"])
@pytest.mark.parametrize("steps", [1, 7])
def test_a_run_that_was_let_be_while_it_measured_goes_on_to_the_same_bits(
    how: str, steps: int, store: RunStore, config_of: Make, har_home: Path
) -> None:
    whole = store.create(config_of(DtwSvmOptions()), queued=False)
    list(train_run(store, whole.run_id))
    for path in (har_home / "cache" / "distances").iterdir():
        path.unlink()
    run_id = store.create(config_of(DtwSvmOptions()), queued=False).run_id
    running = train_run(store, run_id, threads=1)
    for _ in range(steps):
        next(running)
    if how == "closed":
        running.close()
    else:
        store.request(run_id, how)
        assert list(running) == []
    found = store.get(run_id)
    expected = {"closed": "interrupted", "pause": "paused", "stop": "stopped"}[how]
    assert (found.status.state, found.status.ready, found.results) == (expected, None, None)
    kept = {path.name.partition("-")[0] for path in (har_home / "cache" / "distances").glob("*")}
    assert kept == ({"positions"} if steps == 7 else set())
    store.requeue(run_id)
    list(train_run(store, run_id))
    run = store.get(run_id)
    assert run.status.state == "done" and not run.faults
    for name in ("last.safetensors", "results.json"):
        assert (run.path / name).read_bytes() == (whole.path / name).read_bytes()
    arrays = [store.arrays(its, "predictions.npz", ["last"])["logits_last"] for its in (run_id, whole.run_id)]
    assert np.array_equal(*arrays)


def test_a_second_run_measures_nothing(
    store: RunStore, config_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = (
        store.create(config_of(options), queued=False) for options in (DtwSvmOptions(), DtwNeighbourOptions())
    )
    list(train_run(store, first.run_id))
    monkeypatch.setattr(pair_distances, "filler", lambda products: pytest.fail("measured"))
    assert list(train_run(store, other.run_id)) == []
    assert store.get(other.run_id).status.state == "done"


CHANGES = {
    "another frame": ("positions", lambda its: its[20:]),
    "half a frame": ("lengths", lambda its: its + 0.5),
    "an empty sequence": ("lengths", lambda its: torch.cat([its[:1] * 0, its[1:2] + its[0], its[2:]])),
    "another label": ("labels", lambda its: its + 1),
    "one label": ("labels", lambda its: its * 0),
    "a joint too many": ("ends", lambda its: torch.cat([its, torch.tensor([20.0])])),
    "a joint below": ("middle", lambda its: its * 0 - 1),
    "two heads": ("head", lambda its: torch.zeros(2)),
    "no middle": ("middle", lambda its: its[:0]),
    "no ends": ("ends", lambda its: its[:0]),
    "another channel": ("distances", lambda its: its[:2]),
    "below zero": ("distances", lambda its: -its),
    "fewer": ("distances", lambda its: its[:, 1:, 1:]),
    "none": ("distances", None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_spoiled_weights_are_refused_in_a_sentence(change: str, store: RunStore, config_of: Make) -> None:
    run = store.create(config_of(DtwSvmOptions()), queued=False)
    list(train_run(store, run.run_id))
    kept, (name, spoil) = load_weights(run.path / "last.safetensors"), CHANGES[change]
    changed = {name: spoil(kept[name])} if spoil else {}
    save_weights(
        run.path / "last.safetensors", {its: kept[its] for its in kept if its != name or spoil} | changed
    )
    with pytest.raises(RunError, match="holds other sequences than those of its run"):
        dtw.DtwSvm.load(store.get(run.run_id), "last")


@pytest.mark.parametrize(
    ("split", "least"), [("course", 0.935), ("cross-subject", 0.943)], ids=["course", "cross-subject"]
)
def test_the_preset_reaches_on_the_real_data_what_it_is_said_to(
    split: str, least: float, real_data: Path, store: RunStore
) -> None:
    from har_core.data.sources import load_source
    from har_core.training.experiment import resolve_experiment

    preset = PRESETS["dtw-svm"].config.model_copy(update={"source": str(real_data / "msr_action3d")})
    config, _ = resolve_experiment(preset, load_source(preset.source).sequences, split)
    run = store.create(config, queued=False)
    list(train_run(store, run.run_id))
    assert store.get(run.run_id).results.last.test >= least
