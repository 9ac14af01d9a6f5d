"""The field of the split: by name, by the subject that is left out, by lists, or as a run has it."""

from typing import Any

import streamlit as st

from app.shell.wording import plain
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import (
    PARTS,
    SPLIT_NAMES,
    Split,
    about_split,
    check_split,
    check_subjects,
    parse_split,
)
from har_core.errors import ConfigError
from har_core.wording import PART_TITLES

_OWN, _AS_GIVEN = "own", "as given"
_CHOSEN, _TEXT, _GIVEN = "form split", "form own split", "form given split"
_TO_SHOW = "form split to show"
"""A split that waits for the data set: how it is best said depends on the subjects that are here."""


def values_of_split(split: Split) -> dict[str, Any]:
    """Return what the session has to hold for the field to show a split."""
    return {_TO_SHOW: split}


def draw_split(sequences: SkeletonSequences) -> tuple[Split | None, str]:
    """Draw the field, and beneath it who is in which part; return the split, or None and what is wrong.

    Args:
        sequences: of the data set to train on, as recorded.
    """
    subjects = sorted({int(number) for number in sequences.subjects})
    split = st.session_state.pop(_TO_SHOW, None if _CHOSEN in st.session_state else Split())
    if split is not None:
        st.session_state.update(_said(split, subjects))
    given: Split | None = st.session_state.get(_GIVEN)
    names = [*SPLIT_NAMES, *(f"leave-out-{subject}" for subject in subjects), _OWN]
    names += [_AS_GIVEN] if given else []
    if st.session_state[_CHOSEN] not in names:
        names.append(st.session_state[_CHOSEN])  # a subject to leave out who is not in this data set
    asked = st.selectbox(
        "Split by subject", names, key=_CHOSEN, persist_state="session",
        format_func=lambda name: f"as in those settings: {given.name}" if name == _AS_GIVEN else name,
        help="A random split would let a subject be in training and in test.",
    )  # fmt: skip
    if asked == _OWN:
        asked = st.text_input(
            "Training / validation / test subjects", key=_TEXT, persist_state="session",
            help="Three lists of subjects, such as 1-5/6-7/8-10.",
        )  # fmt: skip
    try:
        chosen = given if given and asked == _AS_GIVEN else parse_split(asked, subjects)
        check_subjects(sequences, chosen)
        check_split(sequences, chosen)
    except ConfigError as error:
        return None, str(error)
    parts = [f"{PART_TITLES[part].lower()} {', '.join(map(str, chosen.subjects_of(part)))}" for part in PARTS]
    st.caption("Subjects: " + "; ".join(parts))
    note = about_split(asked, chosen, subjects)
    if note:
        st.caption(f":orange[:material/info:] {plain(note)}")
    return chosen, ""


def _said(split: Split, subjects: list[int]) -> dict[str, Any]:
    """Return what the widgets hold for a split: its name where that means the same here.

    That of another data set is said by its name, too, for it adapts to the subjects that are here.
    """
    lists = "/".join(",".join(map(str, split.subjects_of(part))) for part in PARTS)
    own = sorted(split.everyone)
    here = split.everyone.issubset(subjects)
    if not _names(split, subjects) and (here or not _names(split, own)):
        return {_CHOSEN: _AS_GIVEN, _GIVEN: split, _TEXT: lists}
    if split.name in SPLIT_NAMES or split.name.startswith("leave-out-"):
        return {_CHOSEN: split.name, _TEXT: lists}
    return {_CHOSEN: _OWN, _TEXT: split.name}


def _names(split: Split, subjects: list[int]) -> bool:
    try:
        return parse_split(split.name, subjects) == split
    except ConfigError:
        return False
