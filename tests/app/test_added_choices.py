"""An input, a head, a schedule and an augmentation, a line each in a dict, go through the whole house."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from har_core import cli
from har_core.data.augmentation import AUGMENTATIONS, Augmentation, Example
from har_core.data.inputs import INPUTS, Input
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.engine import Batch
from har_core.models import LstmOptions
from har_core.models.heads import HEADS, Head
from har_core.report.hand_in import hand_in
from har_core.skeleton import Skeleton
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.queue import TrainingQueue
from har_core.training.schedules import SCHEDULES, Schedule
from har_core.training.store import Run, RunStore
from tests.training.same_run import assert_same

OpenPage = Callable[..., AppTest]
ClipsOf = Callable[[AppTest], list[dict[str, Any]]]


def heights(frames: FloatArray, skeleton: Skeleton) -> FloatArray:
    return frames[:, :, 1]


def mirrored(example: Example, random: np.random.Generator) -> FloatArray:
    return example.frames * np.array([random.choice([-1, 1]), 1, 1], np.float32)


def largest(outputs: Batch) -> torch.Tensor:
    return outputs.padded().max(dim=1).values


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line in each dict: that is all that is done to add one."""
    monkeypatch.setitem(INPUTS, "heights", Input("heights", "The y of each joint.", heights))
    monkeypatch.setitem(HEADS, "largest", Head("largest outputs", largest))
    halves = Schedule("half the rate, later", lambda step, steps: 1 - step / steps / 2)
    monkeypatch.setitem(SCHEDULES, "halves", halves)
    monkeypatch.setitem(AUGMENTATIONS, "mirrored", Augmentation("mirrored", "Left is right.", mirrored))


@pytest.fixture
def config(small_config: ExperimentConfig, small_source: Path, har_home: Path) -> ExperimentConfig:
    """The small experiment with what was added, five epochs of it."""
    shutil.copytree(small_source, har_home / "sources" / "small")
    own = {
        "source": "small",
        "inputs": ("heights", "velocities"),
        "model": LstmOptions(hidden=6, head="largest"),
    }
    chosen = small_config.model_copy(update=own)
    return chosen.trained(epochs=5, schedule="halves", augmentation="mirrored")


def train(config: ExperimentConfig, *pauses: int) -> Run:
    """Train a run that is interrupted after so many epochs each time."""
    store = RunStore()
    run_id = store.create(config, queued=False).run_id
    for count in pauses:
        epochs = train_run(store, run_id)
        for _ in range(count):
            next(epochs)
        epochs.close()
        assert store.get(run_id).status.state == "interrupted"
    list(train_run(store, run_id))
    assert store.get(run_id).status.state == "done"
    return store.get(run_id)


def test_they_are_chosen_in_the_form_by_their_titles(
    open_page: OpenPage, config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingQueue, "work_off", lambda queue: None)  # it would outlive the added lines
    screen = open_page("training", source="small")
    inputs = screen.multiselect(key="form inputs")
    assert inputs.options == [its.title for its in INPUTS.values()] and inputs.options[-1] == "heights"
    assert "**heights**: The y of" in inputs.help
    inputs.set_value(["heights", "velocities"])
    head = screen.selectbox(key="form lstm head")
    assert head.options[:2] == ["last outputs", "means over the frames"]
    assert head.options[-1] == "largest outputs"
    head.set_value("largest")
    schedule, augmentation = (screen.selectbox(key=f"form {name}") for name in ("schedule", "augmentation"))
    assert schedule.options == ["constant", "one cycle", "half the rate, later"]
    assert augmentation.options == [its.title for its in AUGMENTATIONS.values()]
    assert augmentation.options[-1] == "mirrored" and "**mirrored**: Left is right" in augmentation.help
    schedule.set_value("halves")
    augmentation.set_value("mirrored")
    screen.number_input(key="form epochs").set_value(100_000)
    next(button for button in screen.button if button.label == "Start training").click().run()
    assert not screen.exception and not screen.error
    (run,) = RunStore().runs()
    assert run.config.inputs == config.inputs and run.config.model.head == "largest"
    assert (run.config.training.schedule, run.config.training.augmentation) == ("halves", "mirrored")
    words = "inputs heights and velocities · head largest outputs · schedule half the rate, later · "
    words += "augmentation mirrored"
    said = {part for text in screen.caption for part in text.value.split(" · ")}
    assert set(words.split(" · ")) <= said


