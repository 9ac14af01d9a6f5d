"""What crashes, full disks and second processes leave behind: runs that can be read, and gone on with."""

import ctypes
import errno
import logging
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from har_core.data.preparation import Preparation
from har_core.errors import RunError
from har_core.training import driver, heartbeats
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.queue import TrainingQueue
from har_core.training.store import Run, RunStore
from tests.killing import command_line, in_a_child, killed_at, knows_signals
from tests.training.same_run import assert_same

pytestmark = [
    pytest.mark.usefixtures("har_home"),
    knows_signals,
]
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def store() -> RunStore:
    return RunStore()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint and a sign of life after each epoch: the most writing there is."""
    monkeypatch.setattr(driver, "CHECKPOINT_EVERY", 0.0)
    monkeypatch.setattr(driver, "STATUS_EVERY", 0.0)


@pytest.fixture
def config_file(small_config: ExperimentConfig, tmp_path: Path) -> Path:
    file = tmp_path / "experiment.json"
    file.write_text(small_config.trained(epochs=4).model_dump_json())
    return file


# Kill -9


@pytest.mark.parametrize("stride", [9, pytest.param(1, marks=pytest.mark.soak)])
def test_a_run_killed_at_any_write_goes_on_to_the_same_bits(
    stride: int, often: None, config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAR_HOME", str(tmp_path / "whole"))
    command_line("train", "--config", config_file)
    (whole,) = RunStore().runs()
    moment, step, kills = 1, random.Random(5), 0
    while True:
        monkeypatch.setenv("HAR_HOME", str(tmp_path / f"killed-{moment}"))
        ended = killed_at(moment, lambda: command_line("train", "--config", config_file))
        store = RunStore()
        found = store.all()
        assert all(isinstance(run, Run) for run in found), found
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        kills += 1
        for run in found:  # none, where it was killed before there was one
            assert run.status.state in ("interrupted", "done")
            if run.status.state == "interrupted":
                assert in_a_child(lambda run=run: command_line("runs", "resume", run.run_id)) == 0
            assert_same(store.get(run.run_id), whole)
        moment += step.randint(1, stride)
    assert kills > 8


SLICE = (
    "import sys; from har_core import cli; from har_core.training import driver\n"
    "driver.CHECKPOINT_EVERY = 0.05; cli.main()"
)


def kill_again_and_again(kills: int, config: ExperimentConfig, tmp_path: Path) -> None:
    """Kill the command line at random moments of one training, then let it end."""
    place = random.Random(kills)
    file = tmp_path / "long.json"
    file.write_text(config.trained(epochs=40 * kills + 40).model_dump_json())
    store = RunStore()
    whole = store.create(config.trained(epochs=40 * kills + 40))
    assert in_a_child(lambda: list(train_run(store, whole.run_id))) == 0
    run_id, words = "", ["train", "--config", str(file)]
    for turn in range(kills):
        before = len(store.metrics(run_id)) if run_id else 0
        command = [sys.executable, "-c", SLICE, *words]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=REPOSITORY) as process:
            while len(store.metrics(run_id) if run_id else []) < before + place.randint(1, 30):
                assert process.poll() is None, f"it ended by itself in turn {turn}"
                found = [run.run_id for run in store.runs() if run.run_id != whole.run_id]
                run_id = found[0] if found else ""
            time.sleep(place.random() / 50)  # any moment between two records is as good
            process.kill()
        assert all(isinstance(run, Run) for run in store.all())
        assert store.get(run_id).status.state == "interrupted"
        words = ["runs", "resume", run_id]
    subprocess.run(
        [sys.executable, "-c", SLICE, *words], check=True, stdout=subprocess.DEVNULL, cwd=REPOSITORY
    )
    assert_same(store.get(run_id), store.get(whole.run_id))


def test_the_command_line_killed_twice_ends_with_the_same_bits(
    small_config: ExperimentConfig, tmp_path: Path
) -> None:
    kill_again_and_again(2, small_config, tmp_path)


def test_what_varies_and_prepares_as_the_recipe_does_goes_on_to_the_same_bits(
    small_config: ExperimentConfig, tmp_path: Path
) -> None:
    preparation = Preparation(untracked="fill", centring="median", frames=24, scaling="body")
    inputs = ("paced-motion-1", "paced-motion-4", "directions", "deviation")
    config = small_config.model_copy(update={"preparation": preparation, "inputs": inputs})
    kill_again_and_again(1, config.trained(augmentation="recipe"), tmp_path)


@pytest.mark.soak
def test_the_command_line_killed_thirty_times_ends_with_the_same_bits(
    small_config: ExperimentConfig, tmp_path: Path
) -> None:
    kill_again_and_again(30, small_config, tmp_path)


ENDING = """
import time
from har_core.training.queue import TrainingQueue
from har_core.training.store import RunStore
store = RunStore()
TrainingQueue(store).start()
(run,) = store.all()
while len(store.metrics(run.run_id)) < 5:
    time.sleep(0.02)
