"""The presentation: what is shown of each of the 14 steps, and what is said where there is nothing yet."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from har_core.analysis.intervals import wilson_interval
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig
from har_core.training.queue import TrainingQueue
from har_core.training.store import Run, RunStore
from har_core.wording import percent

OpenPage = Callable[..., AppTest]


def slide(screen: AppTest) -> dict[str, Any]:
    """What the head of the presentation was given to show."""
    assert not screen.exception and not screen.error
    found = [part.proto for part in screen.get("bidi_component")]
    (head,) = [proto for proto in found if proto.component_name == "presentation"]
    return dict(json.loads(head.json))


def components(screen: AppTest) -> set[str]:
    return {part.proto.component_name for part in screen.get("bidi_component")}


def test_each_step_is_about_the_data_or_says_which_run_it_needs(open_page: OpenPage) -> None:
    for step in range(1, 15):
        shown = slide(open_page("presentation", step=str(step)))
        assert shown["step"] == step and shown["title"].endswith("?")
        assert bool(shown["message"]) == (step > 6), step
    assert "needs a run: 1D-CNN" in shown["message"]


def test_nothing_of_the_sidebar_stands_beside_it(open_page: OpenPage) -> None:
    screen = open_page("presentation", step="2")
    assert not screen.sidebar.children
    assert components(screen) == {"presentation", "skeleton_player"}


@pytest.mark.parametrize("step", ["0", "15", "x", "٣", "-1", "1e9"])
def test_a_step_that_is_none_is_the_first(open_page: OpenPage, step: str) -> None:
    assert slide(open_page("presentation", step=step))["step"] in (1, 3)  # an Arabic three is a three


def test_lines_say_what_the_parts_of_the_split_and_the_layers_are(open_page: OpenPage) -> None:
    shown = slide(open_page("presentation", step="5"))
    assert [line[2] for line in shown["lines"]] == [
        "266 of 270 sequences", "115 of 117 sequences", "176 of 180 sequences",
    ]  # fmt: skip
    assert shown["lines"][2] == ["Test", "subjects 8 to 10", "176 of 180 sequences", "20 of 20 actions"]
    assert "10 of 567 sequences are left out, as in the literature" in shown["about"]
    lines = slide(open_page("presentation", step="6"))["lines"]
    assert lines[0] == ["LSTM", "(T, 24)", "8,256 parameters"]
    assert lines[-1] == ["All layers", "", "8,756 parameters"]


def test_accuracies_are_those_of_the_runs_with_their_intervals(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    bars = slide(open_page("presentation", step="13"))["bars"]
    assert [bar["name"] for bar in bars] == [MODELS["lstm"].title, MODELS["bilstm"].title]
    for bar, model in zip(bars, ("lstm", "bilstm"), strict=True):
        results, meta = runs[model].results, runs[model].meta
        assert results and meta
        low, high = wilson_interval(round(results.best.test * meta.split_sizes["test"]), 176)
        assert bar["number"] == percent(results.best.test) and bar["share"] == results.best.test
        assert (bar["low"], bar["high"]) == (low, high)
        assert f"{meta.parameters:,} parameters" in bar["said"]


def test_selected_run_is_shown_where_the_step_is_of_any_model(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    cnn = runs["cnn"].run_id
    for step in (7, 8, 9, 11, 12):
        assert f"run {cnn}" in slide(open_page("presentation", step=str(step), run=cnn))["about"], step
    assert cnn not in slide(open_page("presentation", step="6", run=cnn))["about"]
    assert runs["lstm"].run_id in slide(open_page("presentation", step="11", run="nowhere"))["about"]
    assert components(open_page("presentation", step="11")) >= {"confusion_matrix", "skeleton_player"}
    assert "feature_scatter" in components(open_page("presentation", step="12"))


def test_run_of_another_data_set_is_not_shown(
    open_page: OpenPage, runs: dict[str, Run], small_run: Run
) -> None:
    shown = slide(open_page("presentation", step="11", run=small_run.run_id, source="synthetic"))
    assert runs["lstm"].run_id in shown["about"]


def test_a_run_that_waits_is_told_and_one_without_epochs_too(
    open_page: OpenPage, har_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)
    run = RunStore().create(ExperimentConfig())
    said = slide(open_page("presentation", step="11", run=run.run_id))["message"]
    assert "LSTM is waiting to be trained" in said
    assert "no epoch yet" in slide(open_page("presentation", step="9", run=run.run_id))["message"]


def test_data_set_that_cannot_be_read_is_told_in_large_letters(open_page: OpenPage) -> None:
    assert "nowhere" in slide(open_page("presentation", source="nowhere"))["message"]


def test_button_on_a_page_leads_to_the_figure_of_that_page(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("features")
    next(button for button in screen.button if button.label == "Present").click()
    screen.run()
    assert slide(screen)["step"] == 12