def test_the_command_line_trains_what_an_interrupted_run_comes_to(
    config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {
        "inputs": '["heights","velocities"]', "training.schedule": "halves", "preparation.frames": "null",
        "training.augmentation": "mirrored", "training.batch_size": 16, "training.learning_rate": 0.01,
        "model.hidden": 6, "model.head": "largest",
    }  # fmt: skip
    words = ["train", "--source", "small", "--epochs", "5", "--split", "1-3/4/5-6", "--device", "cpu"]
    words += [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    monkeypatch.setattr(sys, "argv", ["har_core", *words, "--json"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    store = RunStore()
    by_command = store.get(json.loads(capsys.readouterr().out.splitlines()[-1])["run"])
    assert by_command.config.model_copy(update={"split": config.split}) == config
    assert by_command.meta.inputs == 20 + 60
    for pauses in ((1,), (3, 1)):
        assert_same(train(config, *pauses), by_command)


@pytest.mark.parametrize(
    "without",
    [
        {"schedule": "constant"},
        {"augmentation": "none"},
        {"inputs": ("heights",)},
        {"model": LstmOptions(hidden=6)},
    ],
)
def test_each_of_them_counts(config: ExperimentConfig, without: dict[str, Any]) -> None:
    own = without.keys() <= {"inputs", "model"}
    other = config.model_copy(update=without) if own else config.trained(**without)
    losses = [RunStore().metrics(train(each).run_id)[-1].train_loss for each in (config, other)]
    assert losses[0] != losses[1]


def test_pages_comparison_and_report_say_them_and_the_player_shows_positions(
    config: ExperimentConfig, small_sequences: SkeletonSequences, open_page: OpenPage, clips_of: ClipsOf
) -> None:
    run = train(config)
    screen = open_page("results", run=run.run_id)
    accuracy = f"**Test {100 * run.results.best.test:.1f} %, "
    assert not screen.exception and any(text.value.startswith(accuracy) for text in screen.markdown)
    clip, *_ = clips_of(screen)
    recorded = small_sequences[small_sequences.row_of(clip["title"].split(" · ")[0])]
    players = [
        it.proto for it in screen.get("bidi_component") if it.proto.component_name == "skeleton_player"
    ]
    assert recorded.astype("<f4").tobytes() in players[0].bytes
    assert clip["track"]["readings"] == len(recorded)  # what the model makes of it, frame by frame
    screen = open_page("features", run=run.run_id)
    assert not screen.exception
    assert any("The features are the largest outputs of the layer: 6" in it.value for it in screen.caption)

    bare = config.model_copy(update={"model": LstmOptions(hidden=6)})
    plain = train(bare.trained(schedule="constant", augmentation="none"))
    screen = open_page("comparison")
    screen.session_state["comparison view"] = "Differences"
    screen.session_state["differences only"] = False
    screen.run()
    assert not screen.exception
    table = screen.dataframe[1]
    assert set(table.value["Inputs"]) == {"heights and velocities"}
    assert set(table.value["Head"]) == {"largest outputs", "last outputs"}
    assert set(table.value["Schedule"]) == {"half the rate, later", "constant"}
    assert set(table.value["Augmentation"]) == {"mirrored", "none"}

    files = hand_in(RunStore(), [run.run_id, plain.run_id])
    page = files["report.html"].decode()
    assert "head largest outputs" in page and "The features are the largest outputs of the layer" in page
    assert "Heights: The y of each joint. Velocities: How far each joint has moved" in page
    assert "learning rate 0.01, schedule half the rate, later, augmentation mirrored, seed 0" in page
    notebook = files["notebook.ipynb"].decode()
    assert "inputs=('heights', 'velocities')" in notebook and "'schedule': 'halves'" in notebook
    assert "'head': 'largest'" in notebook
