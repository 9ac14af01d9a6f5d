"""What can't be trained on is told in a sentence, before a run is made."""

import numpy as np
import pytest

from har_core.data.named_splits import parse_split
from har_core.data.split_check import check_parts, check_split, check_subjects
from har_core.data.splits import RandomSplit, Split
from har_core.errors import ConfigError
from tests.data.made_up_sequences import made_up


def test_a_subject_that_the_data_set_does_not_have_is_told():
    sequences = made_up([0, 1, 0, 1], [1, 1, 2, 3])
    check_subjects(sequences, parse_split("1/2/3", [1, 2, 3]))
    sentence = "^split 1/2/3-5: the data set has no subjects 4, 5; choose of 1 to 3.$"
    with pytest.raises(ConfigError, match=sentence):
        check_subjects(sequences, parse_split("1/2/3-5", [1, 2, 3]))


def test_a_good_split_passes_with_the_rows_of_its_parts():
    sequences = made_up([0, 1, 0, 1], [1, 1, 2, 3])
    rows = check_split(sequences, Split(train=(1,), validation=(2,), test=(3,)))
    assert {part: found.tolist() for part, found in rows.items()} == {
        "train": [0, 1], "validation": [2], "test": [3],
    }  # fmt: skip
    rows = check_split(sequences, Split(train=(1,), validation=(), test=(2, 3)))
    assert {part: found.tolist() for part, found in rows.items()} == {"train": [0, 1], "test": [2, 3]}


@pytest.mark.parametrize(("count", "has"), [(2, "2 sequences"), (1, "1 sequence"), (0, "0 sequences")])
def test_an_action_with_too_few_sequences_for_a_random_split_is_told(count, has):
    sequences = made_up([0] * 5 + [1] * count, [1] * (5 + count))
    sentence = f"^split random-7: action 2 has {has}, and a split by sequence takes at least three of each "
    with pytest.raises(ConfigError, match=sentence):
        check_split(sequences, RandomSplit(seed=7))


def test_what_a_preparation_takes_from_a_random_split_is_told():
    sequences = made_up([0, 0, 0, 1, 1, 1], [1] * 6)
    rows = check_split(sequences, RandomSplit())
    with pytest.raises(ConfigError, match="the test part holds no sequence; the preparation leaves out what"):
        check_parts(sequences, RandomSplit(), {**rows, "test": rows["test"][:0]})
    with pytest.raises(ConfigError, match="no training sequence performs action 2; .* take another seed of"):
        check_parts(sequences, RandomSplit(), {**rows, "train": np.array([0])})


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (((1, 2), (2,), (3,)), "subject 2 is in both training and validation"),
        (((1, 2), (3,), (4, 1)), "subject 1 is in both training and test"),
        (((1, 2), (3, 4), (4, 3)), "subjects 3, 4 are in both validation and test"),
        (((), (3,), (4,)), "the training part holds no sequence"),
        (((1, 2), (), ()), "the test part holds no sequence; it names no subject, the data set has"),
        (((1, 2), (9,), (4,)), "the validation part holds no sequence; it names subject 9, the data set has"),
        (
            ((1, 2), (3,), (11, 12)),
            "the test part holds no sequence; it names subjects 11, 12, the data set has subjects 1 to 4",
        ),
        (((1,), (2, 3), (4,)), "no training subject performs action 2"),
    ],
)
def test_a_split_that_can_not_be_trained_on_is_told(parts, sentence):
    sequences = made_up([0, 0, 1, 0, 1, 0], [1, 2, 2, 3, 3, 4])
    train, validation, test = parts
    with pytest.raises(ConfigError, match=sentence):
        check_split(sequences, Split(name="own", train=train, validation=validation, test=test))
