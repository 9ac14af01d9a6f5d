"""Makes this processor's code of the translated kernels, and calls it.

Each process makes its own, in about half a second a file: code kept on disk would have to be trusted.
"""

import ctypes
import gzip
import json
import platform
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from har_core.models.kernels import TRANSLATED


def load(name: str) -> SimpleNamespace:
    """Return the kernels of a translated file by their names.

    Args:
        name: of a file in ``har_core/models/kernels/translated``.

    Raises:
        OSError: it can't be read.
        RuntimeError: LLVM can't make code for this processor.
    """
    text = gzip.decompress((TRANSLATED / f"{name}.ll.gz").read_bytes()).decode()
    told = json.loads(text.split("\n", 1)[0].removeprefix("; "))
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = _machine()
    engine = llvm.create_mcjit_compiler(_module(text, machine), machine)
    engine.finalize_object()
    kinds = told["kernels"]
    return SimpleNamespace(**{own: Kernel(f"{name}.{own}", kinds[own], engine) for own in kinds})


def _machine() -> llvm.TargetMachine:
    """Return the processor for LLVM."""
    # Code that is loaded where it runs is not moved; only x86 has to be told.
    moved = "static" if platform.machine().lower() in ("x86_64", "amd64") else "default"
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(),
        opt=3, reloc=moved, codemodel="jitdefault", jit=True,
    )  # fmt: skip


def _module(text: str, machine: llvm.TargetMachine) -> llvm.ModuleRef:
    """Return a translated file for a processor. LLVM's passes went over it when it was translated."""
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    return module


class Kernel:
    """Calls a kernel, outside of the interpreter's lock.

    Args:
        name: of its file and of the kernel, with a dot between.
        kinds: types of its arguments: of a number, such as ``int64``; of an array, such as ``float32 2`` with
            its number of axes; a list for a tuple; ``none`` for None.
        engine: has its code.
    """

    def __init__(self, name: str, kinds: list[Any], engine: llvm.ExecutionEngine) -> None:
        self.name, self._kinds, self._engine = name, _known(kinds), engine
        self._slots = struct.Struct("=" + "".join(_slots(self._kinds)))
        address = engine.get_function_address(name.rpartition(".")[2])
        self.code = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p)(address)

    def given(self, *arguments: Any) -> "Call":
        """Return a call with these arguments.

        Raises:
            TypeError: they are not of the kernel's types.
        """
        numbers: list[float] = []
        try:
            _flatten(self._kinds, arguments, numbers)
            return Call(self, arguments, self._slots.pack(*numbers))
        except (TypeError, ValueError, AttributeError, struct.error) as error:
            raise TypeError(f"the kernel {self.name} takes other arguments: {error}") from error

    def __call__(self, *arguments: Any) -> None:
        """Run it."""
        self.given(*arguments)()


@dataclass(frozen=True, eq=False)
class Call:
    """A kernel with its arguments; any number of threads may run it.

    Attributes:
        kernel: that is called.
        arguments: as they were given; arrays live as long as the call.
        slots: 64 bits for each number that they come down to.
    """

    kernel: Kernel
    arguments: tuple[Any, ...]
    slots: bytes

    def ending(self, number: int) -> "Call":
        """Return the same call with another whole number as its last argument."""
        return Call(self.kernel, (*self.arguments[:-1], number), self.slots[:-8] + struct.pack("=q", number))

    def __call__(self) -> None:
        """Run it.

        Raises:
            RuntimeError: it gave up, which no kernel does on what it is meant for.
        """
        status = self.kernel.code(self.slots)
        if status != 0:
            raise RuntimeError(f"the kernel {self.kernel.name} gave up ({status})")


@dataclass(frozen=True)
class _Array:
    """An array as numba has it: two owners, numbers, bytes of each, the address, sizes and steps."""

    dtype: np.dtype[Any]
    axes: int

    def flatten(self, array: np.ndarray[Any, Any], into: list[float]) -> None:
        if array.dtype != self.dtype or array.ndim != self.axes or not array.flags.c_contiguous:
            found, wanted = f"{array.dtype} with {array.ndim} axes", f"{self.dtype} with {self.axes}"
            raise TypeError(f"{found} instead of {wanted}, without gaps")
        into += (0, 0, array.size, array.itemsize, _address(array), *array.shape, *array.strides)


_Kind = _Array | str | list[Any]


def _known(kinds: list[Any]) -> list[_Kind]:
    """Return types as they are told in a translated file, those of arrays read."""

    def known(kind: Any) -> _Kind:
        if isinstance(kind, list):
            return _known(kind)
        dtype, _, axes = kind.partition(" ")
        return _Array(np.dtype(dtype), int(axes)) if axes else str(kind)

    return [known(kind) for kind in kinds]


_SLOT = {"none": "q", "int64": "q", "float64": "d"}


def _slots(kinds: list[_Kind]) -> Iterator[str]:
    """Yield the format of each type's slots, as ``struct`` has it."""
    for kind in kinds:
        if isinstance(kind, list):
            yield from _slots(kind)
        else:
            yield f"qqqqQ{2 * kind.axes}q" if isinstance(kind, _Array) else _SLOT[kind]


def _flatten(kinds: list[_Kind], arguments: Sequence[Any], into: list[float]) -> None:
    """Add to a list what arguments come down to."""
    for kind, argument in zip(kinds, arguments, strict=True):
        if isinstance(kind, _Array):
            kind.flatten(argument, into)
        elif isinstance(kind, list):
            _flatten(kind, argument, into)
        elif kind != "none":
            into.append(argument)
        elif argument is None:
            into.append(0)
        else:
            raise TypeError(f"{argument} instead of None")


def _address(array: np.ndarray[Any, Any]) -> int:
    if array.size == 0:
        return 0  # nobody looks there
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))  # type: ignore[arg-type] # it is a buffer
    except TypeError:  # it is only to be read; this way takes five times as long
        return int(array.__array_interface__["data"][0])
