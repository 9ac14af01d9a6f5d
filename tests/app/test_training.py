"""The training page: the form, what it refuses, and what it queues."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from app.runs import view
from app.screens.training.experiment_form import values_of
from har_core.data.preparation import Preparation
from har_core.models import CnnOptions
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.heartbeats import heartbeat, lock_of
from har_core.training.presets import PRESETS, different_presets
from har_core.training.queue import TrainingQueue
from har_core.training.records import EpochRecord
from har_core.training.store import Run, RunStore
from har_core.wording import rough_duration
from tests.app.conftest import numbers_of

OpenPage = Callable[..., AppTest]


def press(screen: AppTest, label: str) -> AppTest:
    next(button for button in screen.button if button.label == label).click()
    return screen.run()


def at_the_place_of_the_curves(screen: AppTest) -> str:
    (said,) = (text.value for text in screen.markdown if text.value.startswith("## :material/monitoring:"))
    return str(said).removeprefix("## :material/monitoring: ")


def only_config(home: Path) -> dict[str, object]:
    (folder,) = (home / "runs").iterdir()
    return dict(json.loads((folder / "config.json").read_text()))


def test_form_opens_with_the_settings_of_the_course(open_page: OpenPage) -> None:
    screen = open_page("training")
    assert not screen.exception
    assert screen.number_input(key="form epochs").value == 2000
    assert screen.number_input(key="form batch_size").value == 256
    assert screen.number_input(key="form lstm hidden").value == 24
    assert screen.number_input(key="form lstm dropout").value == 0.5
    assert screen.selectbox(key="form split").value == "course"
    assert "Nothing was trained yet." in at_the_place_of_the_curves(screen)
    assert any("Synthetic data" in text.value for text in screen.caption)


def test_the_settings_are_called_the_courses_only_while_they_are(open_page: OpenPage) -> None:
    screen = open_page("training")
    said = "Nothing was trained yet. The settings are the course's: press Start training."
    assert at_the_place_of_the_curves(screen) == said
    screen.number_input(key="form learning_rate").set_value(10.0).run()
    assert at_the_place_of_the_curves(screen) == "Nothing was trained yet. Press Start training."
    screen.number_input(key="form learning_rate").set_value(11.0).run()
    assert at_the_place_of_the_curves(screen) == "Nothing was trained yet."
    screen.number_input(key="form learning_rate").set_value(0.001).run()
    screen.selectbox(key="form split").set_value("odd-even").run()
    assert at_the_place_of_the_curves(screen) == "Nothing was trained yet. Press Start training."


@pytest.mark.parametrize("model", ["lstm", "stacked-lstm", "bilstm", "cnn"])
def test_what_the_form_says_is_what_is_queued(open_page: OpenPage, har_home: Path, model: str) -> None:
    screen = open_page("training")
    screen.segmented_control(key="form model").set_value(model).run()
    screen.number_input(key="form epochs").set_value(100_000)
    screen.number_input(key="form batch_size").set_value(64)
    screen.text_input(key="form seed").set_value("3")
    screen.number_input(key=f"form {model} dropout").set_value(0.25)
    screen.selectbox(key="form split").set_value("odd-even")
    press(screen, "Start training")
    assert not screen.exception
    assert not screen.error
    config = only_config(har_home)
    assert config["model"]["name"] == model
    assert config["model"]["dropout"] == 0.25
    training = config["training"]
    assert (training["epochs"], training["batch_size"], config["seed"]) == (100_000, 64, 3)
    assert config["split"]["test"] == [2, 4, 6, 8, 10]
    assert screen.query_params["run"] == RunStore().runs()[0].run_id


def test_a_list_of_seeds_starts_a_run_each_and_the_button_says_how_many(
    open_page: OpenPage, har_home: Path
) -> None:
    screen = open_page("training")
    screen.number_input(key="form epochs").set_value(100_000)
    screen.text_input(key="form seed").set_value("0-2, 7").run()
    assert any("Takes" in text.value or "How long" in text.value for text in screen.caption)
    press(screen, "Start 4 runs")
    assert not screen.exception and not screen.error
    made = RunStore().runs()[::-1]
    assert [run.config.seed for run in made] == [0, 1, 2, 7]
    assert {run.config.epochs for run in made} == {100_000} and screen.query_params["run"] == made[0].run_id


def test_how_long_it_takes_is_said_by_runs_of_the_same_settings_before_the_start(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = press(open_page("training", run=runs["cnn"].run_id), "Use these settings")
    screen.number_input(key="form epochs").set_value(30_000)
    screen.text_input(key="form seed").set_value("0-9").run()
    status = runs["cnn"].status
    told = rough_duration(*2 * [300_000 * status.seconds / status.epoch])
    said = next(text.value for text in screen.caption if "Takes" in text.value)
    assert f"Takes {told}, as 1 run of the same settings did." in said


def test_failed_run_without_an_epoch_shows_why_and_nothing_that_it_has_not(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    run = runs["lstm"]
    for name in ("metrics.jsonl", "results.json", "checkpoint.safetensors"):
        (run.path / name).unlink()
    update = {"state": "failed", "error": "the disk is full.", "epoch": 0, "best_epoch": 0, "seconds": 0.0}
    RunStore().write_status(run.run_id, run.status.model_copy(update=update))
    screen = open_page("training", run=run.run_id)
    assert not screen.exception
    assert [box.value for box in screen.error] == ["the disk is full."]
    assert list(numbers_of(screen)) == ["State"]
    assert any("Failed before its first epoch" in text.value for text in screen.markdown)
    assert not screen.get("echarts_chart") and not any("none yet" in text.value for text in screen.markdown)
    assert "Retry" in [button.label for button in screen.button]


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


def test_who_starts_what_is_there_already_is_led_to_its_run(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    run = runs["cnn"]
    screen = press(open_page("training", run=run.run_id), "Use these settings")
    press(screen, "Start training")
    assert not screen.exception and len(RunStore().runs()) == 4
    assert any("There is a run of the same settings" in text.value for text in screen.markdown)
    led = [link.proto for link in screen.get("page_link") if "1D-CNN · seed 0" in link.proto.label]
    assert [(link.page, f"run={run.run_id}" in link.query_string) for link in led] == [("results", True)]


def test_a_stopped_run_is_trained_again_unasked(open_page: OpenPage, runs: dict[str, Run]) -> None:
    run = runs["cnn"]
    RunStore().write_status(run.run_id, run.status.model_copy(update={"state": "stopped"}))
    screen = press(open_page("training", run=run.run_id), "Use these settings")
    press(screen, "Start training")
    assert not screen.exception and len(RunStore().runs()) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1-5/5-7/8-10", "subject 5 is in both training and validation"),
        ("1-5/6-7/8-11", "the data set has no subject 11; choose of 1 to 10"),
        ("1-5/6-7/", "the test part holds no sequence"),
        ("4/6-7/8-10", "no training subject performs"),
        ("everyone", "split 'everyone' is not known"),
        ("1-x/6/7", "split '1-x/6/7'"),
        ("", "split '' is not known"),
    ],
)
def test_broken_split_is_told_where_it_is_typed_and_the_page_below_stays(
    open_page: OpenPage, runs: dict[str, Run], text: str, said: str
) -> None:
    screen = open_page("training", run=runs["lstm"].run_id)
    screen.selectbox(key="form split").set_value("own").run()
    screen.text_input(key="form own split").set_value(text).run()
    assert not screen.exception
    told = [caption.value.replace("\\", "") for caption in screen.caption]
    assert len([sentence for sentence in told if said in sentence]) == 2  # at the button, and at the field
    (start,) = (button for button in screen.button if button.label == "Start training")
    assert start.disabled
    assert epochs_drawn(screen) == [1, 2, 3]


def test_what_is_found_at_the_start_alone_leaves_the_page_below(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("training", run=runs["lstm"].run_id)
    screen.selectbox(key="form device").set_value("mps")
    press(screen, "Start training")
    assert not screen.exception
    assert "mps" in screen.error[0].value
    assert epochs_drawn(screen) == [1, 2, 3] and len(RunStore().runs()) == 4


def test_unknown_source_is_told_in_a_sentence(open_page: OpenPage) -> None:
    screen = open_page("training", source="nowhere")
    assert not screen.exception
    assert "'nowhere'" in screen.error[0].value


def test_ended_run_shows_its_epochs_its_state_and_the_way_to_its_results(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("training", run=runs["lstm"].run_id)
    assert not screen.exception
    cards = numbers_of(screen)
    records = [json.loads(line) for line in (runs["lstm"].path / "metrics.jsonl").read_text().splitlines()]
    best = max(record["validation_accuracy"] for record in records)
    assert cards["Epoch"] == "3 of 3"
    assert cards["Validation, best epoch"] == f"{100 * best:.1f} %"
    assert any("done" in text.value for text in screen.markdown)
    assert len(screen.get("page_link")) == 1


def test_unknown_run_in_the_url_is_told_and_another_is_shown(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("training", run="nowhere")
    assert not screen.exception
    assert "'nowhere'" in screen.info[0].value
    assert numbers_of(screen)


def test_failed_run_says_why_and_can_be_tried_again(open_page: OpenPage, runs: dict[str, Run]) -> None:
    status = runs["lstm"].path / "status.json"
    values = json.loads(status.read_text()) | {"state": "failed", "error": "the disk is full."}
    status.write_text(json.dumps(values))
    screen = open_page("training", run=runs["lstm"].run_id)
    assert not screen.exception
    assert screen.error[0].value == "the disk is full."
    assert "Retry" in [button.label for button in screen.button]


def test_run_whose_process_is_gone_shows_as_interrupted(open_page: OpenPage, runs: dict[str, Run]) -> None:
    status = runs["lstm"].path / "status.json"
    values = json.loads(status.read_text()) | {"state": "running", "process": 2**22 + 1}
    status.write_text(json.dumps(values))
    screen = open_page("training", run=runs["lstm"].run_id)
    assert not screen.exception
    assert any("interrupted" in text.value for text in screen.markdown)


def test_who_has_not_chosen_a_run_sees_the_one_in_training(open_page: OpenPage, runs: dict[str, Run]) -> None:
    run = runs["lstm"]
    assert open_page("training").selectbox(key="choose run").value != run.run_id
    with lock_of(run.path):
        (run.path / "status.json").write_text(heartbeat(run.status, state="running").model_dump_json())
        box = open_page("training").selectbox(key="choose run")
    assert box.value == run.run_id and len(box.options) == 4


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


@pytest.mark.parametrize("name", [name for name in different_presets() if not PRESETS[name].config.members])
def test_preset_fills_the_form_and_says_what_to_look_for(
    open_page: OpenPage, har_home: Path, name: str
) -> None:
    screen = open_page("training")
    menu = screen.get("menu_button")[0]
    assert menu.proto.options == [PRESETS[its].title for its in different_presets()]
    # AppTest can't press a menu button; its effect is the form that the preset fills in.
    for key, value in values_of(PRESETS[name].config).items():
        screen.session_state[key] = value
    screen.run()
    assert not screen.exception
    assert any(PRESETS[name].look_for in text.value for text in screen.caption)
    press(screen, "Start training")
    stored = ExperimentConfig.model_validate_json(json.dumps(only_config(har_home)))
    assert stored.anywhere == PRESETS[name].config
    screen.number_input(key="form frames").set_value(17).run()
    assert not any(PRESETS[name].look_for in text.value for text in screen.caption)


def test_settings_of_a_run_come_back_into_the_form(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("training", run=runs["cnn"].run_id)
    press(screen, "Use these settings")
    assert not screen.exception
    assert screen.segmented_control(key="form model").value == "cnn"
    assert screen.number_input(key="form epochs").value == 3
    assert screen.number_input(key="form learning_rate").value == 0.01
    assert screen.number_input(key="form batch_size").value == 16


def test_all_settings_of_a_run_are_what_the_form_starts(open_page: OpenPage, har_home: Path) -> None:
    config = ExperimentConfig(
        seed=20231126, training=GradientTraining(learning_rate=1e-7, batch_size=500_000, epochs=100_000),
        preparation=Preparation(frames=2000), model=CnnOptions(channels=7),
    )  # fmt: skip
    store = RunStore()
    store.request(store.create(config).run_id, "stop")
    screen = open_page("training")
    press(screen, "Use these settings")
    press(screen, "Start training")
    assert not screen.exception and not screen.error
    assert [run.config.anywhere for run in store.runs()] == [config, config]


def test_form_stays_when_the_page_changes(open_page: OpenPage, har_home: Path) -> None:
    screen = open_page("training")
    screen.number_input(key="form epochs").set_value(77)
    screen.number_input(key="form lstm hidden").set_value(12).run()
    screen.switch_page("../pages/skeletons.py").run()
    screen.switch_page("../pages/training.py").run()
    assert screen.number_input(key="form epochs").value == 77
    assert screen.number_input(key="form lstm hidden").value == 12


@pytest.fixture
def waiting(har_home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three runs that wait, in a home in which nothing is trained."""
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)
    store = RunStore()
    return [store.create(ExperimentConfig(seed=seed)).run_id for seed in range(3)]


