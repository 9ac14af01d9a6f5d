"""An ensemble is the weighted mean of its members, which are runs like others."""

import json
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from har_core.data.preparation import LeftOut, Preparation
from har_core.data.splits import Split
from har_core.errors import ConfigError, HarError, RunError
from har_core.models import NearestNeighbourOptions
from har_core.settings import parse_settings
from har_core.training import driver, gradient_learner
from har_core.training.check import check_experiment
from har_core.training.config import ExperimentConfig, GradientTraining, Member
from har_core.training.driver import train_run
from har_core.training.ensemble import scores_of_sum, without
from har_core.training.ladder import rung_config
from har_core.training.members import ensemble_of, members_of
from har_core.training.prediction import scores_of
from har_core.training.probabilities import softmax
from har_core.training.records import EpochRecord, Readiness
from har_core.training.store import DamagedRun, Run, RunStore
from tests.killing import in_a_child, killed_at, knows_signals

pytestmark = pytest.mark.usefixtures("har_home")


@pytest.fixture
def store() -> RunStore:
    return RunStore()


@pytest.fixture
def ensemble(small_config: ExperimentConfig) -> ExperimentConfig:
    """Two LSTMs of two seeds and the nearest neighbour, by the weights 1, 1 and 3."""
    neighbour = small_config.model_copy(
        update={"model": NearestNeighbourOptions(), "preparation": Preparation(frames=10), "training": None}
    )
    other = small_config.model_copy(update={"seed": small_config.seed + 1})
    return ensemble_of([small_config, other, neighbour], [1, 1, 3])


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint, a sign of life and a look for requests after each epoch."""
    monkeypatch.setattr(driver, "CHECKPOINT_EVERY", 0.0)
    monkeypatch.setattr(driver, "STATUS_EVERY", 0.0)


def train(store: RunStore, config: ExperimentConfig) -> Run:
    run = store.create(config, queued=False)
    steps = list(train_run(store, run.run_id))
    assert all(isinstance(step, Readiness) for step in steps)
    return store.get(run.run_id)


def said_by(run: Run) -> np.ndarray:
    kept = RunStore(run.path.parent).arrays(run.run_id, "predictions.npz")
    return kept[f"logits_{run.config.judged_by}"]


# What it says


def test_it_says_the_mean_of_what_its_members_say_by_weights(store, ensemble):
    run = train(store, ensemble)
    assert run.status.state == "done" and not run.faults
    members = [store.get(member.run) for member in run.meta.members]
    assert [member.weight for member in run.meta.members] == [1, 1, 3]
    assert [(its.config.model.name, its.config.seed) for its in members] == [
        ("lstm", 0), ("lstm", 1), ("nearest-neighbour", 0),
    ]  # fmt: skip
    of_run = store.arrays(run.run_id, "predictions.npz")
    total = np.zeros((72, 4))
    for its, weight in zip(members, (1, 1, 3), strict=True):
        kept = store.arrays(its.run_id, "predictions.npz")
        powers = np.exp(kept[f"logits_{its.config.judged_by}"].astype(np.float64))
        place = {name: row for row, name in enumerate(kept["ids"])}
        total += weight * (powers / powers.sum(1, keepdims=True))[[place[name] for name in of_run["ids"]]]
    np.testing.assert_allclose(softmax(of_run["logits_last"]), total / 5, atol=1e-6)
    for part in ("train", "validation", "test"):
        here = of_run["part"] == part
        share = (total[here].argmax(1) == of_run["truth"][here]).mean()
        assert getattr(run.results.last, part) == pytest.approx(share)
    assert run.results.best is None and run.results.last.epoch is None
    assert run.meta.parameters == sum(its.meta.parameters or 0 for its in members)
    assert run.status.seconds >= sum(its.status.seconds for its in members)
    assert {path.name for path in run.path.iterdir()} - {".lock"} == {
        "config.json", "meta.json", "status.json", "predictions.npz", "results.json",
    }  # fmt: skip


@given(data=some.data())
def test_scores_are_those_whose_softmax_is_the_weighted_mean(data):
    count, classes = data.draw(some.integers(1, 5)), data.draw(some.integers(2, 6))
    finite = some.floats(-30, 30, width=32)
    rows = some.lists(some.lists(finite, min_size=classes, max_size=classes), min_size=count, max_size=count)
    scores = data.draw(some.lists(rows, min_size=1, max_size=4))
    weights = data.draw(some.lists(some.floats(1e-3, 1e3), min_size=len(scores), max_size=len(scores)))
    shares = [np.exp(its) / np.exp(its).sum(1, keepdims=True) for its in map(np.array, scores)]
    found = softmax(scores_of_sum(shares, weights))
    expected = sum(weight * its for weight, its in zip(weights, shares, strict=True)) / sum(weights)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-9)


def test_of_its_own_sequences_it_says_what_it_has_said(store, ensemble, small_sequences):
    run = train(store, ensemble)
    ids = store.arrays(run.run_id, "predictions.npz")["ids"]
    rows = [small_sequences.row_of(name) for name in ids]
    np.testing.assert_allclose(scores_of(run, small_sequences.take(rows)), said_by(run), atol=1e-5)


def test_a_sequence_that_a_member_leaves_out_is_told_and_left_out(small_config, small_data):
    first, second = small_data.sequences.ids[3], small_data.sequences.ids[-1]
    own = replace(small_data, left_out=(LeftOut("gone", "its own reason"),))
    found = without(own, [LeftOut(first, "one reason"), LeftOut(second, "another")], small_config.split)
    names = [found.sequences.ids[row] for its in found.rows.values() for row in its]
    assert len(names) == len(small_data.sequences) - 2 and not {first, second} & {*names}
    told = {item.sequence_id: item.reason for item in found.left_out}
    assert told == {
        "gone": "its own reason", first: "a member leaves it out: one reason",
        second: "a member leaves it out: another",
    }  # fmt: skip
    for part, rows in found.rows.items():
        labels = found.parts[part].labels.numpy()
        assert np.array_equal(labels, found.sequences.labels[rows])


def test_nothing_is_added_up_where_a_member_leaves_out_a_whole_part(small_config, small_data):
    tests = [small_data.sequences.ids[row] for row in small_data.rows["test"]]
    with pytest.raises(ConfigError, match="test part holds no sequence"):
        without(small_data, [LeftOut(name, "a reason") for name in tests], small_config.split)


# Members are taken, or trained


def test_members_that_are_there_are_taken_and_the_others_are_runs_like_others(store, ensemble):
    first, *_ = ensemble.of_members
    known = store.create(first, queued=False).run_id
    list(train_run(store, known))
    before = (store.path_of(known) / "last.safetensors").stat().st_mtime_ns
    run = train(store, ensemble)
    assert run.meta.members[0].run == known
    assert (store.path_of(known) / "last.safetensors").stat().st_mtime_ns == before
    assert len(store.runs()) == 4  # three members, and their sum
    again = train(store, ensemble)
    assert again.meta.members == run.meta.members and len(store.runs()) == 5
    assert np.array_equal(said_by(again), said_by(run))


def test_a_member_of_other_data_or_without_its_files_is_trained_anew(store, ensemble):
    run = train(store, ensemble)
    spoiled, damaged, kept = (store.path_of(member.run) for member in run.meta.members)
    meta = json.loads((spoiled / "meta.json").read_text()) | {"fingerprint": "of other data"}
    (spoiled / "meta.json").write_text(json.dumps(meta))
    (damaged / "predictions.npz").unlink()
    again = [member.run for member in train(store, ensemble).meta.members]
    assert again[2] == kept.name and not {*again} & {spoiled.name, damaged.name}


def test_progress_is_the_share_of_all_epochs(store, ensemble):
    run = store.create(ensemble)
    shares = [step.share for step in train_run(store, run.run_id)]
    assert shares == pytest.approx([done / 13 for done in range(1, 13)])


def test_a_member_that_fails_fails_the_ensemble_by_name(store, ensemble, monkeypatch):
    def fail(*_, **__):
        raise RunError("the loss is infinite.")

    monkeypatch.setattr(gradient_learner, "fit", fail)
    run = store.create(ensemble)
    with pytest.raises(RunError, match="its member LSTM .*the loss is infinite"):
        list(train_run(store, run.run_id))
    assert store.get(run.run_id).status.state == "failed"
    assert "its member LSTM" in store.get(run.run_id).status.error


# Interrupted and resumed


def test_an_interrupted_ensemble_goes_on_with_the_member_that_was_interrupted(store, ensemble):
    whole = train(store, ensemble)
    expected = said_by(whole)
    for name in [run.run_id for run in store.runs()]:
        store.delete(name)
    run = store.create(ensemble)
    steps = train_run(store, run.run_id)
    for _ in range(8):  # two epochs into the second member
        next(steps)
    steps.close()
    states = {its.config.kind.title: its.status.state for its in store.runs() if its.config.seed == 1}
    assert store.get(run.run_id).status.state == "interrupted" and states == {"LSTM": "interrupted"}
    list(train_run(store, run.run_id))
    assert store.get(run.run_id).status.state == "done" and len(store.runs()) == 4
    assert np.array_equal(said_by(store.get(run.run_id)), expected)


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("wish", ["pause", "stop"])
def test_an_ensemble_is_paused_or_stopped_and_goes_on(wish, store, ensemble):
    run = store.create(ensemble)
    steps = train_run(store, run.run_id)
    for _ in range(3):
        next(steps)
    store.request(run.run_id, wish)
    assert len(list(steps)) <= 1
    assert store.get(run.run_id).status.state == {"pause": "paused", "stop": "stopped"}[wish]
    store.requeue(run.run_id)
    list(train_run(store, run.run_id, only_queued=True))
    assert store.get(run.run_id).status.state == "done" and len(store.runs()) == 4


@pytest.mark.usefixtures("often")
def test_where_a_member_is_paused_the_ensemble_is(store, ensemble):
    run = store.create(ensemble)
    steps = train_run(store, run.run_id)
    next(steps)
    member = next(its for its in store.runs() if its.run_id != run.run_id)
    store.request(member.run_id, "pause")
    list(steps)
    assert store.get(run.run_id).status.state == store.get(member.run_id).status.state == "paused"
    list(train_run(store, run.run_id))
    assert store.get(run.run_id).status.state == "done" and len(store.runs()) == 4


@knows_signals
@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("moments", [range(7, 400, 29), pytest.param(range(1, 400), marks=pytest.mark.soak)])
def test_an_ensemble_killed_at_any_write_goes_on_to_the_same_bits(
    moments, ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = said_by(train(RunStore(tmp_path / "whole"), ensemble))
    for moment in moments:
        folder = tmp_path / f"killed-{moment}"
        run_id = RunStore(folder).create(ensemble).run_id
        ended = killed_at(moment, lambda: list(train_run(RunStore(folder), run_id)))  # noqa: B023
        store = RunStore(folder)
        assert not [run for run in store.all() if isinstance(run, DamagedRun)]
        if ended == 0:
            return
        assert ended == -signal.SIGKILL
        assert store.get(run_id).status.state in ("interrupted", "queued")
        assert in_a_child(lambda: list(train_run(RunStore(folder), run_id))) == 0  # noqa: B023
        assert np.array_equal(said_by(store.get(run_id)), expected)
        assert len(store.runs()) == 4
    assert moment > 300, "the last moment came before the end"


# Members that are gone


def test_a_member_that_was_deleted_is_named_with_the_way_back(store, ensemble, small_sequences):
    run = train(store, ensemble)
    gone = run.meta.members[1].run
    store.delete(gone)
    with pytest.raises(RunError, match=rf"{gone} can't be asked.*bring it back from the deleted runs"):
        scores_of(run, small_sequences)
    assert said_by(run).shape == (72, 4)  # what it has said stays
    store.restore(gone)
    assert scores_of(run, small_sequences).shape == (72, 4)


def test_a_run_under_the_name_of_a_member_is_not_taken_for_it(store, ensemble):
    run = train(store, ensemble)
    for name in (run.meta.members[2].run, run.run_id):  # another, and itself
        members = [member.model_dump() for member in run.meta.members]
        members[0]["run"] = name
        text = run.meta.model_copy(update={"members": ()}).model_dump(mode="json") | {"members": members}
        (run.path / "meta.json").write_text(json.dumps(text))
        with pytest.raises(RunError, match="is not the one that run"):
            members_of(store.get(run.run_id))


@pytest.mark.parametrize(
    "members", [[], [{"run": "../../etc", "weight": 1}] * 3, [{"run": "x", "weight": 1}] * 101]
)
def test_what_meta_says_of_members_is_not_believed(members, store, ensemble):
    run = train(store, ensemble)
    text = json.loads((run.path / "meta.json").read_text()) | {"members": members}
    (run.path / "meta.json").write_text(json.dumps(text))
    with pytest.raises(HarError):
        members_of(store.get(run.run_id))


# What can be asked for


LSTM = {"model": {"name": "lstm"}}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"model": {"name": "ensemble"}}, "name one or more"),
        ({"model": {"name": "ensemble"}, "members": []}, "name one or more"),
        ({"members": [LSTM]}, "lstm has no members"),
        ({"members": [{"model": {"name": "ensemble"}}]}, "no ensemble itself"),
        ({"members": [LSTM | {"weight": 0}]}, "greater than 0"),
        ({"members": [LSTM | {"weight": -1}]}, "greater than 0"),
        ({"members": [LSTM | {"weight": 1e300}]}, "less than or equal to 1000000"),
        ({"members": [LSTM | {"weight": "NaN"}]}, "valid number"),
        ({"members": [LSTM | {"seed_offset": -1}]}, "greater than or equal to 0"),
        ({"members": [LSTM | {"seed_offset": 2**63 - 1}], "seed": 1}, "seed would be above"),
        ({"members": [LSTM | {"members": [LSTM]}]}, "not a known setting"),
        ({"members": [LSTM] * 5000}, "at most 100"),
        ({"members": [LSTM], "preparation": {"frames": 7}}, "preparation of an ensemble"),
        ({"members": [LSTM], "training": {}}, "has no epochs"),
        ({"members": [{"model": {"name": "dtw-svm"}, "training": {}}]}, "has no epochs"),
    ],
)
def test_what_is_no_ensemble_is_refused_in_a_sentence(said, why):
    values = (
        said if "model" in said else {"model": {"name": "ensemble" if "lstm" not in why else "lstm"}} | said
    )
    with pytest.raises(ConfigError, match=why) as refused:
        parse_settings(ExperimentConfig, json.dumps(values), "experiment")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("weight", [float("nan"), float("inf")])
def test_a_weight_is_a_finite_number(weight):
    with pytest.raises((ValidationError, ConfigError)):
        Member(weight=weight)


def test_what_a_member_can_t_learn_from_is_told_before_there_is_a_run(ensemble, small_config):
    wrong = small_config.model_copy(update={"preparation": Preparation(frames=None)})
    wrong = wrong.model_copy(update={"model": NearestNeighbourOptions(), "training": None})
    with pytest.raises(ConfigError, match="nearest neighbours are compared frame by frame"):
        check_experiment(ensemble_of([small_config, wrong]))


def test_only_runs_of_one_data_set_and_split_are_added_up(small_config, ensemble):
    other = small_config.model_copy(update={"split": Split(name="other", train=(1, 2, 4), test=(5, 6))})
    with pytest.raises(ConfigError, match="split small, and .* split other"):
        ensemble_of([small_config, other])
    with pytest.raises(ConfigError, match="no ensemble itself"):
        ensemble_of([small_config, ensemble])


def test_a_config_without_members_is_written_as_ever(small_config, ensemble):
    assert "members" not in small_config.model_dump_json()
    for config in (small_config, ensemble):
        assert ExperimentConfig.model_validate_json(config.model_dump_json()) == config
    assert [its.seed for its in ensemble.of_members] == [0, 1, 0]


def test_under_one_cycle_the_last_epoch_counts(store, small_config):
    run = store.create(small_config.trained(schedule="one-cycle"), queued=False)
    records = [step for step in train_run(store, run.run_id) if isinstance(step, EpochRecord)]
    run = store.get(run.run_id)
    assert run.config.checkpoints == ("last",) and run.results.best is None and run.status.best_epoch == 0
    assert run.results.last.validation == records[-1].validation_accuracy
    assert not (run.path / "best.safetensors").exists() and not run.faults


def test_a_run_under_one_cycle_of_an_earlier_version_is_read_as_it_counts(store, small_config):
    run = store.create(small_config.trained(schedule="one-cycle"), queued=False)
    list(train_run(store, run.run_id))
    results = json.loads((run.path / "results.json").read_text())
    results["best"] = results["last"] | {"epoch": 3}
    (run.path / "results.json").write_text(json.dumps(results))
    assert store.get(run.run_id).results.best is None


def test_the_top_of_the_ladder_is_the_sum_that_was_published():
    members = rung_config("L11").members
    assert [(member.weight, member.seed_offset, member.model.name) for member in members] == [
        (1, 0, "bilstm"), (1, 1, "bilstm"), (1, 0, "inception"), (1, 1, "inception"), (4, 0, "dtw-svm"),
    ]  # fmt: skip
    assert [member.model.name for member in rung_config("L10").members] == ["bilstm", "dtw-svm"]
    lstm, _, cnn, *_ = members
    assert lstm.training == rung_config("L9").training and lstm.inputs == rung_config("L9").inputs
    assert cnn.training == GradientTraining(
        epochs=50, batch_size=16, optimiser="adamw", learning_rate=4e-3, schedule="one-cycle",
        weight_decay=0.02, label_smoothing=0.1, full_batches=True, augmentation="recipe",
    )  # fmt: skip
    assert cnn.inputs == ("deviation", "motion-1", "motion-4", "directions")
