"""Compiles the kernels, and keeps them on disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import types

inner = numba.njit(error_model="numpy", nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compile a function into the kernels that call it."""

MATRIX = types.float32[:, ::1]
INTEGERS = types.int64[::1]


def compiled(*arguments: Any) -> Callable[[Any], Any]:
    """Compile a function for these types at once, and keep it on disk where there is a place for it."""

    def compile_it(function: Any) -> Any:
        options: dict[str, Any] = {"error_model": "numpy", "nogil": True}
        try:
            kernel = numba.njit(cache=True, **options)(function)
            _forget_if_stale(function, Path(kernel.stats.cache_path))
            kernel.compile(types.none(*arguments))
            kernel.disable_compile()
        except (RuntimeError, OSError):  # no folder that may be written, or no room in it
            return numba.njit([types.none(*arguments)], **options)(function)
        return kernel

    return compile_it


def _forget_if_stale(function: Any, kept_in: Path) -> None:
    """Delete what is kept of a kernel if one of the files it is made of is newer.

    numba looks at the file in which the kernel itself stands, and at no other.
    """
    newest = max(file.stat().st_mtime for file in Path(__file__).parent.glob("*.py"))
    name = function.__module__.rpartition(".")[2]
    for kept in kept_in.glob(f"{name}.{function.__qualname__}-*.nb[ic]"):
        if kept.stat().st_mtime <= newest:
            kept.unlink(missing_ok=True)
