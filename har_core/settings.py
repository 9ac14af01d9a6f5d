"""Settings: frozen values that are checked when they are made, and told apart by name when they are wrong."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from har_core.errors import ConfigError
from har_core.fields import choices_of, is_whole, limits_of, say_value, takes_several


class Settings(BaseModel):
    """A frozen value; an unknown key or a wrong type is an error that names the field.

    What a user can choose bears its title and the like with its field, see ``har_core.fields``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def __init__(self, **values: Any) -> None:
        """Make settings, as a notebook does.

        Raises:
            ConfigError: names the field, what was found and what was expected.
        """
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConfigError(f"{type(self).__name__}: {describe_validation_error(error)}") from None

    # So that pydantic, which knows of no exception but its own, makes what it reads without this function.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def upgraded(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Return what a file of any version says, as it is written today."""
        return values


def as_tuple(value: Any) -> Any:
    """Return a list as the tuple that it stands for in JSON and in notebooks; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


AnySettings = TypeVar("AnySettings", bound=Settings)


def parse_settings(kind: type[AnySettings], text: str | bytes, where: str) -> AnySettings:
    """Read settings from JSON.

    Args:
        kind: the class to make.
        text: the JSON text.
        where: what the text came from, for the error.

    Raises:
        ConfigError: names the field, what was found and what was expected.
    """
    try:
        return kind.model_validate_json(_upgraded(kind, text))
    except ValidationError as error:
        raise ConfigError(f"{where}: {describe_validation_error(error)}") from None


def _upgraded(kind: type[Settings], text: str | bytes) -> str | bytes:
    try:
        values = json.loads(text if isinstance(text, str) else text.decode())
    except (ValueError, RecursionError):
        return text  # what is wrong with it is told by who reads it
    upgraded = kind.upgraded(values) if isinstance(values, dict) else values
    return text if upgraded is values else json.dumps(upgraded)


def make_settings(kind: type[AnySettings], where: str, **values: Any) -> AnySettings:
    """Make settings from values that a user chose.

    Raises:
        ConfigError: names the field, what was found and what was expected.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{where}: {describe_validation_error(error)}") from None


def fault_of(kind: type[Settings], name: str, value: Any) -> str:
    """Say in one sentence what is wrong with a value of a field; empty where nothing is.

    Args:
        kind: the class, whose other fields have defaults.
        name: of the field, which has a title.
        value: what the user chose; None where it was left empty.
    """
    try:
        kind.model_validate({name: value})
    except ValidationError:
        field = kind.model_fields[name]
        return f"{field.title}: found {_found(value)}, expected {_expected(field)}."
    return ""


def _expected(field: FieldInfo) -> str:
    """Say what a field of numbers takes, such as ``a whole number, 1 to 1,024``, or one of several names."""
    if takes_several(field):
        said = ", ".join(say_value(field, choice) for choice in choices_of(field))
        return f"one or several of {said}"
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    limits = limits_of(field)
    said = " and ".join(f"{words[sign]} {limit:,}" for sign, limit in limits.items())
    if limits.keys() == {"ge", "le"}:
        said = f"{limits['ge']:,} to {limits['le']:,}"
    return f"{'a whole number' if is_whole(field) else 'a number'}, {said}"


def _found(value: Any) -> str:
    if value is None or value == ():
        return "nothing"
    found = repr(value) if isinstance(value, str) else f"{value:,}"
    return found if len(found) <= 40 else f"{found[:37]}..."


def describe_validation_error(error: ValidationError) -> str:
    """Say in one sentence what pydantic found wrong first, and how many faults follow."""
    faults = error.errors(include_url=False)
    first = faults[0]
    newer = next((fault["input"] for fault in faults if _is_newer(fault)), None)
    if newer is not None:
        return f"it was written by a newer HAR Lab, in version {newer} of its form; update to read it."
    if not first["loc"]:  # of the whole text nothing is quoted: it may be another file than was meant
        said = first["msg"].removeprefix("Value error, ")
        return f"{said[0].lower()}{said[1:]}."
    field = _in_one_line(".".join(str(part) for part in first["loc"]))
    found = repr(first["input"])
    found = found if len(found) <= 60 else found[:57] + "..."
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    if first["type"] == "extra_forbidden":
        return f"{field} is not a known setting; remove it or correct its name{more}."
    if first["type"] == "missing":
        return f"{field} is missing{more}."
    reason = _in_one_line(first["msg"].removeprefix("Value error, "))
    return f"{field} is {found}: {reason[0].lower()}{reason[1:]}{more}."


def _in_one_line(text: str) -> str:
    """Return a text that may hold what a stranger wrote, cut, and without line breaks and the like."""
    shown = text if text.isprintable() else repr(text)[1:-1]
    return shown if len(shown) <= 200 else f"{shown[:197]}..."


def _is_newer(fault: ErrorDetails) -> bool:
    """Say whether a fault is a schema version above the one that is read here."""
    return fault["loc"] == ("schema_version",) and type(fault["input"]) is int and fault["input"] > 1
