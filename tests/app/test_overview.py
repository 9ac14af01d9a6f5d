"""The overview: what has to be done, and the button that does all of it."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from har_core.models import BilstmOptions, CnnOptions, LstmOptions, StackedLstmOptions
from har_core.report.assignment import STEPS
from har_core.training.config import ExperimentConfig
from har_core.training.queue import TrainingQueue
from har_core.training.records import RunState
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


def steps(screen: AppTest) -> list[Any]:
    """The link of each step."""
    return [link for link in screen.get("page_link") if re.search(r"\*\*\d+\*\* ", link.proto.label)]


def states(screen: AppTest) -> list[tuple[str, str]]:
    """Icon of the state of each step, and what its link says of it."""
    icons = [re.match(r":\w+\[:material/(\w+):\] ", link.proto.label) for link in steps(screen)]
    said = [link.proto.help.split("  \n")[0].replace("\\", "") for link in steps(screen)]
    return [(icon[1], text) for icon, text in zip(icons, said, strict=True) if icon]


def step_choice(screen: AppTest) -> Any:
    """Where the step is chosen that is shown in full."""
    return next(box for box in screen.selectbox if box.label == "Step")


def links(screen: AppTest) -> list[tuple[str, str, str]]:
    """Page, query and label of each link."""
    return [(link.proto.page, link.proto.query_string, link.proto.label) for link in screen.get("page_link")]


def test_without_a_run_data_answer_the_first_steps_and_the_others_say_what_they_need(
    open_page: OpenPage,
) -> None:
    screen = open_page("overview")
    assert not screen.exception
    assert [link.proto.label.split("**")[1] for link in steps(screen)] == [*map(str, range(1, 15))]
    found = states(screen)
    assert [icon for icon, _ in found[:5]] == [
        "check_circle",
        "visibility",
        "check_circle",
        "visibility",
        "check_circle",
    ]
    assert found[0][1] == "567 sequences, 20 joints" and found[2][1] == "20 classes"
    assert {icon for icon, _ in found[5:]} == {"pending"}
    assert found[12][1] == "needs a run: Bi-LSTM"
    assert screen.sidebar.caption[0].value == "Nothing is being trained."


def test_steps_say_what_the_runs_of_the_data_set_gave_and_lead_to_them(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("overview")
    assert not screen.exception
    found = states(screen)
    # Three epochs and another learning rate are not what the course sets.
    assert {icon for icon, _ in found[5:]} == {"rule"}
    assert found[6][1] == (
        "3 epochs, the course sets 2,000; not as the course sets it: batch size 16, learning rate 0.01"
    )
    for place, model in ((7, "lstm"), (9, "stacked-lstm"), (12, "bilstm"), (13, "cnn")):
        run = runs[model]
        assert run.results and run.meta
        correct = round(run.results.best.test * run.meta.split_sizes["test"])
        assert found[place][1].startswith(f"{100 * run.results.best.test:.1f} %, {correct} of 176")
    queries = [(link.proto.page, parse_qs(link.proto.query_string)) for link in steps(screen)]
    led = [(page, query) for page, query in queries if "run" in query]
    test, train = {"part": ["test"], "weights": ["best"]}, {"part": ["train"], "weights": ["best"]}
    layers, curves, matrix = ({"view": [view]} | test for view in ("Layers", "Curves", "Matrix"))
    expected = [
        ("results", "lstm", layers), ("training", "lstm", {}), ("results", "lstm", matrix),
        ("results", "lstm", curves), ("results", "stacked-lstm", matrix), ("results", "lstm", matrix),
        ("features", "lstm", train | {"view": ["Plane"]}), ("results", "bilstm", matrix),
        ("results", "cnn", matrix),
    ]  # fmt: skip
    linked = {"linked": ["yes"]}
    assert led == [(page, linked | {"run": [runs[model].run_id]} | asked) for page, model, asked in expected]


def test_step_opens_the_view_in_which_it_is_seen(open_page: OpenPage, runs: dict[str, Run]) -> None:
    shown = {}
    for link in steps(open_page("overview")):
        query = {name: found[0] for name, found in parse_qs(link.proto.query_string).items()}
        if "view" in query:
            screen = open_page(link.proto.page.replace("-", "_"), **query)
            assert not screen.exception
            shown[link.proto.label.split("**")[1]] = next(
                choice.value for choice in screen.segmented_control if choice.label == "View"
            )
    assert shown == {
        "1": "Files", "3": "Actions by subject", "4": "Normalisation", "5": "Actions by subject",
        "6": "Layers", "9": "Curves", "12": "Plane", **dict.fromkeys(("8", "10", "11", "13", "14"), "Matrix"),
    }  # fmt: skip


def test_step_leads_to_the_field_of_its_answer(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("overview")
    step_choice(screen).set_value(8).run()
    (query,) = [query for _, query, label in links(screen) if label == "Write your answer"]
    screen = open_page("hand_in", **{name: found[0] for name, found in parse_qs(query).items()})
    assert screen.text_area[0].label == STEPS[7].question
    screen = open_page("overview")
    step_choice(screen).set_value(7).run()  # which asks nothing
    assert "Write your answer" not in [label for _, _, label in links(screen)]


def test_second_step_is_done_for_the_data_set_whose_skeletons_were_looked_at(
    open_page: OpenPage, recorded_source: str
) -> None:
    assert states(open_page("overview"))[1][0] == "visibility"
    assert not open_page("skeletons").exception
    assert states(open_page("overview", source=recorded_source))[1][0] == "visibility"
    assert states(open_page("overview", source="synthetic"))[1][0] == "check_circle"


def test_the_next_open_step_is_shown_in_full_until_another_is_chosen(open_page: OpenPage) -> None:
    screen = open_page("overview")
    assert step_choice(screen).value == 6
    (said,) = (text.value for text in screen.markdown if STEPS[5].question in text.value)
    assert STEPS[5].look_for in said and "needs a run" in said
    assert ("training", "", "Train it") in links(screen)
    step_choice(screen).set_value(2).run()
    assert any(STEPS[1].question in text.value for text in screen.markdown)
    assert not any(STEPS[5].question in text.value for text in screen.markdown)


def test_step_of_the_split_leads_to_the_view_that_answers_it(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("overview")
    step_choice(screen).set_value(5).run()
    (query,) = [query for page, query, _ in links(screen) if page == "comparison"]
    screen = open_page("comparison", **{name: found[0] for name, found in parse_qs(query).items()})
    assert not screen.exception
    assert screen.segmented_control(key="comparison view").value == "By subject or at random?"
    assert "view" not in screen.query_params  # it speaks once
    screen.segmented_control(key="comparison view").set_value("Curves").run()
    assert screen.segmented_control(key="comparison view").value == "Curves"


def test_what_is_done_in_another_way_comes_next_and_then_the_hand_in(
    open_page: OpenPage, runs: dict[str, Run], har_home: Path
) -> None:
    screen = open_page("overview")
    assert step_choice(screen).value == 6  # three epochs are not what the course sets
    assert "Hand in a report of your runs" in [label for _, _, label in links(screen)]
    shutil.rmtree(runs["cnn"].path)
    screen = open_page("overview")
    assert step_choice(screen).value == 14  # what was never done comes first
    assert "Hand in a report of your runs" not in [label for _, _, label in links(screen)]


def test_runs_on_another_data_set_count_for_nothing(
    open_page: OpenPage, runs: dict[str, Run], recorded_source: str
) -> None:
    screen = open_page("overview", source=recorded_source)
    assert not screen.exception
    assert {icon for icon, _ in states(screen)[5:]} == {"pending"}


def test_button_queues_the_four_models_with_the_chosen_epochs_and_seed(
    open_page: OpenPage, har_home: Path
) -> None:
    screen = open_page("overview")
    screen.number_input(key="work epochs").set_value(100_000)
    screen.text_input(key="work seed").set_value("7")
    next(button for button in screen.button if button.label == "Queue the practical work").click()
    screen.run()
    assert not screen.exception
    assert any(text.value == "4 runs are in training or waiting." for text in screen.markdown)
    folders = list((har_home / "runs").iterdir())
    configs = [json.loads((folder / "config.json").read_text()) for folder in folders]
    assert sorted(config["model"]["name"] for config in configs) == ["bilstm", "cnn", "lstm", "stacked-lstm"]
    assert {(config["training"]["epochs"], config["seed"], config["source"]) for config in configs} == {
        (100_000, 7, "synthetic")
    }


@pytest.fixture
def nothing_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)


def queue_the_work(screen: AppTest) -> AppTest:
    next(button for button in screen.button if button.label == "Queue the practical work").click()
    screen.run()
    assert not screen.exception
    return screen


def asks_whether_again(screen: AppTest) -> bool:
    return "Train again" in [button.label for button in screen.button]


@pytest.mark.usefixtures("nothing_is_trained")
def test_who_presses_twice_is_led_to_the_runs_that_are_there(open_page: OpenPage, har_home: Path) -> None:
    screen = queue_the_work(open_page("overview"))
    assert not asks_whether_again(screen)
    first = [run.run_id for run in RunStore().runs()]
    assert len(first) == 4
    # Nothing has ended yet that could be handed in.
    assert "Hand in a report of your runs" not in [label for _, _, label in links(screen)]
    queue_the_work(screen)
    assert asks_whether_again(screen) and [run.run_id for run in RunStore().runs()] == first
    said = "Nothing was queued. There are runs of the same settings, the seed too: open them, or train again."
    assert any(text.value.startswith(said) for text in screen.markdown)
    led = [(page, parse_qs(query)["run"][0]) for page, query, label in links(screen) if "waiting" in label]
    assert led == [("training", run_id) for run_id in reversed(first)]


def ask_about_all() -> None:
    """A page with nothing but the question, of all runs."""
    from app.shell.lab import get_lab
    from app.shell.navigation import navigation
    from app.shell.queueing import _ask_whether_again

    navigation()
    _ask_whether_again(get_lab().store.runs(), 0)


@pytest.mark.usefixtures("nothing_is_trained")
def test_who_wants_it_trains_again(runs: dict[str, Run]) -> None:
    screen = AppTest.from_function(ask_about_all).run()
    assert not screen.exception and len(RunStore().runs()) == 4
    screen.button(key="train known runs again").click().run()
    assert not screen.exception and not screen.error
    new = [run for run in RunStore().runs() if run.run_id not in {old.run_id for old in runs.values()}]
    assert {run.config.model.name: run.config for run in new} == {
        name: run.config for name, run in runs.items()
    }
    assert {run.status.state for run in new} == {"queued"} and len(new) == 4


@pytest.mark.usefixtures("nothing_is_trained")
@pytest.mark.parametrize("state", ["paused", "interrupted", "done"])
def test_only_what_is_missing_is_queued_and_the_rest_is_told(
    open_page: OpenPage, har_home: Path, state: RunState
) -> None:
    store = RunStore()
    lstm, bilstm, stopped, failed, other = (
        store.create(ExperimentConfig(model=options, seed=seed))
        for options, seed in (
            (LstmOptions(), 0),
            (BilstmOptions(), 0),
            (StackedLstmOptions(), 0),
            (CnnOptions(), 0),
            (CnnOptions(), 1),
        )
    )
    for run, become in ((lstm, state), (bilstm, state), (stopped, "stopped"), (failed, "failed")):
        store.write_status(run.run_id, run.status.model_copy(update={"state": become}))
    screen = queue_the_work(open_page("overview"))
    before = {run.run_id for run in (lstm, bilstm, stopped, failed, other)}
    new = [run for run in store.runs() if run.run_id not in before]
    assert {run.config.model.name for run in new} == {"stacked-lstm", "cnn"}
    assert any(text.value.startswith("2 runs were queued, 2 not.") for text in screen.markdown)
    led = [parse_qs(query)["run"][0] for _, query, label in links(screen) if "· seed 0 ·" in label]
    assert led == [lstm.run_id, bilstm.run_id]


def test_synthetic_data_are_called_so_and_recorded_data_are_not(
    open_page: OpenPage, recorded_source: str
) -> None:
    assert any("Synthetic data" in text.value for text in open_page("overview").caption)
    assert not any(
        "Synthetic data" in text.value for text in open_page("overview", source=recorded_source).caption
    )


def test_player_shows_the_sequence_of_the_url(
    open_page: OpenPage, clips_of: Callable[[AppTest], list[dict[str, Any]]]
) -> None:
    (clip,) = clips_of(open_page("overview", sequence="a13_s02_e01"))
    assert clip["title"] == "a13_s02_e01 · bend · subject 2"


def test_damaged_run_keeps_no_page_from_opening(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "status.json").write_text("{ no json")
    screen = open_page("overview")
    assert not screen.exception
    assert sum("needs a run" in said for _, said in states(screen)) == 6
    assert len(RunStore().runs()) == 3
