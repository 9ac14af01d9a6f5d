"""The field of the split says what is trained on, tested on, and what leaks."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.shell.wording import escape_markdown
from har_core.data.named_splits import NAMED_SPLITS, NamedSplit, parse_split
from har_core.data.splits import LEAKS, AnySplit, RandomSplit, Split
from tests.data.made_up_sequences import made_up

HALVES = RandomSplit(seed=7, train_share=0.25, validation_share=0.25, test_share=0.5)


def field() -> None:
    """What the form does with the field, for a script of its own."""
    import streamlit as st

    from app.screens.training.split_field import draw_split, values_of_split

    if "to fill in" in st.session_state:
        st.session_state.update(values_of_split(st.session_state.pop("to fill in")))
    st.session_state["said"], st.session_state["fault"] = draw_split(st.session_state["sequences"])


def open_field(subjects: int = 10, **state: Any) -> AppTest:
    screen = AppTest.from_function(field, default_timeout=60)
    rows = 3 * 2 * subjects
    screen.session_state["sequences"] = made_up(
        [row % 2 for row in range(rows)], [1 + row // 6 for row in range(rows)]
    )
    for name, value in state.items():
        screen.session_state[name.replace("_", " ")] = value
    return screen.run()


def said(screen: AppTest) -> AnySplit | None:
    assert not screen.exception
    split: AnySplit | None = screen.session_state["said"]
    return split


def captions(screen: AppTest) -> str:
    return " ".join(text.value for text in screen.caption)


def choose(screen: AppTest, name: str) -> AppTest:
    return screen.selectbox(key="form split").set_value(name).run()


def test_the_course_s_split_is_what_it_starts_with() -> None:
    screen = open_field()
    assert said(screen) == Split() and screen.selectbox(key="form split").value == "course"
    assert "Training: subjects 1 to 5; Validation: subjects 6, 7; Test: subjects 8 to 10" in captions(screen)


def test_nobody_validates_where_the_split_has_no_such_part() -> None:
    screen = choose(open_field(), "cross-subject")
    assert said(screen) == parse_split("cross-subject", range(1, 11))
    parts, note = (text.value for text in screen.caption)
    assert parts == "Training: subjects 1, 3, 5, 7, 9; Test: subjects 2, 4, 6, 8, 10"
    assert note.endswith("Nobody validates, so nothing chooses a best epoch.")
    screen = choose(screen, "own")
    screen.text_input(key="form own split").set_value("1-5//6-10").run()
    assert said(screen) == Split(
        name="1-5//6-10", train=(1, 2, 3, 4, 5), validation=(), test=(6, 7, 8, 9, 10)
    )


@pytest.mark.parametrize(
    ("text", "fault"), [("1-5//", "the test part holds no"), ("//6-10", "the training part holds no")]
)
def test_an_empty_first_or_last_list_is_told(text: str, fault: str) -> None:
    screen = choose(open_field(), "own")
    screen.text_input(key="form own split").set_value(text).run()
    assert said(screen) is None and f"split {text}: {fault} sequence" in screen.session_state["fault"]


def test_a_random_split_has_a_seed_and_is_labelled_with_what_leaks() -> None:
    screen = choose(open_field(), "random")
    assert said(screen) == RandomSplit() and escape_markdown(LEAKS) in captions(screen)
    assert "Training: 50 % of the sequences of each action" in captions(screen)
    screen.number_input(key="form split seed").set_value(7).run()
    assert said(screen) == RandomSplit(seed=7) and escape_markdown(LEAKS) in captions(screen)
    for wrong in (-1, 1_000_000, None):
        screen.number_input(key="form split seed").set_value(wrong).run()
        assert said(screen) is None and "Seed of the split: found" in screen.session_state["fault"]
    assert escape_markdown(LEAKS) not in captions(choose(screen, "course"))


@pytest.mark.parametrize(
    "split",
    [
        RandomSplit(), RandomSplit(seed=7), HALVES,
        Split(name="random", train=(1,), validation=(), test=(2,)),
        *(parse_split(name, range(1, 11)) for name in NAMED_SPLITS), parse_split("1-5//6-10", []),
    ],
    ids=lambda split: split.name,
)  # fmt: skip
def test_the_field_shows_any_split_and_says_it_again(split: AnySplit) -> None:
    screen = open_field(to_fill_in=split)
    assert said(screen) == split and said(screen.run()) == split
    assert said(choose(screen, "course")) == Split()


def test_two_subjects_can_do_without_validation_or_be_split_at_random() -> None:
    screen = open_field(2)
    assert said(screen) is None and "takes at least three" in screen.session_state["fault"]
    assert said(choose(screen, "cross-subject")) == Split(
        name="cross-subject", train=(1,), validation=(), test=(2,)
    )
    assert said(choose(screen, "random")) == RandomSplit()


def test_an_action_of_two_sequences_is_told() -> None:
    screen = open_field()
    whole = screen.session_state["sequences"]
    few = np.flatnonzero((whole.labels == 0) | (np.cumsum(whole.labels) <= 2))
    screen.session_state["sequences"] = whole.take(few)
    screen = choose(screen, "random")
    assert said(screen) is None
    assert "split random: action 2 has 2 sequences, and a split by" in screen.session_state["fault"]


def test_another_split_is_in_the_field_with_its_title_and_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    def last_tests(everyone: Any) -> Split:
        return Split(name="last", train=tuple(everyone[:-1]), validation=(), test=(everyone[-1],))

    named = NamedSplit("the last tests", "All but the last train.", last_tests, fewest=2, of_ten=False)
    monkeypatch.setitem(NAMED_SPLITS, "last", named)
    screen = open_field(3)
    field = screen.selectbox(key="form split")
    assert "last: the last tests" in field.options and "**last**: All but the last train." in field.help
    assert said(choose(screen, "last")) == last_tests([1, 2, 3])
