"""Files that are replaced in one step."""

import os
import secrets
import time
from pathlib import Path

from har_core.unfinished import forget_abandoned

_TRIES = 50


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part of it."""
    forget_abandoned(path.parent, f".{path.name}.*.new")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def forget_torn(folder: Path, *names: str) -> None:
    """Delete what was written beside files by a process that ended before it could replace them.

    Args:
        folder: where they lie; nobody else may be writing these files now.
        names: of the files.
    """
    for name in names:
        for beside in folder.glob(f".{name}.*.new"):
            beside.unlink(missing_ok=True)


def _replace(beside: Path, path: Path) -> None:
    for attempt in range(_TRIES):
        try:
            os.replace(beside, path)
            return
        except PermissionError:
            # On Windows a file can't be replaced in the moment in which somebody reads it.
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.02)
