"""Which code ran, and how it is where the kernels can't be had."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from har_core.engine import compiling


@pytest.fixture
def ran() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """What ran of the kernels: the name of each and its arguments, each time on each thread."""
    found: list[tuple[str, tuple[Any, ...]]] = []

    def noted(name: str, kernel: Callable[..., None]) -> Callable[..., None]:
        return lambda *given: (found.append((name, given)), kernel(*given))[1]

    every = {name: compiling.kernels(name) for name in compiling.KERNELS}
    spies = {
        name: SimpleNamespace(**{own: noted(own, kernel) for own, kernel in vars(each).items()})
        for name, each in every.items()
    }
    with compiling.override_kernels(spies):
        yield found


@pytest.fixture
def without_kernels(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """Makes a block in which numba is not installed."""

    @contextmanager
    def without() -> Iterator[None]:
        compiling._load.cache_clear()
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, "numba", None)
            yield
        compiling._load.cache_clear()
        compiling._faults.clear()

    return without
