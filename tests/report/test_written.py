"""Answers: kept in the home folder, and read back from the files that a student typed them into."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from har_core.errors import ConfigError
from har_core.report.answer_files import answers_in, as_markdown, question_in_bold
from har_core.report.assignment import CONCLUSION, QUESTIONS, STEPS
from har_core.report.hand_in import hand_in
from har_core.report.written import (
    LONGEST_ANSWER,
    Answers,
    answer_changed,
    author_named,
    keep_answers,
    kept_answers,
)

NUMBERS = st.sampled_from(list(QUESTIONS))
ANSWERS = st.dictionaries(NUMBERS, st.text(max_size=80)).map(lambda given: Answers(given=given))


def page_with(answers: Answers) -> bytes:
    """A page as small as can be, of which a template escapes the answers."""
    room = '<p>before</p><div class="answer" data-answer="{{ number }}">{{ answers.to(number) }}</div>'
    page = f"<html><script>'<div data-answer=\"1\">'</script>{{% for number in asked %}}{room}{{% endfor %}}"
    made = Environment(autoescape=True).from_string(page)
    return made.render(asked=list(QUESTIONS), answers=answers).encode()


def notebook_with(answers: Answers) -> bytes:
    cells = [{"cell_type": "code", "source": "1 + 1"}, {"cell_type": "markdown", "source": ["# Title"]}]
    for number, question in QUESTIONS.items():
        asked = question_in_bold(number, question)
        text = f"{asked}\n\n*Your answer:*\n\n{as_markdown(answers.to(number))}"
        cells.append({"cell_type": "markdown", "source": text.splitlines(keepends=True)})
    return json.dumps({"cells": cells}).encode()


@settings(deadline=None, max_examples=60)
@given(ANSWERS)
def test_answers_come_back_from_page_and_notebook_as_they_were(answers):
    assert answers_in(page_with(answers), "report.html") == answers
    assert answers_in(notebook_with(answers), "notebook.ipynb") == answers


def test_questions_are_those_of_the_steps_and_the_conclusion():
    assert QUESTIONS == {s.number: s.question for s in STEPS if s.question} | {0: CONCLUSION}
    assert len(QUESTIONS) == 14 and 7 not in QUESTIONS


def test_files_of_a_hand_in_are_read(made):
    answers = Answers(given={2: "Kicks.\n\nAnd bends: <b>no</b> &amp; yes", 14: "a < b", 0: "See above."})
    files = hand_in(made.store, made.ids, answers=answers)
    for name in ("report.html", "notebook.ipynb"):
        assert answers_in(files[name], name) == answers
        assert answers_in(made.files[name], name) == Answers()


def test_what_a_browser_makes_of_an_answer_is_read_as_lines():
    page = '<div data-answer="3" contenteditable>20<br>one<div>in <b>20</b></div><p>yes</p></div><p>no</p>'
    assert answers_in(page.encode(), "report.html").given == {3: "20\none\nin 20\nyes"}


def test_an_answer_typed_over_the_words_of_its_cell_is_read():
    asked = question_in_bold(5, QUESTIONS[5])
    cells = [{"cell_type": "markdown", "source": f"{asked}\n\nNobody is in two parts."}]
    found = answers_in(json.dumps({"cells": cells}).encode(), "mine.IPYNB")
    assert found.given == {5: "Nobody is in two parts."}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "report.html"), (b"<p>a page</p>", "report.html"), (b"\xff\x00PK", "hand-in.zip"),
        (b"{}", "notebook.ipynb"), (b"[" * 100_000, "notebook.ipynb"), (b'{"cells": [1]}', "n.ipynb"),
        (b'{"cells": [{"cell_type": "markdown", "source": "# other"}]}', "other.ipynb"),
        (b'<div data-answer="99">x</div>', "report.html"),
    ],
)  # fmt: skip
def test_other_files_are_refused_in_one_sentence(content, name):
    with pytest.raises(ConfigError, match="has no room for answers: expected report.html") as refused:
        answers_in(content, name)
    assert str(refused.value).startswith(name)


def test_answers_are_kept_until_they_are_changed(har_home):
    assert kept_answers() == Answers() and not har_home.exists()
    keep_answers(Answers(given={1: "one", 2: "two"}))
    keep_answers(kept_answers().updated(Answers(given={2: "zwei", 3: "three", 4: " "})))
    assert kept_answers().given == {1: "one", 2: "zwei", 3: "three"}
    keep_answers(answer_changed(kept_answers(), 1, " \n"))
    assert kept_answers().given == {2: "zwei", 3: "three"}
    assert [path.name for path in har_home.iterdir()] == ["answers.json"]


def test_what_is_too_long_is_refused_and_what_can_not_be_seen_is_left_out():
    assert author_named("  Ada\tL.\x00\u202e ") == "Ada L."
    with pytest.raises(ConfigError, match="your answer: given.3 .*at most 20000 characters"):
        answer_changed(Answers(), 3, "x" * (LONGEST_ANSWER + 1))
    with pytest.raises(ConfigError, match="report.html: given.1 "):
        answers_in(
            page_with(Answers()).replace(b'"1"></div>', b'"1">' + b"x" * 20_001 + b"</div>"), "report.html"
        )


@pytest.mark.parametrize("content", [b"", b"[]", b'{"given": {"7": "x"}}', b'{"given": {"1": 2}}', b"\xff"])
def test_damaged_answers_are_told_and_stay(har_home, content):
    har_home.mkdir(parents=True)
    (har_home / "answers.json").write_bytes(content)
    with pytest.raises(
        ConfigError, match=r"answers\.json holds your answers and can't be read: .*[^.]\. Mend it"
    ):
        kept_answers()
    assert (har_home / "answers.json").read_bytes() == content


def test_a_pipe_in_the_place_of_the_answers_keeps_nobody_waiting(har_home):
    har_home.mkdir(parents=True)
    os.mkfifo(har_home / "answers.json")
    with pytest.raises(ConfigError, match="it is a pipe, expected a file"):
        kept_answers()
