"""Whether a run that says it runs is still being trained, and the lock of whoever trains it."""

import os
import socket
import time
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from har_core.files import stat_regular
from har_core.training.records import Status

QUIET_AFTER = 5.0
"""Seconds without a sign of life after which a run of this machine runs only if its lock is held."""

SILENT_AFTER = 60.0
"""Seconds without a sign of life after which a running run of another machine counts as interrupted."""

AHEAD = 24 * 3600.0
"""Seconds by which the clock of another machine may be ahead; who is further ahead gives no sign of life."""


def lock_of(path: Path) -> FileLock:
    """Return the lock of whoever writes a run; it is free again when its process ends, however that ends.

    Args:
        path: the run's directory.
    """
    return FileLock(path / ".lock", timeout=0, thread_local=False)


def can_be_locked(path: Path) -> bool:
    """Say whether a run's lock can be held: not where its folder is a link, or the lock is no file.

    Nobody trains such a run, for nobody could begin to.

    Args:
        path: the run's directory.
    """
    try:
        stat_regular(path / ".lock")
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return not path.is_symlink()


def heartbeat(status: Status, **changes: Any) -> Status:
    """Return the status with this process and this moment in it, and other changes."""
    signs = {"process": os.getpid(), "host": socket.gethostname(), "heartbeat": time.time()}
    return status.model_copy(update=signs | changes)


def seen_now(status: Status, path: Path) -> Status:
    """Return the status as it is in truth: a run whose process is gone is interrupted.

    On this machine the process and the lock tell, so that neither a laptop that slept, nor a clock that was
    set, nor an epoch that takes minutes makes a run look dead. Of another machine there is only the time.

    Args:
        status: as the file says.
        path: the run's directory.
    """
    if status.state != "running":
        return status
    age = time.time() - status.heartbeat
    if status.host == socket.gethostname():
        quiet = abs(age) > QUIET_AFTER  # below zero where the clock was set back
        gone = not _lives(status.process) or (quiet and not _is_held(path, age))
    else:
        gone = not -AHEAD <= age <= SILENT_AFTER
    return status.model_copy(update={"state": "interrupted"}) if gone else status


def _is_held(path: Path, age: float) -> bool:
    """Say whether somebody holds a run's lock; where it can't be asked, the silence decides."""
    lock = lock_of(path)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:  # such as a folder that can be read only
        return age <= SILENT_AFTER
    lock.release()
    return False


def _lives(process: int) -> bool:
    if os.name == "nt":
        return True  # os.kill would end it there; the lock tells
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
