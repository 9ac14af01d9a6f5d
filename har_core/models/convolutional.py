"""A 1D-convolutional network over time, as large as a given model."""

from typing import cast

import torch
from torch import Tensor, nn

from har_core.engine import Batch, ConvolutionLayer, Dropout, NetworkSpec
from har_core.models import MODELS
from har_core.models.heads import HEADS, features_by
from har_core.models.input_layers import input_layers
from har_core.models.networks import build_weightless, count_parameters
from har_core.models.options import CnnOptions


class ConvolutionalClassifier(nn.Module):
    """Convolutions over time, each cut off below zero, and a linear layer on what is taken of the last."""

    def __init__(
        self, inputs: int, classes: int, *, widths: tuple[int, ...], kernel: int, dropout: float,
        generator: torch.Generator, pooling: str = "mean", before: nn.ModuleList | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.before = before or nn.ModuleList()
        ins = (inputs, *widths[:-1])
        self.layers = nn.ModuleList(
            ConvolutionLayer(width_in, width_out, kernel)
            for width_in, width_out in zip(ins, widths, strict=True)
        )
        self.dropout = Dropout(dropout, generator)
        self.pooling = pooling
        self.head = nn.Linear(HEADS[pooling].width_factor * widths[-1], classes)

    def spec(self) -> NetworkSpec | None:
        """Return what the layers are, for a kernel that computes them all.

        It knows the mean only, and nothing before the convolutions.
        """
        if self.pooling != "mean" or len(self.before):
            return None
        first, last = cast(ConvolutionLayer, self.layers[0]), cast(ConvolutionLayer, self.layers[-1])
        return NetworkSpec(
            window=first.kernel_size[0],
            layers=len(self.layers),
            directions=1,
            inputs=first.in_channels,
            hidden=first.out_channels,
            last=last.out_channels,
        )

    def features(self, batch: Batch) -> Tensor:
        """Return what is taken of the last convolution's outputs, (B, width)."""
        for layer in self.before:
            batch = layer(batch)
        means = torch.empty(0)
        for layer in self.layers:
            batch, means = layer(batch)
        return features_by(self.pooling, batch, {"mean": means})

    def features_and_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features as the head is given them, and (B, K) logits."""
        features = self.dropout(self.features(batch))
        return features, self.head(features)

    def forward(self, batch: Batch) -> Tensor:
        """Return (B, K) logits."""
        return self.features_and_logits(batch)[1]


def count_parameters_of(
    widths: tuple[int, ...], kernel: int, inputs: int, classes: int, width_factor: int = 1
) -> int:
    """Return the number of parameters of a network with these widths, and a head of such a width factor."""
    ins = (inputs, *widths[:-1])
    convolutions = sum((i * kernel + 1) * o for i, o in zip(ins, widths, strict=True))
    return convolutions + (width_factor * widths[-1] + 1) * classes


def matching_widths(
    target: int, layers: int, kernel: int, inputs: int, classes: int, width_factor: int = 1
) -> tuple[int, ...]:
    """Return the widths whose number of parameters comes nearest to a target.

    All layers are equally wide, but for the last, which may be up to twice as wide or half: that is fine
    enough a step to come within 5 % of the target.

    Args:
        target: the wanted number of parameters.
        layers: how many convolutions.
        kernel: frames that one convolution sees.
        inputs: F.
        classes: K.
        width_factor: of the head.
    """
    candidates = []
    width = 1
    while count_parameters_of(_narrowest(width, layers), kernel, inputs, classes, width_factor) <= 2 * target:
        lasts = range(max(1, width // 2), 2 * width + 1) if layers > 1 else [width]
        candidates += [(width,) * (layers - 1) + (last,) for last in lasts]
        width += 1

    def rank(widths: tuple[int, ...]) -> tuple[int, int]:
        miss = abs(count_parameters_of(widths, kernel, inputs, classes, width_factor) - target)
        # Of equally near ones the most even; a miss of half a percent is as good as none.
        return max(miss - target // 200, 0), abs(widths[-1] - widths[0])

    return min(candidates, key=rank, default=(1,) * layers)


def _narrowest(width: int, layers: int) -> tuple[int, ...]:
    return (width,) * (layers - 1) + (max(1, width // 2) if layers > 1 else width,)


def build(
    options: CnnOptions, inputs: int, classes: int, generator: torch.Generator
) -> ConvolutionalClassifier:
    """Build a 1D-CNN with fresh weights.

    Weights are drawn from U(-1/sqrt(n), 1/sqrt(n)) with n inputs of a unit, as torch's layers do by default,
    but from the given generator.

    Args:
        options: layers, kernel, dropout, head.
        inputs: F.
        classes: K.
        generator: the source of every random number of the model.
    """
    before = input_layers(inputs, generator, norm=options.input_norm, channel_dropout=options.channel_dropout)
    if options.channels is not None:
        widths = (options.channels,) * options.layers
    else:
        matched = MODELS[options.match].options()
        target = count_parameters(build_weightless(matched, inputs, classes))
        target -= sum(parameter.numel() for parameter in before.parameters())
        width_factor = HEADS[options.head].width_factor
        widths = matching_widths(target, options.layers, options.kernel, inputs, classes, width_factor)
    model = ConvolutionalClassifier(
        inputs, classes, widths=widths, kernel=options.kernel, dropout=options.dropout, generator=generator,
        pooling=options.head, before=before,
    )  # fmt: skip
    for layer in (*model.layers, model.head):
        bound = (layer.weight[0].numel()) ** -0.5
        nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    return model
