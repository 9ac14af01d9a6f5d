"""An LSTM layer on sequences of different lengths: the project's kernel, or torch's own where that can't run."""

import functools
import logging
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from har_core.models.batch import Batch
from har_core.models.buffers import Buffers

_log = logging.getLogger(__name__)

_LARGEST_TOTALS = 1 << 20
"""Numbers in the sums of weight derivatives that the blocks of a batch keep, as long as there are few blocks."""

_SEQUENCES_IN_BLOCK = 16
"""So that the gates of a block stay in the cache between the kernel's passes, and there are blocks for threads."""


class LstmLayer(nn.LSTM):
    """One layer in one or both directions: ``nn.LSTM`` with its names, shapes and results, on a ``Batch``."""

    def __init__(self, inputs: int, hidden: int, *, bidirectional: bool) -> None:
        super().__init__(inputs, hidden, batch_first=True, bidirectional=bidirectional)
        self._buffers_of_kernel = Buffers()

    def forward(self, batch: Batch) -> tuple[Batch, Tensor]:  # type: ignore[override]
        """Read the sequences.

        Returns:
            The (S, D H) outputs behind each frame, D directions beside each other, as a batch of the same
            sequences; and (B, D H) the output of each direction when it has read its sequence.
        """
        kernel = _kernel() if _can_run(batch.frames, self.weight_ih_l0) else None
        if kernel is None:
            return self._as_torch_does(batch)
        if batch.frames.requires_grad:
            batch = batch.compact()
        plan = _Plan(batch, self.input_size, self.hidden_size)
        weights = [getattr(self, name) for name in self._flat_weights_names]
        outputs, last = _Read.apply(kernel, self._buffers_of_kernel, plan, batch.frames, *weights)
        return Batch(outputs, plan.starts, batch.lengths), last

    def _as_torch_does(self, batch: Batch) -> tuple[Batch, Tensor]:
        packed = pack_padded_sequence(batch.padded(), batch.lengths, batch_first=True, enforce_sorted=False)
        outputs, (states, _) = super().forward(packed)
        padded, _ = pad_packed_sequence(outputs, batch_first=True)
        true = torch.arange(padded.shape[1]) < batch.lengths[:, None]
        return Batch.of_lengths(padded[true.to(padded.device)], batch.lengths), torch.cat(list(states), dim=1)


def _can_run(frames: Tensor, weight: Tensor) -> bool:
    return frames.device.type == "cpu" and frames.dtype == weight.dtype == torch.float32


@functools.cache
def _kernel() -> ModuleType | None:
    """Return the compiled kernels; where they can't be had, say so once and return None."""
    try:
        from har_core.models import kernels  # here, because it takes a second that a page need not wait for
    except ImportError as error:
        _log.warning("The LSTM kernel can't be loaded (%s): torch's own, slower one takes over.", error)
        return None
    return kernels


