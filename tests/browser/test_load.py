"""Twenty visitors at once, and a thousand runs: ``pytest -m soak tests/browser/test_load.py -s``.

Nineteen visitors are light clients that speak the dashboard's protocol, because twenty browsers would measure
the browsers; one is Chromium. ``HAR_LOAD_SECONDS`` names another time than five minutes.
"""

import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.store import Run, RunStore
from tests.browser.conftest import REPOSITORY, Server, serving
from tests.browser.epochs_written import EpochsWritten
from tests.browser.light_client import LightClient

pytestmark = pytest.mark.soak

ENTRY = REPOSITORY / "app" / "Home.py"
SECONDS = float(os.environ.get("HAR_LOAD_SECONDS", 300))
WARM_UP = min(60.0, SECONDS / 3)
ALONE = 20.0  # seconds in which the run trains without visitors
# What a visitor looks at in turn, and for how long.
ROUNDS = [
    [("training", 20.0)] * 3 + [("results", 5.0)],
    [("results", 6.0), ("skeletons", 6.0)],
    [("skeletons", 10.0), ("training", 10.0), ("results", 10.0)],
]
VISITORS = 19


@pytest.fixture
def server(shown_home: Path) -> Iterator[Server]:
    with serving(ENTRY, {"HAR_HOME": str(shown_home)}) as server:
        yield server


@pytest.fixture
def store(shown_home: Path) -> RunStore:
    return RunStore(shown_home / "runs")


class Visitors:
    """Light clients, each in a thread of its own, until they are told to leave."""

    def __init__(self, address: str, query: dict[str, str]) -> None:
        self.clients: list[LightClient] = []
        self.errors: list[BaseException] = []
        self._address, self._query = address, query
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(VISITORS)]

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, number: int) -> None:
        try:
            with LightClient(self._address, **self._query) as client:
                self.clients.append(client)
                for page, seconds in self._until_over(ROUNDS[number % len(ROUNDS)]):
                    client.go_to(page)
                    client.stay(seconds)
        except BaseException as error:  # told by the test, which runs in another thread
            self.errors.append(error)

    def _until_over(self, plan: list[tuple[str, float]]) -> Iterator[tuple[str, float]]:
        while True:
            for step in plan:
                if self._over.is_set():
                    return
                yield step


def memory_of(process: int) -> int:
    """Return the bytes that a process has at hand."""
    found = re.search(r"VmRSS:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return 1024 * int(found[1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the memory of a process")
def test_twenty_sessions_while_a_run_trains(
    server: Server, store: RunStore, chromium: Browser, visit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = next(run for run in store.runs() if run.results)
    run = store.create(
        ExperimentConfig(source=ended.config.source, training=GradientTraining(epochs=1_000_000))
    )
    query = {"source": ended.config.source, "run": ended.run_id}
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    lab = visit(page, server.address)
    lab.open("training", run=run.run_id, source=run.config.source)  # the first visitor wakes the queue
    written = EpochsWritten(run.path / "metrics.jsonl")
    memory: list[tuple[float, int]] = []
    by_chromium: list[float] = []
    with written:
        written.pace(10.0)  # until it is under way
        alone = written.pace(ALONE)
        with Visitors(server.address, query) as visitors:
            started = time.monotonic()
            trained = len(written.at)
            while (past := time.monotonic() - started) < SECONDS:
                memory.append((past, memory_of(server.process.pid)))
                by_chromium += change_pages(lab)
            together = (len(written.at) - trained) / (time.monotonic() - started)
    store.request(run.run_id, "stop")
    page.context.close()
    changes = [seconds for client in visitors.clients for seconds in client.page_seconds]
    warm = np.median([size for past, size in memory if WARM_UP <= past < WARM_UP + SECONDS / 5])
    last = np.median([size for past, size in memory if past >= SECONDS * 0.8])
    figures = {
        "sessions": len(visitors.clients) + 1,
        "page_changes": len(changes) + len(by_chromium),
        "page_change_p95_s": float(np.percentile(changes, 95)),
        "page_change_in_chromium_p95_s": float(np.percentile(by_chromium, 95)),
        "messages": sum(client.messages for client in visitors.clients),
        "memory_after_a_minute_mb": float(warm / 1e6),
        "memory_at_the_end_mb": float(last / 1e6),
        "memory_growth_percent": float(100 * (last / warm - 1)),
        "epochs_a_second_alone": alone,
        "epochs_a_second_together": together,
        "training_slowed_percent": 100 * (1 - together / alone),
    }
    with capsys.disabled():
        print(f"\n{json.dumps(figures, indent=2)}")  # noqa: T201 - the figures are what it is run for
    assert visitors.errors == []
    assert [fault for client in visitors.clients for fault in client.faults] == []
    assert "Traceback" not in server.said()
    assert figures["sessions"] == 20
    assert max(figures["page_change_p95_s"], figures["page_change_in_chromium_p95_s"]) < 3
    assert figures["memory_growth_percent"] < 10
    assert figures["training_slowed_percent"] < 60
    if (slowed := figures["training_slowed_percent"]) >= 30:
        pytest.xfail(f"training slowed by {slowed:.0f} %, more than the aim of 30 %")


def change_pages(lab: Any) -> list[float]:
    """Go to the three pages in turn; return the seconds until each was whole."""
    took = []
    for title in ("Results", "Skeletons", "Training"):
        started = time.monotonic()
        lab.go_to(title)
        took.append(time.monotonic() - started)
        lab.page.wait_for_timeout(1500)
    return took


def test_a_thousand_runs_open_in_two_seconds(
    shown_home: Path, tmp_path: Path, chromium: Browser, visit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(shown_home, home, ignore=shutil.ignore_patterns("runs"))
    copy_runs(RunStore(shown_home / "runs").runs(), home / "runs", 1000)
    with serving(ENTRY, {"HAR_HOME": str(home)}) as server:
        page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        lab = visit(page, server.address)
        lab.open("skeletons")
        took = []
        for _ in range(6):
            started = time.monotonic()
            lab.go_to("Comparison")
            took.append(time.monotonic() - started)
            lab.go_to("Skeletons")
        page.context.close()
        assert "Traceback" not in server.said()
    with capsys.disabled():
        print(f"\nfirst {took[0]:.2f} s, then {np.median(took[1:]):.2f} s")  # noqa: T201 - as above
    assert len(RunStore(home / "runs").runs()) == 1000
    assert np.median(took) < 2


def copy_runs(runs: list[Run], folder: Path, count: int) -> None:
    """Make so many runs out of a few; what is large is shared by links."""
    link: Callable[[str, str], object] = os.link
    for number in range(count):
        run = runs[number % len(runs)]
        target = folder / f"20260101-{number:06d}-{run.run_id.split('-', 2)[2]}"
        shutil.copytree(run.path, target, copy_function=link)
