"""One selection for all pages: the URL says it, and it stays when the page changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.ui.selection import title_of
from har_core.training.config import ExperimentConfig
from har_core.training.records import Status
from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
PAGES = ("overview", "data_set", "skeletons", "training", "results", "features", "comparison", "hand_in")


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
    assert len(screen.selectbox(key="skeletons action").options) == 3


def test_choosing_a_source_writes_it_into_the_url(open_page: OpenPage, recorded_source: str) -> None:
    screen = open_page("skeletons")
    screen.selectbox(key="choose source").select(recorded_source).run()
    assert not screen.exception
    assert screen.query_params["source"] == recorded_source
    assert len(screen.selectbox(key="skeletons action").options) == 3


def test_run_and_sequence_stay_when_the_page_changes(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("results", run=runs["bilstm"].run_id)
    screen.selectbox(key="choose part").select("train").run()
    chosen = screen.radio[0].options[-1].split(" · ")[0]
    screen.radio[0].set_value(chosen).run()
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
    assert screen.radio[0].value == names[row]


def test_data_page_shows_the_selected_sequence(
    open_page: OpenPage, runs: dict[str, Run], clips_of: Callable[[AppTest], list[dict[str, Any]]]
) -> None:
    screen = open_page("data_set", sequence="a13_s09_e01")
    assert clips_of(screen)[0]["title"].startswith("a13_s09_e01 · bend")
    counts, lengths = (json.loads(chart.proto.spec)["series"] for chart in screen.get("echarts_chart")[:2])
    (framed,) = counts[1]["data"]
    assert framed[:2] == ["9", "bend"]
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
    run = Run("20261123-101542-lstm-a1b2c3", Path(), ExperimentConfig(epochs=asked), status, None, None)
    assert title_of(run) == f"LSTM · seed 0 · synthetic · {said} · 20261123-101542"
