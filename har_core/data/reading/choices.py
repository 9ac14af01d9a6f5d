"""ReadingChoices: what the user says of files that do not tell it themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from har_core.errors import ConfigError
from har_core.settings import Settings, make_settings

_LONGEST = 100  # characters
_FOUND = {"empty": "as found in the files"}


class ReadingChoices(Settings):
    """How files are to be read. What is None is found out from the files, and said.

    Attributes:
        layout: which axis of an array is what, such as ``N,T,J,3``.
        skeleton: name of a known skeleton, such as ``msr-20``, or ``unknown``.
        axes: which of the files' axes point right in the image, up, and away from the camera, such as
            ``x,-y,z``.
        unit: ``metres``, ``centimetres``, ``millimetres`` or ``pixels``.
        rate: frames a second.
        padding: ``none``, ``repeated frame``, ``from the start``, or a value that fills up, such as ``-999``.
        body: which one is read where the files hold several, from 1.
    """

    layout: Annotated[
        str | None,
        Field(
            max_length=_LONGEST,
            title="Layout",
            description="Which axis of an array is what.",
            json_schema_extra=_FOUND,
        ),
    ] = None
    skeleton: Annotated[
        str | None,
        Field(
            max_length=_LONGEST,
            title="Skeleton",
            description="Which joints there are, and their order.",
            json_schema_extra=_FOUND,
        ),
    ] = None
    axes: Annotated[
        str | None,
        Field(
            max_length=_LONGEST, title="Axes",
            description="Which of the files' axes point right, up, and away from the camera.",
            json_schema_extra=_FOUND,
        ),
    ] = None  # fmt: skip
    unit: Annotated[
        str | None,
        Field(
            max_length=_LONGEST,
            title="Unit",
            description="Of the positions in the files.",
            json_schema_extra=_FOUND,
        ),
    ] = None
    rate: Annotated[
        float | None,
        Field(
            gt=0,
            le=10_000,
            title="Frames a second",
            description="At which rate they were recorded.",
            json_schema_extra=_FOUND,
        ),
    ] = None
    padding: Annotated[
        str | None,
        Field(
            max_length=_LONGEST, title="Padding",
            description="With what sequences were made equally long, and what is taken off.",
            json_schema_extra=_FOUND,
        ),
    ] = None  # fmt: skip
    body: Annotated[
        int | None,
        Field(
            ge=1,
            le=1_000,
            title="Body",
            description="Which one is read where the files hold several.",
            json_schema_extra=_FOUND,
        ),
    ] = None

    @property
    def made(self) -> dict[str, Any]:
        """What was chosen, by the name of the choice."""
        return self.model_dump(exclude_none=True)

    def with_changes(self, other: ReadingChoices) -> ReadingChoices:
        """Return these choices, where the others make none."""
        return self.model_copy(update=other.made)


NOTHING_CHOSEN = ReadingChoices()


def with_reading(values: dict[str, Any]) -> dict[str, Any]:
    """Return what settings say, of a time too when the layout was all that could be said of files."""
    if "layout" not in values or "reading" in values:
        return values
    kept = {name: value for name, value in values.items() if name != "layout"}
    return kept | {"reading": {"layout": values["layout"]}}


def parse_choices(texts: Iterable[str] | None) -> ReadingChoices:
    """Return what texts such as ``unit=millimetres`` choose.

    Raises:
        ConfigError: one of them is no such choice.
    """
    values: dict[str, Any] = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign:
            raise ConfigError(
                f"--read {text[:60]!r} is no choice; write for example --read unit=millimetres."
            )
        values[name.strip()] = value.strip()
    return choices_of_texts(values, "--read")


def choices_of_texts(values: Mapping[str, str], where: str) -> ReadingChoices:
    """Return what was chosen, where all of it is text, as in a URL.

    Args:
        values: by the name of the choice.
        where: they come from, for the error.

    Raises:
        ConfigError: one of them is no such choice.
    """
    return make_settings(ReadingChoices, where, **{name: _plain(name, text) for name, text in values.items()})


def _plain(name: str, text: str) -> str | float:
    """Return the number that a text stands for, where the choice is one."""
    kinds: dict[str, type[float]] = {"rate": float, "body": int}
    try:
        return kinds[name](text) if name in kinds else text
    except ValueError:
        return text  # which the settings refuse


@dataclass(frozen=True)
class Assumption:
    """What was found out rather than known, in a sentence, and the choice that corrects it.

    Attributes:
        choice: name of a field of ``ReadingChoices``.
        sentence: for the user.
    """

    choice: str
    sentence: str

    def __str__(self) -> str:
        """Return the sentence, and what to choose where it is wrong."""
        if self.choice not in ReadingChoices.model_fields:
            return self.sentence
        return (
            f"{self.sentence} If not, choose {'other' if self.choice == 'axes' else 'another'} {self.choice}."
        )
