"""Where the practical work stands, told from the data and the runs."""

from dataclasses import replace

import numpy as np

from har_core.data.named_splits import SPLITS, parse_split
from har_core.data.splits import RandomSplit
from har_core.models import BilstmOptions, CnnOptions, LstmOptions
from har_core.report.progress import progress, runs_that_count
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.records import ActionName, Meta, Results, Status, WeightsResult
from har_core.training.store import Run


def run_of(name, *, state="done", epoch=2000, best=0.5, **settings):
    config = ExperimentConfig(source="here", **settings)
    scores = WeightsResult(epoch=7, train=0.9, validation=0.6, test=best)
    meta = Meta(
        versions={}, machine="", device="cpu", source="here", synthetic=False, layout="", fingerprint="f",
        actions=tuple(ActionName(number=it, name=f"action {it}") for it in (1, 2)),
        split_sizes={"train": 36, "validation": 12, "test": 24}, left_out={}, inputs=60, parameters=8756,
    )  # fmt: skip
    status = Status(state=state, queued_at=0, epoch=epoch)
    ended = state == "done"
    return Run(
        name,
        None,
        config,
        status,
        meta if ended else None,
        Results(best=scores, last=scores.model_copy(update={"epoch": epoch})) if ended else None,
    )


def states(sequences, runs, source="here", **said):
    found = progress(sequences, runs, source, **said)
    assert [state.step.number for state in found] == list(range(1, 15))
    return {state.step.number: state for state in found}


def test_data_are_counted(small_sequences):
    found = states(small_sequences, [])
    labels, subjects = small_sequences.labels, small_sequences.subjects
    assert found[1].said == f"{len(labels)} sequences, 20 joints" and found[3].said == "4 classes"
    assert found[5].kind == "done"
    assert found[5].said == (
        "24 / 24 / 24 recorded sequences, all 4 classes in each part. The split course is made for subjects "
        "1 to 10. This data set has 1 to 6: they are split into thirds, in the order of their numbers."
    )
    ten = replace(small_sequences, subjects=np.arange(len(labels)) % 10 + 1)
    counts = [int(np.isin(ten.subjects, part).sum()) for part in ((1, 2, 3, 4, 5), (6, 7), (8, 9, 10))]
    assert states(ten, [])[5].said == (
        f"{counts[0]} / {counts[1]} / {counts[2]} recorded sequences, all 4 classes in each part"
    )
    lacking = replace(small_sequences, subjects=np.where((labels == 0) & (subjects < 3), 6, subjects))
    assert states(lacking, [])[5].kind == "other"
    assert "one part has 3 of 4 classes" in states(lacking, [])[5].said
    two = states(replace(small_sequences, subjects=subjects % 2), [])[5]
    assert two.kind == "missing" and two.said.startswith("the data set has 2 subjects, and a split")
    assert {found[number].kind for number in range(6, 15)} == {"missing"}


def test_skeletons_that_were_looked_at_are_a_step_that_is_done(small_sequences):
    assert states(small_sequences, [])[2].kind == "look"
    assert states(small_sequences, [], watched=True)[2].kind == "done"


def test_run_as_the_course_sets_it_goes_before_a_newer_one_that_is_not(small_sequences):
    newest = run_of("newest", model=LstmOptions(hidden=30))
    short = run_of("short", training=GradientTraining(epochs=10), epoch=10)
    course = run_of("course", best=0.75)
    small_sequences = replace(small_sequences, subjects=np.arange(len(small_sequences)) % 10 + 1)
    found = states(small_sequences, [newest, short, course])
    assert {found[number].run.run_id for number in (4, 6, 7, 8, 9, 11, 12)} == {"course"}
    assert {found[number].kind for number in (4, 6, 7, 8, 9, 11, 12)} == {"done"}
    assert found[8].said == "75.0 %, 18 of 24" and found[11].said == "6 of 24 test sequences confused"
    assert found[7].said == "2,000 epochs" and found[9].said == "best epoch 7 of 2,000"
    found = states(small_sequences, [newest, short])
    assert found[8].run is newest and found[8].kind == "other"
    assert found[8].said == "50.0 %, 12 of 24; not as the course sets it: hidden units 30"
    found = states(small_sequences, [short])
    assert found[7].said == "10 epochs, the course sets 2,000"
    assert found[9].said == "best epoch 7 of 10; not as the course sets it: epochs 10"


def test_run_on_the_split_of_the_course_goes_before_a_newer_one_on_a_split_that_leaks(small_sequences):
    leaking = run_of("leaking", split=RandomSplit(), best=0.75)
    short = run_of("short", training=GradientTraining(epochs=10), epoch=10)
    small_sequences = replace(small_sequences, subjects=np.arange(len(small_sequences)) % 10 + 1)
    assert states(small_sequences, [leaking, short])[8].run is short
    alone = states(small_sequences, [leaking])[8]
    assert alone.said == "75.0 %, 18 of 24; not as the course sets it: split random"


def test_thirds_count_as_what_the_course_sets_where_its_subjects_are_not_here(small_sequences):
    thirds = run_of("thirds", split=parse_split("thirds", range(1, 7)))
    assert states(small_sequences, [run_of("course"), thirds])[8].run is thirds
    assert states(small_sequences, [thirds])[8].kind == "done"
    ten = replace(small_sequences, subjects=np.arange(len(small_sequences)) % 10 + 1)
    assert states(ten, [thirds])[8].kind == "other"


def test_run_that_was_stopped_is_not_what_the_course_sets(small_sequences):
    assert states(small_sequences, [run_of("stopped", epoch=500)])[8].kind == "other"


def test_run_at_work_is_told_until_one_has_ended(small_sequences):
    running = run_of("running", state="running", epoch=350, model=BilstmOptions())
    found = states(small_sequences, [running])
    assert (found[13].kind, found[13].said, found[13].run) == ("working", "epoch 350 of 2,000", running)
    waiting = run_of("waiting", state="queued", epoch=0, model=BilstmOptions())
    assert states(small_sequences, [waiting])[13].said == "waiting"
    ended = run_of("ended", model=BilstmOptions())
    assert states(small_sequences, [running, ended])[13].run is ended
    failed = run_of("failed", state="failed", model=BilstmOptions())
    assert states(small_sequences, [failed])[13].kind == "missing"


def test_runs_on_other_data_do_not_count(small_sequences):
    assert states(small_sequences, [run_of("course")], source="there")[8].kind == "missing"


def test_runs_that_count_are_those_of_the_steps_in_the_order_of_the_course(small_sequences):
    trial = run_of("trial", training=GradientTraining(epochs=5), epoch=5, best=0.045)
    cnn = run_of("cnn", model=CnnOptions())
    course = run_of("course")
    elsewhere = run_of("elsewhere", model=BilstmOptions())
    elsewhere = replace(elsewhere, config=elsewhere.config.model_copy(update={"source": "there"}))
    runs = [trial, elsewhere, cnn, course]
    found = runs_that_count(runs, "here", SPLITS["course"])
    small_sequences = replace(small_sequences, subjects=np.arange(len(small_sequences)) % 10 + 1)
    assert list(found.items()) == [("lstm", course), ("cnn", cnn)]
    shown = {state.step.about: state.run for state in progress(small_sequences, runs, "here") if state.run}
    assert {model: run for model, run in shown.items() if model != "data"} == found
