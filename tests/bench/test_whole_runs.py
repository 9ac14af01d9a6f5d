"""Whole runs are timed by the command line itself, on data that were made as large as asked."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from har_core.bench import race, whole_runs
from har_core.bench.whole_runs import Sized, Strain
from har_core.cli import app
from har_core.data.sources import load_source
from har_core.errors import RunError


def test_a_run_tells_its_first_epoch_and_its_frames(har_home):
    ran = whole_runs._train(har_home, "synthetic", 3)
    (run,) = har_home.glob("runs/*")
    seconds = [json.loads(line)["seconds"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert ran.epoch == pytest.approx(np.median(seconds[1:]))
    assert ran.first_epoch > seconds[0]
    assert ran.frames == 557 * 40
    assert ran.peak_memory is None or ran.peak_memory > 50e6


def test_a_run_that_fails_says_why(har_home):
    with pytest.raises(RunError, match="a timed run failed: .*no source"):
        whole_runs._train(har_home, "nowhere", 1)


def test_the_set_is_written_so_many_times_over(har_home):
    count, data_bytes = whole_runs._write_source(har_home / "sources" / "many", 3)
    loaded = load_source("many").sequences
    once = load_source("synthetic").sequences
    assert len(loaded) == count == 3 * len(once)
    assert loaded.frames.nbytes == data_bytes == 3 * once.frames.nbytes * 25 // 20
    for copy in range(3):
        row = copy * len(once) + 7
        np.testing.assert_array_equal(loaded[row][:, :20], once[7])
        assert loaded.subjects[row] == once.subjects[7]
        assert loaded.action_of(row).number == once.action_of(7).number
    np.testing.assert_allclose(loaded[7][:, 20], (once[7][:, 0] + once[7][:, 1]) / 2)


def test_the_command_tells_all_of_it(har_home, monkeypatch):
    monkeypatch.setattr(race, "race", lambda *given, **more: iter(()))  # its own test lets it run
    monkeypatch.setattr(whole_runs, "time_first_epoch", lambda source, rounds: [2.0, 3.0, 4.0])
    monkeypatch.setattr(whole_runs, "time_beside_a_busy_process", lambda source, rounds: Strain(0.01, 0.02))
    monkeypatch.setattr(whole_runs, "time_sizes", lambda: iter([Sized(567, 6_000_000, 5e-7, 9_000_000)]))
    done = CliRunner().invoke(
        app, ["bench", "--work", "cnn", "--rounds", "1", "--whole-runs", "--json"], catch_exceptions=False
    )
    assert "first epoch on disk: 3.0 s (2.0 to 4.0)" in done.stdout
    assert "2.0 times as long" in done.stdout and "1.5 times the data" in done.stdout
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["first_epoch_seconds"] == 3.0 and found["busy"]["ratio"] == 2.0
    assert found["sizes"] == [
        {"sequences": 567, "data_bytes": 6_000_000, "frame_seconds": 5e-7, "peak_memory": 9_000_000}
    ]
