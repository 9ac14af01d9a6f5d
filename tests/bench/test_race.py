"""The bench times all contenders in turn, and tells what it found in the agreed form."""

import json

import pytest
import torch
from typer.testing import CliRunner

from har_core.bench import contenders, race
from har_core.bench.race import Timing
from har_core.bench.work import WORKS, data_of, padded_parts
from har_core.cli import app
from har_core.models.networks import build_model, count_parameters


@pytest.mark.parametrize("work", WORKS)
def test_the_plain_network_is_as_large_as_the_project_s(work, har_home):
    options = WORKS[work].model
    own = build_model(options, 60, 20, torch.Generator())
    plain = contenders._plain_model(options, 60, 20, contenders.widths_of(work, "synthetic"))
    assert count_parameters(plain) == count_parameters(own)


def test_peers_are_given_every_true_frame_and_zeros_behind_it(har_home):
    data = data_of(WORKS["lstm"], "synthetic")
    for name, padded in padded_parts(data).items():
        part = data.parts[name]
        assert padded.inputs.shape == (len(part), max(data.sequences.lengths), 60)
        own = part.sequences.frames[part.sequences.rows()].double()
        assert padded.inputs.sum(dtype=float) == pytest.approx(float(own.sum()), abs=1e-3)
        assert not padded.inputs[0, padded.lengths[0] :].any()


def test_ratios_are_taken_round_by_round():
    timing = Timing(WORKS["lstm"], {"har": [1.0, 2.0, 4.0], "torch": [5.0, 8.0, 12.0]})
    assert timing.ratios("torch") == [5.0, 4.0, 3.0]
    assert timing.summary() == {
        "har": 2.0, "torch": 8.0, "keras": None, "ratio_torch": 4.0, "ratio_keras": None,
    }  # fmt: skip


def test_contenders_have_their_turn_one_after_the_other(monkeypatch):
    asked = []

    def ask(pipe, what, of):
        asked.append((pipe, what))
        return None if what == "make" else 0.25

    class Contenders:
        def __enter__(self):
            return {who: who for who in ("har", "torch")}

        def __exit__(self, *error):
            return None

    monkeypatch.setattr(race, "_ask", ask)
    monkeypatch.setattr(race, "_contenders", lambda source, threads: Contenders())
    ((name, timing),) = race.race(["cnn"], "synthetic", threads=1, rounds=2)
    assert name == "cnn" and timing.seconds == {"har": [0.25, 0.25], "torch": [0.25, 0.25]}
    turns = [pipe for pipe, what in asked if what == "time"]
    assert turns == ["har", "torch", "har", "torch", "har", "torch"]


def test_the_command_times_the_contenders_that_are_here(har_home):
    done = CliRunner().invoke(app, ["bench", "--work", "cnn", "--rounds", "1", "--json"])
    assert done.exit_code == 0
    assert "synthetic" in done.stdout.splitlines()[0]
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == {"machine", "threads", "models"} and found["threads"] == 1
    cnn = found["models"]["cnn"]
    assert set(cnn) == {"har", "torch", "keras", "ratio_torch", "ratio_keras"}
    assert cnn["har"] > 0 and cnn["torch"] > 0
    assert (cnn["keras"] is None) == (cnn["ratio_keras"] is None) == ("Keras is not installed" in done.stdout)


def test_this_project_has_the_threads_that_are_asked_for(har_home, monkeypatch):
    given = []
    monkeypatch.setattr(contenders, "fit", lambda config, data, threads: given.append(threads) or iter([0]))
    monkeypatch.setenv("HAR_THREADS", "2")
    contenders.har("lstm", "synthetic", 3)(1)
    assert given == [3]


@pytest.mark.parametrize("threads", [0, 257])
def test_threads_out_of_range_are_told(threads):
    done = CliRunner().invoke(app, ["bench", "--threads", threads])
    assert str(done.exception) == f"threads: found {threads}, expected a whole number, 1 to 256."


def test_a_work_that_is_not_known_is_told():
    done = CliRunner().invoke(app, ["bench", "--work", "rnn"])
    assert "work" in str(done.exception) and "bilstm" in str(done.exception)
