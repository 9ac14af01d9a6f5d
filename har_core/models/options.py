"""What can be chosen of each model. Who only reads or shows a config has no need of the networks."""

from typing import Annotated, Literal

from pydantic import Field

from har_core.settings import Settings


class RecurrentOptions(Settings):
    """What the recurrent models have in common.

    Attributes:
        hidden: H, units of each layer and direction.
        dropout: share of the values that training sets to zero behind each layer.
    """

    hidden: Annotated[int, Field(ge=1, le=1024)] = 24
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.5


class LstmOptions(RecurrentOptions):
    """One LSTM layer (Hochreiter and Schmidhuber, 1997), then dropout and a linear layer."""

    name: Literal["lstm"] = "lstm"


class StackedLstmOptions(RecurrentOptions):
    """Several LSTM layers; every layer but the last hands on its whole sequence."""

    name: Literal["stacked-lstm"] = "stacked-lstm"
    layers: Annotated[int, Field(ge=2, le=8)] = 2


class BilstmOptions(RecurrentOptions):
    """One LSTM reads forward, one backward (Schuster and Paliwal, 1997); their last outputs are joined."""

    name: Literal["bilstm"] = "bilstm"
    layers: Annotated[int, Field(ge=1, le=8)] = 1


class CnnOptions(Settings):
    """Convolutions over time, the mean over the true frames, dropout and a linear layer.

    Attributes:
        match: the model whose number of parameters this one is given, for a fair comparison.
        channels: width of the convolutions, instead of ``match``.
        layers: how many convolutions.
        kernel: frames that one convolution sees.
        dropout: share of the values that training sets to zero before the linear layer.
    """

    name: Literal["cnn"] = "cnn"
    match: Literal["lstm", "stacked-lstm", "bilstm"] = "lstm"
    channels: Annotated[int, Field(ge=1, le=1024)] | None = None
    layers: Annotated[int, Field(ge=1, le=8)] = 2
    kernel: Annotated[int, Field(ge=1, le=31)] = 5
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.5