print("ending", flush=True)
"""


def test_a_process_that_ends_while_it_trains_leaves_an_interrupted_run(
    store: RunStore, small_config: ExperimentConfig
) -> None:
    run_id = store.create(small_config.trained(epochs=100_000)).run_id
    command = [sys.executable, "-c", ENDING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ending\n"
        _, errors = process.communicate(timeout=60)  # it does not wait for 100,000 epochs
    assert process.returncode == 0 and errors == b""
    status = store.get(run_id).status
    assert status.state == "interrupted" and status.error == "" and status.epoch >= 5


# Disks that are full, and folders that are gone


def test_a_file_size_limit_fails_the_run_in_a_sentence_and_the_others_stay_whole(
    often: None, store: RunStore, small_config: ExperimentConfig
) -> None:
    first, second = store.create(small_config), store.create(small_config)
    assert in_a_child(lambda: list(train_run(store, first.run_id))) == 0

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        TrainingQueue(store).work_off()

    assert in_a_child(limited) == 0
    status = store.get(second.run_id).status
    assert status.state == "failed" and str(second.path) in status.error and "File too large" in status.error
    assert store.get(first.run_id).status.state == "done"
    store.requeue(second.run_id)
    TrainingQueue(store).work_off()
    assert_same(store.get(second.run_id), store.get(first.run_id))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 600 kB, or a skip where this user can't mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user can't mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_fails_the_run_in_a_sentence_and_it_goes_on_when_there_is_room(
    often: None, tiny_disk: Path, small_config: ExperimentConfig, store: RunStore
) -> None:
    whole = store.create(small_config)
    list(train_run(store, whole.run_id))
    full = RunStore(tiny_disk / "runs")
    run = full.create(small_config)
    next_one = full.create(small_config)
    (tiny_disk / "fill").write_bytes(bytes(500_000))
    TrainingQueue(full).work_off()
    status = full.get(run.run_id).status
    assert status.state == "failed" and "No space left on device" in status.error
    assert isinstance(full.get(next_one.run_id), Run)
    (tiny_disk / "fill").unlink()
    assert RunStore(full.folder).get(run.run_id).status.state in ("failed", "interrupted", "queued")
    full.requeue(run.run_id)
    list(train_run(full, run.run_id))
    assert_same(full.get(run.run_id), store.get(whole.run_id))


def obey_permissions() -> None:
    """Let this process obey the permissions of files, as every user but root does."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        # capset(2) of Linux, version 3, this process: no capability is left, and none comes back.
        if libc.capset(struct.pack("Ii", 0x20080522, 0), bytes(24)):
            raise OSError(ctypes.get_errno(), "root can't be made to obey permissions")


@pytest.fixture
def shut() -> Iterator[Callable[[Path], None]]:
    """The function ``shut(folder)``: nothing can be made, moved or replaced in it any more, until the end."""
    if os.geteuid() == 0 and not sys.platform.startswith("linux"):
        pytest.skip("root overlooks permissions here")
    closed: list[Path] = []

    def close(folder: Path) -> None:
        closed.append(folder)
        folder.chmod(0o555)

    yield close
    for folder in closed:
        folder.chmod(0o755)


def test_a_folder_that_becomes_read_only_fails_its_run_in_a_sentence_and_the_others_stay_whole(
    often: None, store: RunStore, small_config: ExperimentConfig, shut: Callable[[Path], None]
) -> None:
    first, second, third = (store.create(small_config) for _ in range(3))
    list(train_run(store, first.run_id))
    sentence = f"{second.path} can't be written: Permission denied. Resume the run when it can."

    def robbed_while_it_trains() -> None:
        obey_permissions()
        epochs = train_run(store, second.run_id)
        next(epochs)
        shut(second.path)
        with pytest.raises(RunError) as refused:
            list(epochs)
        status = store.get(second.run_id).status
        assert (str(refused.value), status.state, status.error) == (sentence, "failed", sentence)
        TrainingQueue(store).work_off()

    assert in_a_child(robbed_while_it_trains) == 0
    assert store.get(third.run_id).status.state == "done"
    assert_same(store.get(third.run_id), store.get(first.run_id))
    assert store.get(second.run_id).status.state == "interrupted"
    second.path.chmod(0o755)
    list(train_run(store, second.run_id))
    assert_same(store.get(second.run_id), store.get(first.run_id))


