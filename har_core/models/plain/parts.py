"""What the programs of all networks have in common: what stands before the layers, and what behind them."""

from __future__ import annotations

from collections.abc import Sequence

from har_core.models.heads import HEADS
from har_core.models.options import CnnOptions, InceptionOptions, RecurrentOptions

AnyOptions = RecurrentOptions | CnnOptions | InceptionOptions

TRUE_IN_TORCH = ["true = (torch.arange(frames.shape[1]) < lengths[:, None])[..., None]  # False for padding"]


def before_in_torch(options: AnyOptions, inputs: int) -> tuple[list[str], list[str]]:
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


def before_in_keras(options: AnyOptions, *, masked: bool = False) -> list[str]:
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


def pooled_in_torch(head: str) -> list[str]:
    """Return what a head takes of ``outputs``, zeros for padding, as ``features``."""
    if head == "last":
        return ["features = outputs[torch.arange(len(lengths)), lengths - 1]"]
    mean = "(outputs * true).sum(dim=1) / lengths[:, None]"
    largest = "outputs.masked_fill(~true, -torch.inf).amax(dim=1)"
    if head == "mean-max":
        both = [f"mean = {mean}", f"largest = {largest}"]
        return [*both, "features = torch.cat([mean, largest], dim=1)"]
    return [f"features = {largest if head == 'max' else mean}"]


def pooled_in_keras(head: str) -> list[str]:
    """Return the same in Keras."""
    if head == "last":
        return [
            "behind = ops.pad(true[:, 1:], [[0, 0], [0, 1], [0, 0]])",
            "features = ops.sum(outputs * (true - behind), axis=1)",
        ]
    mean = "ops.sum(outputs * true, axis=1) / ops.sum(true, axis=1)"
    largest = "ops.max(outputs - 1e9 * (1 - true), axis=1)"
    if head == "mean-max":
        both = [f"mean = {mean}", f"largest = {largest}"]
        return [*both, "features = ops.concatenate([mean, largest], axis=1)"]
    return [f"features = {largest if head == 'max' else mean}"]


def keras_input(inputs: int, *, with_true: bool = True) -> list[str]:
    """Return the beginning of a program of Keras, with what tells true frames from padding where asked."""
    true = 'true = ops.cast(ops.any(ops.not_equal(frames, 0), axis=2, keepdims=True), "float32")'
    return [
        "import keras", f"from keras import layers{', ops' if with_true else ''}", "",
        f"frames = keras.Input((None, {inputs}))", *([true] if with_true else []),
    ]  # fmt: skip


def torch_program(
    count: int, inputs: int, classes: int, width: int, options: AnyOptions,
    *, layers: list[str], steps: list[str], imports: Sequence[str] = (), parts: Sequence[str] = (),
) -> str:  # fmt: skip
    """Return a program of PyTorch: a class with dropout and a head behind its layers, and a model of it.

    Args:
        count: of its parameters.
        inputs: F.
        classes: K.
        width: of what the head takes something of, before it does.
        options: of the network.
        layers: that make the class's layers.
        steps: of ``forward``, from ``frames`` and ``lengths`` to ``features``.
        imports: besides torch and ``nn``.
        parts: functions and classes that the class is made of.
    """
    width *= HEADS[options.head].width_factor
    made = [*layers, f"self.dropout = nn.Dropout({options.dropout})"]
    made.append(f"self.head = nn.Linear({width}, {classes})")
    shapes = f"frames (B, T, {inputs}), zeros behind the shorter ones; lengths (B); logits (B, {classes})"
    lines = [
        f"# {count:,} parameters.", "import torch", "from torch import nn", *imports, "", "", *parts,
        "class Classifier(nn.Module):", "    def __init__(self):", "        super().__init__()",
        *(f"        {line}" for line in made), "",
        "    def forward(self, frames, lengths):", f'        """{shapes}."""',
        *(f"        {line}" for line in steps), "        return self.head(self.dropout(features))",
        "", "", "model = Classifier()",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def keras_program(lines: list[str], dropout: float, classes: int) -> str:
    """Return a program of Keras: these lines, and what stands behind ``features``."""
    end = [
        f"logits = layers.Dense({classes})(layers.Dropout({dropout})(features))",
        "model = keras.Model(frames, logits)",
    ]
    return "\n".join([*lines, *end]) + "\n"
