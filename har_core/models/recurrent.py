"""LSTM, stacked LSTM, Bi-LSTM and GRU."""

from typing import cast

import torch
from torch import Tensor, nn

from har_core.engine import Batch, Dropout, LstmLayer, NetworkSpec
from har_core.models.gru_layer import GruLayer
from har_core.models.heads import HEADS, features_by
from har_core.models.input_layers import input_layers
from har_core.models.options import (
    BilstmOptions,
    GruOptions,
    LstmOptions,
    RecurrentOptions,
    StackedLstmOptions,
)


class RecurrentClassifier(nn.Module):
    """LSTM layers, dropout behind each, and a linear layer on what is taken of the top one's outputs.

    Before them there may be ``input_layers``. A GRU has ``GruLayer`` in their place.

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
        before: nn.ModuleList | None = None,
        kind: type[LstmLayer | GruLayer] = LstmLayer,
    ) -> None:
        super().__init__()
        width = hidden * (2 if bidirectional else 1)
        self.before = before or nn.ModuleList()
        self.layers = nn.ModuleList(
            kind(inputs if layer == 0 else width, hidden, bidirectional=bidirectional)
            for layer in range(layers)
        )
        self.dropout = Dropout(dropout, generator)
        self.pooling = pooling
        self.head = nn.Linear(HEADS[pooling].width_factor * width, classes)

    def spec(self) -> NetworkSpec | None:
        """Return what the layers are, for a kernel that computes them all, where it knows them all.

        It knows LSTM layers, with nothing before them, and the last output only.
        """
        first = cast(LstmLayer, self.layers[0])
        if self.pooling != "last" or len(self.before) or not isinstance(first, LstmLayer):
            return None
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
        for layer in self.before:
            batch = layer(batch)
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


def build_gru(
    options: GruOptions, inputs: int, classes: int, generator: torch.Generator
) -> RecurrentClassifier:
    """Build a GRU with fresh weights, for F inputs and K classes."""
    return _build(
        options, inputs, classes, generator, layers=options.layers, bidirectional=options.bidirectional,
        kind=GruLayer,
    )  # fmt: skip


def _build(
    options: RecurrentOptions, inputs: int, classes: int, generator: torch.Generator,
    *, layers: int, bidirectional: bool, kind: type[LstmLayer | GruLayer] = LstmLayer,
) -> RecurrentClassifier:  # fmt: skip
    """Build a network whose weights are drawn as ``torch.nn.LSTM`` does, but from the given generator.

    That is from U(-1/sqrt(H), 1/sqrt(H)), the head's too.
    """
    before = input_layers(
        inputs, generator, norm=options.input_norm, channel_dropout=options.channel_dropout,
        projection=options.projection,
    )  # fmt: skip
    model = RecurrentClassifier(
        options.projection or inputs, classes, hidden=options.hidden, layers=layers,
        bidirectional=bidirectional, dropout=options.dropout, generator=generator, pooling=options.head,
        before=before, kind=kind,
    )  # fmt: skip
    bound = options.hidden**-0.5
    for parameter in (*model.layers.parameters(), *model.head.parameters()):
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return model
