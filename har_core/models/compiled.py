"""The compiled kernels of this process: made once, and ahead of time where somebody will need them."""

import functools
import logging
import threading
from types import SimpleNamespace

_log = logging.getLogger(__name__)

_compiling = threading.Lock()


def kernels(name: str) -> SimpleNamespace | None:
    """Return compiled kernels; where they can't be had, say so once and return None.

    Args:
        name: ``layers``, ``steps_of_lstm`` or ``steps_of_convolution``.
    """
    with _compiling:
        return _load(name)


def compile_ahead(name: str) -> None:
    """Begin to compile kernels on a thread of its own, beside what has to be done before they are needed."""
    # It is waited for at the end of the process, which must not take LLVM away from under it.
    threading.Thread(target=kernels, args=(name,), name="compiling").start()


@functools.cache
def _load(name: str) -> SimpleNamespace | None:
    try:
        from har_core.models.machine_code import load  # here, because llvmlite may be missing

        return load(name)
    except Exception as error:  # LLVM is not there, or can't compile for this machine
        _say_that_kernels_are_missing(str(error))
        return None


@functools.cache
def _say_that_kernels_are_missing(why: str) -> None:
    _log.warning("The project's own kernels can't be loaded (%s): torch's slower ones take over.", why)
