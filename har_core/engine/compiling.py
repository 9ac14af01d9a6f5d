"""The compiled kernels of this process: compiled and proved once on a machine, and loaded from then on.

numba compiles them, which takes some ten seconds for each of ``KERNELS``, and keeps what comes out on the
disk. The first time that happens in a process of its own (``first_use``), which also compares them with
torch: a wrong number there, or a crash, leaves this process alone and torch in charge.
"""

import functools
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from pkgutil import resolve_name
from types import SimpleNamespace

from filelock import FileLock

from har_core.engine.kernel_cache import kernel_cache
from har_core.errors import ConfigError, HarError

_log = logging.getLogger(__name__)

KERNELS = {
    "layers": ("layers:lstm_forward", "layers:lstm_backward", "layers:conv_forward", "layers:conv_backward"),
    "lstm_steps": ("fused_steps:lstm_steps",),
    "conv_steps": ("fused_steps:conv_steps",),
}
"""What is compiled together, by its name."""

_ENDED_FROM_OUTSIDE = tuple(
    -getattr(signal, name) for name in ("SIGKILL", "SIGTERM", "SIGINT") if hasattr(signal, name)
)
_TIMEOUT = 600  # seconds, in which the slowest machine has compiled them


class KernelsError(HarError):
    """Why the kernels can't be had."""


def kernels(name: str) -> SimpleNamespace | None:
    """Return compiled kernels of ``KERNELS``; where they can't be had, say so once and return None.

    Raises:
        ConfigError: ``HAR_KERNELS`` is neither on nor off.
    """
    given = _overridden.get()
    if given is not None:
        return given.get(name)
    if not kernels_enabled():
        return None
    with _compiling:
        return _load(name)


def kernels_enabled() -> bool:
    """Return whether the user wants kernels: ``HAR_KERNELS=off`` lets torch compute everything.

    Raises:
        ConfigError: the variable says something else.
    """
    said = os.environ.get("HAR_KERNELS", "").strip().lower()
    if said not in ("", "on", "off"):
        raise ConfigError(f"HAR_KERNELS: found {said[:40]!r}, expected on or off; leave it empty for on.")
    return said != "off"


def fault_of_kernels() -> str:
    """Return why kernels that were asked for can't be had; "" where all of them can."""
    with _compiling:
        return _faults[0] if _faults else ""


def compile_ahead(name: str) -> None:
    """Begin to load kernels on a thread of its own, beside what has to be done before they are needed."""
    # It is waited for at the end of the process, which must not take LLVM away from under it.
    threading.Thread(target=kernels, args=(name,), name="compiling").start()


def compile_all() -> None:
    """Compile, prove and load all kernels."""
    for name in KERNELS:
        kernels(name)


@contextmanager
def override_kernels(kernels: Mapping[str, SimpleNamespace]) -> Iterator[None]:
    """Let these kernels, and torch for what is not among them, compute in this block, on this thread."""
    before = _overridden.set(kernels)
    try:
        yield
    finally:
        _overridden.reset(before)


_overridden: ContextVar[Mapping[str, SimpleNamespace] | None] = ContextVar("kernels", default=None)
_compiling = threading.Lock()
_faults: list[str] = []


@functools.cache
def _load(name: str) -> SimpleNamespace | None:
    if _faults:  # one fault is enough to trust none; what is in use already stays, so that no run changes
        return None
    kept = ""
    try:
        folder = _folder()
        kept = f"; delete {folder} to have them compiled anew"
        fault = _fault_on_this_machine(folder, name)
        if fault:
            raise KernelsError(fault)
        return load_from(folder, name)
    except Exception as error:  # numba is missing, can't compile for this machine, or its files are damaged
        _faults.append(str(error) or type(error).__name__)
        _log.warning(
            "The project's own kernels can't be used, torch computes instead: %s%s.", _faults[0], kept
        )
        return None


def load_from(folder: Path, name: str) -> SimpleNamespace:
    """Return kernels from a folder, where they are compiled first if they are not in it yet."""
    from numba.core import config

    places = [place.partition(":") for place in KERNELS[name]]
    found = [(own, resolve_name(f"har_core.engine.kernels.{module}:{own}")) for module, _, own in places]
    before = vars(config)["CACHE_DIR"]  # numba looks at it when a function is made
    vars(config)["CACHE_DIR"] = str(folder)
    try:
        return SimpleNamespace(**{own: kernel.compile() for own, kernel in found})
    finally:
        vars(config)["CACHE_DIR"] = before


def _folder() -> Path:
    import llvmlite.binding as llvm
    import numba

    processor = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
    return kernel_cache(numba.__version__, processor)


def _fault_on_this_machine(folder: Path, name: str) -> str:
    """Return what is wrong with any kernels on this machine, "" for nothing; find out of these if need be."""
    known = _known_fault(folder, name)
    if known is not None:
        return known
    with FileLock(folder / "lock"):  # other processes wait for this one
        known = _known_fault(folder, name)
        if known is None:
            known = _verify(folder, name)
            _verdict_file(folder, name).write_text(json.dumps({"fault": known}))
    return known


def _known_fault(folder: Path, name: str) -> str | None:
    """Return the fault of any kernels, else what was found out of these; None where nothing was."""
    verdicts = {each: _verdict(folder, each) for each in KERNELS}
    return next(filter(None, verdicts.values()), verdicts[name])


def _verdict_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"


def _verdict(folder: Path, name: str) -> str | None:
    """Return what was found out about kernels; None where nothing was, or it was not written to its end."""
    try:
        fault = json.loads(_verdict_file(folder, name).read_text())["fault"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return fault if isinstance(fault, str) else None


def _verify(folder: Path, name: str) -> str:
    """Compile kernels and compare them with torch, in a process of their own; return what is wrong, or "".

    Raises:
        KernelsError: it did not come to its end, through no fault of theirs.
    """
    _log.warning("The kernels are compiled on this machine for the first time, which takes about 15 seconds.")
    command = [sys.executable, "-m", "har_core.engine.first_use", name, str(folder)]
    house = Path(__file__).parents[2]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=house, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KernelsError(f"they could not be compiled: {error}") from error
    if done.returncode == 0:
        return ""
    if done.returncode in _ENDED_FROM_OUTSIDE:
        raise KernelsError("compiling them was ended from outside")
    said = done.stdout.strip() if done.returncode == WRONG else ""
    return said or _last_line(done.stderr) or f"they end their process ({_say_end(done.returncode)})"


WRONG = 3
"""What a process ends with that found wrong numbers."""


def _say_end(code: int) -> str:
    return (code < 0 and signal.strsignal(-code)) or f"code {code}"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
