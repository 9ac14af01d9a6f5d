"""Numbers as people say them, and texts as they were typed."""

import re
from typing import get_args

from har_core.training.records import RunState

STATES: dict[RunState, str] = {state: state for state in get_args(RunState)} | {"queued": "waiting"}
"""How a state of a run is said."""

# What Streamlit makes a link, an icon or another sign of even behind a backslash, cut after its first part.
_MADE_INTO_MORE = re.compile(r":(?=material/|//)|www(?=\.)|\w@|[-<>=!~](?=[-<>=])", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"  # takes no room

# Signs that mean something anywhere in Markdown, and those that do so at the beginning of a line.
# An underscore between letters means nothing, and names of sequences are full of them.
_MARKUP = re.compile(r"[\\`*\[\]<>$:~&#|!]|(?<![^\W_])_|_(?![^\W_])|^[-+=]", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d+)([.)])", re.MULTILINE)

ASKING = "Asking the run; the first time on a computer its kernels are compiled, which takes about 15 seconds"
"""Said while a run is asked what it makes of sequences."""

_LONGEST = 80  # characters of a value from the URL, as it is told


def as_told(value: str) -> str:
    """Return a value that somebody gave, in quotes and cut, for a sentence that refuses it."""
    return repr(value[:_LONGEST])


def escape_markdown(text: str) -> str:
    """Return a user's text for a place that reads Markdown, such that it is shown as it was typed."""
    apart = _MADE_INTO_MORE.sub(rf"\g<0>{_WORD_JOINER}", text)
    return _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", apart))
