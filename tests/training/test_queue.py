"""Runs wait in line and are trained one after the other, whatever becomes of each."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from har_core.training import driver
from har_core.training.queue import TrainingQueue
from har_core.training.store import RunStore


@pytest.fixture
def store(har_home: Path) -> RunStore:
    return RunStore()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> "Watch":
    """What is trained by any queue; a test may act after an epoch."""
    monkeypatch.setattr(driver, "STATUS_EVERY", 0.0)
    watch = Watch()
    monkeypatch.setattr(driver, "train_run", watch.train_run)
    return watch


class Watch:
    def __init__(self) -> None:
        self.drive = driver.train_run
        self.epochs: list[tuple[str, int]] = []
        self.options: list[dict] = []
        self.then: Callable[[str, int], None] = lambda run_id, epoch: None

    def train_run(self, store, run_id, **options):
        self.options.append(options)
        epochs = self.drive(store, run_id, **options)
        try:
            for record in epochs:
                self.epochs.append((run_id, record.epoch))
                self.then(run_id, record.epoch)
                yield record
        finally:
            epochs.close()


def states(store: RunStore) -> dict[str, str]:
    return {run.run_id: run.status.state for run in store.runs()}


def timeless(store: RunStore, run_id: str) -> list:
    return [replace(record, seconds=0) for record in store.metrics(run_id)]


def test_runs_are_trained_in_the_order_in_which_they_came(store, small_config, seen):
    config = small_config.trained(epochs=2)
    first, second, third = (store.create(config).run_id for _ in range(3))
    queue = TrainingQueue(store)
    assert [run.run_id for run in queue.waiting()] == [first, second, third]
    queue.work_off()
    assert seen.epochs == [(first, 1), (first, 2), (second, 1), (second, 2), (third, 1), (third, 2)]
    assert set(states(store).values()) == {"done"} and queue.waiting() == []


def test_each_run_has_the_threads_of_its_queue(store, small_config, seen):
    config = small_config.trained(epochs=1)
    for threads in (None, 3):
        store.create(config)
        TrainingQueue(store, threads=threads).work_off()
    assert seen.options == [{"only_queued": True, "threads": threads} for threads in (None, 3)]


def test_only_waiting_runs_are_trained(store, small_config, seen):
    stopped, running = store.create(small_config), store.create(small_config, queued=False)
    store.request(stopped.run_id, "stop")
    TrainingQueue(store).work_off()
    assert seen.epochs == [] and states(store) == {stopped.run_id: "stopped", running.run_id: "running"}


def test_a_paused_run_lets_the_next_go_and_then_continues(store, small_config, seen):
    whole, paused, other = (store.create(small_config).run_id for _ in range(3))

    def pause(run_id: str, epoch: int) -> None:
        if (run_id, epoch) == (paused, 2):
            store.request(run_id, "pause")

    seen.then = pause
    queue = TrainingQueue(store)
    queue.work_off()
    assert states(store) == {whole: "done", paused: "paused", other: "done"}
    seen.then, seen.epochs = lambda run_id, epoch: None, []
    store.requeue(paused)
    queue.work_off()
    assert seen.epochs == [(paused, epoch) for epoch in (3, 4, 5, 6)]
    assert timeless(store, paused) == timeless(store, whole) and states(store)[paused] == "done"


def test_a_stopped_run_keeps_its_results(store, small_config, seen):
    run_id = store.create(small_config).run_id
    seen.then = lambda run_id, epoch: store.request(run_id, "stop") if epoch == 3 else None
    TrainingQueue(store).work_off()
    run = store.get(run_id)
    assert run.status.state == "stopped" and run.results.last.epoch == 3 and len(store.metrics(run_id)) == 3
    assert (run.path / "predictions.npz").is_file()


def test_a_run_that_fails_does_not_stop_the_next(store, small_config, seen, tmp_path):
    lost = store.create(small_config.model_copy(update={"source": str(tmp_path / "gone")})).run_id
    broken, last = store.create(small_config).run_id, store.create(small_config).run_id

    def fault(run_id: str, epoch: int) -> None:
        if run_id == broken:
            raise ZeroDivisionError("a fault of the program")

    seen.then = fault
    TrainingQueue(store).work_off()
    found = states(store)
    assert found[lost] == "failed" and "gone" in store.get(lost).status.error
    assert found[broken] != "running" and found[last] == "done"


def test_damaged_runs_are_passed_over(store, small_config, seen):
    damaged, whole = store.create(small_config), store.create(small_config)
    (damaged.path / "status.json").write_text("{")
    TrainingQueue(store).work_off()
    assert states(store) == {whole.run_id: "done"}


def test_closing_interrupts_the_running_run_which_can_go_on(store, small_config, seen):
    whole = store.create(small_config).run_id
    TrainingQueue(store).work_off()
    endless = store.create(small_config.trained(epochs=1_000_000)).run_id
    going = threading.Event()
    seen.then = lambda run_id, epoch: going.set() if epoch >= 3 else None
    queue = TrainingQueue(store)
    queue.start()
    assert going.wait(30)
    queue.close()
    run = store.get(endless)
    assert run.status.state == "interrupted" and run.status.epoch == len(store.metrics(endless)) >= 3
    assert timeless(store, endless)[:3] == timeless(store, whole)[:3]

    store.requeue(endless)
    before, again = run.status.epoch, TrainingQueue(store)
    seen.epochs = []
    seen.then = lambda run_id, epoch: store.request(run_id, "stop")
    again.work_off()
    assert seen.epochs == [(endless, before + 1)]


def test_a_queue_that_is_woken_takes_what_has_come(store, small_config, seen):
    going = threading.Event()
    seen.then = lambda run_id, epoch: going.set() if epoch == 6 else None
    queue = TrainingQueue(store)
    queue.start()
    try:
        for _ in range(2):
            going.clear()
            store.create(small_config)
            queue.wake()
            assert going.wait(30)
    finally:
        queue.close()
    assert [epoch for _, epoch in seen.epochs] == [1, 2, 3, 4, 5, 6] * 2


def test_beside_a_queue_no_thread_keeps_the_interpreter_for_long(store, request):
    request.addfinalizer(partial(sys.setswitchinterval, sys.getswitchinterval()))
    sys.setswitchinterval(0.005)  # as Python begins
    queue = TrainingQueue(store)
    queue.start()
    queue.close()
    assert sys.getswitchinterval() <= 0.001


def test_closing_a_queue_that_never_started_does_nothing(store):
    TrainingQueue(store).close()


def test_two_queues_on_one_store_never_train_a_run_twice(store, small_config, seen):
    config = small_config.trained(epochs=2)
    ids = [store.create(config).run_id for _ in range(5)]
    together = threading.Barrier(2)

    def work() -> None:
        queue = TrainingQueue(RunStore())
        together.wait(10)
        queue.work_off()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # what one queue was training while the other came by is done all the same
    assert states(store) == {run_id: "done" for run_id in ids}
    assert Counter(seen.epochs) == {(run_id, epoch): 1 for run_id in ids for epoch in (1, 2)}


def test_a_run_that_was_taken_out_of_the_line_meanwhile_is_left_alone(store, small_config, seen, monkeypatch):
    run = store.create(small_config)
    queue = TrainingQueue(store)
    stale = queue.waiting()
    store.request(run.run_id, "pause")  # or another queue has trained it and it was paused
    monkeypatch.setattr(queue, "waiting", lambda: stale)
    queue.work_off()
    assert seen.epochs == [] and store.get(run.run_id).status.state == "paused"


def test_closing_waits_less_than_a_second_for_an_epoch_that_takes_longer(store, small_config, monkeypatch):
    began, may_end = threading.Event(), threading.Event()

    def endless(store, run_id, **options):
        began.set()
        may_end.wait(30)
        yield from ()

    monkeypatch.setattr(driver, "train_run", endless)
    store.create(small_config)
    queue = TrainingQueue(store)
    queue.start()
    assert began.wait(10)
    started = time.monotonic()
    queue.close()
    assert time.monotonic() - started < 1
    may_end.set()


def test_a_home_that_is_gone_is_said_once_and_its_runs_are_trained_when_it_is_back(
    store, small_config, seen, monkeypatch, caplog
):
    monkeypatch.setattr("har_core.training.queue._LOOK_EVERY", 0.001)
    run = store.create(small_config)
    assert list(store.active()) == [run.run_id]
    away = store.folder.parent.with_name("away")
    store.folder.parent.rename(away)
    asked, missed, going = [], threading.Event(), threading.Event()
    active = store.active

    def count() -> dict:
        asked.append(None)
        if len(asked) == 5:
            missed.set()
        return active()

    monkeypatch.setattr(store, "active", count)
    seen.then = lambda run_id, epoch: going.set()
    queue = TrainingQueue(store)
    queue.start()
    try:
        assert missed.wait(10)
        away.rename(store.folder.parent)
        assert going.wait(30)
    finally:
        queue.close()
    said = [record for record in caplog.records if "is gone, and the runs with it" in record.message]
    assert len(said) == 1 and not any(record.exc_info for record in caplog.records)
