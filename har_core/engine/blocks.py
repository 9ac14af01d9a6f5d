"""How a kernel is led over a batch: in blocks of sequences, which threads take one after the other."""

import functools
import logging
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from har_core.engine.batch import Batch
from har_core.engine.buffers import Matrix
from har_core.engine.compiling import kernels
from har_core.engine.threads import current_threads

_log = logging.getLogger(__name__)

_SEQUENCES_IN_BLOCK = 16
"""So that what is known of a block stays in the cache between the kernel's passes."""

_LARGEST_GRADIENTS = 1 << 20
"""Numbers that the blocks of a batch may take to sum the gradients of weights in, each its own."""


def kernels_for(name: str, frames: Tensor, weight: Tensor) -> SimpleNamespace | None:
    """Return these kernels if they can compute with the tensors; None where torch has to."""
    if frames.device.type != "cpu":
        return None
    if frames.dtype != torch.float32 or weight.dtype != torch.float32:
        _warn_that_torch_computes(str(frames.dtype).removeprefix("torch."))
        return None
    return kernels(name)


@functools.cache
def _warn_that_torch_computes(what: str) -> None:
    _log.warning("The project's own kernels compute float32; torch's compute %s.", what)


class Blocks:
    """How the sequences of a batch are computed: in which order, and in which blocks.

    Attributes:
        order: of the sequences.
        frame_rows: (B) in this order, where each begins in the frames of the batch.
        starts: where each block of sequences begins, then B. It depends on the batch alone, as the order does
            in which gradients are summed.
    """

    def __init__(self, batch: Batch, weight_count: int) -> None:
        self.order = batch.order
        self.frame_rows = batch.starts.numpy()[self.order.sorted_indices]
        fewest = max(4, _LARGEST_GRADIENTS // weight_count)
        size = max(_SEQUENCES_IN_BLOCK, -(-len(batch) // fewest))
        self.starts = np.append(np.arange(0, len(batch), size), len(batch))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def run(self, kernel: Callable[..., None], frames: Tensor, *arguments: Any) -> None:
        """Run a kernel over all blocks, on as many threads as there are here."""
        counter, order = np.zeros(1, np.int64), self.order
        where = counter, self.starts, as_rows(frames), self.frame_rows, order.offsets, order.lengths
        current_threads().run(partial(kernel, *where, *arguments), len(self))


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


def round_up(count: int, multiple: int) -> int:
    """Return the least multiple that is not below a count."""
    return -(-count // multiple) * multiple
