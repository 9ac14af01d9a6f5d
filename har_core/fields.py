"""What a field of settings bears, so that form, command line and report are drawn from it.

That is its title, what it means (``description``) and its limits, and in ``json_schema_extra`` the ``step``
of its buttons, what it means to leave it ``empty``, ``words`` to say its values in, and that it is
``advanced`` where the course has no need of it. Where the choices are the lines of a dict, it bears that
dict: ``OneOf`` or ``SomeOf`` them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from har_core.wording import number


@dataclass(frozen=True)
class OneOf:
    """A field that takes the names of a dict, as it is when a value is made: a new line is a new choice.

    What a name stands for may have a ``title``, which is then the word for it.
    """

    names: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, name: str) -> str:
        if name not in self.names:
            raise ValueError(f"it is not known; choose one of {', '.join(self.names)}")
        return name


@dataclass(frozen=True)
class SomeOf:
    """A field that takes one or several names of a dict, none of them twice, in an order that counts."""

    names: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, chosen: tuple[str, ...]) -> tuple[str, ...]:
        unknown = next((name for name in chosen if name not in self.names), None)
        if not chosen or unknown is not None:
            about = f"{unknown!r} is not known; " if chosen else ""
            raise ValueError(f"{about}choose one or several of {', '.join(self.names)}")
        if len(set(chosen)) < len(chosen):
            raise ValueError("name each only once")
        return chosen


def choices_of(field: FieldInfo) -> tuple[Any, ...]:
    """Return what a field can be, or hold, where that is one of a few values; else nothing."""
    if get_origin(field.annotation) is Literal:
        return get_args(field.annotation)
    return tuple(_names_of(field))


def takes_several(field: FieldInfo) -> bool:
    """Say whether a field holds several of its choices at once."""
    return any(isinstance(item, SomeOf) for item in field.metadata)


def meaning_of_choice(field: FieldInfo, choice: str) -> str:
    """Return what a choice of a field means: the description of its line in the dict, or nothing."""
    return str(getattr(_names_of(field).get(choice), "description", ""))


def _names_of(field: FieldInfo) -> Mapping[str, Any]:
    return next((item.names for item in field.metadata if isinstance(item, OneOf | SomeOf)), {})


def say_value(field: FieldInfo, value: Any) -> str:
    """Say a value of a field, or a choice of it, as people know it.

    That is in the field's words where it has some, by the title of its line in a dict, or else as it is.
    """
    shown = shown_of(field)
    if value is None:
        return str(shown.get("empty", "none"))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, tuple | list):
        return " and ".join(say_value(field, choice) for choice in value)
    title = shown.get("words", {}).get(value) or getattr(_names_of(field).get(value), "title", None)
    return title if isinstance(title, str) else str(value)


def shown_of(field: FieldInfo) -> dict[str, Any]:
    """Return how a field is shown: ``step``, ``empty`` and ``words``, as far as it says so."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def is_advanced(field: FieldInfo) -> bool:
    """Say whether the course has no need of a field, so that a form folds it away."""
    return bool(shown_of(field).get("advanced"))


def limits_of(field: FieldInfo) -> dict[str, Any]:
    """Return the limits of a field of numbers by what pydantic calls them: ``ge``, ``gt``, ``le``, ``lt``."""
    signs = ("ge", "gt", "le", "lt")
    return {sign: getattr(item, sign) for item in field.metadata for sign in signs if hasattr(item, sign)}


def is_whole(field: FieldInfo) -> bool:
    """Say whether a field of numbers takes whole ones only."""
    return int in (field.annotation, *get_args(field.annotation))
