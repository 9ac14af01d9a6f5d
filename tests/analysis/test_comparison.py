"""The comparison shows what each run's files say."""

import math

import pytest

from har_core.analysis import comparison
from har_core.analysis.comparison import (
    comparison_table,
    meanings_by_name,
    read_ends,
    settings_by_name,
    titles_by_name,
)
from har_core.analysis.intervals import wilson_interval
from har_core.analysis.seeds import group_by_config
from har_core.data.splits import RandomSplit
from har_core.models import CnnOptions
from har_core.training import driver
from har_core.training.driver import train_run
from har_core.training.named_settings import non_default_settings, titles_of
from har_core.training.store import RunStore


@pytest.fixture
def store(har_home) -> RunStore:
    return RunStore()


def test_no_runs_make_an_empty_table():
    table = comparison_table([])
    assert len(table) == 0 and {"run", "best_test", "parameters"} <= set(table.columns)


def test_a_run_has_a_row_with_what_its_files_say(store, small_config):
    done = store.create(small_config.trained(epochs=3).model_copy(update={"seed": 8})).run_id
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


def test_losses_are_those_of_the_lines_of_the_best_and_the_last_epoch(store, small_config):
    run_id = store.create(small_config).run_id
    records = list(train_run(store, run_id))
    run = store.get(run_id)
    row = comparison_table([run], {run_id: read_ends(store, run)}).iloc[0]
    for when, scores in (("best", run.results.best), ("last", run.results.last)):
        record = records[scores.epoch - 1]
        for part in ("train", "validation", "test"):
            assert row[f"{when}_{part}_loss"] == getattr(record, f"{part}_loss")
            assert row[f"{when}_{part}"] == getattr(scores, part)


def test_a_run_in_training_has_the_scores_of_its_records_but_no_training_accuracy(
    store, small_config, monkeypatch
):
    monkeypatch.setattr(driver, "STATUS_EVERY", 0.0)  # the status says the epoch at once
    run_id = store.create(small_config).run_id
    epochs = train_run(store, run_id)
    next(epochs), next(epochs), next(epochs)
    run = store.get(run_id)
    row = comparison_table([run], {run_id: read_ends(store, run)}).iloc[0]
    last = store.metrics(run_id)[run.status.epoch - 1]
    assert (row["last_test"], row["last_validation_loss"]) == (last.test_accuracy, last.validation_loss)
    assert row["last_train_loss"] == last.train_loss and comparison_table([run]).iloc[0].isna()["last_test"]
    assert row.isna()["last_train"]  # with dropout on it is another number
    epochs.close()


def test_settings_that_are_the_same_are_left_out(store, small_config):
    cnn = small_config.model_copy(update={"model": CnnOptions(), "seed": 1})
    runs = [store.create(small_config), store.create(cnn)]
    differing = settings_by_name(runs, only_differences=True)
    assert differing["model.name"] == ["lstm", "cnn"] and differing["seed"] == [0, 1]
    assert differing["model.hidden"] == [24, ""]  # a CNN has no hidden units
    same = {"source", "training.epochs", "split.test", "preparation.frames", "device", "fingerprint"}
    assert not same & set(differing)
    everything = settings_by_name(runs, only_differences=False)
    assert same <= set(everything) and everything["split.test"] == [(5, 6), (5, 6)]
    assert settings_by_name(runs[:1], only_differences=True) == {}


def test_runs_of_a_random_split_are_told_from_others_by_seed_and_shares(store, small_config):
    drawn = small_config.model_copy(update={"split": RandomSplit(seed=7)})
    runs = [store.create(config) for config in (small_config, drawn)]
    differing = settings_by_name(runs, only_differences=True)
    assert differing["split.seed"] == ["", 7] and differing["split.train_share"] == ["", 0.5]
    assert differing["split.train"] == [(1, 2, 3), ""]
    assert titles_of(drawn)["split.seed"] == "Seed of the split"
    assert non_default_settings(drawn) == non_default_settings(small_config)
    labels = ["small", "random-7 (same people in training and test)"]
    assert comparison_table(runs)["split"].tolist() == labels
    assert [group.title for group in group_by_config(runs)] == [f"LSTM, split {label}" for label in labels]


def test_each_setting_has_a_title_of_its_own_and_a_meaning(store, small_config):
    drawn = small_config.model_copy(update={"split": RandomSplit(seed=7), "model": CnnOptions()})
    runs = [store.create(config) for config in (small_config, drawn)]
    names = settings_by_name(runs, only_differences=False).keys()
    titles, meanings = titles_by_name(runs), meanings_by_name(runs)
    assert titles["model.hidden"] == "Hidden units" and titles["split.seed"] == "Seed of the split"
    assert len({titles[name] for name in names}) == len(names)
    assert not [name for name in names if "." in titles[name] or not meanings[name]]


def test_settings_of_two_models_with_one_title_are_told_apart(store, small_config, monkeypatch):
    runs = [store.create(small_config)]
    said = titles_of(small_config) | {"model.units_each_way": "Hidden units"}
    monkeypatch.setattr(comparison, "titles_of", lambda config: said)
    titles = titles_by_name(runs)
    assert titles["model.hidden"] == "Hidden units (hidden)"
    assert titles["model.units_each_way"] == "Hidden units (units each way)"


@pytest.mark.parametrize(("correct", "total"), [(0, 10), (10, 10), (1, 2), (108, 176), (5, 1000)])
def test_the_interval_holds_the_shares_that_a_z_test_does_not_refuse(correct, total):
    low, high = wilson_interval(correct, total)
    assert 0 <= low <= correct / total + 1e-12 and correct / total - 1e-12 <= high <= 1
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:  # each end is a share from which the found one is just 1.96 deviations away
            deviation = math.sqrt(end * (1 - end) / total)
            assert abs(correct / total - end) / deviation == pytest.approx(1.959964, rel=1e-6)