@pytest.mark.parametrize("left", [".status.json.0123abcd.new", "request"])
def test_what_an_earlier_process_left_in_a_folder_now_read_only_is_told_in_a_sentence(
    left: str, store: RunStore, small_config: ExperimentConfig, shut: Callable[[Path], None]
) -> None:
    run = store.create(small_config)
    for name in (".lock", left):
        (run.path / name).write_text("pause")
    shut(run.path)
    sentence = f"{run.path} can't be written: Permission denied. Resume the run when it can."

    def begin() -> None:
        obey_permissions()
        with pytest.raises(RunError) as refused:
            next(train_run(store, run.run_id))
        status = store.get(run.run_id).status
        assert (str(refused.value), status.state, status.error) == (sentence, "failed", sentence)

    assert in_a_child(begin) == 0
    run.path.chmod(0o755)
    list(train_run(store, run.run_id))
    assert store.get(run.run_id).status.state == "done" and not (run.path / left).exists()


@pytest.mark.parametrize("interruption", [GeneratorExit, KeyboardInterrupt])
def test_an_interrupted_run_that_cannot_be_kept_is_told_in_a_sentence(
    interruption: type[BaseException], store: RunStore, small_config: ExperimentConfig,
    shut: Callable[[Path], None],
) -> None:  # fmt: skip
    run = store.create(small_config)
    sentence = f"{run.path} can't be written: Permission denied. Resume the run when it can."

    def interrupt() -> None:
        obey_permissions()
        epochs = train_run(store, run.run_id)
        next(epochs)
        shut(run.path)
        with pytest.raises(RunError, match=re.escape(sentence)):
            epochs.throw(interruption)

    assert in_a_child(interrupt) == 0
    assert store.get(run.run_id).status.state == "interrupted"


def test_a_waiting_run_in_a_read_only_folder_fails_once_and_the_next_is_trained(
    store: RunStore, small_config: ExperimentConfig, shut: Callable[[Path], None]
) -> None:
    closed, other = store.create(small_config), store.create(small_config)
    shut(closed.path)

    def work_off() -> None:
        obey_permissions()
        TrainingQueue(store).work_off()
        status = store.get(closed.run_id).status
        assert status.state == "failed"
        assert status.error == f"{closed.path} can't be written: Permission denied."
        assert TrainingQueue(store).waiting() == []

    assert in_a_child(work_off) == 0
    assert store.get(other.run_id).status.state == "done"


def test_a_read_only_home_is_told_in_a_sentence_and_nothing_in_it_changes(
    store: RunStore, small_config: ExperimentConfig, config_file: Path, har_home: Path, tmp_path: Path,
    shut: Callable[[Path], None],
) -> None:  # fmt: skip
    done, waiting = store.create(small_config), store.create(small_config)
    list(train_run(store, done.run_id))
    (done.path / ".lock").unlink(missing_ok=True)
    shutil.rmtree(har_home / "cache")
    before = {path: path.stat().st_mtime_ns for path in har_home.rglob("*")}
    for folder in (har_home, *(path for path in before if path.is_dir())):
        shut(folder)
    said = tmp_path / "said"

    def refused(*words: object) -> None:
        logging.getLogger().handlers.clear()  # those of pytest; a warning goes where the user reads it
        obey_permissions()
        with said.open("w") as file, redirect_stderr(file):
            command_line(*words)

    for words in (
        ("train", "--config", config_file),
        ("runs", "resume", waiting.run_id),
        ("runs", "delete", done.run_id),
        ("runs", "label", done.run_id, "--name", "mine"),
    ):
        assert in_a_child(lambda words=words: refused(*words)) == 2, words
        told = said.read_text()
        assert re.search(
            rf"^Error: {re.escape(str(har_home))}\S* can't be written: Permission denied\.$", told, re.M
        )
        assert "Traceback" not in told
        notes = told.splitlines()[:-1]
        unkept = f"The cache {har_home / 'cache'} can't be written, so the data are read anew each time: "
        assert notes == ([f"{unkept}Permission denied"] if words[0] == "train" else [])
    assert in_a_child(lambda: refused("runs", "list")) == 0
    assert {path: path.stat().st_mtime_ns for path in har_home.rglob("*")} == before


