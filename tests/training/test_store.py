"""Run directories: made once, read by anyone, and never in the way when they are damaged."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from har_core.analysis.predictions import load_predictions
from har_core.analysis.projection import load_features
from har_core.errors import ConfigError, HarError, RunError
from har_core.models import MODELS
from har_core.settings import make_settings
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import DamagedRun, Run, RunStore, heartbeat


@pytest.fixture
def store(har_home: Path) -> RunStore:
    return RunStore()


@pytest.fixture
def finished(store, small_config) -> Run:
    run_id = store.create(small_config.trained(epochs=2)).run_id
    for _ in train_run(store, run_id):
        pass
    return store.get(run_id)


def set_state(store: RunStore, run: Run, state: str, **changes) -> None:
    store.write_status(run.run_id, run.status.model_copy(update={"state": state, **changes}))


def test_a_store_without_runs_is_empty_and_writes_nothing(store, har_home):
    assert store.all() == [] and store.runs() == []
    assert not har_home.exists()


def test_a_run_comes_back_as_it_was_made(store, small_config, har_home):
    run = store.create(small_config)
    assert run.path == har_home / "runs" / run.run_id and "-lstm-" in run.run_id
    again = RunStore().get(run.run_id)
    assert again.config == small_config and again.status.state == "queued"
    assert again.meta is None and again.results is None
    assert store.metrics(run.run_id) == []
    assert json.loads((run.path / "config.json").read_text())["training"]["epochs"] == 6


def test_runs_are_listed_newest_first_each_with_a_directory_of_its_own(store, small_config):
    ids = [store.create(small_config).run_id for _ in range(5)]
    assert len(set(ids)) == 5
    listed = [run.run_id for run in store.all()]
    assert listed == ids[::-1]


def test_files_and_hidden_folders_beside_the_runs_are_no_runs(store, small_config):
    run = store.create(small_config)
    (store.folder / "notes.txt").write_text("mine")
    (store.folder / ".hidden").mkdir()
    assert [found.run_id for found in store.all()] == [run.run_id]


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../runs", "/", "/etc", "a/b", "../../x", ".hidden", "no such run", "a\0b", "x" * 5000],
)
def test_a_name_that_is_no_run_reaches_no_other_folder(name, store, small_config, har_home):
    store.create(small_config)
    (store.folder / ".hidden").mkdir()
    before = sorted(har_home.rglob("*"))
    for act in (store.get, store.delete, store.requeue, store.metrics, store.path_of):
        with pytest.raises(RunError, match="there is no run named"):
            act(name)
    with pytest.raises(RunError, match="there is no run named"):
        store.request(name, "stop")
    assert sorted(har_home.rglob("*")) == before


# Damage


def somewhere(path: Path, seed: int) -> int:
    return random.Random(f"{path.name} {seed}").randrange(path.stat().st_size)


DAMAGES = {
    "removed": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut somewhere": lambda path: path.write_bytes(path.read_bytes()[: somewhere(path, 1)]),
    "cut elsewhere": lambda path: path.write_bytes(path.read_bytes()[: somewhere(path, 2)]),
    "rubbish": lambda path: path.write_bytes(bytes(range(256)) * 9),
    "another JSON": lambda path: path.write_text('{"a": [1, null, {}]}\n'),
    "null": lambda path: path.write_text("null"),
    "deeply nested": lambda path: path.write_text("[" * 100_000),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}
FILES = (
    "config.json", "meta.json", "status.json", "metrics.jsonl", "checkpoint.safetensors", "best.safetensors",
    "last.safetensors", "predictions.npz", "features.npz", "results.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def template(small_source, tmp_path_factory, request) -> Path:
    """A finished run, made once; each test damages a copy."""
    from har_core.data.splits import Split
    from har_core.training.config import ExperimentConfig, GradientTraining

    split = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(folder))
        store = RunStore()
        run = store.create(
            ExperimentConfig(
                source=str(small_source), split=split, training=GradientTraining(epochs=2), device="cpu"
            )
        )
        for _ in train_run(store, run.run_id):
            pass
    return run.path


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_run_never_stands_in_the_way(name, damage, template, store, small_config):
    store.folder.mkdir(parents=True)
    whole = store.create(small_config)
    damaged = store.folder / "20200101-000000-lstm-000000"
    shutil.copytree(template, damaged)
    DAMAGES[damage](damaged / name)

    runs = {run.run_id: run for run in store.all()}
    assert isinstance(runs[whole.run_id], Run)
    found = runs[damaged.name]
    if name in ("config.json", "status.json"):
        assert isinstance(found, DamagedRun) and name in found.reason
    for act in (
        lambda: store.get(damaged.name),
        lambda: store.metrics(damaged.name),
        lambda: load_predictions(store, damaged.name, "best"),
        lambda: load_features(store, damaged.name, "last"),
        lambda: store.request(damaged.name, "stop"),
        lambda: store.requeue(damaged.name),
        lambda: next(train_run(store, damaged.name)),
    ):
        try:
            act()
        except HarError as error:
            assert str(error)
    assert store.delete(damaged.name).is_dir()
    assert [run.run_id for run in store.all()] == [whole.run_id]


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        b"{",
        b'{"epoch": 3, "seconds": 0.1, "train_lo',
        b"\xff\xfe",
        b"null\n",
        b'{"epoch": "x"}\n',
        b'{"epoch": 3, "seconds": 0.1, "train_loss": 1.0, "train_accuracy": 0.5, "validation_loss": 1.0, '
        b'"validation_accuracy": 0.5, "test_loss": null, "test_accuracy": null}\n',
    ],
)
def test_a_torn_last_line_of_metrics_is_left_aside(tail, store, finished):
    records = store.metrics(finished.run_id)
    with (finished.path / "metrics.jsonl").open("ab") as file:
        file.write(tail)
    assert store.metrics(finished.run_id) == records and len(records) == 2


def test_a_line_with_a_field_that_no_record_has_ends_the_metrics(store, finished):
    path = finished.path / "metrics.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second.replace(b"}", b', "another": 1}'))
    assert [record.epoch for record in store.metrics(finished.run_id)] == [1]


def test_metrics_are_read_on_as_the_file_grows_and_anew_when_it_was_cut(store, finished):
    path = finished.path / "metrics.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:20])
    assert [record.epoch for record in store.metrics(finished.run_id)] == [1]
    with path.open("ab") as file:
        file.write(second[20:-1])
    assert [record.epoch for record in store.metrics(finished.run_id)] == [1]  # its line is not ended yet
    with path.open("ab") as file:
        file.write(second[-1:])
    records = store.metrics(finished.run_id)
    assert [record.as_dict() for record in records] == [json.loads(first), json.loads(second)]
    records.clear()  # what a caller does with its list is its own affair
    assert len(store.metrics(finished.run_id)) == 2
    path.write_bytes(first)
    assert [record.epoch for record in store.metrics(finished.run_id)] == [1]


def test_metrics_come_back_to_the_last_bit(store, finished):
    lines = (finished.path / "metrics.jsonl").read_text().splitlines()
    assert [record.as_dict() for record in store.metrics(finished.run_id)] == [json.loads(x) for x in lines]


def test_missing_arrays_are_told_by_their_file(store, finished):
    (finished.path / "predictions.npz").unlink()
    with pytest.raises(RunError, match=r"predictions\.npz can't be read"):
        store.arrays(finished.run_id, "predictions.npz")


def test_a_pickle_among_the_arrays_is_not_run(store, finished):
    np.savez(finished.path / "features.npz", ids=np.array([{}], object))
    with pytest.raises(RunError, match=r"features\.npz can't be read"):
        store.arrays(finished.run_id, "features.npz")


# What state a run is in


def test_a_running_run_whose_process_is_gone_is_interrupted(store, small_config):
    run = store.create(small_config, queued=False)
    assert store.get(run.run_id).status.state == "running"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    set_state(store, run, "running", process=gone.pid)
    assert store.get(run.run_id).status.state == "interrupted"
    store.requeue(run.run_id)
    assert store.get(run.run_id).status.state == "queued"


def test_a_running_run_of_another_machine_is_judged_by_its_signs_of_life(store, small_config):
    run = store.create(small_config, queued=False)
    set_state(store, run, "running", host="another machine", process=1)
    assert store.get(run.run_id).status.state == "running"
    set_state(store, run, "running", host="another machine", heartbeat=run.status.heartbeat - 3600)
    assert store.get(run.run_id).status.state == "interrupted"
    set_state(store, run, "running", host="another machine", heartbeat=run.status.heartbeat + 3600)
    assert store.get(run.run_id).status.state == "running"  # its clock is ahead
    set_state(store, run, "running", host="another machine", heartbeat=9e9)
    assert store.get(run.run_id).status.state == "interrupted"


@pytest.mark.parametrize("state", ["queued", "paused", "stopped", "failed", "done"])
def test_an_old_sign_of_life_means_nothing_to_a_run_that_does_not_run(state, store, small_config):
    run = store.create(small_config)
    set_state(store, run, state, heartbeat=0.0, process=0)
    assert store.get(run.run_id).status.state == state


def test_a_sign_of_life_names_this_process(store, small_config):
    run = store.create(small_config)
    status = heartbeat(run.status, epoch=7)
    assert status.process == os.getpid() and status.epoch == 7 and status.heartbeat >= run.status.queued_at


# Requests


def test_a_waiting_run_is_paused_or_stopped_at_once(store, small_config):
    for wish, state in (("pause", "paused"), ("stop", "stopped")):
        run = store.create(small_config)
        store.request(run.run_id, wish)
        assert store.get(run.run_id).status.state == state
        assert store.take_request(run.run_id) is None


def test_a_request_to_a_running_run_is_taken_once(store, small_config):
    run = store.create(small_config, queued=False)
    store.request(run.run_id, "pause")
    store.request(run.run_id, "stop")
    assert store.take_request(run.run_id) == "stop"
    assert store.take_request(run.run_id) is None


def test_a_request_that_is_rubbish_is_forgotten(store, small_config):
    run = store.create(small_config, queued=False)
    (run.path / "request").write_bytes(b"\xff\x00 dance")
    assert store.take_request(run.run_id) is None and not (run.path / "request").exists()


@pytest.mark.parametrize("state", ["paused", "stopped", "failed", "done", "interrupted"])
def test_a_run_that_neither_waits_nor_runs_takes_no_request(state, store, small_config):
    run = store.create(small_config)
    set_state(store, run, state)
    with pytest.raises(RunError, match=f"is {state}; only a waiting or running run can stop"):
        store.request(run.run_id, "stop")


@pytest.mark.parametrize("state", ["paused", "stopped", "failed", "interrupted"])
def test_an_unfinished_run_goes_back_to_the_end_of_the_line(state, store, small_config):
    run, other = store.create(small_config), store.create(small_config)
    set_state(store, run, state, error="a sentence")
    store.requeue(run.run_id)
    status = store.get(run.run_id).status
    assert status.state == "queued" and status.error == "" and status.queued_at >= other.status.queued_at


@pytest.mark.parametrize("state", ["done", "queued", "running"])
def test_a_run_that_is_finished_or_in_the_line_is_not_put_there_again(state, store, small_config):
    run = store.create(small_config)
    set_state(store, run, state)
    with pytest.raises(RunError, match=f"is {state}; there is nothing to resume"):
        store.requeue(run.run_id)


# Deleting, and who writes


def test_deleting_moves_a_run_to_the_trash(store, finished, har_home):
    files = {path.name: path.read_bytes() for path in finished.path.iterdir() if path.name != ".lock"}
    there = store.delete(finished.run_id)
    assert there == har_home / "trash" / finished.run_id and not finished.path.exists()
    beside = (".lock", ".deleted")
    assert {path.name: path.read_bytes() for path in there.iterdir() if path.name not in beside} == files
    assert store.all() == []
    shutil.copytree(there, finished.path)
    (finished.path / "newer").touch()
    assert store.delete(finished.run_id) == there and (there / "newer").is_file()
    older = [path for path in there.parent.iterdir() if path != there]
    assert [path.name.startswith(finished.run_id) for path in older] == [True]


def test_a_deleted_run_comes_back_as_it_was(store, finished):
    store.write_label(finished.run_id, Label(name="mine"))
    before = store.get(finished.run_id)
    files = {path.name: path.read_bytes() for path in finished.path.iterdir() if path.name != ".lock"}
    store.delete(finished.run_id)
    assert store.restore(finished.run_id) == finished.path
    assert {path.name: path.read_bytes() for path in finished.path.iterdir() if path.name != ".lock"} == files
    assert store.get(finished.run_id) == before and store.get(finished.run_id).label.name == "mine"
    with pytest.raises(RunError, match=r"there is no run named '.*' in the trash"):
        store.restore(finished.run_id)


def test_a_run_comes_back_beside_another_of_its_name(store, finished):
    there = store.delete(finished.run_id)
    shutil.copytree(there, finished.path)
    (finished.path / "newer").touch()
    back = store.restore(finished.run_id)
    assert back.parent == finished.path.parent and back.name.startswith(f"{finished.run_id}-")
    assert (finished.path / "newer").is_file() and not (back / "newer").exists()
    assert [run.results for run in store.runs()] == [finished.results] * 2


@pytest.mark.parametrize("name", ["", ".", "..", "../runs", "/etc", "a/b", ".hidden", "a\0b", "x" * 5000])
def test_nothing_outside_the_trash_is_restored(name, store, finished, har_home):
    store.delete(finished.run_id)
    (har_home / "trash" / ".hidden").mkdir()
    before = sorted(har_home.rglob("*"))
    with pytest.raises(RunError, match="in the trash"):
        store.restore(name)
    assert sorted(har_home.rglob("*")) == before


# Labels


def test_a_run_has_no_label_until_it_is_given_one(store, small_config):
    run = store.create(small_config)
    assert run.label == Label() and run.label_fault == "" and not (run.path / "label.json").exists()
    label = Label(name="With <b>dropout</b>", tags=("ablation", "week 3"), note="first line\nsecond: é 漢")
    store.write_label(run.run_id, label)
    assert store.get(run.run_id).label == label == RunStore().get(run.run_id).label
    written = json.loads((run.path / "label.json").read_text(encoding="utf-8"))
    assert written == {
        "schema_version": 1,
        "name": label.name,
        "tags": ["ablation", "week 3"],
        "note": label.note,
    }


def test_a_run_is_named_while_it_trains_and_nothing_it_computes_changes(store, small_config):
    named, other = store.create(small_config).run_id, store.create(small_config).run_id
    for _ in train_run(store, named):
        store.write_label(named, Label(name="in training"))
    assert len(list(train_run(store, other))) == 6
    assert store.get(named).results == store.get(other).results
    assert store.get(named).label.name == "in training" and store.get(named).status.state == "done"


def test_a_run_that_is_gone_takes_no_label(store, finished):
    store.delete(finished.run_id)
    with pytest.raises(RunError, match="there is no run named"):
        store.write_label(finished.run_id, Label(name="late"))
    assert not finished.path.exists()


@pytest.mark.parametrize("damage", [damage for damage in DAMAGES if damage != "removed"])
def test_a_damaged_label_is_told_and_hides_nothing(damage, store, finished):
    store.write_label(finished.run_id, Label(name="mine"))
    DAMAGES[damage](finished.path / "label.json")
    run = store.get(finished.run_id)
    assert run.label == Label() and "label.json" in run.label_fault and "Name the run anew" in run.label_fault
    assert run.results == finished.results and store.runs() == [run]
    if damage == "a folder":
        with pytest.raises(RunError, match="can't be written"):
            store.write_label(run.run_id, Label(name="mended"))
    else:
        store.write_label(run.run_id, Label(name="mended"))
        assert store.get(run.run_id).label_fault == "" and store.get(run.run_id).label.name == "mended"


def test_a_label_is_cleaned_of_what_can_not_be_seen():
    label = Label(
        name="  two\n words\x07\u202e ",
        tags=(" a\tb ", "", "a b", "\x1b[31mred"),
        note=" one\r\ntwo\x00\ud800\t3\n",
    )
    assert (label.name, label.tags, label.note) == ("two words", ("a b", "[31mred"), "one\ntwo\t3")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "n" * 81}, "name"),
        ({"tags": ("t" * 31,)}, "tags.0"),
        ({"tags": tuple(f"tag {number}" for number in range(13))}, "tags"),
        ({"note": "n" * 2001}, "note"),
        ({"name": 3}, "name"),
        ({"tags": "one"}, "tags"),
        ({"tags": (["nested"],)}, "tags.0"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_label_that_is_too_long_or_no_text_is_refused_by_the_name_of_its_field(values, field):
    with pytest.raises(ConfigError, match=f"label: {field} is "):
        make_settings(Label, "label", **values)
    assert make_settings(Label, "label", name="n" * 80, note="n" * 2000).name == "n" * 80


def test_records_of_some_epochs_are_those_of_all(store, small_config):
    run_id = store.create(small_config).run_id
    records = list(train_run(store, run_id))
    assert store.records_at(run_id, [6, 2, 0, 7, -1]) == {6: records[5], 2: records[1]}
    assert store.records_at(store.create(small_config).run_id, [1]) == {}
    path = store.path_of(run_id) / "metrics.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert store.records_at(run_id, [1, 6]) == {1: records[0]}


def test_a_run_that_is_being_trained_is_neither_deleted_nor_requeued(store, small_config):
    run = store.create(small_config)
    set_state(store, run, "interrupted")
    with store.alone(run.run_id):
        for act in (store.delete, store.requeue):
            with pytest.raises(RunError, match="is being trained; stop it first"):
                act(run.run_id)
    assert store.get(run.run_id).status.state == "interrupted"


def test_only_one_thread_writes_a_run(store, small_config):
    run = store.create(small_config)
    refused = threading.Event()

    def try_it() -> None:
        try:
            with RunStore().alone(run.run_id):
                pass
        except RunError:
            refused.set()

    with store.alone(run.run_id):
        other = threading.Thread(target=try_it)
        other.start()
        other.join(10)
    assert refused.is_set()
    with store.alone(run.run_id):
        pass


def test_runs_made_in_the_same_tick_wait_in_the_order_in_which_they_were_made(
    store, small_config, monkeypatch
):
    monkeypatch.setattr("har_core.training.store.time.time", lambda: 1.8e9)
    made = [store.create(small_config).run_id for _ in range(5)]
    waiting = sorted(store.runs(), key=lambda run: run.status.queued_at)
    assert [run.run_id for run in waiting] == made


def test_waiting_runs_can_be_put_in_another_order(store, small_config):
    made = [store.create(small_config).run_id for _ in range(4)]
    wanted = [made[2], made[0], made[3], made[1]]
    store.reorder(wanted)
    waiting = sorted(store.runs(), key=lambda run: run.status.queued_at)
    assert [run.run_id for run in waiting] == wanted


def test_reordering_leaves_a_run_that_no_longer_waits_as_it_is(store, small_config, finished):
    first, second = (store.create(small_config).run_id for _ in range(2))
    with store.alone(first):  # as a queue that has just begun to train it
        store.reorder([finished.run_id, second, first])
    assert store.get(finished.run_id).status == finished.status
    assert store.get(second).status.queued_at <= store.get(first).status.queued_at


def test_runs_of_one_second_are_listed_as_they_were_made(store, small_config, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 23, 10, 15, 42)

    monkeypatch.setattr("har_core.training.store.datetime", Clock)
    models = ["lstm", "cnn", "stacked-lstm", "bilstm"]
    made = [
        store.create(small_config.model_copy(update={"model": MODELS[name].options()})).run_id
        for name in models
    ]
    assert [run.run_id for run in store.runs()] == made[::-1]


# What a stranger's run may hold


def write(run: Run, name: str, **changes) -> None:
    path = run.path / name
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("status.json", {"epoch": 10}, "status.json says epoch 10 of 2"),
        ("status.json", {"epoch": 10**6, "state": "running", "host": "x"}, "says epoch 1,000,000 of 2"),
        ("status.json", {"epoch": -7}, "epoch is -7"),
        ("status.json", {"epoch": 10**40}, "epoch is 1000"),
        ("status.json", {"epoch": 1, "best_epoch": 2}, "status.json says best epoch 2 of 1"),
        ("status.json", {"seconds": 1e300}, "seconds is 1e"),
        ("status.json", {"seconds": float("inf")}, "seconds is inf"),
        ("meta.json", {"parameters": 10**400}, "parameters is 1000"),
        ("meta.json", {"split_sizes": {}}, "split_sizes is {}"),
        (
            "meta.json",
            {"split_sizes": {"train": 1, "validation": 0, "test": 1}},
            "split_sizes.validation is 0",
        ),
        ("meta.json", {"actions": []}, "actions is []"),
        ("results.json", {"last": {"epoch": 3, "train": 1, "validation": 1, "test": 1}}, "epoch 3 of 2"),
        ("results.json", {"last": {"epoch": 0, "train": 1, "validation": 1, "test": 1}}, "of 0"),
    ],
)
def test_what_can_not_be_true_costs_that_run_alone(name, changes, said, store, finished, small_config):
    whole = store.create(small_config)
    write(finished, name, **changes)
    runs = {run.run_id: run for run in RunStore().all()}
    assert isinstance(runs[whole.run_id], Run)
    assert isinstance(runs[finished.run_id], DamagedRun)
    assert said in runs[finished.run_id].reason and name in runs[finished.run_id].reason
    store.delete(finished.run_id)
    assert [run.run_id for run in store.all()] == [whole.run_id]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "1e400"])
def test_records_are_read_up_to_one_that_can_not_be(value, store, finished):
    path = finished.path / "metrics.jsonl"
    first, second = path.read_text().splitlines(keepends=True)
    loss = json.loads(second)["validation_loss"]
    path.write_text(first + second.replace(f'"validation_loss": {loss}', f'"validation_loss": {value}'))
    assert [record.epoch for record in store.metrics(finished.run_id)] == [1]
    assert list(store.records_at(finished.run_id, [1, 2])) == [1]


def test_records_are_those_of_epochs_that_rise_by_one_up_to_what_was_asked_for(store, finished):
    path = finished.path / "metrics.jsonl"
    first, second = path.read_text().splitlines(keepends=True)
    path.write_text(second + first)
    assert store.metrics(finished.run_id) == []
    path.write_text(first + second + second.replace('"epoch": 2', '"epoch": 3'))
    assert [record.epoch for record in store.metrics(finished.run_id)] == [1, 2]


def test_no_more_is_read_of_records_than_a_record_can_take(store, finished):
    path = finished.path / "metrics.jsonl"
    with path.open("ab") as file:
        file.truncate(10 * 2**30)
    assert [record.epoch for record in store.metrics(finished.run_id)] == [1, 2]
    assert list(store.records_at(finished.run_id, [2, 5])) == [2]


def test_a_run_that_is_a_link_is_refused_and_only_the_link_deleted(store, finished, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    finished.path.rename(elsewhere)
    before = {path.name: path.read_bytes() for path in elsewhere.iterdir()}
    finished.path.symlink_to(elsewhere)
    (found,) = store.all()
    assert isinstance(found, DamagedRun) and "is a link to another folder" in found.reason
    assert store.active() == {}
    for act in (
        lambda: store.write_label(finished.run_id, Label(name="mine")),
        lambda: store.request(finished.run_id, "stop"),
        lambda: store.metrics(finished.run_id),
        lambda: next(train_run(store, finished.run_id)),
    ):
        with pytest.raises(RunError, match="is a link to another folder"):
            act()
    store.delete(finished.run_id)
    assert store.all() == []
    assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == before


def test_a_home_and_a_folder_of_runs_that_are_links_are_the_user_s_choice(store, finished, tmp_path):
    store.folder.rename(tmp_path / "other disk")
    store.folder.symlink_to(tmp_path / "other disk")
    assert [run.run_id for run in store.runs()] == [finished.run_id]
    store.write_label(finished.run_id, Label(name="mine"))
    assert store.get(finished.run_id).label.name == "mine"


@pytest.mark.parametrize("name", ["config.json", "status.json", "meta.json", "results.json", "label.json"])
def test_nothing_is_quoted_of_a_file_that_a_link_leads_to(name, store, finished, tmp_path):
    (tmp_path / "other").write_text('{"the text": "of another file"}')
    (finished.path / name).unlink(missing_ok=True)
    (finished.path / name).symlink_to(tmp_path / "other")
    (found,) = store.all()
    said = found.label_fault if name == "label.json" else found.reason
    assert f"{name} can't be read: it is a link to another place" in said and "text" not in said


def test_of_a_damaged_text_nothing_is_quoted(store, finished):
    (finished.path / "status.json").write_text("root:x:0:0:root:/root:/bin/bash\n")
    (found,) = store.all()
    assert "invalid JSON" in found.reason and "root" not in found.reason.replace(str(finished.path), "")


@pytest.mark.parametrize("put", [os.mkdir, os.mkfifo, lambda path: os.symlink("/nowhere", path)])
def test_a_lock_that_is_none_is_not_in_the_way_of_deletion(put, store, finished):
    (finished.path / ".lock").unlink(missing_ok=True)
    put(finished.path / ".lock")
    store.delete(finished.run_id)
    assert store.all() == []


@pytest.mark.parametrize("put", [os.mkfifo, lambda path: os.symlink("/dev/zero", path)])
def test_a_request_that_is_no_file_is_forgotten(put, store, small_config):
    run = store.create(small_config, queued=False)
    put(run.path / "request")
    assert store.take_request(run.run_id) is None and not os.path.lexists(run.path / "request")


def test_a_run_from_the_end_of_time_does_not_take_the_queue_along(store, small_config):
    last = store.create(small_config)
    write(last, "status.json", queued_at=1e10)
    later = [store.create(small_config).run_id for _ in range(3)]
    assert {run.run_id for run in store.runs()} == {last.run_id, *later}
