"""A refit learns from training and validation together, and says so wherever its figures are."""

import json
from pathlib import Path

import numpy as np
import pytest

from har_core.analysis.comparison import comparison_table
from har_core.analysis.leaks import split_pairs
from har_core.analysis.mcnemar import why_not_comparable
from har_core.analysis.seeds import group_by_config, seed_table
from har_core.data.named_splits import course_split
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import REFITTED, RandomSplit, Split, refitted
from har_core.errors import ConfigError
from har_core.models import LstmOptions
from har_core.report.progress import progress, runs_that_count
from har_core.settings import parse_settings
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.named_settings import settings_of
from har_core.training.practical_work import is_of_course
from har_core.training.store import Run, RunStore
from tests.conftest import Command

pytestmark = pytest.mark.usefixtures("har_home")

SPLIT = "1-3/4/5-6"


def trained(lab: Command, source: Path, *words: object, split: str = SPLIT) -> Run:
    code, out, err = lab("train", "--source", source, "--split", split, "--device", "cpu", *words, "--json")
    assert code == 0, err
    return RunStore().get(json.loads(out.splitlines()[-1])["run"])


def arrays_of(run: Run) -> dict[str, np.ndarray]:
    with np.load(run.path / "predictions.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.mark.parametrize("model", ["lstm", "nearest-neighbour", "dtw-svm"])
def test_a_refit_is_the_run_that_has_all_of_them_in_its_training_part(
    model: str, lab: Command, small_source: Path
) -> None:
    how = ["--preset", model, *(["--epochs", 3] if model == "lstm" else [])]
    refit = trained(lab, small_source, *how, "--refit")
    by_hand = trained(lab, small_source, *how, split="1-4//5-6")
    assert refit.results == by_hand.results and refit.meta.split_sizes == {"train": 48, "test": 24}
    assert refit.results.best is None and refit.config.checkpoints == ("last",)
    first, second = arrays_of(refit), arrays_of(by_hand)
    for name in second:
        np.testing.assert_array_equal(first[name], second[name])


def test_what_was_drawn_at_random_for_validation_trains_too(small_sequences: SkeletonSequences) -> None:
    before, after = RandomSplit(seed=3), refitted(RandomSplit(seed=3))
    parts = before.rows(small_sequences)
    found = after.rows(small_sequences)
    assert list(found) == ["train", "test"] == list(after.parts)
    np.testing.assert_array_equal(found["train"], np.sort([*parts["train"], *parts["validation"]]))
    np.testing.assert_array_equal(found["test"], parts["test"])
    assert after.who("train") == "70 % of the sequences of each action"


def test_the_config_says_that_it_is_a_refit_and_who_trains() -> None:
    config = ExperimentConfig(split=refitted(Split()))
    text = config.model_dump_json()
    assert json.loads(text)["split"]["refit"] is True
    assert parse_settings(ExperimentConfig, text, "here") == config
    said = settings_of(config)
    assert said["split.train"] == (1, 2, 3, 4, 5, 6, 7) and said["split.validation"] == ()
    assert config.split.who("train") == "subjects 1 to 7" and config.split.who("test") == "subjects 8 to 10"
    assert config.split.label == f"course, {REFITTED}"
    assert refitted(config.split, False) == Split() and config.refitted == config


def test_a_config_of_before_is_no_refit() -> None:
    values = ExperimentConfig().model_dump(mode="json")
    del values["split"]["refit"]
    assert parse_settings(ExperimentConfig, json.dumps(values), "old") == ExperimentConfig()


def test_a_split_that_is_named_alone_is_looked_up_and_refitted(lab: Command, small_source: Path) -> None:
    source = ["train", "--source", small_source, "--epochs", 1, "--json"]
    code, out, err = lab(*source, "--refit")  # the course's split, for the six subjects that are here
    assert code == 0, err
    split = RunStore().get(json.loads(out.splitlines()[-1])["run"]).config.split
    assert split == Split(name="thirds", train=(1, 2), validation=(3, 4), test=(5, 6), refit=True)
    assert "Refitted on training and validation: the last epoch counts" in lab(*source[:-1], "--refit")[1]
    code, out, _ = lab(*source, "--set", "split.name=random-7", "--set", "split.refit=true")
    split = RunStore().get(json.loads(out.splitlines()[-1])["run"]).config.split
    assert split == RandomSplit(seed=7, refit=True)


@pytest.mark.parametrize("split", ["cross-subject", "1-4//5-6"])
def test_without_a_validation_part_there_is_nothing_to_refit_on(
    split: str, lab: Command, small_source: Path
) -> None:
    code, out, err = lab("train", "--source", small_source, "--split", split, "--refit")
    assert code == 2 and out == "" and len(RunStore().runs()) == 0
    said = f"split {split}: it has no validation part, so there is nothing to refit on; leave refit out."
    assert said in err
    with pytest.raises(ConfigError, match=r"no validation part, so there is nothing to refit on"):
        Split(name="1//2", train=(1,), validation=(), test=(2,), refit=True)


def test_who_is_in_two_parts_is_refused_in_a_refit_too(lab: Command, small_source: Path) -> None:
    code, _, err = lab("train", "--source", small_source, "--split", "1-4/4/5-6", "--refit")
    assert code == 2 and "subject 4 is in both training and validation" in err


def test_its_figures_stand_apart_from_those_of_the_runs_before(lab: Command, small_source: Path) -> None:
    how = ["--model", "lstm", "--epochs", 2]
    before, refit = trained(lab, small_source, *how), trained(lab, small_source, *how, "--refit")
    again = trained(lab, small_source, *how, "--refit", "--seed", 1)
    groups = group_by_config([before, refit, again])
    assert [len(group.everyone) for group in groups] == [1, 2] and groups[0].runs[0] == before
    assert [REFITTED in group.title for group in groups] == [False, True]
    table = comparison_table([before, refit]).set_index("run")
    assert table.loc[before.run_id, "last_test"] == before.results.last.test
    assert table.loc[refit.run_id, "refitted_test"] == refit.results.last.test
    assert table["last_test"].isna().tolist() == table["best_test"].isna().tolist() == [False, True]
    assert table["refitted_test"].isna().tolist() == [True, False]
    means = seed_table(groups)
    assert means["last_test_mean"].isna().tolist() == [False, True]
    own = [refit.results.last.test, again.results.last.test]
    assert means["refitted_test_mean"][1] == pytest.approx(np.mean(own))
    assert why_not_comparable(refit, again) == ""
    assert REFITTED in why_not_comparable(before, refit)
    paired = split_pairs([refit, before], Split())
    assert [run.run_id for pair in paired for run in pair.runs] == [before.run_id]


def test_runs_are_listed_with_its_accuracy_in_a_column_of_its_own(lab: Command, small_source: Path) -> None:
    before, refit = (trained(lab, small_source, "--epochs", 2, *more) for more in ([], ["--refit"]))
    lines = lab("runs", "list")[1].splitlines()
    header = lines[0]
    assert header.endswith("Test  Test, refitted")
    ends = {run.run_id: len(line) for run in (before, refit) for line in lines if run.run_id in line}
    assert ends == {before.run_id: header.index("Test,") - 2, refit.run_id: len(header)}
    said = lab("runs", "show", refit.run_id)[1]
    assert f"{SPLIT}, {REFITTED}" in said and "refitted, last epoch, 2" in said


def test_the_steps_of_the_course_never_count_it(small_sequences: SkeletonSequences) -> None:
    course = course_split(small_sequences)
    config = ExperimentConfig(
        source="small", split=course, model=LstmOptions(), training=GradientTraining(epochs=1)
    )
    assert not is_of_course(ExperimentConfig(split=refitted(Split())), Split())
    store = RunStore()
    run = store.create(config.refitted)
    assert runs_that_count(store.runs(), "small", course) == {}
    assert {state.run for state in progress(small_sequences, [run], "small")} == {None}


def test_a_refit_that_was_interrupted_goes_on_to_the_same(lab: Command, small_source: Path) -> None:
    whole = trained(lab, small_source, "--epochs", 3, "--refit")
    begun = RunStore().create(whole.config, queued=False)
    epochs = train_run(RunStore(), begun.run_id)
    next(epochs)
    epochs.close()
    list(train_run(RunStore(), begun.run_id))
    assert RunStore().get(begun.run_id).results == whole.results
