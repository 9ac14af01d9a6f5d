"""The training page: the form, what it refuses, and what it queues."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


def press(screen: AppTest, label: str) -> AppTest:
    next(button for button in screen.button if button.label == label).click()
    return screen.run()


def only_config(home: Path) -> dict[str, object]:
    (folder,) = (home / "runs").iterdir()
    return dict(json.loads((folder / "config.json").read_text()))


def test_form_opens_with_the_settings_of_the_course(open_page: OpenPage) -> None:
    screen = open_page("training")
    assert not screen.exception
    assert screen.number_input(key="form epochs").value == 2000
    assert screen.number_input(key="form batch").value == 256
    assert screen.number_input(key="form lstm hidden").value == 24
    assert screen.number_input(key="form lstm dropout").value == 0.5
    assert screen.selectbox(key="form split").value == "course"
    assert screen.info[0].value.startswith("Nothing was trained yet.")
    assert any("Synthetic data" in text.value for text in screen.caption)


@pytest.mark.parametrize("model", ["lstm", "stacked-lstm", "bilstm", "cnn"])
def test_what_the_form_says_is_what_is_queued(open_page: OpenPage, har_home: Path, model: str) -> None:
    screen = open_page("training")
    screen.segmented_control(key="form model").set_value(model).run()
    screen.number_input(key="form epochs").set_value(100_000)
    screen.number_input(key="form batch").set_value(64)
    screen.number_input(key="form seed").set_value(3)
    screen.number_input(key=f"form {model} dropout").set_value(0.25)
    screen.selectbox(key="form split").set_value("odd-even")
    press(screen, "Start training")
    assert not screen.exception
    assert not screen.error
    config = only_config(har_home)
    assert config["model"]["name"] == model
    assert config["model"]["dropout"] == 0.25
    assert (config["epochs"], config["batch_size"], config["seed"]) == (100_000, 64, 3)
    assert config["split"]["test"] == [2, 4, 6, 8, 10]
    assert screen.query_params["run"] == RunStore().runs()[0].run_id


def test_new_run_is_watched_though_the_browser_still_sends_the_run_before(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    before = runs["bilstm"].run_id
    screen = open_page("training", run=before)
    screen.number_input(key="form epochs").set_value(100_000)
    press(screen, "Start training")
    (new,) = {run.run_id for run in RunStore().runs()} - {run.run_id for run in runs.values()}
    assert screen.query_params["run"] == new
    # A fragment that draws itself anew brings what the browser had before it knew of the new run.
    screen.session_state["choose run"] = before
    screen.query_params["run"] = before
    screen.run()
    assert [box.value for box in screen.selectbox if box.label == "Run"] == [new]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1-5/5-7/8-10", "subject 5 is in both train and validation"),
        ("1-5/6-7/20-30", "the test part holds no sequence"),
        ("4/6-7/8-10", "no training subject performs"),
        ("everyone", "split 'everyone' is not known"),
        ("1-x/6/7", "split '1-x/6/7'"),
        ("", "split '' is not known"),
    ],
)
def test_broken_split_is_told_in_a_sentence_and_nothing_is_queued(
    open_page: OpenPage, har_home: Path, text: str, said: str
) -> None:
    screen = open_page("training")
    screen.selectbox(key="form split").set_value("own").run()
    screen.text_input(key="form own split").set_value(text).run()
    if not screen.error:
        press(screen, "Start training")
    assert not screen.exception
    (error,) = screen.error
    assert said in error.value
    assert not list((har_home / "runs").glob("*"))


def test_unknown_source_is_told_in_a_sentence(open_page: OpenPage) -> None:
    screen = open_page("training", source="nowhere")
    assert not screen.exception
    assert "'nowhere'" in screen.error[0].value


def test_ended_run_shows_its_epochs_its_state_and_the_way_to_its_results(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("training", run=runs["lstm"].run_id)
    assert not screen.exception
    cards = {card.label: card.value for card in screen.metric}
    records = [json.loads(line) for line in (runs["lstm"].path / "metrics.jsonl").read_text().splitlines()]
    best = max(record["validation_accuracy"] for record in records)
    assert cards["Epoch"] == "3 of 3"
    assert cards["Best validation"] == f"{100 * best:.1f} %"
    assert any("done" in text.value for text in screen.markdown)
    assert len(screen.get("page_link")) == 1


def test_unknown_run_in_the_url_is_told_and_another_is_shown(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("training", run="nowhere")
    assert not screen.exception
    assert "'nowhere'" in screen.info[0].value
    assert screen.metric


def test_failed_run_says_why_and_can_be_resumed(open_page: OpenPage, runs: dict[str, Run]) -> None:
    status = runs["lstm"].path / "status.json"
    values = json.loads(status.read_text()) | {"state": "failed", "error": "the disk is full."}
    status.write_text(json.dumps(values))
    screen = open_page("training", run=runs["lstm"].run_id)
    assert not screen.exception
    assert screen.error[0].value == "the disk is full."
    assert "Resume" in [button.label for button in screen.button]


def test_run_whose_process_is_gone_shows_as_interrupted(open_page: OpenPage, runs: dict[str, Run]) -> None:
    status = runs["lstm"].path / "status.json"
    values = json.loads(status.read_text()) | {"state": "running", "process": 2**22 + 1}
    status.write_text(json.dumps(values))
    screen = open_page("training", run=runs["lstm"].run_id)
    assert not screen.exception
    assert any("interrupted" in text.value for text in screen.markdown)


def test_deleted_run_goes_to_the_trash_and_leaves_the_choice(
    open_page: OpenPage, runs: dict[str, Run], home_with_runs: Path
) -> None:
    run_id = runs["lstm"].run_id
    screen = press(open_page("training", run=run_id), "Delete")
    assert not screen.exception
    (options,) = (box.options for box in screen.selectbox if box.label == "Run")
    assert len(options) == 3
    assert (home_with_runs / "trash" / run_id / "config.json").is_file()


def test_damaged_run_keeps_the_page_alive(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "config.json").write_bytes(b"\xff\x00")
    screen = open_page("training")
    assert not screen.exception
    assert len(screen.selectbox(key="choose run").options) == 3
