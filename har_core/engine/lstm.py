"""An LSTM layer on sequences of different lengths: the project's kernel, or torch's where that can't run."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.utils.rnn import PackedSequence

from har_core.engine.batch import Batch
from har_core.engine.blocks import Blocks, kernels_for, padded, round_up
from har_core.engine.buffers import Buffers, Matrix
from har_core.engine.kernels import LANES, SLOTS


class LstmLayer(nn.LSTM):
    """One layer in one or both directions: ``nn.LSTM`` with its names, shapes and results, on a ``Batch``."""

    def __init__(self, inputs: int, hidden: int, *, bidirectional: bool = False) -> None:
        super().__init__(inputs, hidden, batch_first=True, bidirectional=bidirectional)
        self._memory = Buffers()

    def _get_name(self) -> str:
        """Return what torch calls the layer where it shows it."""
        return "Bidirectional LSTM" if self.bidirectional else "LSTM"

    def forward(self, batch: Batch) -> tuple[Batch, Tensor]:  # type: ignore[override]
        """Lead the sequences through the layer.

        Returns:
            The (S, D H) outputs behind each frame, D directions beside each other, as a batch of the same
            sequences; and (B, D H) the output of each direction when it has read its sequence.
        """
        if batch.frames.is_meta:
            return batch.meta_outputs(self.hidden_size * (2 if self.bidirectional else 1))
        kernels = kernels_for("layers", batch.frames, next(self.parameters()))
        if kernels is None:
            return self._by_torch(batch)
        if batch.frames.requires_grad:
            batch = batch.compact()
        weight_count = 4 * self.hidden_size * (self.input_size + self.hidden_size + 1)
        blocks = Blocks(batch, weight_count)
        weights = [getattr(self, name) for name in self._flat_weights_names]
        outputs, last = _LstmFunction.apply(  # type: ignore[no-untyped-call]
            kernels, self._memory, blocks, batch.frames, *weights
        )
        return batch.with_outputs(outputs), last

    def _by_torch(self, batch: Batch) -> tuple[Batch, Tensor]:
        def without_cells(packed: PackedSequence) -> tuple[PackedSequence, Tensor]:
            outputs, (states, _) = super(LstmLayer, self).forward(packed)
            return outputs, states

        return batch.run_packed(without_cells)


class _LstmFunction(torch.autograd.Function):
    """Both ways through a layer, by the kernel."""

    @staticmethod
    def forward(
        ctx: Any, kernels: SimpleNamespace, buffers: Buffers, blocks: Blocks, frames: Tensor, *weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        hidden, order = weights[1].shape[1], blocks.order
        width = round_up(hidden, LANES)
        saved: list[tuple[Matrix, Matrix, Matrix]] = []
        directions = len(weights) // 4
        lasts = np.empty((len(order.sorted_indices), directions * hidden), np.float32)
        for direction in range(directions):
            packed = _transposed(weights[4 * direction : 4 * direction + 4], hidden, width)
            gates = buffers.acquire(order.frame_count, 4 * width)
            cells = buffers.acquire(order.frame_count + 1, width)
            outputs = np.empty((order.frame_count + 1, width), np.float32)
            cells[-1], outputs[-1] = 0, 0
            last = np.empty((len(order.sorted_indices), width), np.float32)
            blocks.run(
                kernels.lstm_forward, frames, -1 if direction else 1, *packed, gates, cells, outputs, last
            )
            lasts[order.sorted_indices, direction * hidden : (direction + 1) * hidden] = last[:, :hidden]
            saved.append((gates, cells, outputs))
        if any(ctx.needs_input_grad):
            ctx.kernels, ctx.buffers, ctx.blocks, ctx.frames, ctx.saved = (
                kernels,
                buffers,
                blocks,
                frames,
                saved,
            )
            ctx.save_for_backward(*weights)
        else:
            for gates, cells, _ in saved:
                buffers.release(gates, cells)
        each = [torch.from_numpy(outputs)[:-1, :hidden] for _, _, outputs in saved]
        return each[0] if directions == 1 else torch.cat(each, dim=1), torch.from_numpy(lasts)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor | None, grad_h_n: Tensor | None) -> tuple[Tensor | None, ...]:
        if ctx.saved is None:
            raise RuntimeError(
                "an LSTM layer goes back only once: it overwrites what it saved on the way forward."
            )
        saved, ctx.saved = ctx.saved, None
        blocks, weights, frames, order = ctx.blocks, ctx.saved_tensors, ctx.frames, ctx.blocks.order
        inputs, hidden = weights[0].shape[1], weights[1].shape[1]
        width = round_up(hidden, LANES)
        needs_grad_input = ctx.needs_input_grad[3]
        grad_input = np.zeros(
            (frames.shape[0] if needs_grad_input else 0, round_up(inputs, LANES)), np.float32
        )
        gradients: list[Tensor] = []
        for direction, (gates, cells, outputs) in enumerate(saved):
            columns = slice(direction * hidden, (direction + 1) * hidden)
            grad_output_padded = padded(
                grad_output if grad_output is None else grad_output[:, columns], width
            )
            grad_h_n_padded = np.zeros((len(order.sorted_indices), width), np.float32)
            if grad_h_n is not None:
                grad_h_n_padded[:, :hidden] = grad_h_n.numpy()[order.sorted_indices, columns]
            weight_ih, weight_hh = weights[4 * direction : 4 * direction + 2]
            block_gradients = ctx.buffers.acquire(len(blocks), inputs + hidden + 1, 4 * width)
            live = ctx.buffers.acquire(2 * len(blocks), SLOTS, width)
            blocks.run(
                ctx.kernels.lstm_backward, frames, -1 if direction else 1,
                _by_gate(weight_ih, hidden, width, grad_input.shape[1]),
                _by_gate(weight_hh, hidden, width, width),
                inputs, hidden, gates, cells, outputs, grad_h_n_padded, grad_output_padded,
                grad_input, block_gradients, live,
            )  # fmt: skip
            gradient = (
                block_gradients.sum(axis=0).reshape(-1, 4, width)[:, :, :hidden].reshape(-1, 4 * hidden)
            )
            parts = (gradient[:inputs].T, gradient[inputs:-1].T, gradient[-1], gradient[-1])
            gradients += [torch.from_numpy(part.copy()) for part in parts]
            ctx.buffers.release(gates, cells, block_gradients, live)
        grad_frames = torch.from_numpy(grad_input)[:, :inputs] if needs_grad_input else None
        return None, None, None, grad_frames, *gradients


def _transposed(weights: tuple[Tensor, ...], hidden: int, width: int) -> tuple[Matrix, Matrix, Matrix]:
    """Return W and U transposed and the sum of the biases, with units of no weight up to the width."""
    weight_ih, weight_hh, bias_ih, bias_hh = (weight.detach().numpy() for weight in weights)
    inputs = weight_ih.shape[1]
    filled = np.zeros((inputs + width + 1, 4, width), np.float32)
    filled[:inputs, :, :hidden] = weight_ih.T.reshape(inputs, 4, hidden)
    filled[inputs : inputs + hidden, :, :hidden] = weight_hh.T.reshape(hidden, 4, hidden)
    filled[-1, :, :hidden] = (bias_ih + bias_hh).reshape(4, hidden)
    rows = filled.reshape(-1, 4 * width)
    return rows[:inputs], rows[inputs:-1], rows[-1:]


def _by_gate(weight: Tensor, hidden: int, width: int, columns: int) -> Matrix:
    """Return a weight matrix with rows of zeros behind each gate's, and columns of zeros behind its own."""
    filled = np.zeros((4, width, columns), np.float32)
    filled[:, :hidden, : weight.shape[1]] = weight.detach().numpy().reshape(4, hidden, -1)
    return filled.reshape(4 * width, columns)
