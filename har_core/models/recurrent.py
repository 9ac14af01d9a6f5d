"""LSTM, stacked LSTM and Bi-LSTM."""

from typing import cast

import torch
from torch import Tensor, nn

from har_core.engine import Batch, Dropout, LstmLayer, NetworkSpec
from har_core.models.heads import HEADS, features_by
from har_core.models.options import BilstmOptions, LstmOptions, RecurrentOptions, StackedLstmOptions


class RecurrentClassifier(nn.Module):
    """LSTM layers, dropout behind each, and a linear layer on what is taken of the top one's outputs.

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
        pooling: str = "last",
    ) -> None:
        super().__init__()
        width = hidden * (2 if bidirectional else 1)
        self.layers = nn.ModuleList(
            LstmLayer(inputs if layer == 0 else width, hidden, bidirectional=bidirectional)
            for layer in range(layers)
        )
        self.dropout = Dropout(dropout, generator)
        self.pooling = pooling
        self.head = nn.Linear(HEADS[pooling].widening * width, classes)

    def spec(self) -> NetworkSpec | None:
        """Return what the layers are, for a kernel that computes them all; it knows the last output only."""
        if self.pooling != "last":
            return None
        first = cast(LstmLayer, self.layers[0])
        return NetworkSpec(
            window=0,
            layers=len(self.layers),
            directions=2 if first.bidirectional else 1,
            inputs=first.input_size,
            hidden=first.hidden_size,
            last=first.hidden_size,
        )

    def features(self, batch: Batch) -> Tensor:
        """Return what is taken of the top layer's outputs, (B, width)."""
        *lower, top = self.layers
        for layer in lower:
            outputs, _ = layer(batch)
            batch = outputs.with_frames(self.dropout(outputs.frames))
        outputs, last = top(batch)
        return features_by(self.pooling, outputs, {"last": last})

    def features_and_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features as the head is given them, and (B, K) logits."""
        features = self.dropout(self.features(batch))
        return features, self.head(features)

    def forward(self, batch: Batch) -> Tensor:
        """Return (B, K) logits."""
        return self.features_and_logits(batch)[1]


def build_lstm(
    options: LstmOptions, inputs: int, classes: int, generator: torch.Generator
) -> RecurrentClassifier:
    """Build an LSTM of one layer with fresh weights, for F inputs and K classes."""
    return _build(options, inputs, classes, generator, layers=1, bidirectional=False)


def build_stacked_lstm(
    options: StackedLstmOptions, inputs: int, classes: int, generator: torch.Generator
) -> RecurrentClassifier:
    """Build an LSTM of several layers with fresh weights, for F inputs and K classes."""
    return _build(options, inputs, classes, generator, layers=options.layers, bidirectional=False)


def build_bilstm(
    options: BilstmOptions, inputs: int, classes: int, generator: torch.Generator
) -> RecurrentClassifier:
    """Build an LSTM that reads in both directions with fresh weights, for F inputs and K classes."""
    return _build(options, inputs, classes, generator, layers=options.layers, bidirectional=True)


def _build(
    options: RecurrentOptions, inputs: int, classes: int, generator: torch.Generator,
    *, layers: int, bidirectional: bool,
) -> RecurrentClassifier:  # fmt: skip
    """Build a network whose weights are drawn as ``torch.nn.LSTM`` does, but from the given generator.

    That is from U(-1/sqrt(H), 1/sqrt(H)).
    """
    model = RecurrentClassifier(
        inputs, classes, hidden=options.hidden, layers=layers, bidirectional=bidirectional,
        dropout=options.dropout, generator=generator, pooling=options.head,
    )  # fmt: skip
    bound = options.hidden**-0.5
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return model
