"""A fifth network, known by nothing but its file and its line, from the form to the hand-in."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from streamlit.testing.v1 import AppTest

import tests.rnn
from har_core import cli
from har_core.engine.fused import FusedNetwork
from har_core.models import MODELS
from har_core.models.layer_table import layers_of
from har_core.models.networks import Network
from har_core.report.hand_in import hand_in
from har_core.training.driver import train_run
from har_core.training.practical_work import practical_work
from har_core.training.presets import PRESETS
from har_core.training.queue import TrainingQueue
from har_core.training.store import Run, RunStore
from tests.training.same_run import assert_same

OpenPage = Callable[..., AppTest]
ROOT = Path(__file__).resolve().parents[2]

PARAMETERS = 5 * (60 + 5 + 2) + 1 + 5 * 4 + 4
"""Of 5 units on 60 inputs, by hand: weights with torch's two biases, the scale, the linear layer."""

LAYERS = ["RNN (T, 5), 335 parameters", "Linear (4), 24 parameters", "RnnClassifier (4), 1 parameter"]


@pytest.fixture(autouse=True, scope="module")
def line() -> Iterator[None]:
    """The line in ``MODELS``, in all tests here; nothing else tells the program of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "rnn", tests.rnn.LINE)
        yield


def say(*words: object) -> None:
    """Give a command, in this process, which has to succeed."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(sys, "argv", ["har_core", *map(str, words)])
        cli.main()
    assert not end.value.code


def train(*settings: str) -> None:
    sets = [word for setting in settings for word in ("--set", setting)]
    say(
        "train", "--source", "small", "--split", "1-3/4/5-6", "--model", "rnn", "--epochs", 4,
        "--set", "training.batch_size=8", "--set", "training.learning_rate=0.02", *sets,
    )  # fmt: skip


@pytest.fixture(scope="module")
def gru_home(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two runs of the fifth network, trained by the command line. Tests take a copy."""
    home = tmp_path_factory.mktemp("rnn") / "home"
    shutil.copytree(small_source, home / "sources" / "small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(home))
        train("model.hidden=5")
        train("model.hidden=6", "model.order=backward")
    return home


@pytest.fixture
def runs(gru_home: Path, har_home: Path) -> list[Run]:
    """The two runs in the user's home, the older one first."""
    shutil.copytree(gru_home, har_home)
    return sorted(RunStore().runs(), key=lambda run: run.config.model.hidden)


def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)


def captions(screen: AppTest) -> str:
    return "\n".join(text.value.replace("\\", "") for text in screen.caption)


# Form and queue