def order_of_the_queue() -> list[str]:
    return [run.run_id for run in TrainingQueue(RunStore()).waiting()]


def test_waiting_runs_change_their_places(open_page: OpenPage, waiting: list[str]) -> None:
    first, second, third = waiting
    screen = open_page("training")
    assert not screen.exception
    assert order_of_the_queue() == waiting
    screen.button(key=f"first {third}").click().run()
    assert order_of_the_queue() == [third, first, second]
    screen.button(key=f"down {third}").click().run()
    assert order_of_the_queue() == [first, third, second]
    screen.button(key=f"up {second}").click().run()
    assert order_of_the_queue() == [first, second, third]
    assert screen.button(key=f"up {first}").disabled
    assert screen.button(key=f"down {third}").disabled
    lines = [
        text.value
        for text in screen.markdown
        if "seed" in text.value and text.value.startswith(":gray-badge")
    ]
    assert [line.split(" · ")[1] for line in lines] == ["seed 0", "seed 1", "seed 2"]


def test_waiting_run_is_paused_stopped_and_resumed(open_page: OpenPage, waiting: list[str]) -> None:
    first, second, third = waiting
    screen = open_page("training", run=first)
    screen.button(key=f"pause {first} False").click().run()
    assert RunStore().get(first).status.state == "paused"
    screen.button(key=f"stop {second} False").click().run()
    assert RunStore().get(second).status.state == "stopped"
    assert order_of_the_queue() == [third]
    press(screen, "Resume")
    assert not screen.exception
    assert order_of_the_queue() == [third, first]


