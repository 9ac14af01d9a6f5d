"""One selection for all pages: the URL says it, and it stays when the page changes."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
PAGES = ("overview", "data_set", "skeletons", "training", "results", "features", "comparison")


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
    screen.selectbox(key="results part").select("train").run()
    chosen = screen.radio[0].options[-1].split(" · ")[0]
    screen.radio[0].set_value(chosen).run()
    screen.query_params.clear()
    screen.switch_page("../pages/features.py").run()
    assert screen.selectbox(key="choose run").value == runs["bilstm"].run_id
    assert screen.selectbox(key="features sequence").value == chosen
    screen.query_params.clear()
    screen.switch_page("../pages/skeletons.py").run()
    assert screen.selectbox(key="skeletons sequence").value == chosen


def test_url_that_comes_late_does_not_undo_a_choice(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("results", run=runs["lstm"].run_id)
    screen.selectbox(key="choose run").select(runs["cnn"].run_id).run()
    screen.query_params["run"] = runs["lstm"].run_id  # as a fragment sends it before the browser knows
    screen.run()
    assert screen.selectbox(key="choose run").value == runs["cnn"].run_id
    assert screen.query_params["run"] == runs["cnn"].run_id
