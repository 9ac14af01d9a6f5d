"""What was assumed of the files, each beside the control that corrects it, and the figure that shows it."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.components.player import skeleton_player
from app.shell.messages import stop_on_error
from app.shell.selection import chosen_reading, forget, recall, remember, source_name
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.data.reading.card import CARD_FILE, card_of
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.reading.layouts import COMMON_LAYOUTS, RARE_LAYOUTS
from har_core.data.reading.posture import POSTURES, UNITS
from har_core.data.sources import LoadedSource, choices_brought_in
from har_core.errors import AmbiguousReadingError, HarError
from har_core.player.recordings import recorded_clip
from har_core.skeleton import SKELETONS, skeletons_with

_FOUND = ""
"""The option of letting it be found out."""

_USUAL = {
    "layout": (*COMMON_LAYOUTS, *RARE_LAYOUTS),
    "axes": POSTURES,
    "unit": tuple(UNITS),
    "rate": ("10", "15", "20", "25", "30", "50", "60", "120"),
    "padding": ("none", "repeated frame", "from the start", "0", "-1", "-999", "nan"),
    "body": ("1", "2", "3", "4"),
}
"""What can be chosen; any other value may be typed."""


def draw_reading(loaded: LoadedSource, chosen: int) -> None:
    """Draw how the files are read, to be corrected, beside the figure that comes of it.

    Args:
        loaded: the selected data set.
        chosen: row of the sequence that is shown.
    """
    made = chosen_reading().made
    names = [name for name in ReadingChoices.model_fields if name in loaded.choices or name in made]
    others = [said.sentence for said in loaded.assumptions if said.choice not in names]
    if names:
        controls, picture = st.columns([3, 2], gap="medium")
        with picture:
            sequences = loaded.sequences
            skeleton_player([recorded_clip(sequences, sequences.ids[chosen])], key="read player", height=340)
        with controls:
            _draw_controls(names, loaded)
    for sentence in others:
        st.caption(escape_markdown(sentence))


def draw_card(loaded: LoadedSource) -> None:
    """Draw the form that writes the data card, folded away.

    Args:
        loaded: the selected data set.
    """
    with st.popover("Write a data card", icon=":material/badge:"):
        st.caption(
            f"A {CARD_FILE} beside the files tells what was found out or chosen here, so that nobody has to "
            "find it out again."
        )
        said = {
            name: st.text_input(
                label, loaded.card.get(name, ""), key=f"card {name} {source_name()}", placeholder=example
            )
            for name, label, example in (
                ("name", "What the data set is called", "My recordings"),
                ("licence", "Licence", "CC BY 4.0"),
                ("citation", "How to cite it", "Who recorded it, when"),
            )
        }
        with stop_on_error(ends_page=False):
            card = card_of(loaded, _brought_in().with_changes(chosen_reading()), said)
            told = ", ".join(name for name in card.says if name not in said)
            st.caption(escape_markdown(f"It tells {told} besides, as they are read now."))
            st.download_button(
                "Download the card", card.written(), CARD_FILE, "application/json",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip


def ask(question: AmbiguousReadingError, key: str) -> str:
    """Ask which of several ways to read the files is meant, and return the one that is chosen.

    Args:
        question: that nobody but the user can answer.
        key: of the choice.
    """
    st.warning(escape_markdown(str(question)))
    title = ReadingChoices.model_fields[question.choice].title
    return st.selectbox(f"{title} of the files", question.choices, key=key, persist_state="session")


def draw_refused_reading() -> None:
    """Draw the choices with which the files could not be read, and the way back."""
    names = [name for name in ReadingChoices.model_fields if recall(name)]
    if names:
        _draw_controls(names, None)


def _draw_controls(names: Sequence[str], loaded: LoadedSource | None) -> None:
    before = _brought_in()
    pairs = [names[place : place + 2] for place in range(0, len(names), 2)]
    for pair in pairs:
        for column, name in zip(st.columns(2, gap="small"), pair, strict=False):
            with column:
                _draw_control(name, loaded, before)
    if any(map(recall, names)):
        st.button(
            "Let all be found anew", key="find reading", icon=":material/undo:", on_click=_forget_all,
            help="Takes back what you chose here.",
        )  # fmt: skip


def _draw_control(name: str, loaded: LoadedSource | None, before: ReadingChoices) -> None:
    """Draw one control and, below it, what was assumed."""
    chosen = _text(recall(name))
    options = [_FOUND, *_options(name, loaded)]
    if chosen not in options:
        options.append(chosen)
    found = _found(name, loaded) if not chosen else ""
    if name in before.made:
        nothing = f"{before.made[name]}, as said before"
    elif loaded and name in loaded.card:
        nothing = f"{found or 'read'}, as {CARD_FILE} tells"
    else:
        nothing = f"{_who_tells(name, loaded)}: {found}" if found else _who_tells(name, loaded)
    field = ReadingChoices.model_fields[name]
    draw_following(
        st.selectbox, f"read {name}", chosen, partial(_choose, name),
        field.title or name, options, format_func=lambda option: option or nothing, accept_new_options=True,
        help=field.description,
    )  # fmt: skip
    for said in loaded.assumptions if loaded and not chosen else ():
        if said.choice == name:
            st.caption(escape_markdown(said.sentence))


def _options(name: str, loaded: LoadedSource | None) -> tuple[str, ...]:
    """Return what can be chosen under a name, of what is usual."""
    if name != "skeleton":
        return _USUAL[name]
    fitting = skeletons_with(loaded.sequences.skeleton.joint_count) if loaded else ()
    return (*(skeleton.name for skeleton in fitting or SKELETONS.values()), "unknown")


def _found(name: str, loaded: LoadedSource | None) -> str:
    """Say what was found out, where a word says it."""
    if loaded is None:
        return ""
    found = {
        "skeleton": loaded.sequences.skeleton.name,
        "axes": loaded.axes,
        "unit": loaded.unit,
        "rate": f"{loaded.rate:g}",
        "padding": loaded.padding.partition(" taken off")[0].replace(" padding ", " "),
    }
    return found.get(name, "")


def _who_tells(name: str, loaded: LoadedSource | None) -> str:
    known = loaded and name in ("skeleton", "axes", "unit", "rate")
    found_out = [assumed.choice for assumed in loaded.assumptions] if loaded else []
    return "told by the files" if known and name not in found_out else "found by itself"


def _text(value: str | None) -> str:
    """Return a choice as the options write it: 30.0 frames a second are 30."""
    return (value or _FOUND).removesuffix(".0")


def _choose(name: str, value: str | None) -> None:
    remember(name, value.strip()) if value and value.strip() else forget(name)


def _forget_all() -> None:
    for name in ReadingChoices.model_fields:
        forget(name)


def _brought_in() -> ReadingChoices:
    try:
        return choices_brought_in(source_name())
    except HarError:  # who draws the data set says what is wrong with it
        return NOTHING_CHOSEN
