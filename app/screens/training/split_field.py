"""The field of the split: by name, by the subject that is left out, by lists, or as a run has it."""

from typing import Any

import streamlit as st

from app.runs.setting_fields import draw_setting
from app.shell.wording import escape_markdown
from har_core.data.named_splits import NAMED_SPLITS, about_split, parse_split
from har_core.data.sequences import SkeletonSequences
from har_core.data.split_check import check_split, check_subjects
from har_core.data.splits import PARTS, AnySplit, RandomSplit, Split, random_name, refitted
from har_core.errors import ConfigError
from har_core.wording import PART_TITLES

_OWN, _AS_GIVEN, _RANDOM = "own", "as given", random_name(0)
_CHOSEN, _TEXT, _GIVEN, _SEED = "form split", "form own split", "form given split", "form split seed"
_REFIT = "form split refit"
_TO_SHOW = "form split to show"
"""A split that waits for the data set: how it is best said depends on the subjects that are here."""


def values_of_split(split: AnySplit) -> dict[str, Any]:
    """Return what the session has to hold for the field to show a split."""
    return {_TO_SHOW: refitted(split, False), _REFIT: split.refit}


def draw_split(sequences: SkeletonSequences) -> tuple[AnySplit | None, str]:
    """Draw the field, and beneath it who is in which part; return the split, or None and what is wrong.

    Args:
        sequences: of the data set to train on, as recorded.
    """
    subjects = sorted({int(number) for number in sequences.subjects})
    split = st.session_state.pop(_TO_SHOW, None if _CHOSEN in st.session_state else Split())
    if split is not None:
        st.session_state.update(_said(split, subjects))
    given: AnySplit | None = st.session_state.get(_GIVEN)
    asked, fault = _ask(subjects, given)
    refit, _ = draw_setting(Split, "refit", _REFIT)
    if fault:
        return None, fault
    try:
        chosen = given if given and asked == _AS_GIVEN else parse_split(asked, subjects)
        chosen = refitted(chosen, refit)
        check_subjects(sequences, chosen)
        check_split(sequences, chosen)
    except ConfigError as error:
        return None, str(error)
    st.caption("; ".join(f"{PART_TITLES[part]}: {chosen.who(part)}" for part in chosen.parts))
    note = about_split(asked, chosen, subjects)
    if note:
        st.caption(f":orange[:material/info:] {escape_markdown(note)}")
    return chosen, ""


def _ask(subjects: list[int], given: AnySplit | None) -> tuple[str, str]:
    """Draw the fields; return what they say, as ``parse_split`` takes it, and what is wrong with a seed."""
    names = [*NAMED_SPLITS, *(f"leave-out-{subject}" for subject in subjects), _OWN]
    names += [_AS_GIVEN] if given else []
    if st.session_state[_CHOSEN] not in names:
        names.append(st.session_state[_CHOSEN])  # a subject to leave out who is not in this data set
    titles = {name: f"{name}: {named.title}" for name, named in NAMED_SPLITS.items()}
    titles |= {_AS_GIVEN: f"as in those settings: {given.name}"} if given else {}
    asked = st.selectbox(
        "Split", names, key=_CHOSEN, persist_state="session",
        format_func=lambda name: titles.get(name, name),
        help="  \n".join(f"**{name}**: {named.meaning}" for name, named in NAMED_SPLITS.items()),
    )  # fmt: skip
    if asked == _OWN:
        asked = st.text_input(
            "Training / validation / test subjects", key=_TEXT, persist_state="session",
            help="Three lists of subjects, such as 1-5/6-7/8-10. The middle one may be empty: 1-5//6-10.",
        )  # fmt: skip
    if asked == _RANDOM:
        seed, fault = draw_setting(RandomSplit, "seed", _SEED)
        return (asked, fault) if fault else (random_name(seed), "")
    return asked, ""


def _said(split: AnySplit, subjects: list[int]) -> dict[str, Any]:
    """Return what the widgets hold for a split: its name where that means the same here.

    That of another data set is said by its name, too, for it adapts to the subjects that are here.
    """
    if isinstance(split, RandomSplit):
        same = _names(split, subjects)
        return {_CHOSEN: _RANDOM, _SEED: split.seed} if same else {_CHOSEN: _AS_GIVEN, _GIVEN: split}
    lists = "/".join(",".join(map(str, split.subjects_of(part))) for part in PARTS)
    own = sorted(split.everyone)
    here = split.everyone.issubset(subjects)
    if not _names(split, subjects) and (here or not _names(split, own)):
        return {_CHOSEN: _AS_GIVEN, _GIVEN: split, _TEXT: lists}
    if split.name in NAMED_SPLITS or split.name.startswith("leave-out-"):
        return {_CHOSEN: split.name, _TEXT: lists}
    return {_CHOSEN: _OWN, _TEXT: split.name}


def _names(split: AnySplit, subjects: list[int]) -> bool:
    try:
        return parse_split(split.name, subjects) == split
    except ConfigError:
        return False
