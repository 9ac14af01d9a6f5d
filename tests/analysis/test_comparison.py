"""The comparison shows what each run's files say."""

import math

import pytest

from har_core.analysis.comparison import comparison_table
from har_core.analysis.intervals import wilson_interval
from har_core.training.driver import train_run
from har_core.training.store import RunStore


@pytest.fixture
def store(har_home) -> RunStore:
    return RunStore()


def test_no_runs_make_an_empty_table():
    table = comparison_table([])
    assert len(table) == 0 and {"run", "best_test", "parameters"} <= set(table.columns)


def test_a_run_has_a_row_with_what_its_files_say(store, small_config):
    done = store.create(small_config.model_copy(update={"epochs": 3, "seed": 8})).run_id
    for _ in train_run(store, done):
        pass
    run, waiting = store.get(done), store.create(small_config)
    table = comparison_table([run, waiting])
    first, second = table.iloc[0], table.iloc[1]
    assert (first["run"], first["model"], first["state"], first["seed"]) == (done, "LSTM", "done", 8)
    assert (first["split"], first["source"]) == ("small", small_config.source)
    assert first["parameters"] == 4 * 24 * (60 + 24 + 2) + 24 * 4 + 4
    assert first["epochs"] == 3 and first["best_epoch"] == run.results.best.epoch
    assert (first["best_validation"], first["best_test"]) == (
        run.results.best.validation,
        run.results.best.test,
    )
    assert (first["last_train"], first["last_test"]) == (run.results.last.train, run.results.last.test)
    assert first["test_sequences"] == 24 and first["seconds"] == pytest.approx(run.status.seconds)

    assert second["run"] == waiting.run_id and second["state"] == "queued" and second["epochs"] == 0
    missing = ["parameters", "best_epoch", "best_validation", "best_test", "last_test", "test_sequences"]
    assert table.iloc[1][missing].isna().all()


@pytest.mark.parametrize(("correct", "total"), [(0, 10), (10, 10), (1, 2), (108, 176), (5, 1000)])
def test_the_interval_holds_the_shares_that_a_z_test_does_not_refuse(correct, total):
    low, high = wilson_interval(correct, total)
    assert 0 <= low <= correct / total + 1e-12 and correct / total - 1e-12 <= high <= 1
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:  # each end is a share from which the found one is just 1.96 deviations away
            deviation = math.sqrt(end * (1 - end) / total)
            assert abs(correct / total - end) / deviation == pytest.approx(1.959964, rel=1e-6)
