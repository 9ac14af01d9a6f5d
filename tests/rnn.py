"""One more network, as somebody would add it: this file, and a line in ``MODELS``, which tests put there."""

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from har_core.engine import Batch
from har_core.models import ModelKind, ModelOptions


class RnnOptions(ModelOptions):
    """A simple recurrent layer (Elman, 1990), and a linear layer on what it remembers."""

    name: Literal["rnn"] = "rnn"
    hidden: Annotated[
        int,
        Field(ge=1, le=64, title="Memory", json_schema_extra={"step": 4}, description="Units of the RNN."),
    ] = 8
    order: Annotated[
        Literal["forward", "backward"],
        Field(
            title="Read", description="Where the RNN comes to last.",
            json_schema_extra={"words": {"forward": "to the end", "backward": "to the beginning"}},
        ),
    ] = "forward"  # fmt: skip
    with_bias: Annotated[bool, Field(title="Bias", description="Whether the linear layer has one.")] = True


class RnnClassifier(nn.Module):
    def __init__(self, options: RnnOptions, inputs: int, classes: int) -> None:
        super().__init__()
        self.reads_backward = options.order == "backward"
        self.rnn = nn.RNN(inputs, options.hidden, batch_first=True)
        self.head = nn.Linear(options.hidden, classes, bias=options.with_bias)
        self.scale = nn.Parameter(torch.ones(1))  # of the network itself, and of no layer

    def features_and_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        sequences = [
            frames[:length] for frames, length in zip(batch.padded(), batch.lengths.tolist(), strict=True)
        ]
        if self.reads_backward:
            sequences = [frames.flip(0) for frames in sequences]
        _, memory = self.rnn(nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False))
        features = self.scale * memory[0]
        return features, self.head(features)

    def forward(self, batch: Batch) -> Tensor:
        return self.features_and_logits(batch)[1]


def build(options: RnnOptions, inputs: int, classes: int, generator: torch.Generator) -> RnnClassifier:
    model = RnnClassifier(options, inputs, classes)
    for name, parameter in model.named_parameters():
        if name != "scale":
            nn.init.uniform_(parameter, -0.5, 0.5, generator=generator)
    return model


LINE = ModelKind("RNN", RnnOptions, network="tests.rnn:build", features="what the RNN remembers")
