"""Splits are by subject; what can't be trained on is told in a sentence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.splits import (
    PARTS,
    SPLIT_NAMES,
    SPLITS,
    Split,
    about_split,
    check_split,
    check_subjects,
    leave_one_out,
    parse_split,
    rows_of,
)
from har_core.errors import ConfigError
from har_core.skeleton import KINECT_20

EVERYONE = set(range(1, 11))


def made_up(labels, subjects, actions: int = 2) -> SkeletonSequences:
    return SkeletonSequences.from_list(
        [np.ones((2, 20, 3), np.float32)] * len(labels),
        labels=labels,
        subjects=subjects,
        ids=[f"row {row}" for row in range(len(labels))],
        actions=[Action(number, f"action {number}") for number in range(1, actions + 1)],
        skeleton=KINECT_20,
        source="made up",
    )


def test_the_presets_are_those_of_the_course_and_the_literature():
    assert SPLITS["course"] == Split(train=(1, 2, 3, 4, 5), validation=(6, 7), test=(8, 9, 10))
    odd_even, first_five = SPLITS["odd-even"], SPLITS["first-five"]
    assert set(odd_even.train + odd_even.validation) == {1, 3, 5, 7, 9}
    assert set(odd_even.test) == {2, 4, 6, 8, 10}
    assert set(first_five.train + first_five.validation) == {1, 2, 3, 4, 5}
    assert set(first_five.test) == {6, 7, 8, 9, 10}
    for name, split in SPLITS.items():
        assert split.name == name
        assert sorted(split.train + split.validation + split.test) == sorted(EVERYONE)


@given(subject=st.integers(1, 10))
def test_leaving_one_subject_out_tests_on_that_one_alone(subject):
    split = parse_split(f"leave-out-{subject}", EVERYONE)
    assert split.test == (subject,) and len(split.validation) == 1 and len(split.train) == 8
    assert set(split.train + split.validation + split.test) == EVERYONE


def test_leaving_out_goes_by_the_subjects_that_are_there():
    split = leave_one_out(9, [9, 2, 5, 5, 2])
    assert (split.test, split.validation, split.train) == ((9,), (2,), (5,))
    for subject, subjects in ((4, [1, 2, 3]), (1, [1, 2])):
        with pytest.raises(ConfigError, match=f"leave-out-{subject}: the data set has subjects"):
            leave_one_out(subject, subjects)


def test_a_split_can_be_written_out():
    assert parse_split("1-3,5/6/8-9", EVERYONE) == Split(
        name="1-3,5/6/8-9", train=(1, 2, 3, 5), validation=(6,), test=(8, 9)
    )
    assert parse_split(" 1 , 2 / 3 / 4 ", EVERYONE).train == (1, 2)


@pytest.mark.parametrize(
    "text", ["", "courses", "1-5/6-7", "1/2/3/4", "a/b/c", "1-/2/3", "1/2/-3", "leave-out-", "1-999999/2/3"]
)
def test_what_is_no_split_is_told(text):
    with pytest.raises(ConfigError, match="split "):
        parse_split(text, EVERYONE)


@given(st.text(max_size=30))
def test_any_text_is_a_split_or_a_sentence(text):
    try:
        assert isinstance(parse_split(text, EVERYONE), Split)
    except ConfigError as error:
        assert str(error).endswith(".")


@given(name=st.sampled_from(SPLIT_NAMES), subjects=st.sets(st.integers(0, 50), min_size=3))
def test_a_named_split_gives_each_part_subjects_that_are_there(name, subjects):
    split = parse_split(name, [*subjects, *subjects])
    named = [*split.train, *split.validation, *split.test]
    assert split.train and split.validation and split.test
    assert len(named) == len(set(named)) and set(named) <= subjects
    assert split.name in (name, "thirds") and parse_split(split.name, subjects) == split
    assert name == "course" or set(named) == subjects


@pytest.mark.parametrize(
    ("name", "subjects", "expected"),
    [
        ("course", range(1, 9), "thirds 1-3 4-5 6-8"),
        ("course", [12, 10, 11], "thirds 10 11 12"),
        ("course", range(1, 13), "course 1-5 6-7 8-10"),
        ("thirds", range(1, 11), "thirds 1-4 5-7 8-10"),
        ("odd-even", range(1, 9), "odd-even 1,3,5 7 2,4,6,8"),
        ("odd-even", range(1, 13), "odd-even 1,3,5,7,9 11 2,4,6,8,10,12"),
        ("odd-even", [2, 3, 4, 6], "thirds 2-3 4 6"),
        ("first-five", range(1, 9), "first-five 1-4 5 6-8"),
        ("first-five", range(1, 6), "thirds 1-2 3 4-5"),
    ],
)
def test_a_named_split_adapts_to_the_subjects_that_are_there(name, subjects, expected):
    called, *parts = expected.split(" ")
    split = parse_split(name, subjects)
    assert split == parse_split("/".join(parts), subjects).model_copy(update={"name": called})


@pytest.mark.parametrize("name", SPLIT_NAMES)
def test_fewer_than_three_subjects_can_not_be_split_and_what_mends_it_is_told(name):
    for subjects, here, more in (
        ([4, 4], "1 subject", "2 more subjects"),
        ([1, 2], "2 subjects", "1 more subject"),
    ):
        sentence = f"^the data set has {here}, and .* at least three, .*: add recordings of {more}.$"
        with pytest.raises(ConfigError, match=sentence):
            parse_split(name, subjects)


def test_it_is_told_where_a_split_is_not_what_its_name_lets_expect():
    def said(asked, subjects):
        return about_split(asked, parse_split(asked, subjects), subjects)

    assert {said(name, EVERYONE) for name in SPLIT_NAMES} == {""}
    here = " is made for subjects 1 to 10. This data set has 1 to 8: "
    thirds = "they are split into thirds, in the order of their numbers."
    assert said("course", range(1, 9)) == f"The split course{here}{thirds}"
    assert said("odd-even", range(1, 9)) == f"The split odd-even{here}it goes by these."
    assert said("course", range(1, 13)) == "In no part, and so not used: subjects 11, 12."
    assert said("1-3/4/6-7", range(1, 8)) == "In no part, and so not used: subject 5."
    assert said("thirds", range(1, 9)) == said("leave-out-3", range(1, 9)) == ""


def test_a_subject_that_the_data_set_does_not_have_is_told():
    sequences = made_up([0, 1, 0, 1], [1, 1, 2, 3])
    check_subjects(sequences, parse_split("1/2/3", [1, 2, 3]))
    sentence = "^split 1/2/3-5: the data set has no subjects 4, 5; choose of 1 to 3.$"
    with pytest.raises(ConfigError, match=sentence):
        check_subjects(sequences, parse_split("1/2/3-5", [1, 2, 3]))


def test_a_split_refuses_other_keys_and_types():
    for wrong in ({"training": (1,)}, {"train": ("one",)}, {"train": (1.5,)}, {"train": 1}):
        with pytest.raises(ValidationError):
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
    found = {int(row): part for part in PARTS for row in rows_of(sequences, split, part)}
    assert found == {row: part_of[subject] for row, subject in enumerate(subjects)}
    assert sum(len(rows_of(sequences, split, part)) for part in PARTS) == len(subjects)


def test_the_course_split_of_the_real_set_has_the_known_sizes(real_data):
    subjects = np.load(real_data / "msr_action3d" / "Y_s.npy")
    sequences = made_up([0] * len(subjects), subjects, actions=1)
    sizes = [len(rows_of(sequences, SPLITS["course"], part)) for part in PARTS]
    assert sizes == [270, 117, 180]


def test_a_good_split_passes():
    check_split(made_up([0, 1, 0, 1], [1, 1, 2, 3]), Split(train=(1,), validation=(2,), test=(3,)))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (((1, 2), (2,), (3,)), "subject 2 is in both training and validation"),
        (((1, 2), (3,), (4, 1)), "subject 1 is in both training and test"),
        (((1, 2), (3, 4), (4, 3)), "subjects 3, 4 are in both validation and test"),
        (((), (3,), (4,)), "the training part holds no sequence"),
        (((1, 2), (), (4,)), "the validation part holds no sequence; it names no subject, the data set has"),
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
