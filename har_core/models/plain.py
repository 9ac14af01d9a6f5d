"""The networks as programs of plain PyTorch and Keras, to read and to take along.

The parameters of PyTorch are those of the network here, in the same order, so that weights can be copied one
after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, cast

from har_core.models import MODELS, BilstmOptions, CnnOptions, ModelOptions
from har_core.models.networks import build_weightless, count_parameters
from har_core.models.options import RecurrentOptions

_KNOWN_HEADS = ("last", "mean")
_NOT_WRITTEN = ("input_norm", "channel_dropout", "projection")


@dataclass(frozen=True)
class PlainPrograms:
    """Programs that make the same network.

    Attributes:
        torch: makes ``model``, which is given padded frames (B, T, F) and their lengths (B).
        keras: makes ``model``, which is given padded frames (B, T, F).
    """

    torch: str
    keras: str


def plain_programs(options: ModelOptions, inputs: int, classes: int) -> PlainPrograms | None:
    """Return the network that the options name as programs; None where nobody has written them.

    Args:
        options: of a model of ``MODELS``.
        inputs: F.
        classes: K.
    """
    writer = MODELS[options.name].plain
    more = any(getattr(options, name, False) for name in _NOT_WRITTEN)
    if not writer or more or getattr(options, "head", "last") not in _KNOWN_HEADS:
        return None
    return cast(PlainPrograms, resolve_name(writer)(options, inputs, classes))


def recurrent(options: RecurrentOptions, inputs: int, classes: int) -> PlainPrograms:
    """Return the programs of LSTM layers."""
    hidden, dropout, layers = options.hidden, options.dropout, getattr(options, "layers", 1)
    both = isinstance(options, BilstmOptions)
    width = hidden * (2 if both else 1)
    count = count_parameters(build_weightless(options, inputs, classes))
    more = f", num_layers={layers}, dropout={dropout}" if layers > 1 else ""
    more += ", bidirectional=True" if both else ""
    packing = ["pack_padded_sequence"]
    if options.head == "mean":
        packing.append("pad_packed_sequence")
        taken = [
            "outputs, _ = pad_packed_sequence(outputs, batch_first=True)",
            "features = outputs.sum(dim=1) / lengths[:, None]",
        ]
    else:
        taken = [f"features = {'torch.cat([last[-2], last[-1]], dim=1)' if both else 'last[-1]'}"]
    in_torch = _in_torch(
        count, inputs, classes, width, dropout,
        layers=[f"self.lstm = nn.LSTM({inputs}, {hidden}, batch_first=True{more})"],
        steps=[
            "packed = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)",
            "outputs, (last, _) = self.lstm(packed)",
            *taken,
        ],
        imports=[f"from torch.nn.utils.rnn import {', '.join(packing)}"],
    )  # fmt: skip
    fewer = 4 * width * layers
    lines = [
        f"# {count - fewer:,} parameters, {fewer:,} fewer than in PyTorch: there each LSTM has two bias",
        "# vectors, which are added to each other, here one. A frame of nothing but zeros counts as padding.",
        "import keras",
        "from keras import layers",
        "",
        f"frames = keras.Input((None, {inputs}))",
        "outputs = layers.Masking()(frames)",
    ]
    for layer in range(layers):
        whole = layer < layers - 1 or options.head == "mean"
        made = f"layers.LSTM({hidden}{', return_sequences=True' if whole else ''})"
        lines.append(f"outputs = {f'layers.Bidirectional({made})' if both else made}(outputs)")
        if layer < layers - 1:
            lines.append(f"outputs = layers.Dropout({dropout})(outputs)")
    if options.head == "mean":
        lines.append("outputs = layers.GlobalAveragePooling1D()(outputs)")
    return PlainPrograms(in_torch, _ended(lines, "outputs", dropout, classes))


def convolutional(options: CnnOptions, inputs: int, classes: int) -> PlainPrograms:
    """Return the programs of convolutions over time."""
    network: Any = build_weightless(options, inputs, classes)
    widths = [layer.out_channels for layer in network.layers]
    kernel, count = options.kernel, count_parameters(network)
    pairs = zip([inputs, *widths[:-1]], widths, strict=True)
    convolutions = [f'    nn.Conv1d({before}, {after}, {kernel}, padding="same"),' for before, after in pairs]
    last = options.head == "last"
    taken = (
        "outputs[torch.arange(len(lengths)), :, lengths - 1]"
        if last
        else "outputs.sum(dim=2) / lengths[:, None]"
    )
    in_torch = _in_torch(
        count, inputs, classes, widths[-1], options.dropout,
        layers=["self.convolutions = nn.ModuleList([", *convolutions, "])"],
        steps=[
            "true = (torch.arange(frames.shape[1]) < lengths[:, None])[:, None]  # False for padding",
            "outputs = frames.transpose(1, 2)",
            "for convolution in self.convolutions:",
            "    outputs = torch.relu(convolution(outputs)) * true",
            f"features = {taken}",
        ],
    )  # fmt: skip
    lines = [
        f"# {count:,} parameters. A frame of nothing but zeros counts as padding.",
        "import keras",
        "from keras import layers, ops",
        "",
        f"frames = keras.Input((None, {inputs}))",
        'true = ops.cast(ops.any(ops.not_equal(frames, 0), axis=2, keepdims=True), "float32")',
        "outputs = frames",
    ]
    for width in widths:
        made = f'layers.Conv1D({width}, {kernel}, padding="same", activation="relu")'
        lines.append(f"outputs = {made}(outputs) * true")
    if last:
        lines.append("behind = ops.pad(true[:, 1:], [[0, 0], [0, 1], [0, 0]])")
        lines.append("features = ops.sum(outputs * (true - behind), axis=1)")
    else:
        lines.append("features = ops.sum(outputs, axis=1) / ops.sum(true, axis=1)")
    return PlainPrograms(in_torch, _ended(lines, "features", options.dropout, classes))


def _in_torch(
    count: int, inputs: int, classes: int, width: int, dropout: float,
    *, layers: list[str], steps: list[str], imports: list[str] | None = None,
) -> str:  # fmt: skip
    made = [*layers, f"self.dropout = nn.Dropout({dropout})", f"self.head = nn.Linear({width}, {classes})"]
    shapes = f"frames (B, T, {inputs}), zeros behind the shorter ones; lengths (B); logits (B, {classes})"
    lines = [
        f"# {count:,} parameters.", "import torch", "from torch import nn", *(imports or []), "", "",
        "class Classifier(nn.Module):", "    def __init__(self):", "        super().__init__()",
        *(f"        {line}" for line in made), "",
        "    def forward(self, frames, lengths):", f'        """{shapes}."""',
        *(f"        {line}" for line in steps), "        return self.head(self.dropout(features))",
        "", "", "model = Classifier()",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _ended(lines: list[str], features: str, dropout: float, classes: int) -> str:
    """Return a program of Keras, with what stands behind the features."""
    end = [
        f"logits = layers.Dense({classes})(layers.Dropout({dropout})({features}))",
        "model = keras.Model(frames, logits)",
    ]
    return "\n".join([*lines, *end]) + "\n"
