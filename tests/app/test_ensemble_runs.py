"""Ensembles on every page, in the form, and made of chosen runs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbclient
import nbformat
import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.preparation import Preparation
from har_core.data.splits import Split
from har_core.models import NearestNeighbourOptions
from har_core.report.hand_in import hand_in
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.members import ensemble_of
from har_core.training.presets import PRESETS
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]

SPLIT = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))
LSTM = ExperimentConfig(
    source="small", split=SPLIT, device="cpu", training=GradientTraining(epochs=2, schedule="one-cycle"),
    preparation=Preparation(frames=12),
)  # fmt: skip
NEIGHBOUR = ExperimentConfig(
    source="small", split=SPLIT, device="cpu", model=NearestNeighbourOptions(),
    preparation=Preparation(frames=10),
)  # fmt: skip


@pytest.fixture(scope="module")
def home_of_one(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("ensemble")
    shutil.copytree(small_source, home / "sources" / "small")
    store = RunStore(home / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(home))
        config = ensemble_of([LSTM, NEIGHBOUR], [1, 2])
        list(train_run(store, store.create(config, queued=False).run_id))
    return home


@pytest.fixture
def runs(home_of_one: Path, har_home: Path) -> dict[str, Run]:
    """The ensemble of the user's home and its members, by model."""
    shutil.copytree(home_of_one, har_home)
    return {run.config.model.name: run for run in RunStore(har_home / "runs").runs()}


@pytest.fixture
def run(runs: dict[str, Run]) -> Run:
    return runs["ensemble"]


def said(screen: AppTest) -> str:
    assert not screen.exception and not [box.value for box in screen.error]
    return "\n".join(text.value for text in (*screen.markdown, *screen.caption, *screen.info))


@pytest.mark.parametrize(
    "page", ["overview", "training", "results", "features", "comparison", "try_a_file", "hand_in"]
)
def test_every_page_opens_on_it(page: str, run: Run, open_page: OpenPage) -> None:
    text = said(open_page(page, source="small", run=run.run_id))
    assert "None" not in text and "nan" not in text


def links_of(screen: AppTest) -> list[str]:
    return [link.proto.label for link in screen.get("page_link")]


