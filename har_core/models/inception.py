"""A convolutional network of inception blocks: several lengths of time beside each other.

The blocks are those of InceptionTime (Ismail Fawaz et al., 2020), shorter and narrower. Torch computes them,
on padded sequences; what lies behind the end of one counts neither in a convolution, nor in a maximum, nor
in batch norm.
"""

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool1d

from har_core.engine import Batch, Dropout
from har_core.models.heads import HEADS
from har_core.models.input_layers import BatchNorm, input_layers
from har_core.models.options import InceptionOptions

KERNELS = (3, 7, 15)
"""Frames that the convolutions of a block see, beside each other."""

POOLED = 3
"""Frames whose maximum is taken beside them."""


@dataclass(frozen=True, eq=False)
class FrameMask:
    """Which frames of padded sequences are theirs.

    Attributes:
        lengths: (B) frames of each, on the CPU.
        longest: T.
        device: where the sequences lie.
    """

    lengths: Tensor
    longest: int
    device: torch.device

    @cached_property
    def frames(self) -> Tensor | None:
        """(B, 1, T) true where a frame is its sequence's; None where all are."""
        true = torch.arange(self.longest) < self.lengths[:, None]
        return None if bool(true.all()) else true[:, None].to(self.device)

    def fill_padding(self, values: Tensor, fill: float = 0.0) -> Tensor:
        """Return (B, C, T) values with this number where a frame is nobody's."""
        return values if self.frames is None else torch.where(self.frames, values, fill)

    def batch_norm(self, norm: BatchNorm, values: Tensor) -> Tensor:
        """Return (B, C, T) values after batch norm of the true frames; any numbers elsewhere."""
        if self.frames is None:
            return cast(Tensor, norm(values))
        true, rows = self.frames[:, 0], values.transpose(1, 2)
        return rows.masked_scatter(true[..., None], norm(rows[true])).transpose(1, 2)


class InceptionBlock(nn.Module):
    """A narrow layer, convolutions of several lengths on it, and a maximum beside them; then batch norm."""

    is_one_layer = True  # where layers are shown

    def __init__(self, inputs: int, bottleneck: int, channels: int) -> None:
        super().__init__()
        self.bottleneck = nn.Conv1d(inputs, bottleneck, 1, bias=False)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(bottleneck, channels, kernel, padding=kernel // 2, bias=False) for kernel in KERNELS
        )
        self.pooled = nn.Conv1d(inputs, channels, 1, bias=False)
        self.norm = BatchNorm(width_of_block(channels))

    def _get_name(self) -> str:
        """Return what the block is called where it is shown."""
        return "Inception block"

    def forward(self, values: Tensor, mask: FrameMask) -> Tensor:
        """Return (B, C', T) of (B, C, T) values that are zero where a frame is nobody's."""
        narrow = self.bottleneck(values)
        largest = mask.fill_padding(max_pool1d(mask.fill_padding(values, -inf), POOLED, 1, POOLED // 2))
        each = [*(convolution(narrow) for convolution in self.convolutions), self.pooled(largest)]
        return mask.batch_norm(self.norm, torch.cat(each, dim=1))


def width_of_block(channels: int) -> int:
    """Return how many channels a block gives: those of each convolution, and of the maximum."""
    return (len(KERNELS) + 1) * channels


class InceptionClassifier(nn.Module):
    """Inception blocks, each cut off below zero, and a linear layer on what is taken of the last.

    What the first is given is added to what the last gives, through a linear layer with batch norm.
    """

    def __init__(
        self, options: InceptionOptions, inputs: int, classes: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        width = width_of_block(options.channels)
        self.before = input_layers(
            inputs, generator, norm=options.input_norm, channel_dropout=options.channel_dropout
        )
        self.blocks = nn.ModuleList(
            InceptionBlock(width if block else inputs, options.bottleneck, options.channels)
            for block in range(options.blocks)
        )
        self.short_cut = nn.Conv1d(inputs, width, 1, bias=False)
        self.short_cut_norm = BatchNorm(width)
        self.dropout = Dropout(options.dropout, generator)
        self.pooling = options.head
        self.head = nn.Linear(HEADS[options.head].width_factor * width, classes)

    def features(self, batch: Batch) -> Tensor:
        """Return what is taken of the last block's outputs, (B, width)."""
        for layer in self.before:
            batch = layer(batch)
        inputs = batch.padded().transpose(1, 2)
        mask = FrameMask(batch.lengths, inputs.shape[2], inputs.device)
        values = inputs
        *lower, top = self.blocks
        for block in lower:
            values = mask.fill_padding(torch.relu(block(values, mask)))
        short_cut = mask.batch_norm(self.short_cut_norm, self.short_cut(inputs))
        frames = torch.relu(top(values, mask) + short_cut).transpose(1, 2)
        rows = frames.flatten(0, 1)
        return HEADS[self.pooling].pool(Batch(rows, torch.arange(len(batch)) * mask.longest, batch.lengths))

    def features_and_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features as the head is given them, and (B, K) logits."""
        features = self.dropout(self.features(batch))
        return features, self.head(features)

    def forward(self, batch: Batch) -> Tensor:
        """Return (B, K) logits."""
        return self.features_and_logits(batch)[1]


def build(
    options: InceptionOptions, inputs: int, classes: int, generator: torch.Generator
) -> InceptionClassifier:
    """Build a network of inception blocks with fresh weights, for F inputs and K classes.

    They are those that torch's layers draw by themselves; ``build_model`` seeds that with the generator.
    """
    return InceptionClassifier(options, inputs, classes, generator)
