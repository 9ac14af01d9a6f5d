"""A convolution over time on sequences of different lengths: the project's kernel, or torch's own."""

from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from har_core.models.batch import Batch
from har_core.models.engine import Buffers, Plan, kernels_for, up_to


class ConvolutionLayer(nn.Conv1d):
    """``nn.Conv1d`` that keeps the number of frames, and cuts off what is negative, on a ``Batch``.

    What lies outside a sequence counts as zero.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__(inputs, outputs, kernel, padding="same")
        self._kept = Buffers()

    def forward(self, batch: Batch) -> tuple[Batch, Tensor]:  # type: ignore[override]
        """Convolve the sequences.

        Returns:
            The (S, outputs) outputs of each frame, as a batch of the same sequences; and (B, outputs) the mean
            over the frames of each sequence.
        """
        kernels = kernels_for(batch.frames, self.weight)
        if kernels is None:
            return self._as_torch_does(batch)
        if batch.frames.requires_grad:
            batch = batch.compact()
        plan = Plan(batch, self.weight.numel())
        outputs, means = _Convolving.apply(kernels, self._kept, plan, batch.frames, self.weight, self.bias)
        return Batch(outputs, plan.starts, batch.lengths), means

    def _as_torch_does(self, batch: Batch) -> tuple[Batch, Tensor]:
        padded = batch.padded()
        outputs = torch.relu(super().forward(padded.transpose(1, 2))).transpose(1, 2)  # (B, T, outputs)
        true = (torch.arange(padded.shape[1]) < batch.lengths[:, None]).to(padded.device)
        means = torch.where(true[..., None], outputs, 0).sum(dim=1) / batch.lengths.to(padded.device)[:, None]
        return Batch.of_lengths(outputs[true], batch.lengths), means


class _Convolving(torch.autograd.Function):
    """Both ways through a convolution, by the kernel."""

    @staticmethod
    def forward(
        ctx: Any, kernels: ModuleType, buffers: Buffers, plan: Plan, frames: Tensor, weight: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        count, inputs, kernel = weight.shape
        width = up_to(count, kernels.LANES)
        filled = torch.zeros(kernel * inputs + 1, width)
        filled[:-1, :count] = weight.permute(2, 1, 0).reshape(-1, count)
        filled[-1, :count] = bias
        outputs, means = torch.empty(plan.frame_count, width), torch.empty(len(plan), width)
        plan.run(
            kernels.convolve, frames, kernel, (kernel - 1) // 2,
            filled[:-1].numpy(), filled[-1:].numpy(), outputs.numpy(), means.numpy(),
        )  # fmt: skip
        ctx.kernels, ctx.buffers, ctx.plan, ctx.frames, ctx.outputs = kernels, buffers, plan, frames, outputs
        ctx.save_for_backward(weight)
        in_order = torch.empty(len(plan), count)
        in_order[plan.order] = means[:, :count]
        return outputs[:, :count], in_order

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, asked: Tensor | None, asked_means: Tensor | None) -> tuple[Tensor | None, ...]:
        plan, (weight,) = ctx.plan, ctx.saved_tensors
        count, inputs, kernel = weight.shape
        width = ctx.outputs.shape[1]
        wanted = ctx.needs_input_grad[3]
        back_frames = torch.zeros(len(ctx.frames) if wanted else 0, up_to(inputs, ctx.kernels.LANES))
        to_window = torch.zeros(kernel, width, back_frames.shape[1])
        to_window[:, :count, :inputs] = weight.flip(2).permute(2, 0, 1)
        asked_here = torch.zeros(1 if asked is None else plan.frame_count, width)
        if asked is not None:
            asked_here[:, :count] = asked
        means_here = torch.zeros(len(plan), width)
        if asked_means is not None:
            means_here[:, :count] = asked_means[plan.order]
        totals = ctx.buffers.take(plan.block_count, kernel * inputs + 1, width)
        plan.run(
            ctx.kernels.unconvolve, ctx.frames, kernel, (kernel - 1) // 2, to_window.flatten(0, 1).numpy(), inputs,
            ctx.outputs.numpy(), means_here.numpy(), asked_here.numpy(), back_frames.numpy(), totals,
        )  # fmt: skip
        total = torch.from_numpy(totals).sum(dim=0)[:, :count]
        ctx.buffers.give(totals)
        back_weight = total[:-1].view(kernel, inputs, count).permute(2, 1, 0).contiguous()
        back_frames_wanted = back_frames[:, :inputs] if wanted else None
        return None, None, None, back_frames_wanted, back_weight, total[-1].contiguous()
