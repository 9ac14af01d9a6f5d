"""Dropout whose random numbers are its own."""

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Sets a share of the values to zero while training, and scales the others up to keep the mean.

    ``torch.nn.Dropout`` draws from one generator that the whole process shares, so that another thread
    would change the results. This one draws from a generator of the run, always on the CPU, so that
    every device sees the same masks.
    """

    def __init__(self, rate: float, generator: torch.Generator) -> None:
        super().__init__()
        self.rate = rate
        self.generator = generator

    def forward(self, values: Tensor) -> Tensor:
        """Return the values, some of them zero while training."""
        if not self.training or self.rate == 0:
            return values
        kept = torch.rand(values.shape, generator=self.generator) >= self.rate
        return values * kept.to(values.device, values.dtype) / (1 - self.rate)
