"""What a student adds to a hand-in: a name, and answers, which the home folder keeps for the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from har_core.errors import ConfigError
from har_core.files import read_regular
from har_core.home import home
from har_core.report.assignment import QUESTIONS
from har_core.settings import Settings, make_settings, parse_settings
from har_core.training.atomic import replace_file
from har_core.training.records import LINES, ONE_LINE

LONGEST_AUTHOR, LONGEST_ANSWER = 100, 20_000
"""Characters of a name, and of one answer."""

_MOST_BYTES = 1 << 22


class Author(Settings):
    """Who hands in: one person or several, in one line.

    Attributes:
        name: as it was typed; empty where nobody is named.
    """

    name: Annotated[str, Field(max_length=LONGEST_AUTHOR), ONE_LINE] = ""


class Answers(Settings):
    """``answers.json``: what was answered so far.

    Attributes:
        schema_version: form of this value on disk.
        given: answers by the number of the step, see ``QUESTIONS``; none of them is empty.
    """

    schema_version: Literal[1] = 1
    given: dict[int, Annotated[str, Field(max_length=LONGEST_ANSWER), LINES]] = {}

    @field_validator("given")
    @classmethod
    def _only_what_was_asked(cls, given: dict[int, str]) -> dict[int, str]:
        unknown = [number for number in given if number not in QUESTIONS]
        if unknown:
            raise ValueError(f"step {unknown[0]} asks nothing")
        return {number: given[number] for number in QUESTIONS if given.get(number)}

    def to(self, number: int) -> str:
        """Return the answer to a question, or nothing."""
        return self.given.get(number, "")

    def updated(self, newer: Answers) -> Answers:
        """Return these answers and newer ones; what was answered again has the newer answer."""
        return Answers(given=self.given | newer.given)


def author_named(name: str) -> str:
    """Return a name as it is handed in.

    Raises:
        ConfigError: it is too long.
    """
    return make_settings(Author, "author", name=name).name


def answer_changed(answers: Answers, number: int, text: str) -> Answers:
    """Return answers with another one to a question; an empty text takes it away.

    Raises:
        ConfigError: it is too long.
    """
    return make_settings(Answers, "your answer", given=answers.given | {number: text})


def kept_answers() -> Answers:
    """Return what the home folder keeps; nothing where nothing was answered yet.

    Raises:
        ConfigError: the file can't be read.
    """
    try:
        return parse_settings(Answers, read_regular(_file(), _MOST_BYTES), _file().name)
    except FileNotFoundError:
        return Answers()
    except (OSError, ConfigError) as error:
        why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise ConfigError(
            f"{_file()} holds your answers and can't be read: {why.rstrip('.')}. Mend it, or move it away to "
            "begin anew."
        ) from error


def keep_answers(answers: Answers) -> None:
    """Keep answers for the next hand-in.

    Raises:
        OSError: the home folder can't be written.
    """
    _file().parent.mkdir(parents=True, exist_ok=True)
    replace_file(_file(), answers.model_dump_json(indent=2).encode())


def _file() -> Path:
    return home() / "answers.json"
