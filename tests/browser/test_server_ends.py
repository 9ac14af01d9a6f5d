"""What becomes of a run whose server ends while it trains: by kill -9, and by Ctrl-C with a page open."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.practical_work import practical_work
from har_core.training.store import Run, RunStore
from tests.browser.conftest import REPOSITORY, Server, serving
from tests.training.same_run import assert_same

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither of these signals")

ENTRY = REPOSITORY / "app" / "Home.py"
MINUTES = 180_000


@pytest.fixture
def store(har_home: Path) -> RunStore:
    return RunStore()


def open_training(chromium: Browser, visit: Any, server: Server, run: Run) -> Page:
    """Open the page of a run; the first visitor wakes the queue."""
    page = chromium.new_page()
    visit(page, server.address).open("training", run=run.run_id)
    return page


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the page go on until something holds; it takes a minute at most."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def end_by(how: signal.Signals, server: Server) -> float:
    """Send the server a signal; return the seconds that it took to end."""
    started = time.monotonic()
    server.process.send_signal(how)
    server.process.wait(timeout=60)
    return time.monotonic() - started


@pytest.mark.soak
def test_a_killed_server_s_run_is_resumed_by_the_button_to_the_same_bits(
    store: RunStore, small_config: ExperimentConfig, chromium: Browser, visit: Any
) -> None:
    config = small_config.trained(epochs=8_000)
    run = store.create(config)
    with serving(ENTRY) as server, open_training(chromium, visit, server, run) as page:
        wait_until(page, lambda: (run.path / "checkpoint.safetensors").exists())
        end_by(signal.SIGKILL, server)
    killed = store.metrics(run.run_id)
    assert store.get(run.run_id).status.state == "interrupted" and len(killed) < 8_000
    with serving(ENTRY) as server, open_training(chromium, visit, server, run) as page:
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("link", name="See the results of this run")).to_be_visible(timeout=MINUTES)
    assert store.metrics(run.run_id)[0] == killed[0]  # it went on: a new beginning would take another time
    whole = store.create(config)
    list(train_run(store, whole.run_id))
    assert_same(store.get(run.run_id), store.get(whole.run_id))


def interrupt(store: RunStore, config: ExperimentConfig, chromium: Browser, visit: Any) -> float:
    """Press Ctrl-C while a run trains and its page is open; return the seconds until the server has ended."""
    run = store.create(config)
    with serving(ENTRY) as server, open_training(chromium, visit, server, run) as page:
        wait_until(page, lambda: len(store.metrics(run.run_id)) > 20)
        seconds = end_by(signal.SIGINT, server)
        said = server.said()
    assert "Traceback" not in said
    assert store.get(run.run_id).status.state == "interrupted"
    assert len(store.metrics(run.run_id)) == store.get(run.run_id).status.epoch  # it saved what it had
    return seconds


def test_ctrl_c_ends_a_server_that_trains_and_its_run_can_go_on(
    store: RunStore, small_config: ExperimentConfig, chromium: Browser, visit: Any
) -> None:
    interrupt(store, small_config.trained(epochs=1_000_000), chromium, visit)


@pytest.mark.soak
def test_ctrl_c_ends_the_server_within_two_seconds_whatever_trains(
    store: RunStore, chromium: Browser, visit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for config in practical_work("synthetic", epochs=1_000_000):
        seconds = interrupt(store, config, chromium, visit)
        with capsys.disabled():
            print(f"\n{config.model.name}: {seconds:.1f} s")  # noqa: T201 - what it is run for
        assert seconds < 2
