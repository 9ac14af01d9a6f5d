"""Runs that compare by dynamic time warping, on every page, and how far one is while it measures."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbclient
import nbformat
import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.splits import Split
from har_core.report.hand_in import hand_in
from har_core.training.driver import train_run
from har_core.training.presets import PRESETS
from har_core.training.store import Run, RunStore
from tests.app.conftest import numbers_of

OpenPage = Callable[..., AppTest]

SPLIT = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))


@pytest.fixture(scope="module")
def home_of_one(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("dtw")
    shutil.copytree(small_source, home / "sources" / "small")
    store = RunStore(home / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(home))
        config = PRESETS["dtw-svm"].config.model_copy(update={"source": "small", "split": SPLIT})
        list(train_run(store, store.create(config, queued=False).run_id))
    return home


@pytest.fixture
def run(home_of_one: Path, har_home: Path) -> Run:
    """The only run of the user's home."""
    shutil.copytree(home_of_one, har_home)
    (run,) = RunStore(har_home / "runs").runs()
    return run


def said(screen: AppTest) -> str:
    assert not screen.exception and not [box.value for box in screen.error]
    return "\n".join(text.value for text in (*screen.markdown, *screen.caption, *screen.info))


@pytest.mark.parametrize("page", ["overview", "training", "results", "features", "comparison", "hand_in"])
def test_every_page_opens_on_it(page: str, run: Run, open_page: OpenPage) -> None:
    text = said(open_page(page, source="small", run=run.run_id))
    assert "None" not in text and "nan" not in text


def test_results_say_what_its_probabilities_are(run: Run, open_page: OpenPage) -> None:
    text = said(open_page("results", source="small", run=run.run_id, part="test"))
    assert "The percentage is the softmax of what the SVM says of each action against the others." in text


def test_its_page_and_the_sidebar_say_how_far_it_is_and_it_can_be_paused(
    run: Run, open_page: OpenPage
) -> None:
    store = RunStore()
    (run.path / "results.json").unlink()
    with store.alone(run.run_id):
        status = run.status.model_copy(update={"state": "running", "seconds": 0.0, "ready": 0.42})
        store.write_status(run.run_id, status)
        screen = open_page("training", source="small", run=run.run_id)
        assert "It is getting ready to: 42 % is done." in said(screen)
        (bar,) = screen.sidebar.get("progress")
        assert bar.proto.value == 42 and "Getting ready" in [text.value for text in screen.sidebar.caption]
        assert list(numbers_of(screen)) == ["State"]
        labels = [button.label for button in screen.button]
        assert "Pause" in labels and "Stop" not in labels
        next(button for button in screen.button if button.label == "Pause").click().run()
        assert store.take_request(run.run_id) == "pause"


def test_its_notebook_runs_and_gets_its_numbers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = hand_in(RunStore(), [run.run_id])["notebook.ipynb"].decode()
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    told = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert told.count("the same") == 3 and "DIFFERENT" not in told and "Warning" not in told
