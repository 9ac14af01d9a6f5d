"""Which data sets a visitor may open, where the server is open to others than its owner."""

import os
from contextlib import suppress
from pathlib import Path

from app.doors import is_open_to_others
from har_core.data.source_names import spellings
from har_core.data.sources import list_sources
from har_core.errors import DataError
from har_core.home import home
from har_core.training.store import RunStore

_FOLDERS = "HAR_FOLDERS"
"""The environment variable that names further folders, apart as in ``PATH``."""

_REFUSAL = (
    "This server is open to others, so it takes a data set by its name or out of a folder that its owner has "
    f"named in {_FOLDERS}: choose another, upload it, or ask the owner."
)


def admit(source: str) -> None:
    """Refuse what a visitor may not open, in a sentence that does not tell whether it is there.

    On a server for this computer alone everything is admitted. On one that others reach, it is what has a
    name, what lies in the home or in a folder of the owner's, and what runs were trained on.

    Raises:
        DataError: the source is none of these.
    """
    if not is_open_to_others() or source in {info.name for info in list_sources()}:
        return
    try:
        places = [Path(name).expanduser().resolve() for name in spellings(source)]
    except (OSError, RuntimeError, ValueError):  # such as a circle of links, no such user, a null character
        raise DataError(_REFUSAL) from None
    folders = _folders()
    if all(any(place.is_relative_to(folder) for folder in folders) for place in places):
        return
    if not any(run.config.source == source for run in RunStore().runs()):
        raise DataError(_REFUSAL)


def _folders() -> list[Path]:
    found = [home().resolve()]
    for name in filter(None, os.environ.get(_FOLDERS, "").split(os.pathsep)):
        with suppress(OSError, RuntimeError):  # such as a user who is not there: it admits nothing
            found.append(Path(name).expanduser().resolve())
    return found
