"""Names of the user's own sources: in any script, and good for a folder on every computer."""

from __future__ import annotations

import unicodedata

from har_core.errors import DataError

_LONGEST = 64  # characters
_LARGEST = 200  # bytes; a folder's name has at most 255, of which the trash may need some
# Names that Windows keeps for devices can't be folders there, whatever follows a full stop.
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
_RESERVED = {"synthetic"}


def clean_name(name: str) -> str:
    """Return a new source's name as it is kept: accents composed, no blanks around it.

    Raises:
        DataError: it can't name a source; the sentence says why.
    """
    kept = composed(name.strip())
    fault = _fault(kept)
    if fault:
        raise DataError(f"{name[:80]!r} can't name a source: {fault}.")
    return kept


def composed(name: str) -> str:
    """Return a name with each accent in one character with its letter, as most keyboards write it."""
    return unicodedata.normalize("NFC", name)


def spellings(source: str) -> tuple[str, ...]:
    """Return what a name or a path may stand for: itself, composed, and without what was copied around it.

    Copied paths have quotes around them at times, or a blank behind them.
    """
    bare = source.strip()
    if len(bare) > 2 and bare[0] == bare[-1] and bare[0] in "'\"":
        bare = bare[1:-1]
    return tuple(dict.fromkeys((source, composed(source), bare or source)))


def same_name(one: str, other: str) -> bool:
    """Say whether two names could be one folder: they differ at most in capitals and form of accents."""
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return composed(composed(name).casefold())


def _fault(name: str) -> str | None:
    if not name:
        return "it is empty"
    strange = next((sign for sign in name if not _is_letter(sign) and sign not in " -_."), None)
    if strange:
        return f"it holds {strange!r}; use letters and digits of any script, spaces, -, _ and full stops"
    if len(name) > _LONGEST or len(name.encode()) > _LARGEST:
        return f"it is too long; use at most {_LONGEST} characters"
    if unicodedata.category(name[0])[0] not in "LN":
        return f"it starts with {name[0]!r}; start with a letter or a digit"
    if name.endswith("."):
        return "it ends with a full stop"
    if _key(name) in _RESERVED or _key(name).split(".")[0].strip() in _DEVICES:
        return "that name is kept for something else"
    return None


def _is_letter(sign: str) -> bool:
    """Say whether a sign is a letter, a mark on one, or a decimal digit."""
    category = unicodedata.category(sign)
    return category[0] in "LM" or category == "Nd"
