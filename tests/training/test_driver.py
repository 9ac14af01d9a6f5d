"""A run is driven from its directory: what is there is true, and whoever goes on finds all he needs."""

import itertools
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from har_core.errors import HarError, RunError
from har_core.models.networks import build_model
from har_core.training import device, driver, gradient_learner, outcome
from har_core.training import fit as fit_module
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.named_settings import non_default_settings
from har_core.training.run import runs_of
from har_core.training.store import Run, RunStore
from tests.networks import NETWORKS, small_options

pytestmark = pytest.mark.usefixtures("har_home")

FILES = {
    "config.json", "meta.json", "status.json", "metrics.jsonl", "checkpoint.safetensors", "best.safetensors",
    "last.safetensors", "predictions.npz", "features.npz", "results.json",
}  # fmt: skip


@pytest.fixture
def store() -> RunStore:
    return RunStore()


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint, a sign of life and a look for requests after each epoch."""
    monkeypatch.setattr(driver, "CHECKPOINT_EVERY", 0.0)
    monkeypatch.setattr(driver, "STATUS_EVERY", 0.0)


def create(store: RunStore, config: ExperimentConfig, **changes) -> str:
    return store.create(config.model_copy(update=changes)).run_id


def train(store: RunStore, run_id: str) -> list:
    return [replace(record, seconds=0) for record in train_run(store, run_id)]


def metrics(store: RunStore, run_id: str) -> list:
    return [replace(record, seconds=0) for record in store.metrics(run_id)]


def shown(run: Run) -> list[str]:
    return sorted(path.name for path in run.path.iterdir() if not path.name.startswith("."))


def same_results(one: Path, other: Path) -> None:
    """Weights and arrays to the last bit, and the results."""
    for name in ("best.safetensors", "last.safetensors"):
        mine, yours = load_file(one / name), load_file(other / name)
        assert mine.keys() == yours.keys() and all(torch.equal(mine[key], yours[key]) for key in mine)
    for name in ("predictions.npz", "features.npz"):
        with np.load(one / name) as mine, np.load(other / name) as yours:
            assert mine.files == yours.files
            assert all(np.array_equal(mine[key], yours[key]) for key in mine.files)
    assert (one / "results.json").read_text() == (other / "results.json").read_text()


# From the first epoch to the last


@pytest.mark.parametrize("name", NETWORKS)
def test_a_finished_run_holds_all_its_files_and_they_agree(name, store, small_config, small_sequences):
    config = small_config.model_copy(update={"model": small_options(name)})
    run_id = store.create(config).run_id
    records = train(store, run_id)
    run = store.get(run_id)
    assert set(shown(run)) == FILES and run.status.state == "done"
    assert run.status.epoch == 6 and run.status.error == ""
    assert metrics(store, run_id) == records and len(records) == 6
    assert run.status.seconds == pytest.approx(sum(record.seconds for record in store.metrics(run_id)))

    best = max(records, key=lambda record: (record.validation_accuracy, -record.validation_loss))
    assert run.status.best_epoch == run.results.best.epoch == best.epoch
    assert (run.results.best.validation, run.results.best.test) == (
        best.validation_accuracy,
        best.test_accuracy,
    )
    assert run.results.last.epoch == 6
    assert run.results.last.validation == records[-1].validation_accuracy
    assert run.results.last.test == records[-1].test_accuracy

    sizes = {"train": 36, "validation": 12, "test": 24}  # subjects, times 4 actions, times 3 takes
    assert run.meta.split_sizes == sizes and run.meta.inputs == 60 and not run.meta.synthetic
    assert run.meta.fingerprint == small_sequences.fingerprint
    model = build_model(config.model, 60, 4, torch.Generator())
    assert run.meta.parameters == sum(parameter.numel() for parameter in model.parameters())


def test_predictions_and_features_are_those_of_the_kept_weights(store, small_config, small_sequences):
    run_id = create(store, small_config)
    train(store, run_id)
    run = store.get(run_id)
    predictions, features = store.arrays(run_id, "predictions.npz"), store.arrays(run_id, "features.npz")
    assert sorted(predictions["ids"]) == sorted(small_sequences.ids) == sorted(features["ids"])
    for checkpoint in ("best", "last"):
        model = build_model(small_config.model, 60, 4, torch.Generator()).eval()
        model.load_state_dict(load_file(run.path / f"{checkpoint}.safetensors"))
        for index in (0, 40, 71):
            row = small_sequences.row_of(predictions["ids"][index])
            assert predictions["truth"][index] == small_sequences.labels[row]
            assert predictions["subjects"][index] == small_sequences.subjects[row]
        for part in ("train", "validation", "test"):
            here = predictions["part"] == part
            subjects = set(predictions["subjects"][here].tolist())
            assert subjects == set(small_config.split.subjects_of(part))
            right = predictions[f"logits_{checkpoint}"][here].argmax(axis=1) == predictions["truth"][here]
            assert getattr(run.results.of(checkpoint), part) == pytest.approx(right.mean())
        with torch.no_grad():
            logits = model.head(torch.tensor(features[checkpoint])).numpy()
        np.testing.assert_allclose(predictions[f"logits_{checkpoint}"], logits, atol=1e-5)


def test_a_record_is_on_disk_when_it_is_yielded(store, small_config):
    run_id = create(store, small_config)
    epochs = train_run(store, run_id)
    for record in epochs:
        assert store.metrics(run_id)[-1] == record
    assert store.get(run_id).status.state == "done"


def test_the_same_config_gives_the_same_files_to_the_last_bit(store, small_config):
    one, other = create(store, small_config), create(store, small_config)
    assert train(store, one) == train(store, other)
    same_results(store.path_of(one), store.path_of(other))


# Interrupted and resumed


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("epochs_done", [(1,), (2, 3)])
def test_a_resumed_run_is_as_one_that_was_never_interrupted(name, epochs_done, store, small_config):
    options = small_options(name)
    whole = create(store, small_config, model=options)
    expected = train(store, whole)

    run_id = create(store, small_config, model=options)
    for count in epochs_done:
        epochs = train_run(store, run_id)
        for _ in range(count):
            next(epochs)
        epochs.close()
        assert store.get(run_id).status.state == "interrupted"
    train(store, run_id)
    assert metrics(store, run_id) == expected
    assert store.get(run_id).status.state == "done"
    assert store.get(run_id).status.best_epoch == store.get(whole).status.best_epoch
    same_results(store.path_of(run_id), store.path_of(whole))


@pytest.mark.usefixtures("always")
def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(store, small_config, monkeypatch):
    whole = create(store, small_config)
    expected = train(store, whole)

    run_id = create(store, small_config)
    epochs = train_run(store, run_id)
    next(epochs), next(epochs)
    next(epochs)  # the record of epoch 3 is written, and after it the checkpoint
    killed = store.path_of(run_id).with_name("20990101-000000-lstm-abcdef")
    shutil.copytree(store.path_of(run_id), killed, ignore=shutil.ignore_patterns(".lock"))
    epochs.close()
    with (killed / "metrics.jsonl").open("a") as file:  # epochs after the checkpoint, the last one torn
        file.write(json.dumps(expected[3].as_dict() | {"train_loss": 99.0}) + "\n")
        file.write('{"epoch": 5, "secon')

    assert train(store, killed.name) == expected[3:]
    assert metrics(store, killed.name) == expected
    same_results(killed, store.path_of(whole))


def test_a_run_without_a_checkpoint_begins_again(store, small_config):
    run_id = create(store, small_config)
    epochs = train_run(store, run_id)
    next(epochs), next(epochs)
    epochs.close()
    (store.path_of(run_id) / "checkpoint.safetensors").unlink()
    assert [record.epoch for record in train(store, run_id)] == [1, 2, 3, 4, 5, 6]
    assert [record.epoch for record in store.metrics(run_id)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("kept", [0, 1])
def test_a_run_whose_records_were_lost_begins_again_and_gives_the_same(kept, store, small_config):
    whole, run_id = create(store, small_config), create(store, small_config)
    expected = train(store, whole)
    epochs = train_run(store, run_id)
    next(epochs), next(epochs)
    epochs.close()
    path = store.path_of(run_id) / "metrics.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:kept]) + b'{"epoch": 2, "sec')
    assert train(store, run_id) == expected == metrics(store, run_id)
    same_results(store.path_of(run_id), store.path_of(whole))


def test_ctrl_c_in_the_middle_of_an_epoch_keeps_no_half_trained_weights(store, small_config, monkeypatch):
    whole = create(store, small_config)
    expected = train(store, whole)

    run_id = create(store, small_config)
    monkeypatch.setattr(driver, "CHECKPOINT_EVERY", 0.0)
    evaluate, epochs = fit_module.evaluate, iter(range(1000))

    def interrupt(model, together, parts):
        # the weights of the third epoch are learned already, but not judged
        if next(epochs) == 2:
            raise KeyboardInterrupt
        return evaluate(model, together, parts)

    monkeypatch.setattr(fit_module, "evaluate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(store, run_id)
    assert store.get(run_id).status.state == "interrupted" and store.get(run_id).status.epoch == 2
    monkeypatch.setattr(fit_module, "evaluate", evaluate)
    assert train(store, run_id) == expected[2:]
    same_results(store.path_of(run_id), store.path_of(whole))


def test_a_run_closed_before_its_first_epoch_can_be_resumed(store, small_config):
    run_id = create(store, small_config)
    train_run(store, run_id).close()
    assert store.get(run_id).status.state == "queued"
    assert len(train(store, run_id)) == 6


# Threads and device


def test_a_device_that_is_not_here_fails_the_run_in_a_sentence(store, small_config):
    missing = "mps" if torch.cuda.is_available() else "cuda"
    run_id = create(store, small_config, device=missing)
    with pytest.raises(RunError, match=f"device {missing} is not on this machine"):
        next(train_run(store, run_id))


def test_the_device_that_auto_takes_stays_in_the_config_with_its_reason(store, small_config, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    auto = small_config.model_copy(update={"device": "auto"})
    run_id = create(store, auto)
    epochs = train_run(store, run_id)
    next(epochs)
    epochs.close()
    run = store.get(run_id)
    assert (run.config.device, run.meta.device) == ("cpu", "cpu")
    assert run.meta.device_because == "there is no CUDA here"
    assert run.config.model_copy(update={"device": "auto"}) == auto
    assert non_default_settings(run.config) == non_default_settings(auto)
    # Where there is one later on, the run goes on where it began.
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(device, "_seconds_a_step", lambda config, data, name: 0.0 if name == "cuda" else 9.0)
    assert len(list(train_run(store, run_id))) == 5


def test_a_run_of_earlier_times_goes_on_where_it_began(store, small_config, monkeypatch):
    auto = small_config.model_copy(update={"device": "auto"})
    run_id = create(store, auto)
    epochs = train_run(store, run_id)
    next(epochs)
    epochs.close()
    (store.path_of(run_id) / "config.json").write_text(auto.model_dump_json())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(device, "_seconds_a_step", lambda config, data, name: 0.0 if name == "cuda" else 9.0)
    assert len(list(train_run(store, run_id))) == 5
    assert store.get(run_id).config.device == "cpu"


def test_a_run_goes_on_with_other_threads_to_the_same_bits(store, small_config, monkeypatch):
    given = []
    monkeypatch.setattr(
        gradient_learner,
        "fit",
        lambda *of, threads: (given.append(threads), fit_module.fit(*of, threads=threads))[1],
    )
    whole, run_id = create(store, small_config), create(store, small_config)
    assert len(list(train_run(store, whole, threads=1))) == 6
    epochs = train_run(store, run_id, threads=3)
    next(epochs), next(epochs)
    epochs.close()
    assert len(list(train_run(store, run_id, threads=2))) == 4
    assert given == [1, 3, 2]
    same_results(store.path_of(run_id), store.path_of(whole))


def test_no_number_of_threads_fails_the_run_in_a_sentence(store, small_config):
    run_id = create(store, small_config)
    with pytest.raises(HarError, match="threads: found 0"):
        next(train_run(store, run_id, threads=0))
    assert store.get(run_id).status.error == "threads: found 0, expected a whole number, 1 to 256."
    assert len(train(store, run_id)) == 6


# Requests


@pytest.mark.usefixtures("always")
def test_a_paused_run_goes_on_as_if_nothing_had_been(store, small_config):
    whole = create(store, small_config)
    expected = train(store, whole)
    run_id = create(store, small_config)
    for record in train_run(store, run_id):
        if record.epoch == 2:
            store.request(run_id, "pause")
    run = store.get(run_id)
    assert (run.status.state, run.status.epoch, run.results) == ("paused", 2, None)
    assert train(store, run_id) == expected[2:]
    same_results(run.path, store.path_of(whole))


@pytest.mark.usefixtures("always")
def test_a_stopped_run_keeps_its_results_and_may_go_on(store, small_config):
    expected = train(store, create(store, small_config))
    run_id = create(store, small_config)
    for record in train_run(store, run_id):
        if record.epoch == 3:
            store.request(run_id, "stop")
    run = store.get(run_id)
    assert run.status.state == "stopped" and run.results.last.epoch == 3
    assert set(shown(run)) == FILES
    assert run.results.last.test == expected[2].test_accuracy
    assert train(store, run_id) == expected[3:] and store.get(run_id).results.last.epoch == 6


@pytest.mark.usefixtures("always")
def test_a_request_that_came_too_late_does_not_meet_the_next_session(store, small_config):
    run_id = create(store, small_config)
    epochs = train_run(store, run_id)
    next(epochs)
    store.request(run_id, "pause")
    epochs.close()
    assert [record.epoch for record in train(store, run_id)] == [2, 3, 4, 5, 6]
    assert store.get(run_id).status.state == "done"


# What goes wrong


def test_a_finished_run_is_not_trained_again(store, small_config):
    run_id = create(store, small_config, epochs=1)
    train(store, run_id)
    with pytest.raises(RunError, match="is done; there is nothing to train"):
        train(store, run_id)
    assert store.get(run_id).status.state == "done"


def test_a_run_is_trained_by_one_at_a_time(store, small_config):
    run_id = create(store, small_config)
    epochs = train_run(store, run_id)
    next(epochs)
    with pytest.raises(RunError, match="is being trained"):
        next(train_run(RunStore(), run_id))
    assert store.get(run_id).status.state == "running"
    assert [record.epoch for record in epochs] == [2, 3, 4, 5, 6]


def test_a_source_that_is_gone_fails_the_run_with_a_sentence(store, small_config, tmp_path):
    run_id = create(store, small_config, source=str(tmp_path / "gone"))
    with pytest.raises(HarError, match="gone"):
        train(store, run_id)
    status = store.get(run_id).status
    assert status.state == "failed" and "gone" in status.error


def test_a_resumed_run_has_to_find_the_same_data(store, small_config, small_source_of_its_own):
    run_id = create(store, small_config, source=str(small_source_of_its_own))
    epochs = train_run(store, run_id)
    next(epochs)
    epochs.close()
    labels = np.load(small_source_of_its_own / "Y.npy")
    np.save(small_source_of_its_own / "Y.npy", labels[::-1])
    with pytest.raises(RunError, match="was started on other data"):
        train(store, run_id)
    np.save(small_source_of_its_own / "Y.npy", labels)
    assert [record.epoch for record in train(store, run_id)] == [2, 3, 4, 5, 6]


def test_a_fault_of_the_program_fails_the_run_and_is_not_hidden(store, small_config, monkeypatch):
    def fault(*_):
        raise ZeroDivisionError("a fault")

    run_id = create(store, small_config)
    monkeypatch.setattr(driver, "final_evaluation", fault)
    with pytest.raises(ZeroDivisionError):
        train(store, run_id)
    assert store.get(run_id).status.error == "ZeroDivisionError: a fault"
    monkeypatch.undo()


def test_a_damaged_checkpoint_fails_the_run_with_a_sentence(store, small_config):
    auto = small_config.model_copy(update={"device": "auto"})
    run_id = create(store, auto)
    epochs = train_run(store, run_id)
    next(epochs)
    epochs.close()
    (store.path_of(run_id) / "checkpoint.safetensors").write_bytes(b"rubbish")
    with pytest.raises(RunError, match="can't be read as a checkpoint"):
        train(store, run_id)
    assert store.get(run_id).status.state == "failed"


def test_a_loss_that_is_no_number_fails_the_run_and_keeps_its_curves(store, small_config, monkeypatch):
    """What came before stays, as JSON that anybody reads."""
    run_id = create(store, small_config)
    evaluate, epochs = fit_module.evaluate, itertools.count(1)

    def grown(*arguments):
        scores = evaluate(*arguments)
        return (
            scores
            if next(epochs) < 4
            else {part: replace(score, loss=float("inf")) for part, score in scores.items()}
        )

    monkeypatch.setattr(fit_module, "evaluate", grown)
    with pytest.raises(RunError, match="the validation loss is infinite since epoch 4; try a lower learning"):
        train(store, run_id)
    run = store.get(run_id)
    assert run.status.state == "failed" and "infinite since epoch 4" in run.status.error
    lines = (run.path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line, parse_constant=pytest.fail)["epoch"] for line in lines] == [1, 2, 3]
    assert [record.epoch for record in store.metrics(run_id)] == [1, 2, 3]


def test_features_too_large_to_be_looked_at_fail_the_run_and_keep_its_curves(
    store, small_config, monkeypatch
):
    monkeypatch.setattr(outcome, "LARGEST_FEATURE", 1e-9)
    run_id = create(store, small_config)
    with pytest.raises(RunError, match="the features of the best epoch reach .*, expected at most 1e-09"):
        train(store, run_id)
    run = store.get(run_id)
    assert run.status.state == "failed" and run.results is None
    assert len(store.metrics(run_id)) == small_config.epochs


def test_a_run_on_other_data_of_the_same_name_is_no_run_of_an_experiment(store, small_config):
    train(store, create(store, small_config))
    (run,) = store.runs()
    assert runs_of(run.config, [run], run.meta.fingerprint) == [run]
    assert runs_of(run.config, [run], "of other recordings") == []
    assert runs_of(run.config.model_copy(update={"seed": 9}), [run], run.meta.fingerprint) == []
