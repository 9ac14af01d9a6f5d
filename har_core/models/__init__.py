"""The models, by name. What the form offers and what the tests run over is read off ``MODELS``.

The networks themselves are in ``har_core.models.networks``, because torch takes seconds to import: who lists
runs or draws a form does not wait for it.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from har_core.models.options import BilstmOptions, CnnOptions, LstmOptions, StackedLstmOptions

ModelOptions = Annotated[
    LstmOptions | StackedLstmOptions | BilstmOptions | CnnOptions, Field(discriminator="name")
]


@dataclass(frozen=True)
class ModelKind:
    """A model that can be chosen.

    Attributes:
        title: its name for people.
        options: the class of its options.
        kernels: the file of those that train it; None where torch does.
    """

    title: str
    options: type[Any]
    kernels: str | None = None


MODELS: dict[str, ModelKind] = {
    "lstm": ModelKind("LSTM", LstmOptions, "steps_of_lstm"),
    "stacked-lstm": ModelKind("Stacked LSTM", StackedLstmOptions, "steps_of_lstm"),
    "bilstm": ModelKind("Bi-LSTM", BilstmOptions, "steps_of_lstm"),
    "cnn": ModelKind("1D-CNN", CnnOptions, "steps_of_convolution"),
}

__all__ = [
    "MODELS",
    "BilstmOptions",
    "CnnOptions",
    "LstmOptions",
    "ModelKind",
    "ModelOptions",
    "StackedLstmOptions",
]
