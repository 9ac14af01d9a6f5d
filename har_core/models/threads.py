"""On how many threads a run computes, and those that help it."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from har_core.errors import ConfigError

MOST_THREADS = 256
"""That a run can be given."""

_MOST_BY_ITSELF = 4


def thread_count(wanted: int | None = None) -> int:
    """Return on how many threads a run that starts now computes; its numbers are the same on any number.

    Args:
        wanted: so many; None for as many as ``HAR_THREADS`` says, and where it says nothing for as many as
            there are cores that this process may use, up to four.

    Raises:
        ConfigError: that is no number of threads.
    """
    if wanted is not None:
        return _checked("threads", wanted, "")
    said = os.environ.get("HAR_THREADS", "").strip()
    if said:
        number = int(said) if said.isdecimal() and len(said) < 10 else said
        return _checked("HAR_THREADS", number, "; leave it empty for as many as there are cores, up to four")
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(here, _MOST_BY_ITSELF)


def _checked(name: str, found: Any, mend: str) -> int:
    if isinstance(found, int) and 1 <= found <= MOST_THREADS:
        return found
    said = repr(found)
    said = said if len(said) <= 40 else f"{said[:37]}..."
    raise ConfigError(f"{name}: found {said}, expected a whole number, 1 to {MOST_THREADS}{mend}.")


class Threads:
    """What the kernels of one run compute on: the thread that asks, and helpers that are the run's own.

    A copy has helpers of its own.

    Args:
        count: of all.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._helpers = ThreadPoolExecutor(max(count - 1, 1), thread_name_prefix="kernel")

    def __reduce__(self) -> tuple[type["Threads"], tuple[int]]:
        return Threads, (self.count,)

    def help_with(self, work: Callable[[], None], parts: int) -> list[Future[None]]:
        """Start the same work on helpers, on one less than it has parts; on none while the process ends."""
        helping: list[Future[None]] = []
        with suppress(RuntimeError):  # they are closed before a run in the background is asked to save itself
            for _ in range(min(self.count, parts) - 1):
                helping.append(self._helpers.submit(work))
        return helping


ALONE = Threads(1)
"""For who was given none."""
