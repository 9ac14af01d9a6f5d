"""Files that may come from elsewhere: only regular ones are opened, and no more is read than was agreed.

A pipe, a device or a socket in the place of a file would keep whoever opens it waiting for ever, or give
bytes without end; a link would lead to a file that nobody has handed over.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

# Windows knows neither: there are no pipes in its folders, and links are looked for before.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)

_KINDS = (
    (stat.S_ISLNK, "it is a link to another place, expected the file itself"),
    (stat.S_ISDIR, "it is a folder, expected a file"),
    (stat.S_ISFIFO, "it is a pipe, expected a file"),
    (stat.S_ISSOCK, "it is a socket, expected a file"),
)


def stat_regular(path: str | Path, *, follow: bool = False) -> os.stat_result:
    """Return what the system says of a regular file, without opening it.

    Args:
        path: of the file.
        follow: True where a link to a file is as good as the file.

    Raises:
        OSError: there is none, or it is no regular file; ``strerror`` says what it is.
    """
    found = os.stat(path) if follow else os.lstat(path)
    _check(found, path)
    return found


def open_regular(path: str | Path, *, follow: bool = False) -> BinaryIO:
    """Open a regular file to be read; anything else is refused at once.

    Args:
        path: of the file.
        follow: True where a link to a file is as good as the file.

    Raises:
        OSError: it can't be opened, or is no regular file; ``strerror`` says what it is.
    """
    stat_regular(path, follow=follow)  # before it is opened: with some devices, that alone does something
    flags = _AT_ONCE if follow else _AT_ONCE | _NO_LINK
    file = open(path, "rb", opener=lambda name, own: os.open(name, own | flags))
    try:
        _check(os.fstat(file.fileno()), path)
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: str | Path, most: int, *, follow: bool = False) -> bytes:
    """Return the content of a regular file.

    Args:
        path: of the file.
        most: bytes that it may have.
        follow: True where a link to a file is as good as the file.

    Raises:
        OSError: it can't be opened, is no regular file or too large; ``strerror`` says which.
    """
    with open_regular(path, follow=follow) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most:,} bytes", str(path))
    return content


def _check(found: os.stat_result, path: str | Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        said = (what for is_so, what in _KINDS if is_so(found.st_mode))
        raise OSError(errno.EINVAL, next(said, "it is a device, expected a file"), str(path))
