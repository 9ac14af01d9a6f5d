"""Inception blocks as programs."""

from __future__ import annotations

from har_core.models.inception import KERNELS, POOLED, width_of_block
from har_core.models.networks import build_weightless, count_parameters
from har_core.models.options import InceptionOptions
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


def write(options: InceptionOptions, inputs: int, classes: int) -> PlainPrograms:
    """Return the programs of inception blocks."""
    count = count_parameters(build_weightless(options, inputs, classes))
    width = width_of_block(options.channels)
    before = before_in_torch(options, inputs)
    in_torch = torch_program(
        count, inputs, classes, width, options,
        imports=["from torch.nn.functional import max_pool1d"],
        parts=_parts_in_torch(options),
        layers=[
            *before[0],
            f"widths = [{inputs}] + [{width}] * {options.blocks - 1}",
            "self.blocks = nn.ModuleList([InceptionBlock(width) for width in widths])",
            f"self.short_cut = nn.Conv1d({inputs}, {width}, 1, bias=False)",
            f"self.short_cut_norm = nn.BatchNorm1d({width})",
        ],
        steps=[
            *TRUE_IN_TORCH,
            *before[1],
            "outputs = frames",
            "for block in self.blocks[:-1]:",
            "    outputs = torch.relu(block(outputs, true))",
            "short_cut = self.short_cut(frames.transpose(1, 2)).transpose(1, 2)",
            "short_cut = norm_true(self.short_cut_norm, short_cut, true)",
            "outputs = torch.relu(self.blocks[-1](outputs, true) + short_cut)",
            *pooled_in_torch(options.head),
        ],
    )  # fmt: skip
    lower = [
        f"for _ in range({options.blocks - 1}):",
        "    outputs = layers.ReLU()(inception_block(outputs))",
    ]
    lines = [
        f"# {count:,} parameters. A frame of nothing but zeros counts as padding.",
        *keras_input(inputs), "", "", *_parts_in_keras(options),
        *before_in_keras(options, masked=True),
        "given = outputs",
        *(lower if options.blocks > 1 else []),
        "outputs = inception_block(outputs)",
        f"short_cut = norm_true(layers.Conv1D({width}, 1, use_bias=False)(given))",
        "outputs = layers.ReLU()(outputs + short_cut)",
        *pooled_in_keras(options.head),
    ]  # fmt: skip
    return PlainPrograms(in_torch, keras_program(lines, options.dropout, classes))


def _parts_in_torch(options: InceptionOptions) -> list[str]:
    """Return a function and a class of PyTorch, each with two empty lines behind it."""
    channels, bottleneck = options.channels, options.bottleneck
    return f'''\
def norm_true(norm, values, true):
    """Batch norm of values (B, T, C): padding has no part in the mean, and becomes zero."""
    return torch.zeros_like(values).masked_scatter(true, norm(values[true[..., 0]]))


class InceptionBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.bottleneck = nn.Conv1d(width, {bottleneck}, 1, bias=False)
        convolutions = [nn.Conv1d({bottleneck}, {channels}, k, padding="same", bias=False) for k in {KERNELS}]
        self.convolutions = nn.ModuleList(convolutions)
        self.pooled = nn.Conv1d(width, {channels}, 1, bias=False)
        self.norm = nn.BatchNorm1d({width_of_block(channels)})

    def forward(self, values, true):
        """Values (B, T, C), zeros for padding; true (B, T, 1)."""
        narrow = self.bottleneck(values.transpose(1, 2))
        values = values.masked_fill(~true, -torch.inf).transpose(1, 2)
        largest = max_pool1d(values, {POOLED}, stride=1, padding={POOLED // 2})
        largest = largest.masked_fill(~true.transpose(1, 2), 0.0)
        each = [*(convolution(narrow) for convolution in self.convolutions), self.pooled(largest)]
        return norm_true(self.norm, torch.cat(each, dim=1).transpose(1, 2), true)


'''.splitlines()


def _parts_in_keras(options: InceptionOptions) -> list[str]:
    """Return two functions of Keras, each with two empty lines behind it."""
    channels, bottleneck = options.channels, options.bottleneck
    return f'''\
def norm_true(values):
    """Batch norm of values (B, T, C): padding has no part in the mean, and becomes zero."""
    own = ops.any(ops.not_equal(frames, 0), axis=2)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(values, mask=own) * true


def inception_block(values):
    narrow = layers.Conv1D({bottleneck}, 1, use_bias=False)(values)
    each = [layers.Conv1D({channels}, k, padding="same", use_bias=False)(narrow) for k in {KERNELS}]
    largest = layers.MaxPooling1D({POOLED}, strides=1, padding="same")(values - 1e9 * (1 - true)) * true
    each.append(layers.Conv1D({channels}, 1, use_bias=False)(largest))
    return norm_true(layers.Concatenate()(each))


'''.splitlines()