def test_end_of_a_run_is_told_by_a_toast(open_page: OpenPage, runs: dict[str, Run]) -> None:
    run = runs["lstm"]
    done = (run.path / "status.json").read_text()
    values = json.loads(done) | {"state": "queued"}
    (run.path / "status.json").write_text(json.dumps(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TrainingQueue, "start", lambda queue: None)
        screen = open_page("overview")
        assert not screen.toast
        (run.path / "status.json").write_text(done)
        screen.run()
    assert not screen.exception
    (toast,) = screen.toast
    assert toast.value.startswith("Done: LSTM · seed 0 · synthetic")


def test_curves_stand_still_while_they_are_not_live(
    open_page: OpenPage, runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)
    run = runs["lstm"]
    values = json.loads((run.path / "status.json").read_text()) | {"state": "queued"}
    (run.path / "status.json").write_text(json.dumps(values))
    metrics = run.path / "metrics.jsonl"
    lines = metrics.read_text().splitlines(keepends=True)
    metrics.write_text("".join(lines[:2]))
    screen = open_page("training", run=run.run_id)
    screen.toggle(key="live").set_value(False).run()
    metrics.write_text("".join(lines))
    screen.run()
    assert epochs_drawn(screen) == [1, 2]
    assert numbers_of(screen)["Epoch"] == "3 of 3"
    screen.toggle(key="live").set_value(True).run()
    assert epochs_drawn(screen) == [1, 2, 3]


def epochs_drawn(screen: AppTest) -> list[int]:
    (drawn,) = screen.get("echarts_chart")[0].proto.datasets
    return list(pa.ipc.open_stream(drawn.data.data).read_all()["Epoch"].to_pylist())


def test_curves_of_a_run_at_work_are_drawn_anew_when_they_have_grown_by_what_is_seen(
    open_page: OpenPage, waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "CURVES_EVERY", 0.0)
    metrics = RunStore().get(waiting[0]).path / "metrics.jsonl"

    def write(epochs: int) -> None:
        records = [EpochRecord(epoch, 0.1, 1.0, 0.5, 1.0, 0.5, 1.0, 0.5) for epoch in range(1, epochs + 1)]
        metrics.write_text("".join(f"{json.dumps(record.as_dict())}\n" for record in records))

    write(1000)
    screen = open_page("training", run=waiting[0])
    assert epochs_drawn(screen)[-1] == 1000
    for epochs, drawn in ((1010, 1000), (1019, 1000), (1020, 1020)):  # of an axis that ends at 2,000
        write(epochs)
        screen.run()
        assert numbers_of(screen)["Epoch"] == f"{epochs:,} of 2,000"
        assert epochs_drawn(screen)[-1] == drawn
