"""From a model's options to its network."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, assert_never, cast

import torch
from torch import Tensor, nn

from har_core.models import MODELS, BilstmOptions, CnnOptions, LstmOptions, ModelOptions, StackedLstmOptions
from har_core.models.batch import Batch
from har_core.models.convolutional import build_convolutional
from har_core.models.recurrent import build_recurrent


class Classifier(Protocol):
    """What every network can do with B sequences."""

    def __call__(self, batch: Batch) -> Tensor:
        """Return (B, K) logits."""

    def answer(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features, which the linear layer is given, and (B, K) logits."""


def build_model(options: ModelOptions, inputs: int, classes: int, generator: torch.Generator) -> nn.Module:
    """Build the model that the options name, with fresh weights on the CPU.

    What torch's layers draw by themselves follows from the generator's seed, and leaves the numbers that the
    process draws as they were.

    Args:
        options: options of one of ``MODELS``.
        inputs: F.
        classes: K.
        generator: the source of every random number of the model.
    """
    with _drawing_apart(generator):
        return _build(options, inputs, classes, generator)


def _build(options: ModelOptions, inputs: int, classes: int, generator: torch.Generator) -> nn.Module:
    match options:
        case LstmOptions() | StackedLstmOptions() | BilstmOptions():
            return build_recurrent(options, inputs, classes, generator)
        case CnnOptions():
            matched = MODELS[options.match].options()
            target = count_parameters(build_model(matched, inputs, classes, torch.Generator()))
            return build_convolutional(options, inputs, classes, generator, target=target)
    assert_never(options)


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
    """Build the model that the options name, with the shapes of its weights alone: it takes no memory."""
    with _building, torch.device("meta"):  # torch notes the device for all threads
        return build_model(options, inputs, classes, torch.Generator())


def feature_width(options: ModelOptions, inputs: int, classes: int) -> int:
    """Return how many numbers the linear layer of a model is given of each sequence."""
    return cast(nn.Linear, build_weightless(options, inputs, classes).head).in_features


def count_parameters(model: nn.Module) -> int:
    """Return the number of values that training changes."""
    return sum(parameter.numel() for parameter in model.parameters())
