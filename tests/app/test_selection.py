"""One selection for all pages: the URL says it, and it stays when the page changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.shell.navigation import PAGES
from app.shell.run_titles import title_of
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.heartbeats import heartbeat, lock_of
from har_core.training.queue import TrainingQueue
from har_core.training.records import Status
from har_core.training.store import Run

OpenPage = Callable[..., AppTest]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "query",
    [
        {"run": "nowhere", "sequence": "nowhere", "unknown": "key"},
        {"source": "a\0b", "run": "", "sequence": "é" * 300, "layout": "nowhere"},
    ],
    ids=lambda query: "+".join(query),
)
def test_nothing_in_the_url_brings_a_page_down(
    open_page: OpenPage, runs: dict[str, Run], page: str, query: dict[str, str]
) -> None:
    assert not open_page(page, **query).exception


def test_source_of_the_url_is_the_one_in_the_sidebar(open_page: OpenPage, recorded_source: str) -> None:
    screen = open_page("skeletons", source=recorded_source)
    assert screen.selectbox(key="choose source").value == recorded_source
    (actions,) = [box.options for box in screen.selectbox if box.label == "Action"]
    assert actions == ["action 1", "action 2", "action 3"]


def test_choosing_a_source_writes_it_into_the_url(open_page: OpenPage, recorded_source: str) -> None:
    screen = open_page("skeletons")
    screen.selectbox(key="choose source").select(recorded_source).run()
    assert not screen.exception
    assert screen.query_params["source"] == recorded_source
    (actions,) = [box.options for box in screen.selectbox if box.label == "Action"]
    assert actions == ["action 1", "action 2", "action 3"]


def test_run_and_sequence_stay_when_the_page_changes(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("results", run=runs["bilstm"].run_id)
    screen.selectbox(key="choose part").select("train").run()
    chosen = listed(screen)[-1]
    choose(screen, "Sequence", chosen)
    screen.query_params.clear()
    screen.switch_page("../pages/features.py").run()
    assert screen.selectbox(key="choose run").value == runs["bilstm"].run_id
    assert screen.selectbox(key="features sequence").value == chosen
    screen.query_params.clear()
    screen.switch_page("../pages/skeletons.py").run()
    assert screen.selectbox(key="skeletons sequence").value == chosen


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_the_whole_selection_in_its_url(
    open_page: OpenPage, runs: dict[str, Run], page: str
) -> None:
    selection = {
        "source": "synthetic",
        "run": runs["cnn"].run_id,
        "weights": "last",
        "part": "test",
        "sequence": "a13_s09_e01",
    }
    screen = open_page(page, **selection)
    assert not screen.exception
    assert {name: screen.query_params[name] for name in screen.query_params} == selection


def test_link_opens_the_cell_weights_and_part_of_its_sequence(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    run = runs["cnn"]
    with np.load(run.path / "predictions.npz") as file:
        names, truth, guess = file["ids"], file["truth"], file["logits_last"].argmax(axis=1)
        row = int(np.flatnonzero((file["part"] == "validation") & (truth != guess))[-1])
    actions = [action.name for action in run.meta.actions]
    screen = open_page("results", run=run.run_id, weights="last", sequence=str(names[row]))
    assert not screen.exception
    assert screen.selectbox(key="choose part").value == "validation"
    assert screen.selectbox(key="choose weights").value == "last"
    assert screen.selectbox(key="cell true").value == actions[truth[row]]
    assert screen.selectbox(key="cell predicted").value == actions[guess[row]]
    assert said(screen, "Sequence") == names[row]


def test_data_page_shows_the_selected_sequence(
    open_page: OpenPage, runs: dict[str, Run], clips_of: Callable[[AppTest], list[dict[str, Any]]]
) -> None:
    for view in ("Joints", "Faults"):
        screen = open_page("data_set", sequence="a13_s09_e01", view=view)
        assert clips_of(screen)[0]["title"].startswith("a13_s09_e01 · bend")
    screen = open_page("data_set", sequence="a13_s09_e01")
    counts, lengths = (json.loads(chart.proto.spec)["series"] for chart in screen.get("echarts_chart")[:2])
    (framed,) = counts[1]["data"]
    assert framed["value"][:2] == ["9", "bend"]
    assert lengths[0]["markLine"]["label"]["formatter"].startswith("a13_s09_e01: ")


def test_another_data_set_lets_the_sequence_go(open_page: OpenPage, recorded_source: str) -> None:
    screen = open_page("skeletons", sequence="a13_s09_e01")
    screen.selectbox(key="choose source").select(recorded_source).run()
    assert not screen.exception
    assert not screen.info


def test_url_that_comes_late_does_not_undo_a_choice(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("results", run=runs["lstm"].run_id)
    screen.selectbox(key="choose run").select(runs["cnn"].run_id).run()
    screen.query_params["run"] = runs["lstm"].run_id  # as a fragment sends it before the browser knows
    screen.run()
    assert screen.selectbox(key="choose run").value == runs["cnn"].run_id
    assert screen.query_params["run"] == runs["cnn"].run_id


def test_link_with_a_selection_counts_whenever_it_is_followed(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("results", run=runs["lstm"].run_id, weights="last")
    screen.query_params.clear()
    screen.query_params["linked"], screen.query_params["run"] = "yes", runs["cnn"].run_id
    screen.switch_page("../pages/results.py").run()
    assert next(box for box in screen.selectbox if box.label == "Run").value == runs["cnn"].run_id
    assert screen.selectbox(key="choose weights").value == "last"  # of which the link says nothing
    assert "linked" not in screen.query_params


@pytest.mark.parametrize(
    ("state", "epoch", "asked", "said"),
    [
        ("done", 5, 5, "5 epochs"),
        ("done", 1, 1, "1 epoch"),
        ("running", 350, 2000, "2,000 epochs"),
        ("queued", 0, 2000, "2,000 epochs"),
        ("stopped", 350, 2000, "350 of 2,000 epochs"),
        ("interrupted", 0, 2000, "0 of 2,000 epochs"),
    ],
)
def test_title_of_a_run_says_its_epochs(state: Any, epoch: int, asked: int, said: str) -> None:
    status = Status(state=state, queued_at=0, epoch=epoch)
    run = Run(
        "20261123-101542-lstm-a1b2c3",
        Path(),
        ExperimentConfig(training=GradientTraining(epochs=asked)),
        status,
        None,
        None,
    )
    assert title_of(run) == f"LSTM · seed 0 · synthetic · {said} · 20261123-101542"


def test_a_page_opens_on_its_own_part_unless_another_was_chosen_there(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = go_to(open_page("results", run=runs["lstm"].run_id), "features")
    assert said(screen, "Part") == "train"
    choose(screen, "Part", "validation")
    go_to(screen, "results")
    assert said(screen, "Part") == "test"
    go_to(screen, "features")
    assert said(screen, "Part") == "validation" == screen.query_params["part"]


def test_a_link_opens_the_part_it_names_and_no_sequence_drags_another_along(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("results", run=runs["cnn"].run_id, weights="last")
    chosen = listed(screen)[-1]
    choose(screen, "Sequence", chosen)
    go_to(screen, "features")
    assert (said(screen, "Part"), said(screen, "Sequence")) == ("test", chosen)
    asked = {"run": runs["lstm"].run_id, "part": "train", "weights": "best"}
    go_to(screen, "features", linked="yes", **asked)
    assert {name: screen.query_params[name] for name in asked} == asked
    assert (said(screen, "Run"), said(screen, "Part")) == (asked["run"], "train")
    assert said(screen, "Weights") == "best" and "sequence" not in screen.query_params


def test_a_part_that_came_with_a_sequence_goes_with_it(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("results", run=runs["lstm"].run_id)
    choose(screen, "Sequence", listed(screen)[-1])
    choose(screen, "Sequence", listed(screen)[0])
    go_to(screen, "features")
    assert said(screen, "Part") == "test"
    go_to(screen, "results")
    choose(screen, "Part", "validation")  # lets the sequence go
    go_to(screen, "features")
    assert said(screen, "Part") == "train"


@pytest.mark.parametrize("page", ["results", "features"])
@pytest.mark.parametrize(
    ("status", "stands"),
    [
        ({"state": "queued"}, "is waiting to be trained."),
        ({"state": "failed", "error": "the disk is full."}, "failed: the disk is full."),
        ({"state": "paused"}, "is paused and has no results yet."),
        ({"state": "running"}, "is being trained: epoch 2 of 3."),
    ],
    ids=lambda value: value["state"] if isinstance(value, dict) else "",
)
def test_a_run_without_results_says_where_it_stands_and_leads_to_its_training(
    open_page: OpenPage, runs: dict[str, Run], page: str, status: dict[str, str], stands: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)
    run = runs["lstm"]
    results = (run.path / "results.json").read_bytes()
    (run.path / "results.json").unlink()
    with lock_of(run.path):
        values = {"epoch": 2, "best_epoch": 1} | status
        (run.path / "status.json").write_text(heartbeat(run.status, **values).model_dump_json())
        screen = open_page(page, run=run.run_id)
    assert not screen.exception and not screen.metric
    assert screen.info[0].value.endswith(stands) and "is not here" not in screen.info[0].value
    (link,) = [link.proto for link in screen.get("page_link")]
    assert link.page.endswith("training") and run.run_id in link.query_string
    assert said(screen, "Run") == run.run_id == screen.query_params["run"]
    (run.path / "results.json").write_bytes(results)
    (run.path / "status.json").write_text(run.status.model_dump_json())
    screen.run()  # as the sidebar does when a run has ended
    assert not screen.info and said(screen, "Run") == run.run_id
    (run.path / "results.json").unlink()
    screen.run()
    choose(screen, "Run", runs["cnn"].run_id)
    assert not screen.info and screen.query_params["run"] == runs["cnn"].run_id


def said(screen: AppTest, label: str) -> Any:
    (value,) = [box.value for box in screen.selectbox if box.label == label]
    return value


def listed(screen: AppTest) -> list[str]:
    """The sequences of the cell that is shown."""
    (options,) = [box.options for box in screen.selectbox if box.label == "Sequence"]
    return [option.split(" · ")[0] for option in options]


def choose(screen: AppTest, label: str, value: str) -> None:
    (box,) = [box for box in screen.selectbox if box.label == label]
    box.set_value(value).run()


def go_to(screen: AppTest, page: str, **query: str) -> AppTest:
    screen.query_params.clear()
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.switch_page(f"../pages/{page}.py").run()
