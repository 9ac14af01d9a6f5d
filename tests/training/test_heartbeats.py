"""A run is dead when nobody trains it any more, whatever the clock says."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from har_core.training import heartbeats
from har_core.training.store import RunStore, heartbeat

HOUR = 3600.0


@pytest.fixture
def store(har_home: Path) -> RunStore:
    return RunStore()


@pytest.fixture
def running(store, small_config):
    return store.create(small_config, queued=False)


def state_of(store: RunStore, run) -> str:
    return store.get(run.run_id).status.state


@pytest.mark.parametrize("jump", [-HOUR, HOUR, 30 * 24 * HOUR], ids=["set back", "slept", "slept a month"])
def test_a_run_whose_lock_is_held_runs_however_the_clock_has_jumped(store, running, jump):
    store.write_status(running.run_id, heartbeat(running.status, heartbeat=time.time() - jump))
    with store.alone(running.run_id):
        assert state_of(store, running) == "running"
        assert list(store.active()) == [running.run_id]
    assert state_of(store, running) == "interrupted"


def test_a_quiet_run_whose_lock_is_free_is_interrupted_though_its_process_lives(store, running):
    fresh = heartbeat(running.status)
    store.write_status(running.run_id, fresh)
    assert state_of(store, running) == "running"  # it may be about to take its lock
    quiet = {"heartbeat": fresh.heartbeat - heartbeats.QUIET_AFTER - 1}
    store.write_status(running.run_id, fresh.model_copy(update=quiet))
    assert state_of(store, running) == "interrupted"
    with store.alone(running.run_id):  # asking has left the lock free
        pass


def test_the_lock_of_another_process_is_seen(store, running):
    store.write_status(running.run_id, heartbeat(running.status, heartbeat=time.time() - HOUR))
    program = (
        "import sys; from pathlib import Path; from har_core.training.heartbeats import lock_of\n"
        "lock = lock_of(Path(sys.argv[1])); lock.acquire(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(running.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        assert state_of(store, running) == "running"
        other.kill()
        other.wait()
    assert state_of(store, running) == "interrupted"


def test_where_the_lock_can_not_be_asked_the_silence_decides(store, running, monkeypatch):
    def refuse(path: Path):
        raise PermissionError(path)

    monkeypatch.setattr(heartbeats.FileLock, "acquire", refuse)
    for age, state in ((10, "running"), (61, "interrupted")):
        store.write_status(running.run_id, heartbeat(running.status, heartbeat=time.time() - age))
        assert state_of(store, running) == state
