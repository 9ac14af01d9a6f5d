"""A server whose home goes, is closed, read-only or full while it trains: it stays, and goes on after."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.shell.navigation import PAGES, path_of
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.store import RunStore
from tests.browser.conftest import REPOSITORY, serving
from tests.browser.light_client import LightClient

pytestmark = pytest.mark.soak

OBEYING = "-dac_override,-dac_read_search"
"""Without these root obeys the permissions of files, as everybody else does."""


@contextmanager
def gone(home: Path) -> Iterator[str]:
    home.rename(home.with_name("away"))
    yield "is gone, and the runs with it"
    home.with_name("away").rename(home)


@contextmanager
def closed(home: Path) -> Iterator[str]:
    home.chmod(0)
    yield "can't be read: Permission denied"
    home.chmod(0o755)


@contextmanager
def read_only(home: Path) -> Iterator[str]:
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield ""
    for folder in folders:
        folder.chmod(0o755)


@contextmanager
def full(home: Path) -> Iterator[str]:
    file = os.open(home / "fill", os.O_CREAT | os.O_WRONLY)
    with suppress(OSError):
        while True:
            os.write(file, bytes(4096))
    os.close(file)
    yield ""
    (home / "fill").unlink()


@pytest.fixture
def small_disk(har_home: Path) -> Iterator[None]:
    har_home.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(har_home)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user can't mount a tmpfs")
    yield
    subprocess.run(["umount", "-l", str(har_home)], check=True)


@pytest.mark.parametrize("lost", [gone, closed, read_only, full])
def test_a_server_outlives_the_loss_of_its_home_and_goes_on_when_it_is_back(
    lost: Callable[[Path], Iterator[str]], har_home: Path, request: pytest.FixtureRequest
) -> None:
    by = []
    if lost is full:
        request.getfixturevalue("small_disk")
    elif os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root overlooks permissions here")
        by = ["setpriv", f"--bounding-set={OBEYING}", f"--inh-caps={OBEYING}"]
    store = RunStore()
    config = ExperimentConfig(source="synthetic", training=GradientTraining(epochs=1))
    done = store.create(config, queued=False).run_id
    list(train_run(store, done))
    run_id = store.create(config.trained(epochs=100_000)).run_id
    env = {"HAR_HOME": str(har_home), "HAR_THREADS": "1"}
    with (
        serving(REPOSITORY / "app" / "Home.py", env, by) as server,
        LightClient(server.address, run=run_id) as watcher,
        LightClient(server.address, run=done) as visitor,
    ):

        def wait_for(so: Callable[[], bool]) -> None:
            end = time.monotonic() + 60
            while not so():
                assert time.monotonic() < end
                watcher.stay(0.5)

        watcher.go_to("training")
        wait_for(lambda: len(store.metrics(run_id)) > 3)
        for page in map(path_of, PAGES):  # what they need to be drawn was read and compiled
            visitor.go_to(page)
        with lost(har_home) as sentence:
            watcher.stay(5)
            for page in map(path_of, PAGES):
                visitor.go_to(page)
                assert not sentence or [sentence in told.replace("\\", "") for told in visitor.told] == [True]
        for page in map(path_of, PAGES):
            visitor.go_to(page)
        watcher.go_to("training")
        assert any("can't be written" in told.replace("\\", "") for told in watcher.told)
        wait_for(lambda: store.get(run_id).status.state in ("interrupted", "failed"))
        epochs = len(store.metrics(run_id))
        store.requeue(run_id)
        wait_for(lambda: store.get(run_id).status.state == "running" and len(store.metrics(run_id)) > epochs)
        assert watcher.faults == visitor.faults == []
        assert "Traceback" not in server.said()
