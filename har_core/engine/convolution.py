"""A convolution over time on sequences of different lengths: the project's kernel, or torch's own."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from har_core.engine.batch import Batch
from har_core.engine.blocks import Blocks, kernels_for, padded, round_up
from har_core.engine.buffers import Buffers
from har_core.engine.kernels import LANES


class ConvolutionLayer(nn.Conv1d):
    """``nn.Conv1d`` that keeps the number of frames, and cuts off what is negative, on a ``Batch``.

    What lies outside a sequence counts as zero.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__(inputs, outputs, kernel, padding="same")
        self._memory = Buffers()

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
            return batch.meta_outputs(self.out_channels)
        kernels = kernels_for("layers", batch.frames, self.weight)
        if kernels is None:
            return self._by_torch(batch)
        if batch.frames.requires_grad:
            batch = batch.compact()
        blocks = Blocks(batch, self.weight.numel())
        outputs, means = _ConvolutionFunction.apply(  # type: ignore[no-untyped-call]
            kernels, self._memory, blocks, batch.frames, self.weight, self.bias
        )
        return batch.with_outputs(outputs), means

    def _by_torch(self, batch: Batch) -> tuple[Batch, Tensor]:
        rows = torch.from_numpy(batch.order.sorted_indices)
        ordered = batch.take(rows)
        inputs = ordered.padded()
        lengths = ordered.lengths.to(inputs.device)
        outputs = torch.relu(super().forward(inputs.transpose(1, 2))).transpose(1, 2)  # (B, T, outputs)
        true = torch.arange(inputs.shape[1], device=inputs.device) < lengths[:, None]
        means = torch.where(true[..., None], outputs, 0).sum(dim=1) / lengths[:, None]
        return batch.with_outputs(outputs[true]), means[torch.argsort(rows).to(inputs.device)]


class _ConvolutionFunction(torch.autograd.Function):
    """Both ways through a convolution, by the kernel."""

    @staticmethod
    def forward(
        ctx: Any,
        kernels: SimpleNamespace,
        buffers: Buffers,
        blocks: Blocks,
        frames: Tensor,
        weight: Tensor,
        bias: Tensor,
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        count, inputs, kernel = weight.shape
        width, order = round_up(count, LANES), blocks.order
        filled = np.zeros((kernel * inputs + 1, width), np.float32)
        filled[:-1, :count] = weight.detach().numpy().transpose(2, 1, 0).reshape(-1, count)
        filled[-1, :count] = bias.detach().numpy()
        outputs = np.empty((order.frame_count, width), np.float32)
        means = np.empty((len(order.sorted_indices), width), np.float32)
        windows = buffers.acquire(len(blocks), int(order.lengths.max()) + kernel - 1, inputs)
        blocks.run(
            kernels.conv_forward, frames, (kernel - 1) // 2, filled[:-1], filled[-1:], outputs, means, windows
        )
        buffers.release(windows)
        in_order = np.empty((len(order.sorted_indices), count), np.float32)
        in_order[order.sorted_indices] = means[:, :count]
        ctx.kernels, ctx.buffers, ctx.blocks, ctx.frames, ctx.outputs = (
            kernels,
            buffers,
            blocks,
            frames,
            outputs,
        )
        ctx.save_for_backward(weight)
        return torch.from_numpy(outputs)[:, :count], torch.from_numpy(in_order)

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, grad_output: Tensor | None, grad_means: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        blocks, order, (weight,) = ctx.blocks, ctx.blocks.order, ctx.saved_tensors
        count, inputs, kernel = weight.shape
        width = ctx.outputs.shape[1]
        needs_grad_input = ctx.needs_input_grad[3]
        columns = round_up(inputs, LANES)
        grad_input = np.empty((ctx.frames.shape[0] if needs_grad_input else 0, columns), np.float32)
        by_window = np.zeros((kernel, width, columns), np.float32)
        by_window[:, :count, :inputs] = weight.detach().numpy()[:, :, ::-1].transpose(2, 0, 1)
        grad_output_padded = padded(grad_output, width)
        grad_means_padded = np.zeros((len(order.sorted_indices), width), np.float32)
        if grad_means is not None:
            grad_means_padded[:, :count] = grad_means.numpy()[order.sorted_indices]
        longest = int(order.lengths.max()) + kernel - 1
        block_gradients = ctx.buffers.acquire(len(blocks), kernel * inputs + 1, width)
        windows = ctx.buffers.acquire(len(blocks), longest, inputs)
        back = ctx.buffers.acquire(len(blocks), longest, width)
        blocks.run(
            ctx.kernels.conv_backward, ctx.frames, (kernel - 1) // 2, by_window.reshape(-1, columns),
            ctx.outputs, grad_means_padded, grad_output_padded, grad_input, block_gradients, windows, back,
        )  # fmt: skip
        gradient = block_gradients.sum(axis=0)[:, :count]
        ctx.buffers.release(block_gradients, windows, back)
        grad_weight = torch.from_numpy(gradient[:-1].reshape(kernel, inputs, count).transpose(2, 1, 0).copy())
        grad_frames = torch.from_numpy(grad_input)[:, :inputs] if needs_grad_input else None
        return None, None, None, grad_frames, grad_weight, torch.from_numpy(gradient[-1].copy())
