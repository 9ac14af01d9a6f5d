"""Which code ran, and how it is where the kernels can't be had."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from har_core.models import compiled, machine_code


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    """What ran of the kernels: the name of each and its arguments, each time on each thread."""
    found, run = [], machine_code.Call.__call__
    monkeypatch.setattr(
        machine_code.Call,
        "__call__",
        lambda call: (found.append((call.kernel.name, call.arguments)), run(call))[1],
    )
    return found


@pytest.fixture
def without_kernels(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """Makes a block in which llvmlite is not installed."""

    @contextmanager
    def without() -> Iterator[None]:
        compiled._load.cache_clear()
        compiled._say_that_kernels_are_missing.cache_clear()
        with monkeypatch.context() as patched:
            patched.delitem(sys.modules, "har_core.models.machine_code", raising=False)
            patched.delattr("har_core.models.machine_code", raising=False)
            patched.setitem(sys.modules, "llvmlite.binding", None)
            yield
        compiled._load.cache_clear()

    return without
