"""What is written beside its place and moved there when it is whole, and what killed processes left of it."""

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SUFFIX = ".unfinished"
_ABANDONED = 3600.0
"""Seconds without a write after which nobody writes any more: the process was killed."""


@contextmanager
def unfinished_folder(folder: Path) -> Iterator[Path]:
    """Make a hidden folder in another one while the block runs; what it still holds then is deleted.

    Raises:
        OSError: it can't be made.
    """
    made = unfinished_in(folder)
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def unfinished_in(folder: Path) -> Path:
    """Return a hidden name that is free in a folder, and delete what was abandoned there under such names."""
    forget_abandoned(folder, f".*{_SUFFIX}")
    return folder / f".{secrets.token_hex(4)}{_SUFFIX}"


def forget_abandoned(folder: Path, pattern: str) -> None:
    """Delete the files and folders in a folder that nobody has written to for an hour.

    Args:
        folder: where they lie.
        pattern: of their names, which nobody else gives.
    """
    for left in folder.glob(pattern):
        with suppress(OSError):  # another process has just ended it, or may delete it alone
            written = max(path.lstat().st_mtime for path in (left, *left.rglob("*")))
            if time.time() - written <= _ABANDONED:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()
