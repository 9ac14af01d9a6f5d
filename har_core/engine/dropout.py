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
        draws = torch.from_numpy(self.draw(values.numel())).view(values.shape)
        factors = torch.where(draws < self.keeps_below, self.scale, 0.0)
        return values * factors.to(values.device, values.dtype)

    @property
    def _kept(self) -> int:
        """How many of all draws keep a value; at least one, so that there is a scale."""
        return max(1, _CHOICES - round(self.rate * _CHOICES))

    @property
    def keeps_below(self) -> int:
        """A value is kept if what is drawn for it is below this number."""
        return self._kept - _CHOICES // 2

    @property
    def scale(self) -> float:
        """By which what is kept is multiplied."""
        return _CHOICES / self._kept

    def draw(self, count: int) -> NDArray[np.int16]:
        """Draw sixteen random bits for each of so many values."""
        # Four at a time, in a tenth of the time that torch takes.
        draws = torch.empty(-(-count // 4), dtype=torch.int64)
        draws.random_(-(2**63), None, generator=self.generator)
        return draws.numpy().view(np.int16)[:count]
