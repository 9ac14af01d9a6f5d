"""Convolutions over time as programs."""

from __future__ import annotations

from typing import Any

from har_core.models.networks import build_weightless, count_parameters
from har_core.models.options import CnnOptions
from har_core.models.plain import PlainPrograms
from har_core.models.plain.parts import (
    TRUE_IN_TORCH,
    before_in_keras,
    before_in_torch,
    keras_input,
    keras_program,
    pooled_in_keras,
    pooled_in_torch,
    torch_program,
)


def write(options: CnnOptions, inputs: int, classes: int) -> PlainPrograms:
    """Return the programs of convolutions over time."""
    network: Any = build_weightless(options, inputs, classes)
    widths = [layer.out_channels for layer in network.layers]
    kernel, count = options.kernel, count_parameters(network)
    pairs = zip([inputs, *widths[:-1]], widths, strict=True)
    convolutions = [f'    nn.Conv1d({before}, {after}, {kernel}, padding="same"),' for before, after in pairs]
    before = before_in_torch(options, inputs)
    in_torch = torch_program(
        count, inputs, classes, widths[-1], options,
        layers=[*before[0], "self.convolutions = nn.ModuleList([", *convolutions, "])"],
        steps=[
            *TRUE_IN_TORCH,
            *before[1],
            "outputs = frames",
            "for convolution in self.convolutions:",
            "    outputs = torch.relu(convolution(outputs.transpose(1, 2))).transpose(1, 2) * true",
            *pooled_in_torch(options.head),
        ],
    )  # fmt: skip
    lines = [
        f"# {count:,} parameters. A frame of nothing but zeros counts as padding.",
        *keras_input(inputs), *before_in_keras(options, masked=True),
    ]  # fmt: skip
    for width in widths:
        made = f'layers.Conv1D({width}, {kernel}, padding="same", activation="relu")'
        lines.append(f"outputs = {made}(outputs) * true")
    lines += pooled_in_keras(options.head)
    return PlainPrograms(in_torch, keras_program(lines, options.dropout, classes))
