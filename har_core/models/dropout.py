"""Dropout whose random numbers are its own."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

_CHOICES = 2**16


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
        sixteen_bits = torch.from_numpy(self.draw(values.numel())).view(values.shape)
        factors = torch.where(sixteen_bits < self.kept_in - _CHOICES // 2, _CHOICES / self.kept_in, 0.0)
        return values * factors.to(values.device, values.dtype)

    @property
    def kept_in(self) -> int:
        """How many of 2^16 random numbers keep a value: those below this number less 2^15."""
        return _CHOICES - round(self.rate * _CHOICES)

    def draw(self, count: int) -> NDArray[np.int16]:
        """Draw sixteen random bits for each of so many values."""
        # Four at a time, in a tenth of the time that torch takes.
        draws = torch.empty(-(-count // 4), dtype=torch.int64)
        draws.random_(-(2**63), None, generator=self.generator)
        return draws.numpy().view(np.int16)[:count]