def test_where_not_even_the_status_can_be_written_this_process_remembers_the_reason(
    often: None, store: RunStore, small_config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.create(small_config).run_id
    epochs = train_run(store, run_id)
    next(epochs)
    with monkeypatch.context() as patch:

        def refuse(descriptor: int) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        patch.setattr(os, "fsync", refuse)
        with pytest.raises(RunError, match="Read-only file system"):
            list(epochs)
    status = store.get(run_id).status
    assert status.state == "failed" and "Read-only file system" in status.error
    assert run_id not in store.active()
    store.requeue(run_id)
    assert store.get(run_id).status.state == RunStore().get(run_id).status.state == "queued"


@pytest.mark.parametrize("jump", [0, -86_400, 86_400])
def test_a_reason_that_is_remembered_hides_no_news_of_another_process(
    jump: float, often: None, store: RunStore, small_config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "QUIET_AFTER", -1)  # else it is asked only in five seconds who trains
    run_id = store.create(small_config).run_id
    epochs = train_run(store, run_id)
    next(epochs)
    away = store.folder.with_name("away")
    store.folder.rename(away)  # as a disk that is pulled out
    with pytest.raises(RunError, match="can't be written"):
        list(epochs)
    away.rename(store.folder)
    assert store.get(run_id).status.state == "failed" and RunStore().get(run_id).status.state == "interrupted"
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    other = RunStore()
    other.requeue(run_id)
    assert store.get(run_id).status.state == "queued" and list(store.active()) == [run_id]
    list(train_run(other, run_id))
    assert store.get(run_id).status == other.get(run_id).status and store.get(run_id).status.state == "done"


def test_a_folder_that_is_gone_while_its_run_trains_costs_that_run(
    often: None, store: RunStore, small_config: ExperimentConfig
) -> None:
    gone, other = store.create(small_config), store.create(small_config)
    epochs = train_run(store, gone.run_id)
    next(epochs)
    shutil.rmtree(gone.path)
    with pytest.raises(RunError, match="No such file or directory"):
        list(epochs)
    TrainingQueue(store).work_off()
    (run,) = store.all()
    assert run.run_id == other.run_id and run.status.state == "done"


# Two processes on one home


def test_two_queues_train_each_run_once_and_in_order(
    store: RunStore, small_config: ExperimentConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [store.create(small_config).run_id for _ in range(8)]
    train = driver.train_run

    def noted(store: RunStore, run_id: str, **options: bool) -> Iterator[object]:
        for record in train(store, run_id, **options):
            with (tmp_path / "trained").open("a") as file:
                file.write(f"{os.getpid()} {run_id} {record.epoch}\n")
            yield record

    monkeypatch.setattr(driver, "train_run", noted)
    monkeypatch.setenv("HAR_THREADS", "1")  # as tests.killing.in_a_child says
    children = []
    for _ in range(2):
        child = os.fork()
        if not child:
            try:
                TrainingQueue(RunStore()).work_off()
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    lines = [line.split() for line in (tmp_path / "trained").read_text().splitlines()]
    assert sorted((run_id, int(epoch)) for _, run_id, epoch in lines) == sorted(
        (run_id, epoch) for run_id in runs for epoch in range(1, 7)
    )
    for process in {process for process, _, _ in lines}:
        own = list(dict.fromkeys(run_id for who, run_id, _ in lines if who == process))
        assert own == [run_id for run_id in runs if run_id in own]
    first = store.get(runs[0])
    for run_id in runs:
        assert_same(store.get(run_id), first)


def test_two_processes_that_make_runs_lose_none_and_keep_their_order(
    store: RunStore, small_config: ExperimentConfig, tmp_path: Path
) -> None:
    children = []
    for number in range(2):
        child = os.fork()
        if not child:
            try:
                own = RunStore()
                made = [own.create(small_config).run_id for _ in range(15)]
                (tmp_path / f"made-{number}").write_text("\n".join(made))
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    waiting = [run.run_id for run in TrainingQueue(store).waiting()]
    assert len(waiting) == 30
    for number in range(2):
        made = (tmp_path / f"made-{number}").read_text().split("\n")
        assert [run_id for run_id in waiting if run_id in made] == made


def test_a_clock_that_is_set_back_changes_no_order(
    store: RunStore, small_config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.create(small_config).run_id
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 3600)
    second, third = RunStore().create(small_config).run_id, RunStore().create(small_config).run_id
    assert [run.run_id for run in TrainingQueue(store).waiting()] == [first, second, third]
