"""The page of the ladder: empty, half full, with runs that failed, and climbed by its button."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.named_splits import parse_split
from har_core.training.driver import train_run
from har_core.training.heartbeats import heartbeat
from har_core.training.ladder import RUNGS, experiment_of
from har_core.training.queue import TrainingQueue
from har_core.training.store import Run, RunStore
from tests.ladders import shorten_rungs

OpenPage = Callable[..., AppTest]
SPLIT = "thirds"
CLIMB = "climb"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rungs of two epochs, and a queue that works only when a test says so."""
    shorten_rungs(monkeypatch, epochs=2)
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)


@pytest.fixture
def small(har_home: Path, small_source: Path) -> str:
    """The small set as one of the home."""
    shutil.copytree(small_source, har_home / "sources" / "small")
    return "small"


@pytest.fixture
def open_ladder(open_page: OpenPage, small: str) -> Callable[..., AppTest]:
    """The function ``open_ladder(**query) -> AppTest``: the page on the small set, split in thirds."""

    def visit(**query: str) -> AppTest:
        screen = open_page("ladder", **{"source": small, **query})
        screen.selectbox(key="ladder split").set_value(SPLIT).run()
        return screen

    return visit


def train(name: str, seed: int, source: str) -> Run:
    split = parse_split(SPLIT, range(1, 7))
    config = experiment_of(name)
    assert config
    store = RunStore()
    made = store.create(
        config.model_copy(update={"source": source, "split": split, "seed": seed}), queued=False
    )
    list(train_run(store, made.run_id))
    return store.get(made.run_id)


def figure_of(screen: AppTest) -> dict:
    return json.loads(screen.get("echarts_chart")[0].proto.spec)


def table_of(screen: AppTest):
    return screen.dataframe[0].value.set_index("title")


def test_an_empty_ladder_shows_all_rungs_and_what_would_be_climbed(open_ladder: OpenPage) -> None:
    screen = open_ladder()
    assert not screen.exception and not screen.error
    assert figure_of(screen)["yAxis"][0]["data"] == [f"{name} {rung.title}" for name, rung in RUNGS.items()]
    assert list(table_of(screen).index) == figure_of(screen)["yAxis"][0]["data"]
    assert any(text.value.startswith("Which changes matter most is told as soon") for text in screen.markdown)
    assert screen.button(key=CLIMB).label == f"Climb: {3 * len(RUNGS)} runs"
    assert any("the test part chooses nothing" in text.value for text in screen.caption)


def test_a_half_full_ladder_holds_the_numbers_of_its_runs(open_ladder: OpenPage, small: str) -> None:
    runs = {name: [train(name, seed, small) for seed in range(3)] for name in ("L3", "L4")}
    screen = open_ladder()
    assert not screen.exception and not screen.error
    table = table_of(screen)
    shares = {name: [run.results.last.test for run in of if run.results] for name, of in runs.items()}
    mean, deviation = 100 * np.mean(shares["L4"]), 100 * np.std(shares["L4"], ddof=1)
    assert table.loc["L4 Motion", "test"] == f"{mean:.1f} ± {deviation:.1f} %"
    gain = 100 * (np.mean(shares["L4"]) - np.mean(shares["L3"]))
    assert table.loc["L4 Motion", "test_gain"].startswith(f"{gain:+.1f} ± ".replace("-0.0", "+0.0"))
    assert table.loc["L3 Schedule", "test_gain"] == "" and table.loc["L4 Motion", "seeds"] == 3
    assert table.loc["L4 Motion", "parameters"] == runs["L4"][0].meta.parameters
    # The highest rung with runs is opened: its matrices, and what it turns.
    assert screen.selectbox(key="opened rung").value == ("L4", "rung")
    links = [link.proto for link in screen.get("page_link")]
    matrices = [link for link in links if link.label.startswith("Matrix, seed ")]
    for run, link in zip(runs["L4"], matrices, strict=True):
        assert run.run_id in link.query_string
    assert any("right now and not in L3 Schedule" in text.value for text in screen.markdown)


def test_a_run_without_its_predictions_is_told_and_the_rest_is_there(
    open_ladder: OpenPage, small: str
) -> None:
    runs = [train(name, 0, small) for name in ("L3", "L4")]
    (runs[0].path / "predictions.npz").unlink()
    screen = open_ladder()
    assert not screen.exception
    (error,) = screen.error
    assert runs[0].run_id in error.value and "predictions.npz" in error.value
    assert table_of(screen).loc["L4 Motion", "seeds"] == 1


