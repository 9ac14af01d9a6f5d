"""What stands around each figure of the presentation: its title, and the way to the next step."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from app.component_messages import said_by
from app.shell.selection import remember

_FOLDER = Path(__file__).parents[2] / "browser"
_COMPONENT = st.components.v2.component(
    "presentation",
    **{
        kind: (_FOLDER / f"presentation.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    },
)

_KEY = "presentation"
_SIZE = "size of the window that is presented in"
_LEAVES = "the presentation is left"
_HEAD = 6.5  # letters: title, line below it, and the gaps around
_WIDE = 1000  # pixels
_LETTER = 24 / 1920  # of the width, as in presentation.css


@dataclass(frozen=True)
class Bar:
    """An accuracy.

    Attributes:
        name: of what it is.
        number: the accuracy in words.
        said: what else there is to say.
        share: 0 to 1.
        low: where its interval begins.
        high: where it ends.
        colour: of the part of the split.
    """

    name: str
    number: str
    said: str
    share: float
    low: float
    high: float
    colour: str


@dataclass(frozen=True)
class Room:
    """How much room a figure has.

    Attributes:
        height: in pixels.
        letter: the height of a letter that can be read from the back row, in pixels.
        wide: whether two figures fit beside each other.
    """

    height: int
    letter: float
    wide: bool = True


@dataclass(frozen=True)
class Slide:
    """What is presented of a step.

    Attributes:
        title: in plain words.
        about: of which run, part, weights and data.
        message: what to do where there is nothing to show.
        lines: rows of a table.
        bars: accuracies.
        figure: draws what a Streamlit element or another component shows.
    """

    title: str
    about: str = ""
    message: str = ""
    lines: Sequence[Sequence[str]] = ()
    bars: Sequence[Bar] = ()
    figure: Callable[[Room], None] | None = None


def draw_slide(slide: Slide, step: int, count: int) -> None:
    """Draw what is presented, and let the visitor go on.

    Args:
        slide: what to draw.
        step: its number.
        count: of all steps.
    """
    width, height = st.session_state.get(_SIZE, (1920, 1080))
    words = {"title": slide.title, "about": slide.about, "message": slide.message, "lines": slide.lines}
    place = {"step": step, "count": count, "size": (width, height)}
    _COMPONENT(
        key=_KEY, data=words | place | {"bars": [asdict(bar) for bar in slide.bars]},
        on_go_change=lambda: _go(count), on_size_change=_take_size,
    )  # fmt: skip
    if slide.figure:
        letter = max(16, min(0.0255 * height, _LETTER * width))
        slide.figure(Room(max(320, round(height - _HEAD * letter)), letter, width >= _WIDE))


def leaves() -> bool:
    """Say, once, whether the visitor has just left the presentation."""
    return bool(st.session_state.pop(_LEAVES, False))


def _go(count: int) -> None:
    step = said_by(_KEY, "go")
    if type(step) is int and 1 <= step <= count:
        remember("step", str(step))
    elif step == 0:
        st.session_state[_LEAVES] = True


def _take_size() -> None:
    match said_by(_KEY, "size"):
        case [int(width), int(height)] if 100 < width < 20_000 and 100 < height < 20_000:
            st.session_state[_SIZE] = width, height
