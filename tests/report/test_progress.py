"""Where the practical work stands, told from the data and the runs."""

from dataclasses import replace

import numpy as np

from har_core.models import BilstmOptions, LstmOptions
from har_core.report.progress import progress
from har_core.training.config import ExperimentConfig
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
        Results(best=scores, last=scores) if ended else None,
    )


def states(sequences, runs, source="here"):
    found = progress(sequences, runs, source)
    assert [state.step.number for state in found] == list(range(1, 15))
    return {state.step.number: state for state in found}


def test_data_are_counted(small_sequences):
    found = states(small_sequences, [])
    labels, subjects = small_sequences.labels, small_sequences.subjects
    assert found[1].said == f"{len(labels)} sequences, 20 joints" and found[3].said == "4 classes"
    counts = [int(np.isin(subjects, part).sum()) for part in ((1, 2, 3, 4, 5), (6, 7), (8, 9, 10))]
    assert counts == [60, 12, 0]
    assert (found[5].kind, found[5].said) == (
        "other",
        "60 / 12 / 0 recorded sequences, one part has 0 of 4 classes",
    )
    eighth = replace(small_sequences, subjects=np.where(subjects == 1, 8, subjects))
    assert states(eighth, [])[5].said == "48 / 12 / 12 recorded sequences, all 4 classes in each part"
    assert {found[number].kind for number in range(6, 15)} == {"missing"}


def test_run_as_the_course_sets_it_goes_before_a_newer_one_that_is_not(small_sequences):
    newest = run_of("newest", model=LstmOptions(hidden=30))
    short = run_of("short", epochs=10, epoch=10)
    course = run_of("course", best=0.75)
    found = states(small_sequences, [newest, short, course])
    assert {found[number].run.run_id for number in (4, 6, 7, 8, 9, 11, 12)} == {"course"}
    assert {found[number].kind for number in (4, 6, 7, 8, 9, 11, 12)} == {"done"}
    assert found[8].said == "75.0 %, 18 of 24" and found[11].said == "6 of 24 test sequences confused"
    assert found[7].said == "2,000 epochs" and found[9].said == "best epoch 7 of 2,000"
    found = states(small_sequences, [newest, short])
    assert found[8].run is newest and found[8].kind == "other"
    assert states(small_sequences, [short])[7].said == "10 epochs, the course sets 2,000"


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
