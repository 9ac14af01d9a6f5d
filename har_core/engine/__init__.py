"""The engine: computes the networks, several times as fast as torch does. Its one page is ``README.md`` here.

- ``Batch``: sequences of different lengths; no frame of them is padded.
- ``LstmLayer``, ``ConvolutionLayer``, ``Dropout``: layers on a ``Batch``, with torch's names and results.
- ``fused_step``: of a network that says in ``spec()`` what it is made of, all of a training step in one call.
- ``Threads``: what is computed on. ``what_runs`` says what computes a network.

Nothing is imported until one of these names is used: who asks for a number of threads waits for no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from har_core.engine.batch import Batch as Batch
    from har_core.engine.compiling import compile_ahead as compile_ahead
    from har_core.engine.compiling import compile_all as compile_all
    from har_core.engine.compiling import kernels_enabled as kernels_enabled
    from har_core.engine.convolution import ConvolutionLayer as ConvolutionLayer
    from har_core.engine.dropout import Dropout as Dropout
    from har_core.engine.fused import AdamState as AdamState
    from har_core.engine.fused import FusedStep as FusedStep
    from har_core.engine.fused import NetworkSpec as NetworkSpec
    from har_core.engine.fused import fused_step as fused_step
    from har_core.engine.fused import what_runs as what_runs
    from har_core.engine.kernels.structs import BatchOutput as BatchOutput
    from har_core.engine.kernels.structs import BatchScore as BatchScore
    from har_core.engine.lstm import LstmLayer as LstmLayer
    from har_core.engine.threads import MOST_THREADS as MOST_THREADS
    from har_core.engine.threads import Threads as Threads
    from har_core.engine.threads import thread_count as thread_count
    from har_core.engine.threads import torch_threads as torch_threads

_HOMES = {
    "Batch": "batch",
    "compile_ahead": "compiling",
    "compile_all": "compiling",
    "kernels_enabled": "compiling",
    "ConvolutionLayer": "convolution",
    "Dropout": "dropout",
    "AdamState": "fused",
    "FusedStep": "fused",
    "NetworkSpec": "fused",
    "fused_step": "fused",
    "what_runs": "fused",
    "BatchOutput": "kernels.structs",
    "BatchScore": "kernels.structs",
    "LstmLayer": "lstm",
    "MOST_THREADS": "threads",
    "Threads": "threads",
    "thread_count": "threads",
    "torch_threads": "threads",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"har_core.engine.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
