"""A server whose clock is set a day on and a day back while it trains, with two visitors, by libfaketime."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.store import RunStore
from tests.browser.conftest import REPOSITORY, serving
from tests.browser.light_client import LightClient

ENTRY = REPOSITORY / "app" / "Home.py"
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(FAKETIME is None, reason="no libfaketime found (Debian: apt install faketime)"),
]


@pytest.fixture
def store(har_home: Path) -> RunStore:
    return RunStore()


def wait_for(done: Callable[[], bool], client: LightClient) -> None:
    """Stay on the page until something is so, for a minute at most."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        client.stay(0.5)


def test_a_server_goes_on_when_its_clock_is_set(store: RunStore, har_home: Path, tmp_path: Path) -> None:
    short = ExperimentConfig(source="synthetic", training=GradientTraining(epochs=3))
    long = store.create(short.trained(epochs=100_000)).run_id
    waiting = [store.create(short.model_copy(update={"seed": seed})).run_id for seed in range(3)]
    clock = tmp_path / "clock"
    clock.write_text("+0")
    env = {
        "HAR_HOME": str(har_home), "HAR_THREADS": "1", "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    with (
        serving(ENTRY, env) as server,
        LightClient(server.address, run=long) as one,
        LightClient(server.address, run=waiting[0]) as other,
    ):
        one.go_to("training")
        wait_for(lambda: len(store.metrics(long)) > 3, one)
        for moment in ("+1d", "-1d", "+0"):
            clock.write_text(moment)
            heard = store.get(long).status.heartbeat
            wait_for(lambda heard=heard: store.get(long).status.heartbeat != heard, one)
            jump = store.get(long).status.heartbeat - time.time()
            assert abs(jump - {"+1d": 86400, "-1d": -86400, "+0": 0}[moment]) < 60
            epochs = len(store.metrics(long))
            other.go_to("training")
            other.go_to("comparison")
            one.go_to("training")
            one.stay(3)
            assert store.get(long).status.state == "running"
            assert len(store.metrics(long)) > epochs
            assert any(card.startswith("Time left: ") for card in one.told)
            assert not [told for told in (*one.told, *other.told) if "-" in told.partition(": ")[2][:2]]
            waiting.append(store.create(short.model_copy(update={"seed": len(waiting)})).run_id)
        assert [run_id for run_id in store.active() if run_id != long] == sorted(waiting)
        store.request(long, "stop")
        trained: list[str] = []
        while len(trained) < len(waiting):
            one.stay(0.5)
            trained += [
                each for each in waiting if each not in trained and store.get(each).status.state == "done"
            ]
        assert trained == waiting
        assert one.faults == other.faults == [] and "Traceback" not in server.said()
    records = store.metrics(long)
    assert [record.epoch for record in records] == list(range(1, len(records) + 1))
    assert all(0 <= record.seconds < 60 for record in records)
    assert all([record.epoch for record in store.metrics(run_id)] == [1, 2, 3] for run_id in waiting)
    assert all(0 <= store.get(run_id).status.seconds < 60 for run_id in waiting)
