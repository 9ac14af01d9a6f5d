"""LSTM, stacked LSTM and Bi-LSTM."""

from typing import cast

import torch
from torch import Tensor, nn

from har_core.models.batch import Batch
from har_core.models.dropout import Dropout
from har_core.models.lstm import LstmLayer
from har_core.models.options import BilstmOptions, RecurrentOptions
from har_core.models.places import Layers


class RecurrentClassifier(nn.Module):
    """LSTM layers, dropout behind each, and a linear layer on the last output.

    Each layer is a module of its own, because the dropout between the layers of one ``torch.nn.LSTM`` takes
    its random numbers from the generator that the whole process shares.
    """

    def __init__(
        self,
        inputs: int,
        classes: int,
        *,
        hidden: int,
        layers: int,
        bidirectional: bool,
        dropout: float,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        width = hidden * (2 if bidirectional else 1)
        self.layers = nn.ModuleList(
            LstmLayer(inputs if layer == 0 else width, hidden, bidirectional=bidirectional)
            for layer in range(layers)
        )
        self.dropout = Dropout(dropout, generator)
        self.head = nn.Linear(width, classes)

    def form(self) -> Layers:
        """Return what the layers are, for a kernel that computes them all."""
        first = cast(LstmLayer, self.layers[0])
        return Layers(
            kernel=0,
            count=len(self.layers),
            directions=2 if first.bidirectional else 1,
            inputs=first.input_size,
            hidden=first.hidden_size,
            last=first.hidden_size,
        )

    def features(self, batch: Batch) -> Tensor:
        """Return what the last layer gives when it has read the sequences, (B, H) or (B, 2 H)."""
        *lower, top = self.layers
        for layer in lower:
            outputs, _ = layer(batch)
            batch = outputs.with_frames(self.dropout(outputs.frames))
        _, last = top(batch)
        return cast(Tensor, last)

    def answer(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features as the head is given them, and (B, K) logits."""
        features = self.dropout(self.features(batch))
        return features, self.head(features)

    def forward(self, batch: Batch) -> Tensor:
        """Return (B, K) logits."""
        return self.answer(batch)[1]


def build(
    options: RecurrentOptions, inputs: int, classes: int, generator: torch.Generator
) -> RecurrentClassifier:
    """Build an LSTM, a stacked LSTM or a Bi-LSTM with fresh weights.

    Weights are drawn as ``torch.nn.LSTM`` does, from U(-1/sqrt(H), 1/sqrt(H)), but from the given generator.

    Args:
        options: units, layers, dropout.
        inputs: F.
        classes: K.
        generator: the source of every random number of the model.
    """
    model = RecurrentClassifier(
        inputs,
        classes,
        hidden=options.hidden,
        layers=getattr(options, "layers", 1),
        bidirectional=isinstance(options, BilstmOptions),
        dropout=options.dropout,
        generator=generator,
    )
    bound = options.hidden**-0.5
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return model
