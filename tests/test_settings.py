"""A wrong setting is told by its name."""

import json
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from har_core.errors import ConfigError
from har_core.settings import Settings, make_settings, parse_settings


class Inner(Settings):
    size: Annotated[int, Field(ge=1)] = 1


class Outer(Settings):
    name: str
    inner: Inner = Inner()
    share: float = 0.5


def test_settings_come_back_from_their_json():
    value = Outer(name="a", inner=Inner(size=3), share=0.1)
    assert parse_settings(Outer, value.model_dump_json(), "here") == value
    assert make_settings(Outer, "here", name="a", inner=Inner(size=3), share=0.1) == value


def test_settings_are_frozen():
    with pytest.raises(ValidationError):
        Outer(name="a").name = "b"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "file.json: name is missing."),
        ({"name": "a", "nmae": 1}, "file.json: nmae is not a known setting; remove it or correct its name."),
        ({"name": "a", "inner": {"width": 1}}, "file.json: inner.width is not a known setting"),
        ({"name": 3}, "file.json: name is 3: input should be a valid string."),
        (
            {"name": "a", "inner": {"size": 0}},
            "file.json: inner.size is 0: input should be greater than or equal",
        ),
        ({"name": "a", "inner": {"size": "1"}}, "file.json: inner.size is '1': "),
        ({"name": "a", "inner": {"size": 1.0}}, "file.json: inner.size is 1.0: "),
        ({"name": "a", "share": "x" * 500}, "file.json: share is 'xxx"),
        ({"name": 1, "share": "x"}, "(and 1 more)."),
    ],
)
def test_the_field_is_named_with_what_was_found(values, sentence):
    with pytest.raises(ConfigError) as found:
        parse_settings(Outer, json.dumps(values), "file.json")
    assert sentence in str(found.value) and len(str(found.value)) < 250
    assert "\n" not in str(found.value) and "pydantic" not in str(found.value)


def test_a_value_made_in_the_program_is_checked_as_strictly():
    with pytest.raises(ConfigError, match="the form: share is '0.5': "):
        make_settings(Outer, "the form", name="a", share="0.5")


@given(st.binary(max_size=50))
def test_any_bytes_are_settings_or_one_sentence(content):
    try:
        parse_settings(Outer, content, "file.json")
    except ConfigError as error:
        assert str(error).startswith("file.json: ") and str(error).endswith(".")


@pytest.mark.parametrize(
    "name", ["two\nlines", "\x1b[2J", "\N{RIGHT-TO-LEFT OVERRIDE}abc", "x" * 10_000, "tab\there"]
)
def test_a_strange_name_of_a_setting_is_told_in_one_short_line(name: str) -> None:
    with pytest.raises(ConfigError) as told:
        parse_settings(Outer, json.dumps({"name": "a", name: 1}), "file.json")
    assert str(told.value).isprintable() and len(str(told.value)) < 300
    assert str(told.value).endswith("is not a known setting; remove it or correct its name.")
