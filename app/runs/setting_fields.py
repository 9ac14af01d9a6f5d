"""Settings as fields of a form: title, help, limits and step are those of the setting itself.

No widget is given limits: the browser would keep a number beyond them to itself, and the form would go on
with the one before. Whatever was typed arrives here, and what is wrong with it is said.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from app.shell.wording import escape_markdown
from har_core.fields import (
    choices_of,
    is_whole,
    limits_of,
    meaning_of_choice,
    say_value,
    shown_of,
    takes_several,
)
from har_core.settings import Settings, fault_of

_LARGEST_IN_A_BROWSER = 2**53 - 1
"""Above it, numbers of JavaScript leave out some whole ones."""


def as_shown(kind: type[Settings], name: str, value: Any) -> Any:
    """Return what the field of a setting holds for a value."""
    field = kind.model_fields[name]
    if takes_several(field):
        return list(value)
    return str(value) if _is_text(field) else value


def says_something(kind: type[Settings], name: str, key: str) -> bool:
    """Say whether the field of a setting, which the session holds under that key, is not as by default."""
    default = as_shown(kind, name, kind.model_fields[name].default)
    return bool(st.session_state.get(key, default) != default)


def draw_setting(kind: type[Settings], name: str, key: str) -> tuple[Any, str]:
    """Draw the field of a setting; return what it says, and in a sentence what is wrong with that.

    Args:
        kind: the class of the settings.
        name: of the setting.
        key: under which the session holds what the field says; at first that is the default.
    """
    field = kind.model_fields[name]
    st.session_state.setdefault(key, as_shown(kind, name, field.default))
    if takes_several(field):
        several = st.multiselect(
            str(field.title), choices_of(field), key=key, help=_help(field), persist_state="session",
            format_func=partial(say_value, field),
        )  # fmt: skip
        return tuple(several), fault_of(kind, name, tuple(several))
    if choices_of(field):
        chosen = st.selectbox(
            str(field.title), choices_of(field), key=key, help=_help(field), persist_state="session",
            format_func=partial(say_value, field),
        )  # fmt: skip
        return chosen, ""
    if field.annotation is bool:
        return st.toggle(str(field.title), key=key, help=field.description, persist_state="session"), ""
    value = _text_field(field, key) if _is_text(field) else _number_field(field, key)
    return value, fault_of(kind, name, value)


def start_button(
    label: str,
    beside: DeltaGenerator,
    below: DeltaGenerator,
    faults: Sequence[str],
    *,
    icon: str,
    help: str,
    width: Literal["stretch", "content"] = "content",
) -> bool:
    """Draw the button that makes runs of what the fields say; return whether to do so now.

    It is off while something is wrong, and what that is stands below it.

    Args:
        label: of the button.
        beside: where it goes.
        below: where the faults go.
        faults: sentences.
        icon: of the button.
        help: what it does.
        width: as the place is, or as the label.
    """
    if faults:
        below.caption(f":red[:material/block: {label} is off: {escape_markdown(' '.join(faults))}]")
    pressed = beside.button(
        label, type="primary", icon=icon, width=width, disabled=bool(faults),
        help=f"Off: {' '.join(map(escape_markdown, faults))}" if faults else help,
    )  # fmt: skip
    return pressed and not faults


def _help(field: FieldInfo) -> str:
    """Return what a field means, and each of its choices that says so."""
    said = {say_value(field, name): meaning_of_choice(field, name) for name in choices_of(field)}
    choices = [
        f"- **{escape_markdown(title)}**: {escape_markdown(meaning)}"
        for title, meaning in said.items()
        if meaning
    ]
    return "\n".join([field.description or "", *(["", *choices] if choices else [])])


def _is_text(field: FieldInfo) -> bool:
    """Say whether a field takes numbers that no browser holds."""
    return is_whole(field) and limits_of(field).get("le", 0) > _LARGEST_IN_A_BROWSER


def _text_field(field: FieldInfo, key: str) -> int | str | None:
    text = st.text_input(str(field.title), key=key, help=field.description, persist_state="session").strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,30}", text) else text or None


def _number_field(field: FieldInfo, key: str) -> float | None:
    shown = shown_of(field)
    # A field of whole numbers would cut off what stands behind the point, and keep large ones to itself.
    value: float | None = st.number_input(
        str(field.title), value=None, step=float(shown.get("step", 1 if is_whole(field) else 0.01)),
        format="%g", key=key, help=field.description, placeholder=shown.get("empty"), persist_state="session",
    )  # fmt: skip
    if value is not None and is_whole(field) and float(value).is_integer() and abs(value) < 1e15:
        return int(value)
    return value
