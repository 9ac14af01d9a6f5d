"""The overview: what has to be done, and the button that does all of it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


def steps(screen: AppTest) -> list[str]:
    return [text.value for text in screen.markdown if "&nbsp;" in text.value]


def badges(screen: AppTest) -> set[str]:
    """What the steps that need a run say of it."""
    return {found[1] for step in steps(screen) if (found := re.search(r":\w+-badge\[(.*)\]$", step))}


def test_fourteen_steps_are_listed_and_those_without_a_run_say_so(open_page: OpenPage) -> None:
    screen = open_page("overview")
    assert not screen.exception
    assert [step.split("**")[1] for step in steps(screen)] == [str(number) for number in range(1, 15)]
    assert badges(screen) == {"needs a run"}
    assert screen.sidebar.caption[0].value == "Nothing is being trained."


def test_steps_are_ticked_by_the_runs_of_the_data_set(open_page: OpenPage, runs: dict[str, Run]) -> None:
    assert badges(open_page("overview")) == {":material/check: run of 3 epochs"}


def test_runs_on_another_data_set_tick_nothing(
    open_page: OpenPage, runs: dict[str, Run], recorded_source: str
) -> None:
    screen = open_page("overview", source=recorded_source)
    assert not screen.exception
    assert badges(screen) == {"needs a run"}


def test_button_queues_the_four_models_with_the_chosen_epochs_and_seed(
    open_page: OpenPage, har_home: Path
) -> None:
    screen = open_page("overview")
    screen.number_input(key="work epochs").set_value(100_000)
    screen.number_input(key="work seed").set_value(7)
    next(button for button in screen.button if button.label == "Queue the practical work").click()
    screen.run()
    assert not screen.exception
    assert any(text.value == "4 runs are in training or waiting." for text in screen.markdown)
    folders = list((har_home / "runs").iterdir())
    configs = [json.loads((folder / "config.json").read_text()) for folder in folders]
    assert sorted(config["model"]["name"] for config in configs) == ["bilstm", "cnn", "lstm", "stacked-lstm"]
    assert {(config["epochs"], config["seed"], config["source"]) for config in configs} == {
        (100_000, 7, "synthetic")
    }


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
    assert sum("needs a run" in step for step in steps(screen)) == 5
    assert len(RunStore().runs()) == 3
