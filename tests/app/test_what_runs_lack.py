"""Runs without epochs, features or a validation part on every page: nothing is empty, zero or untrue."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.preparation import Preparation
from har_core.data.splits import Split
from har_core.models import MODELS, LstmOptions, ModelKind
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.store import Run, RunStore
from tests.app.conftest import numbers_of
from tests.guesses import GUESSES

OpenPage = Callable[..., AppTest]

WHOLE = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))
CROSS = Split(name="cross", train=(1, 3, 5), validation=(), test=(2, 4, 6))
GRADIENTS = {"training": GradientTraining(epochs=6, batch_size=16, learning_rate=0.01)}
PAGES = ("overview", "training", "results", "features", "comparison", "try_a_file", "hand_in")
VIEWS = (
    "Accuracies", "Curves", "Differences", "McNemar test", "Parallel coordinates", "By subject or at random?",
)  # fmt: skip
UNTRUE = re.compile(r"\b(None|nan|NaN|undefined)\b(?! of these)|none yet| 0 ms|\b0 of 0\b")


@pytest.fixture(scope="module")
def lacking_home(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run of each kind, named by what it lacks."""
    home = tmp_path_factory.mktemp("lacking")
    shutil.copytree(small_source, home / "sources" / "small")
    store = RunStore(home / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(home))
        for name, kind in GUESSES.items():
            patch.setitem(MODELS, name, kind)
        for settings in (
            {"model": LstmOptions(hidden=6), "split": WHOLE, **GRADIENTS},
            {"model": LstmOptions(hidden=6), "split": CROSS, **GRADIENTS},
            {"model": MODELS["nearest-neighbour"].options(), "split": WHOLE},
            {"model": MODELS["guesses"].options(), "split": WHOLE},
            {"model": MODELS["blind-guesses"].options(), "split": CROSS},
        ):
            config = ExperimentConfig(
                source="small", preparation=Preparation(frames=10), device="cpu", **settings
            )
            list(train_run(store, store.create(config, queued=False).run_id))
    return home


@pytest.fixture
def lacking(lacking_home: Path, har_home: Path, guesses: dict[str, ModelKind]) -> dict[str, Run]:
    """The runs in the user's home, by what they lack."""
    shutil.copytree(lacking_home, har_home)
    runs = RunStore(har_home / "runs").runs()
    return {
        "validation" if run.config.model.name == "lstm" and not run.config.split.validation
        else "nothing" if run.config.model.name == "lstm"
        else run.config.model.name: run
        for run in runs
    }  # fmt: skip


def said(screen: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "subheader", "title")
    texts = [element.value for kind in kinds for element in getattr(screen, kind)]
    return "\n".join([*texts, *(f"{card.label}: {card.value}" for card in screen.metric)])


def opened(screen: AppTest) -> str:
    assert not screen.exception and not [box.value for box in screen.error]
    text = said(screen)
    assert not UNTRUE.search(text), UNTRUE.search(text)
    return text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lack", ["validation", "nearest-neighbour", "guesses", "blind-guesses"])
def test_every_page_opens_on_a_run_that_lacks_something(
    page: str, lack: str, lacking: dict[str, Run], open_page: OpenPage
) -> None:
    opened(open_page(page, source="small", run=lacking[lack].run_id, weights="best"))


