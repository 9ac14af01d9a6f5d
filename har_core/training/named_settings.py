"""The settings of an experiment by their dotted names, such as ``model.hidden``, and in words."""

import json
from collections import Counter
from typing import Any

from pydantic.fields import FieldInfo

from har_core.fields import say_value
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig
from har_core.training.member import INPUT_SETTINGS
from har_core.wording import number


def non_default_settings(config: ExperimentConfig) -> dict[str, Any]:
    """Return the settings in which an experiment departs from the course's, by their dotted names.

    Source, how it is read, split and seed are left out: they say what is looked at, not how. So is the
    device, which computes the same.
    """
    if config.members:  # all that is chosen of an ensemble
        return {"members": settings_of(config)["members"]}
    own, course = (
        settings_of(config),
        settings_of(ExperimentConfig(model=config.kind.options())),
    )
    looked_at = ("source", "reading", "split", "seed", "device")
    return {
        name: value
        for name, value in own.items()
        if value != course.get(name) and name.partition(".")[0] not in looked_at
    }


def say_non_default_settings(config: ExperimentConfig) -> dict[str, str]:
    """Say the same as users know the settings, such as ``hidden units 48``, by the dotted names."""
    said = say_settings(config)
    return {name: said[name] for name in non_default_settings(config)}


def say_seed(config: ExperimentConfig) -> list[str]:
    """Say the seed, such as ``seed 3``; nothing of a model that it changes nothing of."""
    return [f"seed {config.seed}"] if config.kind.seeded else []


def say_settings(config: ExperimentConfig) -> dict[str, str]:
    """Say all settings that bear a title, each with its value, by their dotted names."""
    titles = titles_of(config)
    return {
        name: f"{titles[name][0].lower()}{titles[name][1:]} {say_setting(config, name)}"
        for name in settings_of(config)
        if name in titles
    }


def titles_of(config: ExperimentConfig) -> dict[str, str]:
    """Return what users know the settings of an experiment by, by their dotted names."""
    fields = {name: _field(config, name) for name in settings_of(config)}
    return {name: field.title for name, field in fields.items() if field and field.title}


def meanings_of(config: ExperimentConfig) -> dict[str, str]:
    """Return what the settings of an experiment mean, where their fields say it, by their dotted names."""
    fields = {name: _field(config, name) for name in settings_of(config)}
    return {name: field.description for name, field in fields.items() if field and field.description}


def _field(config: ExperimentConfig, name: str) -> FieldInfo | None:
    group, _, own = name.rpartition(".")
    return type(getattr(config, group) if group else config).model_fields.get(own)


def say_setting(config: ExperimentConfig, name: str) -> str:
    """Say the value of a setting, by its dotted name, as its field says it."""
    if name == "members":
        return say_members(config)
    field, value = _field(config, name), settings_of(config)[name]
    return say_value(field, value) if field else str(value)


def say_members(config: ExperimentConfig) -> str:
    """Say whom an ensemble adds up, such as ``2 Bi-LSTM (weight 1 each), DTW-SVM (weight 4)``."""
    counted = Counter((MODELS[member.model.name].title, member.weight) for member in config.members)
    return ", ".join(
        f"{count} {title} (weight {number(weight)} each)"
        if count > 1
        else f"{title} (weight {number(weight)})"
        for (title, weight), count in counted.items()
    )


def settings_of(config: ExperimentConfig) -> dict[str, Any]:
    """Return all settings of an experiment by their dotted names, such as ``model.hidden``.

    Those of the members of an ensemble are one setting, as JSON.
    """
    without = {"schema_version"} if config.training else {"schema_version", "training"}
    if config.members:
        without |= {*INPUT_SETTINGS, "members"}
    found = _flat(config.model_dump(exclude=without))
    found |= {f"split.{name}": value for name, value in config.split.used.items()}
    if config.members:
        found["members"] = json.dumps(config.model_dump(mode="json")["members"])
    return found


def _flat(values: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{above}{name}.")
        else:
            flat[above + name] = value
    return flat
