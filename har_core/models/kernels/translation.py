"""Translates the kernels to LLVM's language: ``python -m har_core.models.kernels.translation``.

Only who changes a kernel needs numba, and waits for it. What comes out is kept, and is the same for every
processor; ``har_core.models.machine_code`` makes the code of one processor of it, in about half a second.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import types
from numba.core.cgutils import normalize_ir_text
from numba.core.codegen import CPUCodeLibrary

from har_core.models.kernels import TRANSLATED, layers, sources, steps
from har_core.models.kernels.compiling import Kernel

FILES: dict[str, dict[str, Kernel]] = {
    "layers": {
        "read": layers.read,
        "unread": layers.unread,
        "convolve": layers.convolve,
        "unconvolve": layers.unconvolve,
    },
    "steps_of_lstm": {"go_through": steps.steps_of_lstm},
    "steps_of_convolution": {"go_through": steps.steps_of_convolution},
}

_COUNTED = 'define void @"NRT_incref"'

_NOT_COUNTED = """
define linkonce_odr void @NRT_incref(ptr %array) { ret void }
define linkonce_odr void @NRT_decref(ptr %array) { ret void }
"""
"""Who refers to an array is not counted: a kernel makes none, and is given all that it works in."""


def translate() -> dict[str, str]:
    """Return the files of kernels in LLVM's language, behind a line of JSON that tells their arguments."""
    with _overheard() as texts:
        names = {
            file: {name: _compile(it) for name, it in kernels.items()} for file, kernels in FILES.items()
        }
    modules = [_own_copy(text) for text in (_NOT_COUNTED, *texts) if _COUNTED not in text]
    fingerprint = sources()
    files = {}
    for file, kernels in FILES.items():
        arguments = {name: [_told(kind) for kind in it.arguments] for name, it in kernels.items()}
        header = json.dumps({"sources": fingerprint, "kernels": arguments})
        files[file] = f"; {header}\n{_joined(names[file], modules)}"
    return files


def _joined(names: dict[str, str], modules: list[llvm.ModuleRef]) -> str:
    """Return what some kernels, and what they call, come down to."""
    whole = llvm.parse_assembly("")
    for name, own in names.items():
        (called,) = (it for module in modules for it in module.functions if _is_made(it, own))
        whole.link_in(llvm.parse_assembly(_entry(name, called)))
    # Who calls comes first: of the others only what is called is taken over.
    for module in reversed(modules):
        whole.link_in(module, preserve=True)
    for value in (*whole.functions, *whole.global_variables):
        if not value.is_declaration:
            value.linkage = "external" if value.name in names else "internal"
    _simplify(whole)
    missing = [it.name for it in whole.functions if it.is_declaration and not it.name.startswith("llvm.")]
    if missing:
        raise ValueError(f"the kernels call {', '.join(missing)}, which is not everywhere")
    # What a processor is called, and how it lies in memory, is told where it runs.
    return "".join(line for line in str(whole).splitlines(True) if not line.startswith(("target", "; Mod")))


def _compile(kernel: Kernel) -> str:
    """Let numba compile a kernel; return its name there."""
    compiled = numba.njit(error_model="numpy", nogil=True)(kernel.function)
    compiled.compile(types.none(*kernel.arguments))
    (overload,) = compiled.overloads.values()
    return str(overload.fndesc.llvm_func_name)


def _is_made(function: llvm.ValueRef, name: str) -> bool:
    return not function.is_declaration and function.name == name


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Keep what numba says to LLVM."""
    heard: list[str] = []
    say = CPUCodeLibrary.add_ir_module

    def overhear(library: CPUCodeLibrary, module: ir.Module) -> None:
        heard.append(normalize_ir_text(str(module)))
        say(library, module)

    with mock.patch.object(CPUCodeLibrary, "add_ir_module", overhear):
        yield heard


def _own_copy(text: str) -> llvm.ModuleRef:
    module = llvm.parse_assembly(text)
    for function in module.functions:
        if not function.is_declaration:
            function.linkage = "linkonce_odr"
    return module


def _entry(name: str, called: llvm.ValueRef) -> str:
    """Return a function that reads the arguments of a kernel out of a row of 64 bits each."""
    module = ir.Module(name)
    number, pointer = ir.IntType(64), ir.PointerType()
    kinds = {"i64": number, "double": ir.DoubleType(), "ptr": pointer}
    given = [kinds[str(argument.type)] for argument in called.arguments]
    kernel = ir.Function(module, ir.FunctionType(ir.IntType(32), given), called.name)
    entry = ir.Function(module, ir.FunctionType(ir.IntType(32), [pointer]), name)
    build = ir.IRBuilder(entry.append_basic_block())
    # numba's own two: where the result goes, and where what was raised goes
    arguments: list[ir.Value] = [build.alloca(pointer), build.alloca(pointer)]
    for place, kind in enumerate(given[2:]):
        slot = build.gep(entry.args[0], [ir.Constant(number, place)], source_etype=number)
        arguments.append(build.load(slot, typ=kind))
    build.ret(build.call(kernel, arguments))
    return str(module)


def _simplify(module: llvm.ModuleRef) -> None:
    """Let LLVM shorten it, as far as that is the same for all processors. Where it runs it is not."""
    anything = llvm.Target.from_default_triple().create_target_machine(cpu="generic", opt=2)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = False
    builder = llvm.create_pass_builder(anything, options)
    builder.getModulePassManager().run(module, builder)


def _told(kind: Any) -> Any:
    """Return the type of an argument as ``machine_code`` reads it."""
    if isinstance(kind, types.NamedTuple):
        return [_told(part) for part in kind.types]
    return f"{kind.dtype} {kind.ndim}" if isinstance(kind, types.Array) else str(kind)


def main() -> None:
    """Translate all kernels, and keep what comes out."""
    TRANSLATED.mkdir(exist_ok=True)
    for name, text in translate().items():
        (TRANSLATED / f"{name}.ll.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
