"""Runs of one config: grouped whatever the seed, their means against numpy's."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from har_core.analysis.seeds import (
    as_curves,
    common_ground,
    group_by_config,
    mean_curve,
    seed_table,
    short_titles,
)
from har_core.models import CnnOptions
from har_core.training import driver
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import Run, RunStore


@pytest.fixture
def store(har_home) -> RunStore:
    return RunStore()


@pytest.fixture
def train(store, small_config, monkeypatch):
    """The function ``train(epochs=None, **update) -> Run``; with ``epochs`` it is stopped after so many."""
    monkeypatch.setattr(driver, "STATUS_EVERY", 0.0)  # requests are looked for after each epoch

    def make(epochs: int | None = None, **update) -> Run:
        config = small_config.trained(epochs=3).model_copy(update=update)
        run_id = store.create(config).run_id
        for record in train_run(store, run_id):
            if record.epoch == epochs:
                store.request(run_id, "stop")
        return store.get(run_id)

    return make


def test_nothing_gives_no_groups():
    assert group_by_config([]) == [] and len(seed_table([])) == 0


def test_runs_that_differ_in_the_seed_alone_are_one_group(train):
    runs = [train(seed=2), train(seed=0), train(seed=1)]
    other = train(model=CnnOptions())
    groups = group_by_config([*runs, other])
    assert [len(group.runs) for group in groups] == [3, 1]
    assert [run.config.seed for run in groups[0].runs] == [0, 1, 2]
    assert [group.title.split(",")[0] for group in groups] == ["LSTM", "1D-CNN"]
    assert not any("small" in group.title for group in groups)  # the split is the same for all

    table = seed_table(groups)
    values = [json.loads((run.path / "results.json").read_text())["best"]["test"] for run in runs]
    assert table["seeds"].tolist() == [3, 1]
    assert table["best_test_mean"][0] == pytest.approx(np.mean(values))
    assert table["best_test_sd"][0] == pytest.approx(np.std(values, ddof=1))
    assert pd.isna(table["best_test_sd"][1])


def test_a_seed_counts_once_and_a_stopped_run_does_not_count(train):
    done = train(seed=0)
    again, stopped, queued = train(seed=0), train(epochs=1, seed=1), train(epochs=1, seed=0)
    assert stopped.results.last.epoch == 1 and stopped.status.state == "stopped"
    (group,) = group_by_config([done, again, stopped, queued])
    assert [run.run_id for run in group.runs] == [max(done.run_id, again.run_id), stopped.run_id]
    assert {run.run_id for run in group.repeated} == {min(done.run_id, again.run_id), queued.run_id}
    assert len(group.everyone) == 4 and group.complete == group.runs[:1]
    assert group.results == [group.runs[0].results]
    assert seed_table([group])["seeds"].tolist() == [1]


def test_other_recordings_under_one_name_are_another_group(train):
    first, second = train(), train()
    other = replace(second, meta=second.meta.model_copy(update={"fingerprint": "f" * 64}))
    groups = group_by_config([first, other])
    assert len(groups) == 2 and len({group.title for group in groups}) == 2


def test_titles_say_the_name_or_config_and_seed_and_are_told_apart(store, train):
    named, nameless = train(seed=1), train(seed=2)
    store.write_label(named.run_id, Label(name="mine"))
    titles = short_titles(group_by_config([store.get(named.run_id), nameless]))
    assert titles[named.run_id] == "mine" and titles[nameless.run_id].endswith("seed 2")
    store.write_label(nameless.run_id, Label(name="mine"))
    titles = short_titles(group_by_config([store.get(named.run_id), store.get(nameless.run_id)]))
    assert set(titles.values()) == {f"mine ({run.run_id[-6:]})" for run in (named, nameless)}


def test_mean_and_deviation_go_as_far_as_the_shortest_curve():
    curves = [[1.0, 2.0, 3.0], [3.0, 2.0], [5.0, 8.0, 9.0, 9.0]]
    mean, deviation = mean_curve(curves)
    expected = np.array([[1, 2], [3, 2], [5, 8]], float)
    np.testing.assert_allclose(mean, expected.mean(axis=0))
    np.testing.assert_allclose(deviation, expected.std(axis=0, ddof=1))
    alone, nothing = mean_curve([[1.0, 2.0]])
    assert alone.tolist() == [1, 2] and nothing.tolist() == [0, 0]


def test_curves_are_the_lines_of_the_file(store, train):
    run = train()
    lines = [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]
    pd.testing.assert_frame_equal(as_curves(store.metrics(run.run_id)), pd.DataFrame(lines))
    assert len(as_curves([])) == 0 and "test_loss" in as_curves([])


def test_the_ground_is_said_where_it_is_common(train, small_config):
    first = train()
    assert common_ground([first]) == f"{Path(small_config.source).name}, split small"
    other = replace(first, config=small_config.model_copy(update={"source": "other"}))
    assert common_ground([first, other]) == "several data sets, split small"
