"""What a run computes on: threads of its own, and what torch keeps for each thread."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from itertools import islice
from threading import Lock, Thread
from typing import Any, TypeVar

from har_core.errors import ConfigError

Item = TypeVar("Item")

MOST_THREADS = 256
"""That a run can be given."""

_MOST_BY_ITSELF = 4


def thread_count(wanted: int | None = None) -> int:
    """Return on how many threads a run that starts now computes; the kernels give the same numbers on any.

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
    """What one run computes on: the thread that asks, and helpers that are the run's own.

    Args:
        count: of all.
        torch_count: so many for what torch computes; None for as many. On one it sums in the same order on
            any machine, and waits for nobody: beside other processes, threads that wait cost more than they
            do.
    """

    def __init__(self, count: int, torch_count: int | None = None) -> None:
        self.count, self.torch_count = count, torch_count or count
        self._helpers = ThreadPoolExecutor(max(count - 1, 1), thread_name_prefix="kernel")

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Let the kernels that are called in this block, on this thread, compute on these."""
        before = _current.set(self)
        try:
            with flush_denormals():
                yield
        finally:
            _current.reset(before)

    def prefetch(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield what an iterator gives, in its order; where there is a helper it makes the next meanwhile.

        Args:
            items: whoever makes them touches nothing that is changed while one is in use.
        """
        if self.count == 1:
            yield from items
            return
        make = partial(_next_item, items)
        with ThreadPoolExecutor(1, thread_name_prefix="ahead") as helper:
            coming = helper.submit(make)
            while made := coming.result():
                coming = helper.submit(make)
                yield made[0]

    def run(self, work: Callable[[], None], parts: int, late_work: Callable[[], None] | None = None) -> None:
        """Run the same work here and on helpers, as many as it has parts for; each takes what is left of it.

        Args:
            work: returns when nothing is left.
            parts: of the work.
            late_work: what helpers run instead, where they may still be in it when ``work`` has returned.
        """
        helping: list[Future[None]] = []
        with suppress(RuntimeError):  # they are closed before a run in the background is asked to save itself
            for _ in range(min(self.count, parts) - 1):
                helping.append(self._helpers.submit(partial(_call_flushing, late_work or work)))
        try:
            _call_flushing(work)
        except BaseException:  # such as Ctrl-C before the work began: the others then do it all
            for helper in helping:
                helper.cancel() or helper.exception()
            raise
        for helper in helping:
            # One that the system has not let begin yet finds nothing left to do.
            helper.cancel() or late_work or helper.result()


_current: ContextVar[Threads | None] = ContextVar("threads", default=None)


def current_threads() -> Threads:
    """Return what is computed on here; for who was given none it is this thread alone."""
    return _current.get() or _SINGLE_THREAD


_SINGLE_THREAD = Threads(1)


# What torch keeps for each thread


_SMALLEST = 5e-324


def _next_item(items: Iterator[Item]) -> list[Item]:
    """Return the next item in a list, which is empty behind the last."""
    with flush_denormals():
        return list(islice(items, 1))


def _call_flushing(work: Callable[[], None]) -> None:
    with flush_denormals():
        work()


@contextmanager
def flush_denormals() -> Iterator[None]:
    """Take numbers below 1.2e-38 for zero in this thread, for this block: they cost a hundred times more."""
    if _SMALLEST == 0.0:  # this thread does so already
        yield
        return
    import torch

    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def torch_threads() -> Iterator[None]:
    """Let torch compute on as many threads as it is given here; on others it may sum in another order."""
    import torch

    before, count = torch.get_num_threads(), current_threads().torch_count
    if before == count:
        yield
        return
    _set_torch_threads(count)
    try:
        yield
    finally:
        _set_torch_threads(before)


_torch_lock = Lock()


def _set_torch_threads(count: int) -> None:
    """Say how many threads torch takes for what this one computes.

    Torch would take as many for whatever thread begins later on, too: that is put back, by a new one.
    """
    import torch

    with _torch_lock:
        usual = _call_in_new_thread(torch.get_num_threads)
        torch.set_num_threads(count)
        _call_in_new_thread(partial(torch.set_num_threads, usual))


def _call_in_new_thread(ask: Callable[[], Any]) -> Any:
    given: list[Any] = []
    thread = Thread(target=lambda: given.append(ask()))
    thread.start()
    thread.join()
    return given[0]
