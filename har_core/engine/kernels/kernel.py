"""How a function becomes a kernel, or a part of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
from numba import types

inner = numba.njit(error_model="numpy", nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compile a function into the kernels that call it."""

INTEGERS = types.int64[::1]
MATRIX = types.float32[:, ::1]
CUBE = types.float32[:, :, ::1]


@dataclass(frozen=True)
class Kernel:
    """What Python can call, once it is compiled.

    Attributes:
        function: in the part of Python that numba compiles.
        arguments: their types; it takes no others.
    """

    function: Callable[..., None]
    arguments: tuple[Any, ...]

    def compile(self) -> Callable[..., None]:
        """Return it for this processor, from numba's cache where that has it; it holds no lock as it runs."""
        compiled = numba.njit(error_model="numpy", nogil=True, cache=True)(self.function)
        compiled.compile(types.none(*self.arguments))
        compiled.disable_compile()
        return compiled  # type: ignore[no-any-return]


def kernel(*arguments: Any) -> Callable[[Callable[..., None]], Kernel]:
    """Make a function a kernel, for arguments of these types."""
    return lambda function: Kernel(function, arguments)
