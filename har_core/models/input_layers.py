"""What may stand before any network: batch norm of its inputs, dropout of whole channels, a projection.

All of it knows true frames alone, never what pads the shorter sequences of a batch.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from har_core.engine import Batch, Dropout

_MOMENTUM, _EPS = 0.1, 1e-5


class BatchNorm(nn.Module):
    """Batch normalisation (Ioffe and Szegedy, 2015), the constants and numbers of ``nn.BatchNorm1d``.

    Torch's class counts its batches in a whole number beside its weights; weights here are float32 alone.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, frames: Tensor) -> Tensor:
        """Return (S, C), or (B, C, T), each channel with mean 0 and variance 1 before weight and bias."""
        spread = frames.numel() > frames.shape[1]  # a single frame has no variance
        return batch_norm(
            frames, self.running_mean, self.running_var, self.weight, self.bias, self.training and spread,
            _MOMENTUM, _EPS,
        )  # fmt: skip


class InputNorm(BatchNorm):
    """Batch norm of the frames of a ``Batch``."""

    def _get_name(self) -> str:
        """Return what the layer is called where it is shown."""
        return "BatchNorm"

    def forward(self, batch: Batch) -> Batch:  # type: ignore[override]
        """Return the sequences with their frames normed."""
        batch = batch.compact()
        return batch.with_frames(super().forward(batch.frames))


class ChannelDropout(Dropout):
    """Sets whole channels of a sequence to zero, in all of its frames, and scales the others up."""

    def forward(self, batch: Batch) -> Batch:  # type: ignore[override]
        """Return the sequences, some of their channels zero while training."""
        if not self.training or self.rate == 0:
            return batch
        batch, channels = batch.compact(), batch.frames.shape[1]
        factors = super().forward(torch.ones(len(batch), channels, device=batch.frames.device))
        if batch.is_even:  # so that no factor is gathered for each frame
            each = batch.frames.view(len(batch), -1, channels) * factors[:, None]
            return batch.with_frames(each.view(-1, channels))
        return batch.with_frames(batch.frames * batch.per_frame(factors))


class Projection(nn.Linear):
    """A linear layer on each frame, cut off below zero."""

    def forward(self, batch: Batch) -> Batch:  # type: ignore[override]
        """Return the sequences with their frames projected."""
        batch = batch.compact()
        return batch.with_frames(torch.relu(super().forward(batch.frames)))


def input_layers(
    inputs: int, generator: torch.Generator, *, norm: bool, channel_dropout: float, projection: int = 0
) -> nn.ModuleList:
    """Return the layers that are asked for, in the order in which they compute; most networks have none.

    Args:
        inputs: F.
        generator: source of what is dropped.
        norm: whether there is batch norm.
        channel_dropout: share of the channels that training sets to zero.
        projection: width; 0 for none. Its weights are drawn as torch's own are.
    """
    layers = nn.ModuleList()
    if norm:
        layers.append(InputNorm(inputs))
    if channel_dropout:
        layers.append(ChannelDropout(channel_dropout, generator))
    if projection:
        layers.append(Projection(inputs, projection))
    return layers