def test_the_form_draws_its_fields_counts_its_layers_and_trains_it(
    open_page: OpenPage, har_home: Path, small_source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_queue(monkeypatch)
    shutil.copytree(small_source, har_home / "sources" / "small")
    screen = open_page("training", source="small")
    screen.segmented_control(key="form model").set_value("rnn").run()
    assert not screen.exception
    memory, reading = screen.number_input(key="form rnn hidden"), screen.selectbox(key="form rnn order")
    assert (memory.label, memory.help, memory.step, memory.value) == ("Memory", "Units of the RNN.", 4, 8)
    assert reading.label == "Read" and list(reading.options) == ["to the end", "to the beginning"]
    assert screen.toggle(key="form rnn with_bias").label == "Bias"
    assert "597 parameters" in captions(screen)
    memory.set_value(65).run()
    assert "Memory: found 65, expected a whole number, 1 to 64." in captions(screen)
    assert "parameters" not in captions(screen)
    screen.number_input(key="form rnn hidden").set_value(5).run()
    assert f"{PARAMETERS:,} parameters" in captions(screen) and "  \n".join(LAYERS) in captions(screen)
    screen.number_input(key="form epochs").set_value(2)
    screen.selectbox(key="form split").set_value("thirds")
    next(button for button in screen.button if button.label == "Start training").click().run()
    assert not screen.exception and not screen.error
    TrainingQueue(RunStore()).work_off()
    (run,) = RunStore().runs()
    assert run.status.state == "done" and run.config.model == tests.rnn.RnnOptions(hidden=5)
    assert run.meta is not None and run.meta.parameters == PARAMETERS


def test_it_is_no_part_of_the_course_s_work(
    open_page: OpenPage, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    no_queue(monkeypatch)
    assert [config.model.name for config in practical_work("small")] == [
        "lstm", "stacked-lstm", "bilstm", "cnn",
    ]  # fmt: skip
    assert "rnn" not in PRESETS
    screen = open_page("overview", source="small")
    assert not screen.exception
    said = [link.proto.help for link in screen.get("page_link")]
    # Of steps 6 to 9, 11 and 12.
    assert sum(text.startswith("needs a run\\: LSTM  \n") for text in said) == 6
    next(button for button in screen.button if button.label == "Queue the practical work").click().run()
    assert not screen.exception
    new = {run.config.model.name for run in RunStore().runs() if run.status.state == "queued"}
    assert new == {"lstm", "stacked-lstm", "bilstm", "cnn"}


# Command line


def test_the_command_line_shows_its_layers_as_the_pages_do(
    runs: list[Run], capsys: pytest.CaptureFixture[str]
) -> None:
    say("runs", "show", runs[0].run_id)
    shown = capsys.readouterr().out
    assert "RNN" in shown and all(layer in shown for layer in LAYERS)
    assert re.search(rf"parameters\W+{PARAMETERS:,}", shown)


def test_it_goes_on_to_the_same_bits(runs: list[Run]) -> None:
    store, whole = RunStore(), runs[0]
    run = store.create(whole.config, queued=False)
    epochs = train_run(store, run.run_id)
    next(epochs), next(epochs)
    epochs.close()
    assert store.get(run.run_id).status.state == "interrupted"
    assert [record.epoch for record in train_run(store, run.run_id)] == [3, 4]
    assert_same(store.get(run.run_id), whole)


# Pages


def test_the_results_page_shows_it_and_its_layers(open_page: OpenPage, runs: list[Run]) -> None:
    screen = open_page("results", run=runs[0].run_id)
    assert not screen.exception and any("It " in text.value for text in screen.caption)
    screen.segmented_control(key="results details").set_value("Layers").run()
    assert not screen.exception
    table = screen.dataframe[0].value
    assert list(table["title"]) == ["RNN", "Linear", "RnnClassifier"]
    assert list(table["output"]) == ["(T, 5)", "(4)", "(4)"]
    assert table["parameters"].sum() == runs[0].meta.parameters == PARAMETERS


def test_the_features_page_says_what_its_line_says(open_page: OpenPage, runs: list[Run]) -> None:
    screen = open_page("features", run=runs[0].run_id)
    assert not screen.exception
    assert "The features are what the RNN remembers: 5 numbers for each sequence" in captions(screen)
    said = "\n".join(text.value for text in (*screen.markdown, *screen.caption))
    assert "It says “" in said or "It changes its mind" in said  # frame by frame
    assert "can't be shown" not in said


def test_its_settings_are_columns_of_the_comparison(open_page: OpenPage, runs: list[Run]) -> None:
    screen = open_page("comparison")
    for view in ("Curves", "Parallel coordinates", "Differences"):
        screen.segmented_control(key="comparison view").set_value(view).run()
        assert not screen.exception
    table = next(table for table in screen.dataframe if "Memory" in table.value)
    assert set(table.value["Memory"]) == {"5", "6"}
    assert set(table.value["Read"]) == {"to the end", "to the beginning"}
    assert any("RNN, memory 6, read to the beginning" in name for name in table.value["run"])


def test_the_training_page_shows_its_run(open_page: OpenPage, runs: list[Run]) -> None:
    screen = open_page("training", run=runs[1].run_id)
    assert not screen.exception
    assert any("memory 6 · read to the beginning" in text.value for text in screen.caption)


# Hand-in


def test_the_hand_in_page_takes_it(open_page: OpenPage, runs: list[Run]) -> None:
    screen = open_page("hand_in", source="small")
    assert not screen.exception
    assert "No run of LSTM, Stacked LSTM, Bi-LSTM, 1D-CNN is among them." in captions(screen) or screen.info


def test_report_and_notebook_are_of_it(
    runs: list[Run], har_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = hand_in(RunStore(), [run.run_id for run in runs])
    page = files["report.html"].decode()
    assert "RNN: memory 5, read to the end, bias yes; 360 parameters" in page
    assert "; ".join(LAYERS) in page and "The features are what the RNN remembers" in page
    book = nbformat.reads(files["notebook.ipynb"].decode(), as_version=4)
    nbformat.validate(book)
    monkeypatch.setenv("PYTHONPATH", os.fspath(ROOT))
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="model 'rnn' is not known; choose one"):
        nbclient.NotebookClient(nbformat.from_dict(json.loads(json.dumps(book))), timeout=120).execute()
    line = "import tests.rnn\nfrom har_core.models import MODELS\nMODELS['rnn'] = tests.rnn.LINE"
    book.cells.insert(0, nbformat.v4.new_code_cell(line))
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    said = "".join(output.get("text", "") for cell in book.cells for output in cell.get("outputs", []))
    assert "the same" in said and "DIFFERENT" not in said


# Protocol


def test_nothing_is_called_on_a_network_that_its_protocol_does_not_name(
    runs: list[Run], open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    houses = tuple(os.fspath(ROOT / house) for house in ("har_core", "app", "pages"))

    def watched(network: Any, name: str) -> Any:
        if sys._getframe(1).f_code.co_filename.startswith(houses):
            asked.add(name)
        return object.__getattribute__(network, name)

    monkeypatch.setattr(tests.rnn.RnnClassifier, "__getattribute__", watched)
    layers_of.cache_clear()
    store = RunStore()
    run = store.create(runs[0].config.trained(epochs=2), queued=False)
    epochs = train_run(store, run.run_id)
    next(epochs)
    epochs.close()
    list(train_run(store, run.run_id))
    open_page("features", run=run.run_id)
    hand_in(store, [run.run_id])
    named = {name for kind in (Network, FusedNetwork) for name in (*vars(kind), *kind.__annotations__)}
    of_each_module = {
        "children",
        "register_forward_hook",
        "_get_name",
        "__class__",
    }  # modules() gives it, too
    assert {"features_and_logits", "head", "parameters", "modules"} <= asked <= named | of_each_module