@pytest.mark.parametrize("page", ["training", "results"])
def test_its_members_are_named_by_weight_each_with_the_way_to_its_run(
    page: str, runs: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page(page, source="small", run=runs["ensemble"].run_id)
    links = {link.proto.label: link.proto.query_string for link in screen.get("page_link")}
    assert f"run={runs['lstm'].run_id}" in links["LSTM, seed 0, weight 1"]
    assert f"run={runs['nearest-neighbour'].run_id}" in links["Nearest neighbour, weight 2"]
    open_member = open_page(page, source="small", run=runs["lstm"].run_id)
    assert not [label for label in links_of(open_member) if "weight" in label]


def test_a_member_that_was_deleted_is_said_and_the_rest_stays(
    runs: dict[str, Run], open_page: OpenPage
) -> None:
    gone = runs["lstm"].run_id
    RunStore().delete(gone)
    text = said(open_page("results", source="small", run=runs["ensemble"].run_id))
    assert f"LSTM, seed 0, weight 1: run {gone} is not here any more." in text.replace("\\", "")
    screen = open_page("try_a_file", source="small", run=runs["ensemble"].run_id)
    (error,) = (box.value for box in screen.error)
    assert "can't be asked" in error and "bring it back from the deleted runs" in error


def test_results_say_what_its_probabilities_are(run: Run, open_page: OpenPage) -> None:
    text = said(open_page("results", source="small", run=run.run_id, part="test"))
    assert "The percentage is the mean of what its members give the action, each by its weight." in text


def test_under_one_cycle_the_results_say_why_there_is_no_best_epoch(
    runs: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page("results", source="small", run=runs["lstm"].run_id)
    (why,) = (text.proto.help for text in screen.caption if "last epoch: " in text.value)
    assert why == "Under this schedule no epoch is chosen as the best: this is the last."


def test_while_its_members_are_trained_its_page_says_how_far_they_are(run: Run, open_page: OpenPage) -> None:
    store = RunStore()
    (run.path / "results.json").unlink()
    with store.alone(run.run_id):
        store.write_status(run.run_id, run.status.model_copy(update={"state": "running", "ready": 0.42}))
        text = said(open_page("training", source="small", run=run.run_id))
    assert "Its members are trained: 42 % is done." in text


# Made in the form, and of chosen runs


def test_the_form_is_filled_in_with_members_and_they_can_be_started(
    run: Run, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.shell.lab.TrainingQueue.wake", lambda self: None)
    store, config = RunStore(), PRESETS["L10"].config.model_copy(update={"source": "small", "split": SPLIT})
    stopped = store.create(config).run_id
    store.request(stopped, "stop")
    screen = open_page("training", source="small", run=stopped)
    assert "ensemble" not in screen.segmented_control(key="form model").options
    press(screen, "Use these settings")
    text = said(screen)
    assert "**Bi-LSTM**, weight 1" in text and "**DTW-SVM**, weight 1" in text
    assert "Centring" not in [box.label for box in screen.selectbox]
    assert "Inputs" not in [box.label for box in screen.multiselect]
    press(screen, "Start training")
    (queued,) = (its for its in store.runs() if its.status.state == "queued")
    assert queued.config.anywhere == config


def test_chosen_runs_are_added_up_by_weights(
    runs: dict[str, Run], open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.shell.lab.TrainingQueue.wake", lambda self: None)
    screen = choosing(open_page("comparison"), runs["lstm"], runs["nearest-neighbour"])
    assert len([field for field in screen.number_input if field.value == 1]) == 2
    (field,) = (field for field in screen.number_input if "LSTM" in field.label)
    field.set_value(3.0).run()
    press(screen, "Queue the sum")
    (made,) = (its for its in RunStore().runs() if its.status.state == "queued")
    expected = {"lstm": 3.0, "nearest-neighbour": 1.0}
    assert {member.model.name: member.weight for member in made.config.members} == expected


@pytest.mark.parametrize("weight", [0.0, -1.0, 1e9])
def test_a_weight_that_is_none_is_said_and_nothing_is_queued(
    weight: float, runs: dict[str, Run], open_page: OpenPage
) -> None:
    screen = choosing(open_page("comparison"), runs["lstm"], runs["nearest-neighbour"])
    field = next(field for field in screen.number_input if "LSTM" in field.label)
    field.set_value(weight).run()
    assert "Weight: found" in said(screen).replace("\\", "")
    assert button(screen, "Queue the sum").disabled


def test_an_ensemble_is_not_added_to_others(runs: dict[str, Run], open_page: OpenPage) -> None:
    screen = choosing(open_page("comparison"), runs["lstm"], runs["ensemble"])
    assert "no ensemble itself" in said(screen) and button(screen, "Queue the sum").disabled


def test_its_notebook_runs_and_gets_its_numbers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    files = hand_in(RunStore(), [run.run_id])
    page = files["report.html"].decode()
    assert "LSTM (weight 1), Nearest neighbour (weight 2)" in page
    assert all(f"run {member.run}" in page for member in run.meta.members)
    notebook = nbformat.reads(files["notebook.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    told = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert told.count("the same") == 5 and "DIFFERENT" not in told and "Warning" not in told


def choosing(screen: AppTest, *chosen: Run) -> AppTest:
    screen.session_state["runs chosen in the table"] = [run.run_id for run in chosen]
    return screen.run()


def button(screen: AppTest, label: str):
    return next(its for its in screen.button if its.label == label)


def press(screen: AppTest, label: str) -> None:
    button(screen, label).click().run()
    assert not screen.exception and not [box.value for box in screen.error]
