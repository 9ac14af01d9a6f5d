"""A hand-in of runs without epochs, features or a validation part: nothing empty, zero or untrue in it."""

import csv
import json
import os
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import nbclient
import nbformat
import numpy as np
import pytest

from har_core.data.preparation import Preparation
from har_core.data.splits import Split
from har_core.models import MODELS, LstmOptions
from har_core.report.findings import gather
from har_core.report.hand_in import hand_in
from har_core.report.standings import paired_tests, score_row, seed_rows
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.store import RunStore
from tests.guesses import GUESSES

WHOLE = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))
CROSS = Split(name="cross", train=(1, 3, 5), validation=(), test=(2, 4, 6))
EMPTY = re.compile(r"\b(None|nan|NaN|undefined)\b")


@pytest.fixture(scope="module")
def made(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Runs of all kinds on the small set, by what they lack, and the files of their hand-in."""
    store = RunStore(tmp_path_factory.mktemp("lacking") / "runs")
    with pytest.MonkeyPatch.context() as patch:
        for name, kind in GUESSES.items():
            patch.setitem(MODELS, name, kind)
        gradients = {"training": GradientTraining(epochs=6, batch_size=16, learning_rate=0.01)}
        kinds = {
            "nothing": {"model": LstmOptions(hidden=6), "split": WHOLE, **gradients},
            "validation": {"model": LstmOptions(hidden=6), "split": CROSS, **gradients},
            "learning": {"model": MODELS["nearest-neighbour"].options(), "split": WHOLE},
            "epochs": {"model": MODELS["guesses"].options(), "split": WHOLE},
            "all": {"model": MODELS["blind-guesses"].options(), "split": CROSS},
        }
        runs = {}
        for name, settings in kinds.items():
            config = ExperimentConfig(
                source=str(small_source), preparation=Preparation(frames=10), device="cpu", **settings
            )
            run = store.create(config, queued=False)
            list(train_run(store, run.run_id))
            runs[name] = store.get(run.run_id)
        ids = [run.run_id for run in runs.values()]
        yield SimpleNamespace(store=store, runs=runs, found=gather(store, ids), files=hand_in(store, ids))


def section(made: SimpleNamespace, number: int) -> str:
    page = made.files["report.html"].decode()
    return page.partition(f'<section id="run-{number}"')[2].partition("</section>")[0]


def texts(html: str) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", " ", html, flags=re.DOTALL).split())


@pytest.mark.parametrize(
    ("number", "epochs", "features"), [(1, 1, 1), (2, 1, 1), (3, 0, 0), (4, 0, 1), (5, 0, 0)]
)
def test_a_run_has_the_figures_of_what_it_has(
    made: SimpleNamespace, number: int, epochs: int, features: int
) -> None:
    own = section(made, number)
    names = {path.rpartition("-")[2] for path in made.files if path.startswith(f"figures/{number}-")}
    assert ({"loss.svg", "accuracy.svg"} <= names) == bool(epochs)
    assert ("features.svg" in names) == bool(features)
    assert own.count('data-figure="loss-') == epochs and ("<h3>Curves</h3>" in own) == bool(epochs)
    assert own.count('data-figure="features-') == features
    assert ("This model makes no features." in own) == (not features)
    assert "too few units" not in own
    if "poses.svg" in names:  # something was confused
        assert ("above the nearest example" in own) == bool(features)
    assert own.count("<pre") == 2 * epochs  # a network is a program, too, and its None means any length
    assert not EMPTY.search(texts(re.sub("<pre.*?</pre>", "", own, flags=re.DOTALL)))


def test_what_was_learned_without_a_best_epoch_is_told_as_what_it_is(made: SimpleNamespace) -> None:
    last, without = section(made, 2), section(made, 3)
    assert "best" not in texts(last).replace("nothing chooses a best epoch", "")
    assert "Test part, weights of the last epoch." in last and "at the last epoch, 6" in texts(last)
    assert "epoch" not in texts(without).replace("no epochs", "") and "Test part.<" in without
    validation = re.search(r"<svg[^>]*><title>Loss.*?</svg>", last, re.DOTALL)
    assert validation and "Validation" not in validation[0] and "best epoch" not in validation[0]


def test_scores_that_are_no_probabilities_are_said_to_be_what_they_are(made: SimpleNamespace) -> None:
    behind = json.loads(re.search(r'id="behind">(.*?)</script>', made.files["report.html"].decode())[1])
    for number, name in enumerate(made.runs, 1):
        kind = MODELS[made.runs[name].config.model.name]
        assert behind["runs"][str(number)]["scores"] == kind.scores
        assert (f"The percentage is {kind.scores}." in section(made, number)) == bool(kind.scores)
    assert made.runs["learning"].config.model.on_training_part in section(made, 3)
    csv_rows = csv.DictReader(StringIO(made.files["predictions.csv"].decode("utf-8-sig")))
    shares = {row["probability"] for row in csv_rows if row["run"] == made.runs["learning"].run_id}
    assert shares == {"1.000000"}  # of one neighbour all are of one action


def test_tables_hold_no_zero_and_no_best_for_what_is_not_there(made: SimpleNamespace) -> None:
    rows = [score_row(found) for found in made.found]
    assert [row["epoch"] == "none" for row in rows] == [False, True, True, True, True]
    assert [row["best"] == "none" for row in rows] == [False, True, True, True, True]
    assert [row["parameters"] == "none" for row in rows] == [False, False, True, True, True]
    assert [row["seed"] for row in rows] == ["0", "0", "none", "0", "0"]
    assert all(row["time"] != "0 ms" and not EMPTY.search(" ".join(row.values())) for row in rows)
    metrics = list(csv.DictReader(StringIO(made.files["metrics.csv"].decode("utf-8-sig"))))
    assert {row["run"] for row in metrics} == {made.runs[name].run_id for name in ("nothing", "validation")}
    assert {row["validation_loss"] for row in metrics if row["run"] == made.runs["validation"].run_id} == {""}


def test_a_hand_in_without_any_epoch_has_no_table_of_epochs(made: SimpleNamespace) -> None:
    files = hand_in(made.store, [made.runs["learning"].run_id])
    assert "metrics.csv" not in files and "predictions.csv" in files
    assert "metrics.csv" not in files["report.html"].decode()


def test_runs_are_paired_by_the_weights_that_each_is_judged_by(made: SimpleNamespace) -> None:
    tests = paired_tests(made.found)
    numbers = [(row["first"][0], row["second"][0]) for row in tests]
    assert numbers == [("1", "3"), ("1", "4"), ("2", "5"), ("3", "4")]
    lstm, nearest = (np.load(made.runs[name].path / "predictions.npz") for name in ("nothing", "learning"))
    test = lstm["part"] == "test"
    mine, other = (
        (arrays[f"logits_{which}"].argmax(axis=1) == arrays["truth"])[test]
        for arrays, which in ((lstm, "best"), (nearest, "last"))
    )
    assert tests[0]["only_second"] == str(int((~mine & other).sum()))


def test_seeds_without_a_best_epoch_have_a_mean_of_the_last_alone(
    made: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODELS, "blind-guesses", GUESSES["blind-guesses"])
    config = made.runs["all"].config.model_copy(update={"seed": 1})
    run = made.store.create(config, queued=False)
    list(train_run(made.store, run.run_id))
    found = gather(made.store, [made.runs["all"].run_id, run.run_id])
    (row,) = seed_rows(found)
    assert (
        row["seeds"] == "2" and row["best_test"] == row["best_validation"] == row["last_validation"] == "none"
    )
    assert re.fullmatch(r"\d+\.\d ± \d+\.\d %", row["last_test"])


def test_a_seed_that_changes_nothing_has_no_spread(made: SimpleNamespace) -> None:
    again = made.runs["learning"].config.model_copy(update={"seed": 3})
    run = made.store.create(again, queued=False)
    list(train_run(made.store, run.run_id))
    assert seed_rows(gather(made.store, [made.runs["learning"].run_id, run.run_id])) == []


def test_notebook_runs_and_gets_the_numbers_of_the_runs(
    made: SimpleNamespace, har_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [made.runs[name].run_id for name in ("learning", "nothing", "validation")]
    text = hand_in(made.store, ids)["notebook.ipynb"].decode()
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    # Accuracies of three parts; parameters twice, two epochs and two times three; the same, an epoch and two.
    assert said.count("the same") == 3 + (2 + 2 + 6) + (2 + 1 + 2)
    assert "DIFFERENT" not in said and "Warning" not in said
    figures = [output for cell in notebook.cells for output in cell.get("outputs", [])
               if "application/vnd.plotly.v1+json" in output.get("data", {})]  # fmt: skip
    assert len(figures) == 1 + 4 + 4
