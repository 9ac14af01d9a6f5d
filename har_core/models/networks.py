"""From a model's options to its network."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from har_core.models import MODELS, ModelOptions, resolve
from har_core.models.batch import Batch


class Classifier(Protocol):
    """What every network can do with B sequences."""

    head: nn.Linear

    def __call__(self, batch: Batch) -> Tensor:
        """Return (B, K) logits."""

    def answer(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features, which the linear layer is given, and (B, K) logits."""


def build_model(options: ModelOptions, inputs: int, classes: int, generator: torch.Generator) -> nn.Module:
    """Build the network that the options name, with fresh weights on the CPU.

    What torch's layers draw by themselves follows from the generator's seed, and leaves the numbers that the
    process draws as they were.

    Args:
        options: of a model of ``MODELS`` that has a network.
        inputs: F.
        classes: K.
        generator: the source of every random number of the network.
    """
    with _drawing_apart(generator):
        return cast(nn.Module, resolve(MODELS[options.name].network)(options, inputs, classes, generator))


_building = threading.RLock()


@contextmanager
def _drawing_apart(generator: torch.Generator) -> Iterator[None]:
    """Let torch draw from a seed for this block, and then go on where it was; one thread at a time."""
    with _building:
        before = torch.get_rng_state()
        torch.default_generator.manual_seed(generator.initial_seed())
        try:
            yield
        finally:
            torch.set_rng_state(before)


def build_weightless(options: ModelOptions, inputs: int, classes: int) -> nn.Module:
    """Build the network that the options name, with the shapes of its weights alone: it takes no memory."""
    with _building, torch.device("meta"):  # torch notes the device for all threads
        return build_model(options, inputs, classes, torch.Generator())


def feature_width(options: ModelOptions, inputs: int, classes: int) -> int:
    """Return how many numbers the linear layer of a network is given of each sequence."""
    return cast(nn.Linear, build_weightless(options, inputs, classes).head).in_features


def count_parameters(model: nn.Module) -> int:
    """Return the number of values that training changes."""
    return sum(parameter.numel() for parameter in model.parameters())
