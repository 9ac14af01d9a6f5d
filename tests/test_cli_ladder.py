"""`ladder` on the command line: it trains what is missing, and says what the pages say."""

import json

import numpy as np
import pytest

from har_core.training.ladder import RUNGS, experiment_of
from har_core.training.store import RunStore
from tests.ladders import shorten_rungs

pytestmark = pytest.mark.usefixtures("har_home")

SPLIT = "1-3/4/5-6"


@pytest.fixture
def quick(monkeypatch):
    """Rungs whose networks are trained for three epochs."""
    shorten_rungs(monkeypatch, epochs=3)


def climb(lab, source, *more):
    code, out, err = lab("ladder", "--source", source, "--split", SPLIT, *more)
    assert code == 0 and err == "", err
    return out


def test_rungs_are_trained_once_and_told_with_their_gain(lab, small_source, quick) -> None:
    words = ("--rungs", "L3,L4", "--seeds", "0-1")
    out = climb(lab, small_source, *words)
    assert "0 of 4 runs are here already." in out and "Takes " in out
    assert "L4 Motion" in out and RUNGS["L4"].change in out
    runs = RunStore().runs()
    assert len(runs) == 4 and all(run.is_complete for run in runs)
    told = json.loads(climb(lab, small_source, *words, "--json").splitlines()[-1])
    assert len(RunStore().runs()) == 4  # what is there is not trained again
    assert (told["split"], told["seeds"], told["epoch"]) == (SPLIT, [0, 1], "last")
    lower, upper = told["rungs"]
    shares = {
        name: [run.results.last.test for run in runs if run.config.inputs == experiment_of(name).inputs]
        for name in ("L3", "L4")
    }
    assert upper["test"]["mean"] == pytest.approx(np.mean(shares["L4"]))
    assert upper["test"]["deviation"] == pytest.approx(np.std(shares["L4"], ddof=1))
    assert upper["gain"]["test"]["gain"] == pytest.approx(np.mean(shares["L4"]) - np.mean(shares["L3"]))
    assert upper["gain"]["test"]["error"] is None and lower["gain"]["test"] is None
    assert {run["run"] for run in upper["runs"]} <= {run.run_id for run in runs}
    assert "All of these runs are here already." in climb(lab, small_source, *words)


def test_what_was_interrupted_is_gone_on_with(lab, small_source, quick) -> None:
    words = ("--rungs", "L3", "--seeds", "0")
    climb(lab, small_source, *words)
    (run,) = RunStore().runs()
    for name in ("results.json", "predictions.npz"):
        (run.path / name).unlink()
    status = json.loads((run.path / "status.json").read_text())
    (run.path / "status.json").write_text(json.dumps(status | {"state": "interrupted"}))
    assert "0 of 1 run are here already." in climb(lab, small_source, *words)
    (again,) = RunStore().runs()
    assert again.run_id == run.run_id and again.is_complete


def test_changes_in_other_places_are_trained_too(lab, small_source, quick) -> None:
    words = ("--rungs", "L0", "--alone", "L6", "--without", "L1", "--seeds", "0", "--json")
    told = json.loads(climb(lab, small_source, *words).splitlines()[-1])
    assert [(one["rung"], one["place"]) for one in told["rungs"]] == [
        ("L0", "rung"), ("L6", "alone"), ("L1", "without"),
    ]  # fmt: skip
    assert {run.config.model.name for run in RunStore().runs()} == {"lstm"}
    assert told["rungs"][1]["gain"]["test"] and told["rungs"][2]["gain"]["test"] is None


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (("--rungs", "L4,L2"), "--rungs names 'L2'; choose of L0, L1, L3"),
        (("--rungs", ""), "--rungs names nothing"),
        (("--alone", "L0"), "--alone names 'L0'; choose of L1, "),
        (("--without", "all, L4"), "--without names 'all'"),
        (("--seeds", "x"), "Seeds: found 'x'"),
        (("--split", "nobody"), "nobody"),
        (("--device", "abacus"), "abacus"),
    ],
)
def test_what_cannot_be_is_one_sentence(lab, small_source, words, because) -> None:
    code, out, err = lab("ladder", "--source", small_source, *words)
    assert code == 2 and out == "" and because in err and err.count("\n") == 1, err
    assert not RunStore().runs()


def test_a_rung_that_adds_up_others_takes_the_run_below_it(lab, small_source, quick) -> None:
    words = ("--rungs", "L9,L10", "--seeds", "0", "--json")
    told = json.loads(climb(lab, small_source, *words).splitlines()[-1])
    single, both = told["rungs"]
    assert both["gain"]["test"]["gain"] == pytest.approx(both["test"]["mean"] - single["test"]["mean"])
    names = [run.config.model.name for run in RunStore().runs()]
    assert sorted(names) == ["bilstm", "dtw-svm", "ensemble"]  # the network was trained once
