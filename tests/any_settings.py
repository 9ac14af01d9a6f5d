"""Settings drawn at random, of whatever their fields take."""

from typing import Any, get_args

from hypothesis import strategies as some
from pydantic.fields import FieldInfo

from har_core.fields import choices_of, is_whole, limits_of, takes_several
from har_core.settings import Settings


def values_of_field(field: FieldInfo, most: int | None = None) -> some.SearchStrategy[Any]:
    """All that a field takes, by its own limits, and no whole number above the most."""
    limits = limits_of(field)
    if takes_several(field):
        return some.lists(some.sampled_from(choices_of(field)), min_size=1, unique=True).map(tuple)
    if field.annotation is bool:
        return some.booleans()
    if not limits:
        return some.sampled_from(choices_of(field))
    numbers: some.SearchStrategy[Any] = (
        some.integers(limits["ge"], min(limits["le"], most or limits["le"]))
        if is_whole(field)
        else some.floats(
            limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt")),
            exclude_min="gt" in limits, exclude_max="lt" in limits,
        )
    )  # fmt: skip
    return numbers | some.none() if type(None) in get_args(field.annotation) else numbers


def any_of(kind: type[Settings], most: int | None = None) -> some.SearchStrategy[Any]:
    """Any settings of a kind, with no whole number above the most."""
    fields = {name: field for name, field in kind.model_fields.items() if field.title}
    return some.builds(kind, **{name: values_of_field(field, most) for name, field in fields.items()})
