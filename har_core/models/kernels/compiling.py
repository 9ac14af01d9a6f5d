"""Says how a kernel is compiled."""

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
    """What Python can call.

    Attributes:
        function: in the part of Python that numba compiles.
        arguments: their types.
    """

    function: Callable[..., None]
    arguments: tuple[Any, ...]


def kernel(*arguments: Any) -> Callable[[Callable[..., None]], Kernel]:
    """Make a function a kernel, for arguments of these types."""
    return lambda function: Kernel(function, arguments)
