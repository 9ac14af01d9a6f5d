"""The networks, by name. What the form offers and what the tests run over is read off ``MODELS``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import torch
from pydantic import Field
from torch import Tensor, nn

from har_core.models.convolutional import CnnOptions, build_convolutional
from har_core.models.recurrent import (
    BilstmOptions,
    LstmOptions,
    RecurrentOptions,
    StackedLstmOptions,
    build_recurrent,
)

ModelOptions = Annotated[
    LstmOptions | StackedLstmOptions | BilstmOptions | CnnOptions, Field(discriminator="name")
]


class Classifier(Protocol):
    """What every model can do. ``inputs`` are (B, T, F), padded behind; ``lengths`` (B) the true ones."""

    def __call__(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return (B, K) logits."""

    def features(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return (B, width) what the last layer before the linear one gives."""


@dataclass(frozen=True)
class ModelKind:
    """A model that can be chosen.

    Attributes:
        title: its name for people.
        options: the class of its options.
        build: makes it from options, F, K and a generator.
    """

    title: str
    options: type[Any]
    build: Callable[[Any, int, int, torch.Generator], nn.Module]


def _build_cnn(options: CnnOptions, inputs: int, classes: int, generator: torch.Generator) -> nn.Module:
    matched: RecurrentOptions = MODELS[options.match].options()
    target = count_parameters(build_model(matched, inputs, classes, torch.Generator()))
    return build_convolutional(options, inputs, classes, generator, target=target)


MODELS: dict[str, ModelKind] = {
    "lstm": ModelKind("LSTM", LstmOptions, build_recurrent),
    "stacked-lstm": ModelKind("Stacked LSTM", StackedLstmOptions, build_recurrent),
    "bilstm": ModelKind("Bi-LSTM", BilstmOptions, build_recurrent),
    "cnn": ModelKind("1D-CNN", CnnOptions, _build_cnn),
}


def build_model(options: Any, inputs: int, classes: int, generator: torch.Generator) -> nn.Module:
    """Build the model that the options name, with fresh weights on the CPU.

    Args:
        options: options of one of ``MODELS``.
        inputs: F.
        classes: K.
        generator: the source of every random number of the model.
    """
    return MODELS[options.name].build(options, inputs, classes, generator)


def count_parameters(model: nn.Module) -> int:
    """Return the number of values that training changes."""
    return sum(parameter.numel() for parameter in model.parameters())


__all__ = [
    "MODELS",
    "BilstmOptions",
    "Classifier",
    "CnnOptions",
    "LstmOptions",
    "ModelKind",
    "ModelOptions",
    "StackedLstmOptions",
    "build_model",
    "count_parameters",
]
