"""Numbers as people say them, and texts as they were typed."""

import re

# What Streamlit makes a link, an icon or another sign of even behind a backslash, cut after its first part.
_MADE_INTO_MORE = re.compile(r":(?=material/|//)|www(?=\.)|\w@|[-<>=!~](?=[-<>=])", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"  # takes no room

# Signs that mean something anywhere in Markdown, and those that do so at the beginning of a line.
# An underscore between letters means nothing, and names of sequences are full of them.
_MARKUP = re.compile(r"[\\`*\[\]<>$:~&#|!]|(?<![^\W_])_|_(?![^\W_])|^[-+=]", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d+)([.)])", re.MULTILINE)


def duration(seconds: float) -> str:
    """Say a duration, such as ``1 min 12 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def percent(share: float) -> str:
    """Say a share of 0 to 1, such as ``65.3 %``."""
    return f"{100 * share:.1f} %"


def count_of(correct: int, total: int) -> str:
    """Say the count behind a share, such as ``115 of 176``."""
    return f"{correct:,} of {total:,}"


def plain(text: str) -> str:
    """Return a user's text for a place that reads Markdown, such that it is shown as it was typed."""
    apart = _MADE_INTO_MORE.sub(rf"\g<0>{_WORD_JOINER}", text)
    return _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", apart))
