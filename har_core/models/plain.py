"""The networks as programs of plain PyTorch and Keras, to read and to take along.

The parameters of PyTorch are those of the network here, in the same order, so that weights can be copied one
after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, cast

from har_core.models import MODELS, BilstmOptions, CnnOptions, ModelOptions
from har_core.models.heads import HEADS
from har_core.models.networks import build_weightless, count_parameters
from har_core.models.options import GruOptions, RecurrentOptions

_KNOWN_HEADS = ("last", "mean", "max", "mean-max")


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
    if not writer or getattr(options, "head", "last") not in _KNOWN_HEADS:
        return None
    return cast(PlainPrograms, resolve_name(writer)(options, inputs, classes))


def recurrent(options: RecurrentOptions, inputs: int, classes: int) -> PlainPrograms:
    """Return the programs of LSTM or GRU layers."""
    hidden, dropout, layers = options.hidden, options.dropout, getattr(options, "layers", 1)
    both = isinstance(options, BilstmOptions) or getattr(options, "bidirectional", False)
    kind, gru = ("GRU", True) if isinstance(options, GruOptions) else ("LSTM", False)
    width = hidden * (2 if both else 1)
    count = count_parameters(build_weightless(options, inputs, classes))
    more = f", num_layers={layers}, dropout={dropout}" if layers > 1 else ""
    more += ", bidirectional=True" if both else ""
    packing, taken = ["pack_padded_sequence"], []
    if options.head == "last":
        taken = [f"features = {'torch.cat([last[-2], last[-1]], dim=1)' if both else 'last[-1]'}"]
    else:
        packing.append("pad_packed_sequence")
        taken = [
            "outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=frames.shape[1])",
            *_pooled_in_torch(options.head),
        ]
    before = _before_in_torch(options, inputs)
    given, name = getattr(options, "projection", 0) or inputs, kind.lower()
    in_torch = _in_torch(
        count, inputs, classes, width, options,
        layers=[*before[0], f"self.{name} = nn.{kind}({given}, {hidden}, batch_first=True{more})"],
        steps=[
            *(_TRUE_IN_TORCH if options.head != "last" or options.input_norm else []),
            *before[1],
            "packed = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)",
            f"outputs, {'last' if gru else '(last, _)'} = self.{name}(packed)",
            *taken,
        ],
        imports=[f"from torch.nn.utils.rnn import {', '.join(packing)}"],
    )  # fmt: skip
    fewer = 0 if gru else 4 * width * layers
    padding = "A frame of nothing but zeros counts as padding."
    lines = [
        f"# {count:,} parameters. {padding}" if gru else
        f"# {count - fewer:,} parameters, {fewer:,} fewer than in PyTorch: there each LSTM has two bias\n"
        f"# vectors, which are added to each other, here one. {padding}",
        *_begun(inputs, with_true=options.head != "last"),
        "outputs = layers.Masking()(frames)",
        *_before_in_keras(options),
    ]  # fmt: skip
    for layer in range(layers):
        whole = layer < layers - 1 or options.head != "last"
        made = f"layers.{kind}({hidden}{', return_sequences=True' if whole else ''})"
        lines.append(f"outputs = {f'layers.Bidirectional({made})' if both else made}(outputs)")
        if layer < layers - 1:
            lines.append(f"outputs = layers.Dropout({dropout})(outputs)")
    lines += ["features = outputs"] if options.head == "last" else _pooled_in_keras(options.head)
    return PlainPrograms(in_torch, _ended(lines, dropout, classes))


def convolutional(options: CnnOptions, inputs: int, classes: int) -> PlainPrograms:
    """Return the programs of convolutions over time."""
    network: Any = build_weightless(options, inputs, classes)
    widths = [layer.out_channels for layer in network.layers]
    kernel, count = options.kernel, count_parameters(network)
    pairs = zip([inputs, *widths[:-1]], widths, strict=True)
    convolutions = [f'    nn.Conv1d({before}, {after}, {kernel}, padding="same"),' for before, after in pairs]
    last, before = options.head == "last", _before_in_torch(options, inputs)
    in_torch = _in_torch(
        count, inputs, classes, widths[-1], options,
        layers=[*before[0], "self.convolutions = nn.ModuleList([", *convolutions, "])"],
        steps=[
            *_TRUE_IN_TORCH,
            *before[1],
            "outputs = frames",
            "for convolution in self.convolutions:",
            "    outputs = torch.relu(convolution(outputs.transpose(1, 2))).transpose(1, 2) * true",
            *(["features = outputs[torch.arange(len(lengths)), lengths - 1]"] if last
              else _pooled_in_torch(options.head)),
        ],
    )  # fmt: skip
    lines = [
        f"# {count:,} parameters. A frame of nothing but zeros counts as padding.",
        *_begun(inputs), *_before_in_keras(options, masked=True),
    ]  # fmt: skip
    for width in widths:
        made = f'layers.Conv1D({width}, {kernel}, padding="same", activation="relu")'
        lines.append(f"outputs = {made}(outputs) * true")
    if last:
        lines.append("behind = ops.pad(true[:, 1:], [[0, 0], [0, 1], [0, 0]])")
        lines.append("features = ops.sum(outputs * (true - behind), axis=1)")
    else:
        lines += _pooled_in_keras(options.head)
    return PlainPrograms(in_torch, _ended(lines, options.dropout, classes))


_TRUE_IN_TORCH = ["true = (torch.arange(frames.shape[1]) < lengths[:, None])[..., None]  # False for padding"]


def _before_in_torch(options: RecurrentOptions | CnnOptions, inputs: int) -> tuple[list[str], list[str]]:
    """Return what ``input_layers`` are made by, and the steps that frames take through them."""
    made, steps = [], []
    if options.input_norm:
        made.append(f"self.norm = nn.BatchNorm1d({inputs})")
        steps += [
            "own = true[..., 0]  # padding has no part in the mean",
            "frames = torch.zeros_like(frames).masked_scatter(true, self.norm(frames[own]))",
        ]
    if options.channel_dropout:
        made.append(f"self.channels = nn.Dropout({options.channel_dropout})")
        steps.append(f"frames = frames * self.channels(torch.ones(len(frames), 1, {inputs}))")
    if width := getattr(options, "projection", 0):
        made.append(f"self.projection = nn.Linear({inputs}, {width})")
        steps.append("frames = torch.relu(self.projection(frames))")
    return made, steps


def _before_in_keras(options: RecurrentOptions | CnnOptions, *, masked: bool = False) -> list[str]:
    """Return the same in Keras, from frames to outputs.

    Args:
        options: of the network.
        masked: whether padding has to be zeros behind it; layers of Keras that know masks need no zeros.
    """
    lines = []
    if options.input_norm:
        lines.append("outputs = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(outputs)")
    if options.channel_dropout:
        lines.append(f"outputs = layers.SpatialDropout1D({options.channel_dropout})(outputs)")
    if width := getattr(options, "projection", 0):
        lines.append(f'outputs = layers.Dense({width}, activation="relu")(outputs)')
    if not masked:
        return lines
    lines = ["outputs = layers.Masking()(frames)", *lines, "outputs = outputs * true"] if lines else []
    return lines or ["outputs = frames"]


def _pooled_in_torch(head: str) -> list[str]:
    mean = "(outputs * true).sum(dim=1) / lengths[:, None]"
    largest = "outputs.masked_fill(~true, -torch.inf).amax(dim=1)"
    if head == "mean-max":
        return [f"mean, largest = {mean}, {largest}", "features = torch.cat([mean, largest], dim=1)"]
    return [f"features = {largest if head == 'max' else mean}"]


def _pooled_in_keras(head: str) -> list[str]:
    mean = "ops.sum(outputs * true, axis=1) / ops.sum(true, axis=1)"
    largest = "ops.max(outputs - 1e9 * (1 - true), axis=1)"
    if head == "mean-max":
        return [f"features = ops.concatenate([{mean}, {largest}], axis=1)"]
    return [f"features = {largest if head == 'max' else mean}"]


def _begun(inputs: int, *, with_true: bool = True) -> list[str]:
    """Return the beginning of a program of Keras, with what tells true frames from padding where asked."""
    true = 'true = ops.cast(ops.any(ops.not_equal(frames, 0), axis=2, keepdims=True), "float32")'
    return [
        "import keras", f"from keras import layers{', ops' if with_true else ''}", "",
        f"frames = keras.Input((None, {inputs}))", *([true] if with_true else []),
    ]  # fmt: skip


def _in_torch(
    count: int, inputs: int, classes: int, width: int, options: RecurrentOptions | CnnOptions,
    *, layers: list[str], steps: list[str], imports: list[str] | None = None,
) -> str:  # fmt: skip
    width *= HEADS[options.head].widening
    made = [*layers, f"self.dropout = nn.Dropout({options.dropout})"]
    made.append(f"self.head = nn.Linear({width}, {classes})")
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


def _ended(lines: list[str], dropout: float, classes: int) -> str:
    """Return a program of Keras, with what stands behind the features."""
    end = [
        f"logits = layers.Dense({classes})(layers.Dropout({dropout})(features))",
        "model = keras.Model(frames, logits)",
    ]
    return "\n".join([*lines, *end]) + "\n"
