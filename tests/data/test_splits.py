"""Splits are by subject, or drawn at random with the same parts for the same recordings."""

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.data.named_splits import SPLITS
from har_core.data.splits import PARTS, RandomSplit, Split
from har_core.errors import ConfigError
from har_core.settings import parse_settings
from har_core.training.config import ExperimentConfig
from tests.data.made_up_sequences import made_up


def test_a_split_refuses_other_keys_and_types():
    for wrong in ({"training": (1,)}, {"train": ("one",)}, {"train": (1.5,)}, {"train": 1}):
        with pytest.raises(ConfigError, match=r"^Split: train"):
            Split(**wrong)


@given(
    subjects=st.lists(st.integers(1, 9), min_size=1, max_size=40),
    part_of=st.fixed_dictionaries({number: st.sampled_from(PARTS) for number in range(1, 10)}),
)
def test_each_row_is_in_the_part_of_its_subject_and_in_no_other(subjects, part_of):
    sequences = made_up([0] * len(subjects), subjects, actions=1)
    split = Split(
        name="any",
        **{part: tuple(n for n in part_of if part_of[n] == part) for part in PARTS},
    )
    found = {int(row): part for part, rows in split.rows(sequences).items() for row in rows}
    assert found == {row: part_of[subject] for row, subject in enumerate(subjects)}
    assert sum(map(len, split.rows(sequences).values())) == len(subjects)


def test_the_course_split_of_the_real_set_has_the_known_sizes(real_data):
    subjects = np.load(real_data / "msr_action3d" / "Y_s.npy")
    sequences = made_up([0] * len(subjects), subjects, actions=1)
    sizes = [len(rows) for rows in SPLITS["course"].rows(sequences).values()]
    assert sizes == [270, 117, 180]


# At random


@st.composite
def recorded(draw):
    """A set with at least three sequences of each action, in any order, with any names."""
    counts = draw(st.lists(st.integers(3, 25), min_size=2, max_size=4))
    labels = draw(st.permutations([label for label, count in enumerate(counts) for _ in range(count)]))
    names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
    ids = draw(st.lists(names, min_size=len(labels), max_size=len(labels), unique=True))
    return made_up(labels, [1] * len(labels), actions=len(counts), ids=ids)


seeds = st.integers(0, 999_999)


@given(sequences=recorded(), seed=seeds)
def test_the_parts_of_a_random_split_are_disjoint_and_complete_and_each_has_every_action(sequences, seed):
    split = RandomSplit(seed=seed)
    rows = split.rows(sequences)
    assert tuple(rows) == PARTS == split.parts
    assert sorted(np.concatenate(list(rows.values()))) == list(range(len(sequences)))
    for part, share in zip(PARTS, (0.5, 0.2, 0.3), strict=True):
        assert (np.diff(rows[part]) > 0).all()
        for label in range(len(sequences.actions)):
            own, all_of_it = (sequences.labels[rows[part]] == label).sum(), (sequences.labels == label).sum()
            assert own >= 1 and abs(own - share * all_of_it) < 1.5


def ids_of(sequences, split) -> dict:
    return {part: {sequences.ids[row] for row in rows} for part, rows in split.rows(sequences).items()}


@given(sequences=recorded(), seed=seeds, order=st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_parts_whatever_the_order_of_the_sequences(sequences, seed, order):
    rows = list(range(len(sequences)))
    order.shuffle(rows)
    split = RandomSplit(seed=seed)
    assert ids_of(sequences.take(rows), split) == ids_of(sequences, split)


@given(two=st.lists(seeds, min_size=2, max_size=2, unique=True))
def test_another_seed_gives_other_parts(two):
    sequences = made_up([0, 1] * 60, [1] * 120)
    first, second = (ids_of(sequences, RandomSplit(seed=seed)) for seed in two)
    assert first["test"] != second["test"]


def test_a_random_split_is_drawn_as_it_was_in_november_2026():
    """Runs on disk name their parts by a seed alone: what it means may never change."""
    names = [f"take {take}" for take in range(1, 11)]
    sequences = made_up([0] * 10, [1] * 10, actions=1, ids=names)
    by_hand = sorted(names, key=lambda name: hashlib.sha256(f"7 {name}".encode()).hexdigest())
    found = ids_of(sequences, RandomSplit(seed=7))
    assert found == {"train": {*by_hand[:5]}, "validation": {*by_hand[5:7]}, "test": {*by_hand[7:]}}
    assert by_hand == [f"take {take}" for take in (6, 8, 7, 3, 4, 2, 9, 10, 5, 1)]


def test_a_random_split_of_the_real_set_is_about_as_large_as_the_course_s(real_data):
    labels = np.load(real_data / "msr_action3d" / "Y.npy") - 1
    ids = np.load(real_data / "msr_action3d" / "ids.npy").tolist()
    sequences = made_up(labels.tolist(), [1] * len(labels), actions=20, ids=ids)
    sizes = [len(rows) for rows in RandomSplit().rows(sequences).values()]
    assert sum(sizes) == 567 and sizes == [285, 112, 170]


# As it is read


def test_a_split_is_read_by_the_fields_that_it_has_and_old_ones_name_subjects():
    for split in (*SPLITS.values(), RandomSplit(), RandomSplit(seed=7), HALVES):
        config = ExperimentConfig(split=split)
        assert parse_settings(ExperimentConfig, config.model_dump_json(), "here") == config
    old = {"name": "mine", "train": [1], "validation": [2], "test": [3]}
    read = parse_settings(ExperimentConfig, json.dumps({"schema_version": 1, "split": old}), "here").split
    assert read == Split(name="mine", train=(1,), validation=(2,), test=(3,))
    assert ExperimentConfig(split={"seed": 7}).split == RandomSplit(seed=7, name="random-7")


HALVES = RandomSplit(train_share=0.25, validation_share=0.25, test_share=0.5)


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ('{"train_share": 0, "test_share": 0.8}', "split.train_share is 0"),
        ('{"train_share": 1, "test_share": 0.3}', "split.train_share is 1"),
        ('{"train_share": 1.5}', "split.train_share is 1.5: input should be less than 1"),
        ('{"validation_share": NaN}', "split.validation_share is nan: input should be a finite number"),
        ('{"test_share": Infinity}', "split.test_share is inf"),
        ('{"test_share": -0.3}', "split.test_share is -0.3"),
        ('{"test_share": "half"}', "split.test_share is 'half'"),
        ('{"test_share": 0.4}', "the shares of training, validation and test have to add up to 1"),
        ('{"seed": -1}', "split.seed is -1"),
        ('{"seed": 1000000}', "split.seed is 1000000"),
        ('{"seed": 7, "name": "course"}', "the random split of seed 7 is named random-7"),
        ('{"seed": 7, "train": [1, 2]}', "split.train is not a known setting"),
        ('{"train": [1, "2"]}', "split.train.1 is '2'"),
        ('"random"', "split is 'random'"),
        ("null", "split is None"),
    ],
)
def test_a_hostile_split_is_one_sentence(split, said):
    with pytest.raises(ConfigError) as found:
        parse_settings(ExperimentConfig, f'{{"split": {split}}}', "config.json")
    assert said in str(found.value) and str(found.value).startswith("config.json: split")
    assert "\n" not in str(found.value)
