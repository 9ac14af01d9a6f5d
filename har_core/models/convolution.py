"""A convolution over time on sequences of different lengths: the project's kernel, or torch's own."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from har_core.models.batch import Batch
from har_core.models.engine import Buffers, Plan, kernels_for, padded, threads_of, up_to
from har_core.models.kernels import LANES


class ConvolutionLayer(nn.Conv1d):
    """``nn.Conv1d`` that keeps the number of frames, and cuts off what is negative, on a ``Batch``.

    What lies outside a sequence counts as zero.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__(inputs, outputs, kernel, padding="same")
        self._kept = Buffers()

    def _get_name(self) -> str:
        """Return what torch calls the layer where it shows it."""
        return "Convolution"

    def forward(self, batch: Batch) -> tuple[Batch, Tensor]:  # type: ignore[override]
        """Convolve the sequences.

        Returns:
            The (S, outputs) outputs of each frame, as a batch of the same sequences; and (B, outputs) the
            mean over the frames of each sequence.
        """
        if batch.frames.is_meta:
            return batch.shaped(self.out_channels)
        kernels = kernels_for("layers", batch.frames, self.weight)
        if kernels is None:
            return self._as_torch_does(batch)
        if batch.frames.requires_grad:
            batch = batch.compact()
        plan = Plan(batch, self.weight.numel(), threads_of(self))
        outputs, means = _Convolving.apply(  # type: ignore[no-untyped-call]
            kernels, self._kept, plan, batch.frames, self.weight, self.bias
        )
        return batch.computed(outputs), means

    def _as_torch_does(self, batch: Batch) -> tuple[Batch, Tensor]:
        rows = torch.from_numpy(batch.order.rows)
        ordered = batch.take(rows)
        inputs = ordered.padded()
        lengths = ordered.lengths.to(inputs.device)
        outputs = torch.relu(super().forward(inputs.transpose(1, 2))).transpose(1, 2)  # (B, T, outputs)
        true = torch.arange(inputs.shape[1], device=inputs.device) < lengths[:, None]
        means = torch.where(true[..., None], outputs, 0).sum(dim=1) / lengths[:, None]
        return batch.computed(outputs[true]), means[torch.argsort(rows).to(inputs.device)]


class _Convolving(torch.autograd.Function):
    """Both ways through a convolution, by the kernel."""

    @staticmethod
    def forward(
        ctx: Any,
        kernels: SimpleNamespace,
        buffers: Buffers,
        plan: Plan,
        frames: Tensor,
        weight: Tensor,
        bias: Tensor,
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        count, inputs, kernel = weight.shape
        width, order = up_to(count, LANES), plan.order
        filled = np.zeros((kernel * inputs + 1, width), np.float32)
        filled[:-1, :count] = weight.detach().numpy().transpose(2, 1, 0).reshape(-1, count)
        filled[-1, :count] = bias.detach().numpy()
        outputs = np.empty((order.frame_count, width), np.float32)
        means = np.empty((len(order.rows), width), np.float32)
        windows = buffers.take(plan.block_count, int(order.lengths.max()) + kernel - 1, inputs)
        plan.run(
            kernels.convolve, frames, (kernel - 1) // 2, filled[:-1], filled[-1:], outputs, means, windows
        )
        buffers.give(windows)
        in_order = np.empty((len(order.rows), count), np.float32)
        in_order[order.rows] = means[:, :count]
        ctx.kernels, ctx.buffers, ctx.plan, ctx.frames, ctx.outputs = kernels, buffers, plan, frames, outputs
        ctx.save_for_backward(weight)
        return torch.from_numpy(outputs)[:, :count], torch.from_numpy(in_order)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, asked: Tensor | None, asked_means: Tensor | None) -> tuple[Tensor | None, ...]:
        plan, order, (weight,) = ctx.plan, ctx.plan.order, ctx.saved_tensors
        count, inputs, kernel = weight.shape
        width = ctx.outputs.shape[1]
        wanted = ctx.needs_input_grad[3]
        columns = up_to(inputs, LANES)
        back_frames = np.empty((ctx.frames.shape[0] if wanted else 0, columns), np.float32)
        to_window = np.zeros((kernel, width, columns), np.float32)
        to_window[:, :count, :inputs] = weight.detach().numpy()[:, :, ::-1].transpose(2, 0, 1)
        asked_here = padded(asked, width)
        means_here = np.zeros((len(order.rows), width), np.float32)
        if asked_means is not None:
            means_here[:, :count] = asked_means.numpy()[order.rows]
        longest = int(order.lengths.max()) + kernel - 1
        totals = ctx.buffers.take(plan.block_count, kernel * inputs + 1, width)
        windows = ctx.buffers.take(plan.block_count, longest, inputs)
        back = ctx.buffers.take(plan.block_count, longest, width)
        plan.run(
            ctx.kernels.unconvolve, ctx.frames, (kernel - 1) // 2, to_window.reshape(-1, columns),
            ctx.outputs, means_here, asked_here, back_frames, totals, windows, back,
        )  # fmt: skip
        total = totals.sum(axis=0)[:, :count]
        ctx.buffers.give(totals, windows, back)
        back_weight = torch.from_numpy(total[:-1].reshape(kernel, inputs, count).transpose(2, 1, 0).copy())
        wanted_back = torch.from_numpy(back_frames)[:, :inputs] if wanted else None
        return None, None, None, wanted_back, back_weight, torch.from_numpy(total[-1].copy())
