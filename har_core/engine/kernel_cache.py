"""Where compiled kernels are kept: code that this process will run, so nobody else may write there.

Beside the kernels, as Python keeps what it makes of its own files, or in the user's home where that folder
can't be written. The name of the folder tells for what it was compiled: another Python, numba, processor or
source has another.
"""

import hashlib
import os
import shutil
import stat
import sys
from pathlib import Path

from har_core.errors import HarError
from har_core.home import home

_SOURCES = Path(__file__).parent / "kernels"


def kernel_cache(numba_version: str, processor: str) -> Path:
    """Return the folder that is trusted with compiled kernels, and make it where it is not there.

    Args:
        numba_version: that compiles them.
        processor: name and abilities, as LLVM tells them.

    Raises:
        HarError: there is no such folder, and none can be made.
    """
    machine, name = _names(numba_version, processor)
    faults = []
    for place in (_SOURCES / "__pycache__", home() / "cache" / "kernels"):
        try:
            (place / name).mkdir(mode=0o755, parents=True, exist_ok=True)
            _check(place / name)
        except OSError as error:
            faults.append(f"{place}: {error.strerror or error}")
            continue
        for older in place.glob(f"{machine}-*"):
            if older.name != name:
                shutil.rmtree(older, ignore_errors=True)
        return place / name
    raise HarError(f"there is no place to keep them ({'; '.join(faults)})")


def _names(numba_version: str, processor: str) -> tuple[str, str]:
    """Return for what kernels are compiled, and that with their source, which size and time tell."""
    stamps = [
        (file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(_SOURCES.glob("*.py"))
    ]
    machine = f"numba-{numba_version}-{sys.implementation.cache_tag}-{_short(processor)}"
    return machine, f"{machine}-{_short(repr(stamps))}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _check(folder: Path) -> None:
    """Make sure that only who owns this program, or its user, can write a folder.

    Raises:
        OSError: somebody else may; ``strerror`` says so.
    """
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise OSError(0, "it is no folder")
    if not hasattr(os, "getuid"):  # Windows: the folder has the rights of the one above
        return
    if found.st_uid not in (os.getuid(), _SOURCES.stat().st_uid):
        raise OSError(0, "it belongs to somebody else")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError(0, "others can write it; delete it, and it is made anew")