def test_of_many_seeds_some_are_linked(
    open_ladder: OpenPage, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.screens.ladder.opened_rung._MOST_LINKS", 1)
    for seed in range(3):
        train("L0", seed, small)
    screen = open_ladder()
    labels = [link.proto.label for link in screen.get("page_link")]
    assert [label for label in labels if label.startswith("Matrix")] == ["Matrix, seed 0"]
    assert "2 more in Comparison" in labels


def test_seeds_that_are_asked_for_alone_count(open_ladder: OpenPage, small: str) -> None:
    run = train("L3", 7, small)
    screen = open_ladder()
    assert table_of(screen).loc["L3 Schedule", "seeds"] == 0
    screen.text_input(key="ladder seeds").set_value("7").run()
    assert table_of(screen).loc["L3 Schedule", "test"] == f"{100 * run.results.last.test:.1f} %"
    screen.text_input(key="ladder seeds").set_value("many").run()
    assert "found 'many', expected whole numbers" in screen.error[0].value and not screen.exception


def test_the_button_queues_what_is_missing_rung_by_rung(open_ladder: OpenPage, small: str) -> None:
    train("L3", 1, small)
    screen = open_ladder()
    screen.multiselect(key="ladder rung").set_value(["L4", "L3"]).run()
    screen.multiselect(key="ladder alone").set_value(["L6"]).run()
    button = screen.button(key=CLIMB)
    assert button.label == "Climb: 8 runs"
    button.click().run()
    assert not screen.exception and not screen.error
    store = RunStore()
    waiting = sorted(store.runs(), key=lambda run: run.status.queued_at)
    waiting = [run for run in waiting if run.status.state == "queued"]
    wanted = [("L3", "rung", 0), ("L3", "rung", 2), *(("L4", "rung", seed) for seed in range(3))]
    wanted += [("L6", "alone", seed) for seed in range(3)]
    for run, (name, place, seed) in zip(waiting, wanted, strict=True):
        config = experiment_of(name, place)
        assert config and (run.config.model, run.config.inputs) == (config.model, config.inputs)
        assert run.config.training == config.training and run.config.seed == seed
    assert any(text.value == "8 runs at work or waiting." for text in screen.caption)
    assert screen.button(key=CLIMB).disabled
    TrainingQueue(store).work_off()
    screen.run()
    table = table_of(screen)
    assert table.loc["L6 Pooling, alone in the course's LSTM", "seeds"] == 3
    assert table.loc["L4 Motion", "seeds"] == 3


def test_failed_runs_are_told_and_climbed_again_and_halted_ones_go_on(
    open_ladder: OpenPage, small: str
) -> None:
    runs = [train("L3", seed, small) for seed in range(2)]
    store = RunStore()
    for run, state in zip(runs, ("failed", "interrupted"), strict=True):
        for name in ("results.json", "predictions.npz", "features.npz"):
            (run.path / name).unlink()
        status = heartbeat(run.status, state=state, error="no room [is](left)" * (state == "failed"))
        store.write_last_status(run.run_id, status)
    screen = open_ladder()
    screen.multiselect(key="ladder rung").set_value(["L3"]).run()
    assert not screen.exception
    (warning,) = screen.warning
    assert (
        runs[0].run_id in warning.value and "no room" in warning.value and "[is](left)" not in warning.value
    )
    screen.button(key=CLIMB).click().run()
    assert not screen.exception and not screen.error
    queued = {run.run_id: run.config.seed for run in store.runs() if run.status.state == "queued"}
    assert sorted(queued.values()) == [0, 1, 2]
    assert queued[runs[1].run_id] == 1 and runs[0].run_id not in queued


@pytest.mark.parametrize(
    "query",
    [
        {"view": "<b>nothing</b>"}, {"run": "../../etc"}, {"sequence": "nobody"}, {"part": "all"},
        {"weights": "none"}, {"rung": "L99"}, {"step": "-1"},
    ],
)  # fmt: skip
def test_an_address_of_nonsense_shows_the_ladder(
    open_ladder: OpenPage, small: str, query: dict[str, str]
) -> None:
    train("L3", 0, small)
    screen = open_ladder(**query)
    assert not screen.exception and not screen.error
    assert len(table_of(screen)) == len(RUNGS)


def test_a_split_that_cannot_be_made_is_told(open_ladder: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.screens.ladder.climb.NAMED_SPLITS", ["course", "7/8/9", SPLIT])
    screen = open_ladder()
    screen.selectbox(key="ladder split").set_value("7/8/9").run()
    assert not screen.exception and len(screen.error) == 1


def test_a_rung_that_cannot_be_trained_queues_nothing(
    open_ladder: OpenPage, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from har_core.errors import DataError
    from har_core.training import check

    def refuse(config: object, loaded: object = None) -> None:
        raise DataError("no hips are here.")

    screen = open_ladder()
    monkeypatch.setattr(check, "check_experiment", refuse)
    screen.button(key=CLIMB).click().run()
    assert screen.error[0].value == "no hips are here." and not RunStore().runs()


def test_runs_of_one_second_that_reach_the_same_are_told_apart_where_they_are_chosen(
    open_page: OpenPage, small: str
) -> None:
    store = RunStore()
    run = train("L3", 0, small)
    twin = run.path.with_name(f"{run.run_id[:-6]}{'0' * 6}")
    shutil.copytree(run.path, twin)
    screen = open_page("results", source=small, run=twin.name)
    assert not screen.exception
    (choice,) = [box for box in screen.selectbox if box.label == "Run"]
    assert choice.value == twin.name and len(set(choice.options)) == len(store.runs()) == 2


def test_a_link_opens_the_lotteries_and_the_way_back_is_there(open_page: OpenPage, small: str) -> None:
    screen = open_page("ladder", source=small, view="Lotteries")
    assert not screen.exception and screen.segmented_control(key="ladder view").value == "Lotteries"
    assert not [button for button in screen.button if button.key == CLIMB]
    screen.segmented_control(key="ladder view").set_value("Rungs").run()
    assert not screen.exception and screen.button(key=CLIMB)
