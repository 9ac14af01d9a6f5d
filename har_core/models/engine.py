"""Runs the kernels: spreads their blocks over threads, and keeps their memory."""

import functools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from har_core.models.batch import Batch
from har_core.models.compiled import kernels
from har_core.models.networks import Network
from har_core.models.threads import ALONE, Threads

if TYPE_CHECKING:
    from har_core.models.machine_code import Kernel

_log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]

_SEQUENCES_IN_BLOCK = 16
"""So that what is known of a block stays in the cache between the kernel's passes."""

_LARGEST_TOTALS = 1 << 20
"""Numbers that the blocks of a batch may take to sum the derivatives of weights in, each its own."""


def kernels_for(name: str, frames: Tensor, weight: Tensor) -> SimpleNamespace | None:
    """Return these kernels if they can compute with the tensors; None where torch has to."""
    if frames.device.type != "cpu" or frames.dtype != torch.float32 or weight.dtype != torch.float32:
        _say_that_torch_computes(f"{frames.dtype} on {frames.device.type}".removeprefix("torch."))
        return None
    return kernels(name)


@functools.cache
def _say_that_torch_computes(what: str) -> None:
    _log.warning("The project's own kernels compute float32 on the CPU; torch's compute %s.", what)


class Plan:
    """How the sequences of a batch are computed: in which order, and in which blocks.

    Attributes:
        order: of the sequences.
        frame_rows: (B) in this order, where each begins in the frames of the batch.
        blocks: where each block of sequences begins, then B. It depends on the batch alone, as the order does
            in which derivatives are summed.
        threads: that compute them.
    """

    def __init__(self, batch: Batch, weight_count: int, threads: Threads) -> None:
        self.order, self.threads = batch.order, threads
        self.frame_rows = batch.starts.numpy()[self.order.rows]
        fewest = max(4, _LARGEST_TOTALS // weight_count)
        size = max(_SEQUENCES_IN_BLOCK, -(-len(batch) // fewest))
        self.blocks = np.append(np.arange(0, len(batch), size), len(batch))

    @property
    def block_count(self) -> int:
        """Number of blocks."""
        return len(self.blocks) - 1

    def run(self, kernel: "Kernel", frames: Tensor, *arguments: Any) -> None:
        """Run a kernel over all blocks, on as many threads as there are for it."""
        counter = np.zeros(1, np.int64)
        rows, lengths = self.order.own, self.order.lengths
        call = kernel.given(counter, self.blocks, as_rows(frames), self.frame_rows, rows, lengths, *arguments)

        def work() -> None:
            with flushing():
                call()

        others = self.threads.help_with(work, self.block_count)
        work()
        for other in others:
            # One that the system has not let begin yet finds nothing left to do.
            other.cancel() or other.result()


def as_rows(values: Tensor) -> Matrix:
    """Return a matrix as the kernels take it: (rows, columns or more) without a gap.

    A part of the columns of such a matrix is given as the whole of it, which spares a copy.
    """
    values = values.detach()
    step = values.stride(0)
    whole = values.ndim == 2 and values.stride(1) == 1 and step >= values.shape[1]
    if (
        whole
        and values.storage_offset() == 0
        and values.untyped_storage().nbytes() >= 4 * step * values.shape[0]
    ):
        return values.as_strided((values.shape[0], step), (step, 1)).numpy()
    return values.contiguous().numpy()


def padded(values: Tensor | None, width: int) -> Matrix:
    """Return a matrix with columns of zeros behind its own, up to a width; one row of zeros for None."""
    if values is not None and values.shape[1] == width:
        return values.contiguous().numpy()
    filled = np.zeros((1 if values is None else values.shape[0], width), np.float32)
    if values is not None:
        filled[:, : values.shape[1]] = values.numpy()
    return filled


def up_to(count: int, multiple: int) -> int:
    """Return the least multiple that is not below a count."""
    return -(-count // multiple) * multiple


# Threads


_OF_MODULE = "kernel_threads"


def compute_on(threads: Threads, network: Network) -> None:
    """Let the kernels of a network compute on these threads from now on."""
    for module in network.modules():
        setattr(module, _OF_MODULE, threads)


def threads_of(module: Network | nn.Module) -> Threads:
    """Return the threads that a network or one of its layers was given; without, it computes alone."""
    threads: Threads = getattr(module, _OF_MODULE, ALONE)
    return threads


def share_out(threads: Threads, stay: Callable[[], None], leave: Callable[[], None], parts: int) -> None:
    """Run a kernel here and on helpers, as many as there are parts for; these may still be late.

    Args:
        threads: this one and the helpers.
        stay: runs it on the thread that waits until all is done.
        leave: runs it on one that leaves when it is.
        parts: of the work.
    """

    def help_with_it() -> None:
        with flushing():
            leave()

    others = threads.help_with(help_with_it, parts)
    try:
        with flushing():
            stay()
    except BaseException:  # such as Ctrl-C before the kernel began: the others then do it all
        for other in others:
            other.cancel() or other.exception()
        raise
    for other in others:
        other.cancel()


# What torch keeps for each thread


_SMALLEST = 5e-324


@contextmanager
def flushing() -> Iterator[None]:
    """Take numbers below 1.2e-38 for zero in this thread, for this block: they cost a hundred times more."""
    if _SMALLEST == 0.0:  # this thread does so already
        yield
        return
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def one_thread_of_torch() -> Iterator[None]:
    """Let torch compute on this thread alone, for this block: on several it may sum in another order."""
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    _let_torch_have(1)
    try:
        yield
    finally:
        _let_torch_have(before)


_telling_torch = threading.Lock()


def _let_torch_have(count: int) -> None:
    """Say how many threads torch takes for what this one computes.

    Torch would take as many for whatever thread begins later on, too: that is put back, by a new one.
    """
    with _telling_torch:
        usual = _on_a_new_thread(torch.get_num_threads)
        torch.set_num_threads(count)
        _on_a_new_thread(lambda: torch.set_num_threads(usual))


def _on_a_new_thread(ask: Callable[[], Any]) -> Any:
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(ask()))
    thread.start()
    thread.join()
    return answers[0]


# Memory


class Buffers:
    """Arrays that one layer takes and gives back.

    The system takes large arrays back as soon as they are freed, and clears the next one page by page as it
    is first written, which takes as long as the computation itself.
    """

    def __init__(self) -> None:
        self._free: list[Matrix] = []

    def take(self, *shape: int) -> Matrix:
        """Return an array of this shape; what is in it is left over from before."""
        size = int(np.prod(shape))
        for index, array in enumerate(self._free):
            if array.size >= size:
                return self._free.pop(index)[:size].reshape(shape)
        return np.empty(size, np.float32)[:size].reshape(shape)

    def give(self, *arrays: Matrix) -> None:
        """Give arrays back that nobody reads any more."""
        self._free += [array.base for array in arrays if array.base is not None]
        self._free.sort(key=len)