@pytest.mark.parametrize("lack", ["nearest-neighbour", "guesses", "blind-guesses"])
def test_results_without_epochs_name_no_epoch_and_offer_no_curves(
    lack: str, lacking: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page("results", source="small", run=lacking[lack].run_id, part="test")
    assert re.search(r"^\*\*Test [\d.]+ %, \d+ of \d+\*\* \(95 %: [\d.]+ to [\d.]+ %\)$", said(screen), re.M)
    assert ("Validation " in said(screen)) == (lack != "blind-guesses")
    assert "epoch" not in said(screen)
    assert not [box for box in screen.selectbox if box.label == "Weights"]
    details = screen.button_group(key="results details")
    assert details.options == ["Matrix", "Subjects", "Pairs", "Scores"]
    for view in [*details.options, "Matrix"]:
        screen.button_group(key="results details").set_value(view).run()
        assert "epoch" not in opened(screen).replace("no epochs, ", "")
    assert "answers for whole sequences only" in said(screen)
    kind = MODELS[lack]
    assert f"The percentage is {kind.scores}." in said(screen) and "% sure" not in str(screen.selectbox)
    order = screen.selectbox(key="matrix order")
    assert ("by similarity" in order.options) == bool(kind.features)
    for option in order.options:
        order.set_value(option).run()
        opened(screen)


def test_what_the_training_part_says_of_nearest_neighbours_stands_beside_its_number(
    lacking: dict[str, Run], open_page: OpenPage
) -> None:
    run = lacking["nearest-neighbour"]
    screen = open_page("results", source="small", run=run.run_id)
    assert run.results.last.train == 1 and run.config.model.on_training_part in said(screen)
    assert "seed" not in said(screen)  # it changes nothing


def test_curves_that_were_looked_at_are_let_go_by_a_run_without(
    lacking: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page("results", source="small", run=lacking["nothing"].run_id, weights="best")
    screen.selectbox(key="matrix order").set_value("by similarity").run()
    screen.button_group(key="results details").set_value("Curves").run()
    choice = next(box for box in screen.selectbox if box.label == "Run")
    choice.set_value(lacking["nearest-neighbour"].run_id).run()
    opened(screen)
    assert next(choice.value for choice in screen.segmented_control if choice.label == "View") == "Matrix"
    assert not screen.info  # nobody asked for the weights that it has not
    choice = next(box for box in screen.selectbox if box.label == "Run")
    choice.set_value(lacking["nothing"].run_id).run()
    assert next(box for box in screen.selectbox if box.label == "Weights").value == "best"


def test_results_without_a_validation_part_are_those_of_the_last_epoch(
    lacking: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page("results", source="small", run=lacking["validation"].run_id, weights="best")
    assert "Validation" not in said(screen)
    last = f"last epoch: {lacking['validation'].status.epoch}"
    (why,) = (text.proto.help for text in screen.caption if last in text.value)
    assert why == "Without a validation part no epoch is chosen as the best: this is the last."
    screen.button_group(key="results details").set_value("Curves").run()
    assert "best" not in opened(screen)


def test_features_page_keeps_its_ways_out(lacking: dict[str, Run], open_page: OpenPage) -> None:
    screen = open_page("features", source="small", run=lacking["nearest-neighbour"].run_id)
    assert "Nearest neighbour makes no features" in screen.info[0].value
    next(box for box in screen.selectbox if box.label == "Run").set_value(lacking["guesses"].run_id).run()
    text = opened(screen)
    assert "The features are the sums over all frames: 60 numbers for each sequence." in text
    for view in ("3D", "t-SNE", "Explained variance"):
        screen.session_state["selected view"] = view
        opened(screen.run())


def test_training_page_shows_state_and_time_of_a_run_without_epochs(
    lacking: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page("training", source="small", run=lacking["nearest-neighbour"].run_id)
    run = lacking["nearest-neighbour"]
    numbers = numbers_of(screen)
    assert list(numbers) == ["State", "Test accuracy", "Validation accuracy", "Time spent"]
    assert numbers["Test accuracy"] == f"{100 * run.results.last.test:.1f} %" and "done" in numbers["State"]
    assert not screen.get("echarts_chart") and not [it for it in screen.slider if it.label == "Smoothing"]
    assert "This model has no epochs: it learns in one go." in said(screen)


def test_training_page_judges_a_run_without_a_validation_part_by_its_last_epoch(
    lacking: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page("training", source="small", run=lacking["validation"].run_id)
    cards = numbers_of(screen)
    assert "Validation, best epoch" not in cards
    last = RunStore().metrics(lacking["validation"].run_id)[-1]
    assert cards["Test, last epoch"] == f"{100 * last.test_accuracy:.1f} %"


@pytest.mark.parametrize("state", ["running", "queued"])
def test_run_without_epochs_at_work_shows_no_bar(
    state: str, lacking: dict[str, Run], open_page: OpenPage
) -> None:
    store, run = RunStore(), lacking["nearest-neighbour"]
    (run.path / "results.json").unlink()
    with store.alone(run.run_id):
        store.write_status(run.run_id, run.status.model_copy(update={"state": state, "seconds": 0.0}))
        screen = open_page("training", source="small", run=run.run_id)
        text = opened(screen)
        assert list(numbers_of(screen)) == ["State"] and state.replace("queued", "waiting") in text
        assert not screen.sidebar.get("progress")
        pause = [button for button in screen.button if button.label == "Pause"]
        assert bool(pause) == (state == "queued")


@pytest.mark.parametrize("view", VIEWS)
def test_comparison_of_runs_of_all_kinds(view: str, lacking: dict[str, Run], open_page: OpenPage) -> None:
    screen = open_page("comparison", source="small")
    screen.session_state["comparison view"] = view
    text = opened(screen.run())
    if view == "Curves":
        assert "Not drawn: 3 runs of a model without epochs. No validation curve: 1 run" in text
        screen.selectbox(key="curves shown").set_value("Test loss").run()
        assert "No validation curve" not in opened(screen)
    if view == "Parallel coordinates":
        assert "the better on the test part" in text


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("lack", ["validation", "nearest-neighbour", "guesses", "blind-guesses"])
def test_comparison_of_one_kind_alone(
    view: str, lack: str, lacking: dict[str, Run], open_page: OpenPage
) -> None:
    for run in lacking.values():
        if run is not lacking[lack]:
            RunStore().delete(run.run_id)
    again = lacking[lack].config.model_copy(update={"seed": 1})
    store = RunStore()
    list(train_run(store, store.create(again, queued=False).run_id))
    screen = open_page("comparison", source="small")
    screen.session_state["comparison view"] = view
    text = opened(screen.run())
    if view == "Accuracies":
        (table,) = [frame.value for frame in screen.dataframe if "seeds" in frame.value]
        spread = lack != "nearest-neighbour"  # whose seed changes nothing
        assert table["seeds"].tolist() == [1 + spread]
        assert ("±" in table["last_test"][0]) == spread and table["best_test"][0] == ""
    if view == "Curves":
        assert ("without a validation part" if lack == "validation" else "without epochs") in text


def test_pair_with_and_without_a_best_epoch_is_compared_by_what_each_is_judged_by(
    lacking: dict[str, Run], open_page: OpenPage
) -> None:
    for name in ("validation", "guesses", "blind-guesses"):
        RunStore().delete(lacking[name].run_id)
    screen = open_page("comparison", source="small", weights="best")
    screen.session_state["comparison view"] = "McNemar test"
    text = opened(screen.run())
    assert "Nearest neighbour has no best epoch: it has no epochs at all." in text
    for run, when in ((lacking["nothing"], "best"), (lacking["nearest-neighbour"], "last")):
        assert f"recognises {100 * run.results.of(when).test:.1f} %" in text


def test_form_offers_what_is_added_with_its_options_and_no_epochs(
    har_home: Path, small_source: Path, open_page: OpenPage, guesses: dict[str, ModelKind]
) -> None:
    shutil.copytree(small_source, har_home / "sources" / "small")
    screen = open_page("training", source="small")
    for model, field in (("guesses", "Boldness"), ("nearest-neighbour", "Neighbours")):
        screen.button_group(key="form model").set_value(model).run()
        opened(screen)
        labels = [element.label for element in (*screen.number_input, *screen.text_input, *screen.selectbox)]
        assert field in labels and not {"Epochs", "Batch size", "Learning rate", "Optimiser"} & {*labels}
        assert ("Seeds" in labels) == MODELS[model].seeded
    assert "What does no learning reach?" in said(screen)  # the sentence of its preset


def test_what_was_added_is_queued_and_trained_from_the_form(
    har_home: Path, small_source: Path, open_page: OpenPage, guesses: dict[str, ModelKind]
) -> None:
    shutil.copytree(small_source, har_home / "sources" / "small")
    screen = open_page("training", source="small")
    screen.button_group(key="form model").set_value("guesses").run()
    next(button for button in screen.button if button.label == "Start training").click().run()
    opened(screen)
    (run,) = RunStore().runs()
    assert run.config.model == MODELS["guesses"].options() and run.config.training is None


@pytest.mark.parametrize("lack", ["validation", "nearest-neighbour", "guesses"])
def test_hand_in_page_makes_the_zip_of_such_a_run(
    lack: str, lacking: dict[str, Run], open_page: OpenPage
) -> None:
    screen = open_page("hand_in", source="small")
    screen.multiselect[0].set_value([lacking[lack].run_id]).run()
    model = "" if lack == "validation" else "another model, "
    assert f"1 is not as the course sets it: {model}other settings" in opened(screen)
    assert ("metrics.csv" in said(screen)) == (lack == "validation")
    assert ("curves, " in said(screen)) == (lack == "validation")
    assert (" and features of 1 run" in said(screen)) == (lack in ("validation", "guesses"))
    next(button for button in screen.button if button.label == "Make the hand-in").click().run()
    assert "Unpack it, open report.html" in opened(screen)


def test_such_runs_are_deleted_listed_and_brought_back(lacking: dict[str, Run], open_page: OpenPage) -> None:
    run_id = lacking["nearest-neighbour"].run_id
    RunStore().delete(run_id)
    screen = open_page("training", source="small")
    screen.session_state["deleted runs"] = True
    assert "Nearest neighbour · small · " in opened(screen.run())
    RunStore().restore(run_id)
    assert RunStore().get(run_id).results == lacking["nearest-neighbour"].results


@pytest.mark.parametrize(
    ("lack", "spoil"),
    [
        ("nearest-neighbour", "predictions.npz"), ("nearest-neighbour", "last.safetensors"),
        ("guesses", "features.npz"), ("validation", "last.safetensors"), ("validation", "metrics.jsonl"),
    ],
)  # fmt: skip
def test_missing_files_are_told_of_such_a_run(
    lack: str, spoil: str, lacking: dict[str, Run], open_page: OpenPage
) -> None:
    (lacking[lack].path / spoil).unlink()
    screen = open_page("comparison", source="small")
    assert not screen.exception
    (told,) = [box.value for box in (*screen.warning, *screen.markdown) if "is damaged" in box.value]
    assert f"{spoil} is missing" in told
