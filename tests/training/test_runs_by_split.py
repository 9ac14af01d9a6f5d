"""Runs of every kind of split, by the command line: trained, interrupted and resumed, and told of."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from har_core.analysis.prefix_predictions import prefix_predictions
from har_core.data.named_splits import parse_split
from har_core.data.preparation import Preparation
from har_core.data.sequences import SkeletonSequences, replace_frames
from har_core.data.splits import LEAKS, PARTS, RandomSplit, Split
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.parts import assemble
from har_core.training.run import DamagedRun
from har_core.training.store import RunStore
from tests.conftest import Command

pytestmark = pytest.mark.usefixtures("har_home")


def answered(lab: Command, *words: object) -> dict:
    code, out, err = lab(*words, "--json")
    assert code == 0, err
    return json.loads(out.splitlines()[-1])


def short(source: Path, *more: object) -> list[object]:
    return ["train", "--source", source, "--epochs", 3, "--device", "cpu", *more]


@pytest.mark.parametrize("asked", ["cross-subject", "1,3,5//2,4,6", "random", "random-7"])
def test_a_run_is_trained_and_one_that_was_interrupted_is_resumed_to_the_same(
    asked: str, lab: Command, small_source: Path
) -> None:
    whole = answered(lab, *short(small_source, "--split", asked))
    store = RunStore()
    run = store.get(whole["run"])
    split = parse_split(asked, range(1, 7))
    assert run.config.split == split and whole["split"] == split.name
    assert tuple(whole["split_sizes"]) == split.parts and sum(whole["split_sizes"].values()) == 72
    validated = "validation" in split.parts
    assert (whole["best"] is not None) == validated == (run.path / "best.safetensors").exists()
    assert whole["last"]["epoch"] == 3 and (whole["last"]["validation"] is not None) == validated
    epochs = train_run(store, (begun := store.create(run.config, queued=False)).run_id)
    next(epochs)
    epochs.close()
    resumed = answered(lab, "runs", "resume", begun.run_id)
    assert (resumed["state"], resumed["best"], resumed["last"]) == ("done", whole["best"], whole["last"])
    first, second = (np.load(found.path / "predictions.npz") for found in (run, store.get(begun.run_id)))
    for name in first.files:
        np.testing.assert_array_equal(first[name], second[name])


def test_parts_of_a_random_run_are_those_of_its_split(
    lab: Command, small_source: Path, small_sequences: SkeletonSequences
) -> None:
    run = RunStore().get(answered(lab, *short(small_source, "--split", "random-7"))["run"])
    kept = np.load(run.path / "predictions.npz")
    found = {part: set(kept["ids"][kept["part"] == part]) for part in PARTS}
    rows = RandomSplit(seed=7).rows(small_sequences)
    assert found == {part: {small_sequences.ids[row] for row in rows[part]} for part in PARTS}
    assert all(len(set(kept["truth"][kept["part"] == part])) == 4 for part in PARTS)


def test_what_leaks_is_told_where_it_is_trained_and_where_it_is_shown(
    lab: Command, small_source: Path
) -> None:
    code, out, err = lab(*short(small_source, "--split", "random"))
    assert (code, err) == (0, "") and LEAKS in " ".join(out.split())
    assert "random (same people in training and test)" in out
    _, out, _ = lab(*short(small_source, "--split", "cross-subject"))
    assert "cross-subject" in out and "same people" not in out and "best epoch, " not in out


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        (
            {"name": "cross-subject"},
            Split(name="cross-subject", train=(1, 3, 5), validation=(), test=(2, 4, 6)),
        ),
        ({"name": "random-7"}, RandomSplit(seed=7)),
        ({"seed": 7}, RandomSplit(seed=7)),
        ({"train": [1, 2, 3], "validation": [], "test": [4], "name": "own"}, None),
    ],
)
def test_a_config_file_may_name_a_split_or_write_it_out(
    split: dict, expected: Split | RandomSplit | None, lab: Command, small_source: Path, tmp_path: Path
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"split": split}))
    run = RunStore().get(answered(lab, *short(small_source, "--config", file))["run"])
    assert run.config.split == (expected or Split(name="own", train=(1, 2, 3), validation=(), test=(4,)))


def test_shares_of_a_random_split_are_settings(lab: Command, small_source: Path) -> None:
    shares = ("--set", "split.train_share=0.6", "--set", "split.test_share=0.2")
    found = answered(lab, *short(small_source, *shares))
    assert RunStore().get(found["run"]).config.split == RandomSplit(train_share=0.6, test_share=0.2)
    assert found["split"] == "random" and found["split_sizes"] == {"train": 44, "validation": 16, "test": 12}
    code, out, err = lab(*short(small_source, "--split", "random", *shares))
    assert (code, out) == (2, "") and "--split and --set both say the split" in err
    assert len(RunStore().runs()) == 1


@pytest.mark.parametrize(
    ("split", "because"),
    [
        ("//", "the training part holds no sequence"),
        ("1-3//", "the test part holds no sequence"),
        ("//4-6", "the training part holds no sequence"),
        ("1-3//3-6", "subject 3 is in both training and test"),
        ("random-", "split 'random-' is not known; expected course, "),
        ("random-7.5", "split 'random-7.5' is not known"),
    ],
)
def test_what_is_no_split_is_one_sentence_and_leaves_no_run(
    split: str, because: str, lab: Command, small_source: Path, har_home: Path
) -> None:
    code, out, err = lab(*short(small_source, "--split", split))
    assert (code, out) == (2, "") and err.startswith("Error: ") and because in err and err.count("\n") == 1
    assert not (har_home / "runs").exists()


def test_a_part_that_a_run_can_not_have_had_is_damage(lab: Command, small_source: Path) -> None:
    found = answered(lab, *short(small_source, "--split", "cross-subject"))
    store = RunStore()
    file = store.get(found["run"]).path / "meta.json"
    meta = json.loads(file.read_text())
    meta["split_sizes"] = {"train": 36, "validation": 1, "test": 35}
    file.write_text(json.dumps(meta))
    (damaged,) = store.all()
    assert isinstance(damaged, DamagedRun)
    assert "meta.json tells of the parts train, validation, test, config.json of others" in damaged.reason


def test_the_scale_of_a_random_run_is_that_of_its_training_sequences_alone(
    small_config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    """Other sequences of the same subjects may be as large as they like."""
    update = {"split": RandomSplit(seed=3), "preparation": Preparation(frames=None, scaling="training-set")}
    config = small_config.model_copy(update=update)
    trained = set(RandomSplit(seed=3).rows(small_sequences)["train"].tolist())
    larger = [
        part if row in trained else part * np.float32(9) for row, part in enumerate(small_sequences.each())
    ]
    one = assemble(config, small_sequences)
    other = assemble(config, replace_frames(small_sequences, larger))
    assert len(one.rows["train"]) == len(trained)
    for row in one.rows["train"]:
        np.testing.assert_array_equal(one.sequences[row], other.sequences[row])
    together = np.concatenate([one.sequences[row] for row in one.rows["train"]])
    assert together.min() == pytest.approx(-1, abs=1e-5) or together.max() == pytest.approx(1, abs=1e-5)


def test_a_preparation_moves_no_sequence_into_another_part(
    small_config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    config = small_config.model_copy(update={"split": RandomSplit()})
    lost = [np.zeros_like(part) if row % 7 == 0 else part for row, part in enumerate(small_sequences.each())]
    whole = assemble(config, small_sequences)
    less = assemble(config, replace_frames(small_sequences, lost))
    assert less.left_out
    for part in PARTS:
        ids, kept = ({data.sequences.ids[row] for row in data.rows[part]} for data in (whole, less))
        assert kept == ids - {item.sequence_id for item in less.left_out}


@pytest.mark.parametrize("part", PARTS)
def test_a_sequence_is_read_frame_by_frame_as_a_random_run_saw_it(
    part: str, small_config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    update = {"split": RandomSplit(), "preparation": Preparation(frames=None, scaling="training-set")}
    store = RunStore()
    run = store.create(small_config.model_copy(update=update), queued=False)
    list(train_run(store, run.run_id))
    run = store.get(run.run_id)
    kept = np.load(run.path / "predictions.npz")
    row = int(np.flatnonzero(kept["part"] == part)[0])
    found = prefix_predictions(run, "last", small_sequences, str(kept["ids"][row]))
    expected = torch.softmax(torch.from_numpy(kept["logits_last"][row]), 0)
    np.testing.assert_allclose(found.probabilities[-1], expected, atol=1e-5)
