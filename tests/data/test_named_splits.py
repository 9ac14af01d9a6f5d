"""Splits by name adapt to the subjects that are there, and what is no split is told in a sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.data.named_splits import (
    NAMED_SPLITS,
    SPLITS,
    NamedSplit,
    about_split,
    leave_one_out,
    parse_split,
)
from har_core.data.splits import LEAKS, RandomSplit, Split
from har_core.errors import ConfigError

EVERYONE = set(range(1, 11))


def test_the_presets_are_those_of_the_course_and_the_literature():
    assert SPLITS["course"] == Split(train=(1, 2, 3, 4, 5), validation=(6, 7), test=(8, 9, 10))
    odd_even, first_five = SPLITS["odd-even"], SPLITS["first-five"]
    assert set(odd_even.train + odd_even.validation) == {1, 3, 5, 7, 9}
    assert set(odd_even.test) == {2, 4, 6, 8, 10}
    assert set(first_five.train + first_five.validation) == {1, 2, 3, 4, 5}
    assert set(first_five.test) == {6, 7, 8, 9, 10}
    assert SPLITS["cross-subject"] == Split(
        name="cross-subject", train=(1, 3, 5, 7, 9), validation=(), test=(2, 4, 6, 8, 10)
    )
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


@pytest.mark.parametrize("text", ["1,3,5,7,9//2,4,6,8,10", "1,3,5,7,9/ /2,4,6,8,10"])
def test_nobody_has_to_validate(text):
    split = parse_split(text, EVERYONE)
    assert split == SPLITS["cross-subject"].model_copy(update={"name": text})
    assert split.parts == ("train", "test") and parse_split(split.name, EVERYONE) == split


@pytest.mark.parametrize(
    "text",
    [
        "",
        "courses",
        "1-5/6-7",
        "1/2/3/4",
        "a/b/c",
        "1-/2/3",
        "1/2/-3",
        "leave-out-",
        "1-999999/2/3",
        "1//2//3",
        "random-",
        "random-x",
        "random-1000000",
        "random--1",
    ],
)
def test_what_is_no_split_is_told(text):
    with pytest.raises(ConfigError, match="split "):
        parse_split(text, EVERYONE)


@given(st.text(max_size=30))
def test_any_text_is_a_split_or_a_sentence(text):
    try:
        split = parse_split(text, EVERYONE)
        assert parse_split(split.name, EVERYONE) == split
    except ConfigError as error:
        assert str(error).endswith(".")


BY_SUBJECT = [name for name in NAMED_SPLITS if name != "random"]


@given(name=st.sampled_from(BY_SUBJECT), subjects=st.sets(st.integers(0, 50), min_size=3))
def test_a_named_split_gives_each_part_subjects_that_are_there(name, subjects):
    split = parse_split(name, [*subjects, *subjects])
    named = [*split.train, *split.validation, *split.test]
    assert split.train and split.test and (split.validation or split.name == "cross-subject")
    assert len(named) == len(set(named)) and set(named) <= subjects
    assert split.name in (name, "thirds") and parse_split(split.name, subjects) == split
    assert name == "course" or set(named) == subjects


@given(seed=st.integers(0, 999_999), subjects=st.sets(st.integers(0, 50)))
def test_a_random_split_is_written_with_its_seed_and_asks_for_no_subjects(seed, subjects):
    split = parse_split(f"random-{seed:06d}", subjects)
    assert split == RandomSplit(seed=seed) and parse_split(split.name, subjects) == split
    assert parse_split("random", subjects) == RandomSplit(seed=0)


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
        ("cross-subject", [4, 1, 2, 7], "cross-subject 1,7 - 2,4"),
        ("cross-subject", [5, 8], "cross-subject 5 - 8"),
        ("cross-subject", [2, 4, 6, 8], "thirds 2,4 6 8"),
    ],
)
def test_a_named_split_adapts_to_the_subjects_that_are_there(name, subjects, expected):
    called, *parts = expected.split(" ")
    split = parse_split(name, subjects)
    parts = ["" if part == "-" else part for part in parts]
    assert split == parse_split("/".join(parts), subjects).model_copy(update={"name": called})


@pytest.mark.parametrize("name", [name for name in BY_SUBJECT if name != "cross-subject"])
def test_fewer_than_three_subjects_can_not_be_split_and_what_mends_it_is_told(name):
    for subjects, here, more in (
        ([4, 4], "1 subject", "2 more subjects"),
        ([1, 2], "2 subjects", "1 more subject"),
    ):
        sentence = f"^the data set has {here}, and .* at least three, .*: add recordings of {more}.$"
        with pytest.raises(ConfigError, match=sentence):
            parse_split(name, subjects)


def test_without_validation_two_subjects_are_enough_and_one_is_not():
    sentence = (
        "^the data set has 1 subject, and a split by subject takes at least two, one each for training and "
        "test: add recordings of 1 more subject.$"
    )
    with pytest.raises(ConfigError, match=sentence):
        parse_split("cross-subject", [4, 4])
    with pytest.raises(ConfigError, match="takes at least three, .*: add recordings of 1 more subject.$"):
        parse_split("cross-subject", [2, 4])  # nobody odd


def test_it_is_told_where_a_split_is_not_what_its_name_lets_expect():
    def said(asked, subjects):
        return about_split(asked, parse_split(asked, subjects), subjects)

    nobody = "Nobody validates, so nothing chooses a best epoch."
    assert {name: said(name, EVERYONE) for name in BY_SUBJECT if said(name, EVERYONE)} == {
        "cross-subject": nobody
    }
    assert said("1-3//4-6", range(1, 8)) == f"In no part, and so not used: subject 7. {nobody}"
    assert said("random", EVERYONE) == said("random-7", [1]) == LEAKS
    here = " is made for subjects 1 to 10. This data set has 1 to 8: "
    thirds = "they are split into thirds, in the order of their numbers."
    assert said("course", range(1, 9)) == f"The split course{here}{thirds}"
    assert said("cross-subject", [2, 4, 6]) == f"The split cross-subject{here}{thirds}".replace(
        "1 to 8", "2, 4, 6"
    )
    assert said("odd-even", range(1, 9)) == f"The split odd-even{here}it goes by these."
    assert said("course", range(1, 13)) == "In no part, and so not used: subjects 11, 12."
    assert said("1-3/4/6-7", range(1, 8)) == "In no part, and so not used: subject 5."
    assert said("thirds", range(1, 9)) == said("leave-out-3", range(1, 9)) == ""


def test_another_split_is_a_function_and_a_line(monkeypatch):
    def backwards(everyone):
        return Split(name="backwards", train=tuple(everyone[1:]), validation=(), test=(everyone[0],))

    named = NamedSplit("the first tests", "All but the first train.", backwards, fewest=2, of_ten=False)
    monkeypatch.setitem(NAMED_SPLITS, "backwards", named)
    split = parse_split("backwards", [3, 1, 2])
    assert split == backwards([1, 2, 3]) and about_split("backwards", split, [1, 2, 3]).startswith("Nobody")
    with pytest.raises(ConfigError, match="takes at least two"):
        parse_split("backwards", [1])


def test_the_documents_say_of_each_split_what_the_form_says():
    text = (Path(__file__).resolve().parents[2] / "docs" / "splits.md").read_text(encoding="utf-8")
    for name, named in NAMED_SPLITS.items():
        assert f"| `{name}` | {named.title} | {named.meaning} |" in text
