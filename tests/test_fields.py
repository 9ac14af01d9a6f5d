"""What a field bears is checked, chosen and said in one way."""

import json
from types import SimpleNamespace
from typing import Annotated, Literal

import pytest
from pydantic import Field

from har_core.errors import ConfigError
from har_core.fields import OneOf, SomeOf, choices_of, meaning_of_choice, say_value, takes_several
from har_core.settings import Settings, fault_of, parse_settings

TONES = {"high": SimpleNamespace(title="High ones", description="Birds."), "low": "no title"}


class Chosen(Settings):
    size: Annotated[int, Field(ge=1, le=1024, title="Size")] = 1
    width: Annotated[int | None, Field(ge=2, le=3, title="Width")] = None
    share: Annotated[float, Field(ge=0, lt=1, title="Share")] = 0.5
    rate: Annotated[float, Field(gt=0, le=10, title="Rate")] = 1.0
    tones: Annotated[tuple[str, ...], SomeOf(TONES), Field(title="Tones")] = ("high",)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("size", 1024, ""),
        ("size", 10_000, "Size: found 10,000, expected a whole number, 1 to 1,024."),
        ("size", 1.5, "Size: found 1.5, expected a whole number, 1 to 1,024."),
        ("size", None, "Size: found nothing, expected a whole number, 1 to 1,024."),
        ("size", "x" * 99, f"Size: found '{'x' * 36}..., expected a whole number, 1 to 1,024."),
        ("width", None, ""),
        ("width", 4, "Width: found 4, expected a whole number, 2 to 3."),
        ("share", 1.0, "Share: found 1.0, expected a number, at least 0 and below 1."),
        ("rate", 0.0, "Rate: found 0.0, expected a number, above 0 and at most 10."),
        ("rate", 10, ""),
        ("tones", ("low", "high"), ""),
        ("tones", (), "Tones: found nothing, expected one or several of High ones, low."),
    ],
)
def test_a_value_that_a_field_does_not_take_is_told_with_its_limits(name, value, sentence):
    assert fault_of(Chosen, name, value) == sentence


@pytest.mark.parametrize(
    ("tones", "sentence"),
    [
        ([], "file.json: tones is []: choose one or several of high, low."),
        (
            ["low", "loud"],
            "file.json: tones is ['low', 'loud']: 'loud' is not known; choose one or several of",
        ),
        (["low", "low"], "file.json: tones is ['low', 'low']: name each only once."),
        ("low", "file.json: tones is 'low': input should be a valid array."),
        (["low", 3], "file.json: tones.1 is 3: input should be a valid string."),
    ],
)
def test_several_names_are_checked_and_what_is_wrong_is_told(tones, sentence):
    with pytest.raises(ConfigError) as told:
        parse_settings(Chosen, json.dumps({"tones": tones}), "file.json")
    assert sentence in str(told.value)


def test_what_is_added_to_a_dict_can_be_chosen_at_once(monkeypatch):
    field = Chosen.model_fields["tones"]
    assert not takes_several(Chosen.model_fields["size"]) and takes_several(field)
    monkeypatch.setitem(TONES, "shrill", SimpleNamespace(title="Shrill", description="Whistles."))
    assert parse_settings(Chosen, '{"tones": ["shrill", "low"]}', "here").tones == ("shrill", "low")
    assert choices_of(field) == ("high", "low", "shrill")
    assert [say_value(field, name) for name in TONES] == ["High ones", "low", "Shrill"]
    assert [meaning_of_choice(field, name) for name in TONES] == ["Birds.", "", "Whistles."]


class Titled:
    def __init__(self, title: str) -> None:
        self.title = title


WAYS = {"up": Titled("upward"), "round": print}


class Worded(Settings):
    way: Annotated[str, OneOf(WAYS)] = "up"
    kind: Annotated[
        Literal["a", "b"], Field(json_schema_extra={"words": {"a": "the first", "none": "nothing"}})
    ] = "a"
    size: Annotated[int | None, Field(json_schema_extra={"empty": "as it is"})] = None
    bare: int | None = None
    whether: bool = True


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("way", "up", "upward"), ("way", "round", "round"), ("kind", "a", "the first"), ("kind", "b", "b"),
        ("size", None, "as it is"), ("size", 2000, "2,000"), ("bare", None, "none"), ("whether", True, "yes"),
        ("whether", False, "no"),
    ],
)  # fmt: skip
def test_a_value_is_said_in_the_words_that_its_field_or_its_dict_has_for_it(name, value, said):
    assert say_value(Worded.model_fields[name], value) == said


def test_a_new_line_of_a_dict_is_a_new_choice(monkeypatch):
    with pytest.raises(ConfigError, match="choose one of up, round"):
        Worded(way="down")
    monkeypatch.setitem(WAYS, "down", Titled("downward"))
    assert choices_of(Worded.model_fields["way"]) == ("up", "round", "down")
    assert say_value(Worded.model_fields["way"], Worded(way="down").way) == "downward"
