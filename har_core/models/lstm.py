"""An LSTM layer on sequences of different lengths: the project's kernel, or torch's own where that can't run."""

from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from har_core.models.batch import Batch
from har_core.models.engine import Buffers, Matrix, Plan, kernels_for, up_to


class LstmLayer(nn.LSTM):
    """One layer in one or both directions: ``nn.LSTM`` with its names, shapes and results, on a ``Batch``."""

    def __init__(self, inputs: int, hidden: int, *, bidirectional: bool = False) -> None:
        super().__init__(inputs, hidden, batch_first=True, bidirectional=bidirectional)
        self._kept = Buffers()

    def forward(self, batch: Batch) -> tuple[Batch, Tensor]:  # type: ignore[override]
        """Read the sequences.

        Returns:
            The (S, D H) outputs behind each frame, D directions beside each other, as a batch of the same
            sequences; and (B, D H) the output of each direction when it has read its sequence.
        """
        kernels = kernels_for(batch.frames, self.weight_ih_l0)
        if kernels is None:
            return self._as_torch_does(batch)
        if batch.frames.requires_grad:
            batch = batch.compact()
        plan = Plan(batch, 4 * self.hidden_size * (self.input_size + self.hidden_size + 1))
        weights = [getattr(self, name) for name in self._flat_weights_names]
        outputs, last = _Reading.apply(kernels, self._kept, plan, batch.frames, *weights)
        return Batch(outputs, plan.starts, batch.lengths), last

    def _as_torch_does(self, batch: Batch) -> tuple[Batch, Tensor]:
        packed = pack_padded_sequence(batch.padded(), batch.lengths, batch_first=True, enforce_sorted=False)
        outputs, (states, _) = super().forward(packed)
        padded, _ = pad_packed_sequence(outputs, batch_first=True)
        true = torch.arange(padded.shape[1]) < batch.lengths[:, None]
        return Batch.of_lengths(padded[true.to(padded.device)], batch.lengths), torch.cat(list(states), dim=1)


class _Reading(torch.autograd.Function):
    """Both ways through a layer, by the kernel."""

    @staticmethod
    def forward(
        ctx: Any, kernels: ModuleType, buffers: Buffers, plan: Plan, frames: Tensor, *weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        hidden = weights[1].shape[1]
        width = up_to(hidden, kernels.LANES)
        learns = any(ctx.needs_input_grad)
        kept: list[tuple[Matrix, Matrix, Tensor]] = []
        lasts = []
        for direction in range(len(weights) // 4):
            packed = _transposed(weights[4 * direction : 4 * direction + 4], hidden, width)
            gates = buffers.take(plan.frame_count if learns else 0, 4 * width)
            cells = buffers.take(plan.frame_count + 1 if learns else 0, width)
            cells[-1:] = 0
            outputs = torch.empty(plan.frame_count + 1, width)
            outputs[-1] = 0
            last = torch.empty(len(plan), width)
            step = -1 if direction else 1
            plan.run(kernels.read, frames, step, *packed, gates, cells, outputs.numpy(), last.numpy())
            kept.append((gates, cells, outputs))
            in_order = torch.empty(len(plan), hidden)
            in_order[plan.order] = last[:, :hidden]
            lasts.append(in_order)
        if learns:
            ctx.kernels, ctx.buffers, ctx.plan, ctx.frames, ctx.kept = kernels, buffers, plan, frames, kept
            ctx.save_for_backward(*weights)
        each = [outputs[:-1, :hidden] for _, _, outputs in kept]
        return (each[0], lasts[0]) if len(each) == 1 else (torch.cat(each, dim=1), torch.cat(lasts, dim=1))

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, asked: Tensor | None, asked_last: Tensor | None) -> tuple[Tensor | None, ...]:
        if ctx.kept is None:
            raise RuntimeError("an LSTM layer goes back only once: it overwrites what it kept on the way forward.")
        kept, ctx.kept = ctx.kept, None
        plan, weights, frames = ctx.plan, ctx.saved_tensors, ctx.frames
        inputs, hidden = weights[0].shape[1], weights[1].shape[1]
        width = up_to(hidden, ctx.kernels.LANES)
        wanted = ctx.needs_input_grad[3]
        back_frames = torch.zeros(len(frames) if wanted else 0, up_to(inputs, ctx.kernels.LANES))
        gradients: list[Tensor | None] = []
        for direction, (gates, cells, outputs) in enumerate(kept):
            columns = slice(direction * hidden, (direction + 1) * hidden)
            asked_here = torch.zeros(1 if asked is None else plan.frame_count + 1, width)
            if asked is not None:
                asked_here[:-1, :hidden] = asked[:, columns]
            last_here = torch.zeros(len(plan), width)
            if asked_last is not None:
                last_here[:, :hidden] = asked_last[plan.order, columns]
            to_input = _by_gate(weights[4 * direction], hidden, width, back_frames.shape[1])
            to_output = _by_gate(weights[4 * direction + 1], hidden, width, width)
            totals = ctx.buffers.take(plan.block_count, inputs + hidden + 1, 4 * width)
            plan.run(
                ctx.kernels.unread, frames, -1 if direction else 1, to_input, to_output, inputs, hidden,
                gates, cells, outputs.numpy(), last_here.numpy(), asked_here.numpy(),
                back_frames.numpy(), totals,
            )  # fmt: skip
            total = torch.from_numpy(totals).sum(dim=0).view(-1, 4, width)[:, :, :hidden].flatten(1)
            bias = total[-1]
            gradients += [total[:inputs].T.contiguous(), total[inputs:-1].T.contiguous(), bias, bias.clone()]
            ctx.buffers.give(gates, cells, totals)
        return None, None, None, back_frames[:, :inputs] if wanted else None, *gradients


def _transposed(weights: tuple[Tensor, ...], hidden: int, width: int) -> list[Matrix]:
    """Return W and U transposed and the sum of the biases, with units of no weight up to the width."""
    from_input, from_output, *biases = (weight.detach() for weight in weights)
    inputs = from_input.shape[1]
    filled = torch.zeros(inputs + width + 1, 4, width)
    filled[:inputs, :, :hidden] = from_input.view(4, hidden, inputs).permute(2, 0, 1)
    filled[inputs : inputs + hidden, :, :hidden] = from_output.view(4, hidden, hidden).permute(2, 0, 1)
    filled[-1, :, :hidden] = (biases[0] + biases[1]).view(4, hidden)
    rows: Matrix = filled.view(-1, 4 * width).numpy()
    return [rows[:inputs], rows[inputs:-1], rows[-1:]]


def _by_gate(weight: Tensor, hidden: int, width: int, columns: int) -> Matrix:
    """Return a weight matrix with rows of zeros behind each gate's, and columns of zeros behind its own."""
    filled = torch.zeros(4, width, columns)
    filled[:, :hidden, : weight.shape[1]] = weight.detach().view(4, hidden, -1)
    rows: Matrix = filled.view(4 * width, columns).numpy()
    return rows
