"""Processes that are killed as they write: ``kill -9`` at the first write, at the second, and so on."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import torch

from har_core import cli

knows_signals = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="Windows knows neither fork nor these signals"
)

_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir")


def in_a_child(work: Callable[[], object]) -> int:
    """Do something in a process of its own; return its exit code, or minus the signal that ended it."""
    child = os.fork()
    if not child:
        code = 1
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1), os.dup2(null, 2)
            os.environ["HAR_THREADS"] = "1"
            torch.set_num_threads(1)  # OpenMP's threads don't come along, and would be waited for
            work()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def command_line(*words: object) -> None:
    """Give a command in this process."""
    sys.argv = ["har_core", *map(str, words)]
    try:
        cli.main()
    except SystemExit as end:
        if end.code:
            raise


def killed_at(moment: int, work: Callable[[], object]) -> int:
    """Do something in a child that is killed at its n-th write; return how it ended.

    A write is whatever opens a file to be written, moves or deletes one, or makes or deletes a folder.
    """

    def until_killed() -> None:
        writes = count(1)

        def see(event: str, arguments: tuple[object, ...]) -> None:
            flags = arguments[2] if event == "open" else 0
            written = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
            if (written or event in _CHANGES) and next(writes) == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(see)
        work()

    return in_a_child(until_killed)


def killed_at_each_write(work: Callable[[], object]) -> Iterator[int]:
    """Do something until it comes to its end, each time killed one write later; yield after each kill.

    What the caller does meanwhile may set everything back to where it was.
    """
    for moment in count(1):
        ended = killed_at(moment, work)
        if ended == 0:
            return
        assert ended == -signal.SIGKILL, f"at write {moment} it ended by itself: {ended}"
        yield moment


def grow_old(folder: Path, pattern: str = ".*") -> None:
    """Let everything hidden in a folder, or of another pattern, be two hours old."""
    for path in folder.rglob(pattern):
        for inside in (path, *path.rglob("*")):
            stat = inside.lstat()
            os.utime(inside, (stat.st_atime - 7200, stat.st_mtime - 7200), follow_symlinks=False)


def hidden_in(folder: Path) -> list[str]:
    """The names of what is hidden in a folder; locks and the trash of the sources are there to stay."""
    return sorted({path.name for path in folder.rglob(".*")} - {".lock", ".trash", ".deleted"})