class _Plan:
    """In which order the sequences of a batch are read, and where their numbers lie.

    Attributes:
        order: (B) the sequences, the longest first, so that those that are read together end together.
        rows: (B) in this order, the first row of each among the frames of the batch.
        starts: (B) the same, in the order of the batch.
    """

    def __init__(self, batch: Batch, inputs: int, hidden: int) -> None:
        lengths = batch.lengths.numpy()
        self.count, self.frame_count = len(lengths), int(lengths.sum())
        self.order = np.argsort(-lengths, kind="stable")
        self.lengths = lengths[self.order]
        self.rows = np.cumsum(self.lengths) - self.lengths
        self.frame_rows = batch.starts.numpy()[self.order]
        starts = np.empty(self.count, np.int64)
        starts[self.order] = self.rows
        self.starts = torch.from_numpy(starts)
        self.order_of_torch = torch.from_numpy(self.order)
        # Each block sums weight derivatives of its own: of a large layer that are few blocks.
        most = max(1, _LARGEST_TOTALS // (4 * hidden * (inputs + hidden + 1)))
        size = max(_SEQUENCES_IN_BLOCK, -(-self.count // max(most, 4)))
        self.blocks = np.append(np.arange(0, self.count, size), self.count)
        ends = np.append(self.rows, self.frame_count)[self.blocks]
        self.longest_block = int(np.diff(ends).max())


def _up_to(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


class _Read(torch.autograd.Function):
    """Both ways through a layer, by the kernel."""

    @staticmethod
    def forward(
        ctx: Any, kernel: ModuleType, buffers: Buffers, plan: _Plan, frames: Tensor, *weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        hidden = weights[1].shape[1]
        width = _up_to(hidden, kernel.LANES)
        learns = any(ctx.needs_input_grad)
        frames = frames.detach().contiguous()
        kept = []
        outputs, lasts = [], []
        for step, start in ((1, 0), (-1, 4))[: len(weights) // 4]:
            packed = _pack(weights[start : start + 4], hidden, width)
            rows = plan.frame_count if learns else plan.longest_block
            gates = buffers.take(rows, 4 * width)
            cells = buffers.take(rows + 1, width)
            output = torch.empty(plan.frame_count + 1, width)
            cells[-1] = 0
            output[-1] = 0
            last = torch.empty(plan.count, width)
            kernel.read(
                np.zeros(1, np.int64), plan.blocks, frames.numpy(), plan.frame_rows, plan.rows, plan.lengths,
                step, *packed, gates, cells, output.numpy(), last.numpy(), learns, True,
            )  # fmt: skip
            kept.append((step, gates, cells, output))
            outputs.append(output[:-1, :hidden])
            in_order = torch.empty(plan.count, hidden)
            in_order[plan.order_of_torch] = last[:, :hidden]
            lasts.append(in_order)
            if not learns:
                buffers.give(gates, cells)
        if learns:
            ctx.kernel, ctx.buffers, ctx.plan, ctx.frames, ctx.kept = kernel, buffers, plan, frames, kept
            ctx.save_for_backward(*weights)
        if len(outputs) == 1:
            return outputs[0], lasts[0]
        return torch.cat(outputs, dim=1), torch.cat(lasts, dim=1)

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, asked: Tensor | None, asked_last: Tensor | None) -> tuple[Tensor | None, ...]:
        if ctx.kept is None:
            raise RuntimeError("an LSTM layer can go back once: what it kept on the way forward is overwritten.")
        kernel, plan, weights = ctx.kernel, ctx.plan, ctx.saved_tensors
        kept, ctx.kept = ctx.kept, None
        inputs, hidden = weights[0].shape[1], weights[1].shape[1]
        width, even = _up_to(hidden, kernel.LANES), _up_to(hidden, 2 * kernel.LANES)
        wanted = ctx.needs_input_grad[3]
        back_frames = torch.zeros(len(ctx.frames) if wanted else 0, _up_to(inputs, 2 * kernel.LANES))
        gradients: list[Tensor | None] = []
        for direction, (step, gates, cells, output) in enumerate(kept):
            columns = slice(direction * hidden, (direction + 1) * hidden)
            asked_here = torch.zeros(1 if asked is None else plan.frame_count + 1, even)
            if asked is not None:
                asked_here[:-1, :hidden] = asked[:, columns]
            last_here = torch.zeros(plan.count, even)
            if asked_last is not None:
                last_here[:, :hidden] = asked_last[plan.order_of_torch, columns]
            from_input, from_output = weights[4 * direction], weights[4 * direction + 1]
            totals = ctx.buffers.take(len(plan.blocks) - 1, inputs + hidden + 1, 4 * width)
            kernel.unread(
                np.zeros(1, np.int64), plan.blocks, ctx.frames.numpy(), plan.frame_rows, plan.rows,
                plan.lengths, step, _by_gate(from_input, hidden, width, back_frames.shape[1]),
                _by_gate(from_output, hidden, width, even), gates, cells, output.numpy(),
                last_here.numpy(), asked_here.numpy(), back_frames.numpy(), totals, hidden,
            )  # fmt: skip
            total = torch.from_numpy(totals).sum(dim=0).view(-1, 4, width)[:, :, :hidden].reshape(-1, 4 * hidden)
            bias = total[-1]
            gradients += [total[:inputs].T.contiguous(), total[inputs:-1].T.contiguous(), bias, bias.clone()]
            ctx.buffers.give(gates, cells, totals)
        return None, None, None, back_frames[:, :inputs] if wanted else None, *gradients


def _pack(weights: tuple[Tensor, ...], hidden: int, width: int) -> list[np.ndarray[Any, Any]]:
    """Return W and U transposed and the sum of the biases, with units of no weight up to the width."""
    from_input, from_output, *biases = weights
    inputs = from_input.shape[1]
    packed = torch.zeros(inputs + width + 1, 4, width)
    packed[:inputs, :, :hidden] = from_input.detach().view(4, hidden, inputs).permute(2, 0, 1)
    packed[inputs : inputs + hidden, :, :hidden] = from_output.detach().view(4, hidden, hidden).permute(2, 0, 1)
    packed[-1, :, :hidden] = (biases[0] + biases[1]).detach().view(4, hidden)
    rows = packed.view(-1, 4 * width).numpy()
    return [rows[:inputs], rows[inputs:-1], rows[-1:]]


def _by_gate(weight: Tensor, hidden: int, width: int, columns: int) -> np.ndarray[Any, Any]:
    """Return a weight matrix with empty rows behind each gate's, and empty columns behind its own."""
    filled = torch.zeros(4, width, columns)
    filled[:, :hidden, : weight.shape[1]] = weight.detach().view(4, hidden, -1)
    return filled.view(4 * width, columns).numpy()
