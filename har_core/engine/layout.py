"""What a network is made of, and where its numbers lie while the kernel of fused steps computes it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.engine.blocks import round_up
from har_core.engine.kernels import LANES, SLOTS, columns


@dataclass(frozen=True)
class NetworkSpec:
    """What a network is made of, beside its head.

    Attributes:
        window: frames in that of a convolution; 0 for an LSTM.
        layers: how many.
        directions: of an LSTM; 1 for convolutions.
        inputs: F.
        hidden: units of every layer but the last, in one direction.
        last: units of the last layer, in one direction.
    """

    window: int
    layers: int
    directions: int
    inputs: int
    hidden: int
    last: int

    @property
    def kernels(self) -> str:
        """What is compiled for it, by its name in ``KERNELS``."""
        return "conv_steps" if self.window else "lstm_steps"

    @property
    def features(self) -> int:
        """How many numbers the head is given."""
        return self.directions * self.last

    def shape(self, layer: int) -> tuple[int, int]:
        """Return how many inputs and how many units a layer has in one direction."""
        inputs = self.directions * self.hidden if layer else self.inputs
        return inputs, self.last if layer == self.layers - 1 else self.hidden


@dataclass(frozen=True, eq=False)
class WeightLayout:
    """The weights of a network, as the kernel reads them.

    Attributes:
        table: (matrices, 10) by ``columns``: see ``KernelSpec`` of the kernel.
        parameters: how many numbers they are as torch has them.
        packed: how many they are forward and back.
        gradients: how many their gradients are.
    """

    table: NDArray[np.int64]
    parameters: int
    packed: int
    gradients: int


@dataclass(frozen=True, eq=False)
class WorkspaceLayout:
    """What a thread needs for blocks of at most so many frames and sequences.

    Attributes:
        frames: the most of a block.
        sequences: the most of a block.
        offsets: (13) where each thing begins, by ``columns``.
        saved: (layers x directions) where what a layer saves for the way back begins.
        size: how many numbers all of it is.
    """

    frames: int
    sequences: int
    offsets: NDArray[np.int64]
    saved: NDArray[np.int64]
    size: int


@dataclass(frozen=True)
class _Matrix:
    """A matrix of inputs (in each frame of a window) by units (of each gate); see ``columns``."""

    inputs: int
    units: int
    window: int = 1
    gates: int = 1
    goes_back: bool = False
    is_added: bool = False

    @property
    def rows_back(self) -> int:
        return self.window * self.gates * round_up(self.units, LANES)

    @property
    def parameters(self) -> int:
        return self.inputs * self.window * self.gates * self.units


def _matrices(spec: NetworkSpec, classes: int) -> list[_Matrix]:
    found = []
    for layer in range(spec.layers):
        inputs, units = spec.shape(layer)
        if spec.window:
            found += [_Matrix(inputs, units, window=spec.window, goes_back=layer > 0), _Matrix(1, units)]
            continue
        weight_ih = _Matrix(inputs, units, gates=4, goes_back=layer > 0)
        weight_hh = _Matrix(units, units, gates=4, goes_back=True)
        biases = [_Matrix(1, units, gates=4, is_added=added) for added in (False, True)]
        found += [weight_ih, weight_hh, *biases] * spec.directions
    return [*found, _Matrix(spec.features, classes, goes_back=True), _Matrix(1, classes)]


def lay_out_weights(spec: NetworkSpec, classes: int) -> WeightLayout:
    """Say where the weights of a network with so many classes lie."""
    matrices = _matrices(spec, classes)
    table = np.zeros((len(matrices), 10), np.int64)
    forward = parameters = 0
    for row, matrix in zip(table, matrices, strict=True):
        size = matrix.inputs * matrix.rows_back
        forward -= size if matrix.is_added else 0
        row[columns.FORWARD] = row[columns.GRADIENTS] = forward
        row[columns.PARAMETERS] = parameters
        row[columns.INPUTS], row[columns.UNITS] = matrix.inputs, matrix.units
        row[columns.WINDOW], row[columns.GATES] = matrix.window, matrix.gates
        row[columns.COLUMNS], row[columns.BACK] = round_up(matrix.inputs, LANES), -1
        row[columns.ADDED] = matrix.is_added
        forward, parameters = forward + size, parameters + matrix.parameters
    packed = forward
    for row, matrix in zip(table, matrices, strict=True):
        if matrix.goes_back:
            row[columns.BACK] = packed
            packed += matrix.rows_back * int(row[columns.COLUMNS])
    return WeightLayout(table, parameters, packed, forward)


def lay_out_workspace(spec: NetworkSpec, classes: int, frames: int, sequences: int) -> WorkspaceLayout:
    """Say where a thread computes blocks of at most so many frames and sequences."""
    lstm, upper, both = spec.window == 0, spec.layers - 1, spec.directions
    width = max(round_up(spec.hidden, LANES), round_up(spec.last, LANES))
    features, logits = round_up(spec.features, LANES), round_up(classes, LANES)  # with columns of zeros
    widest = max(spec.inputs, spec.hidden) + width
    sizes = {
        columns.BETWEEN: upper * frames * both * spec.hidden if lstm else 0,
        columns.GRAD_OUTPUT: both * frames * width if upper else 0,
        columns.GRAD_INPUT: frames * round_up(both * spec.hidden, LANES) if upper else 0,
        columns.WINDOWS: 0 if lstm else (frames + spec.window) * widest,
        columns.LASTS: both * sequences * width,
        columns.FEATURES: sequences * spec.features,
        columns.LOGITS: sequences * logits,
        columns.GRAD_LASTS: both * sequences * width,
        columns.GRAD_FEATURES: sequences * features,
        columns.GRAD_LOGITS: sequences * logits,
        columns.LIVE: 2 * SLOTS * width,
        columns.ZEROS: max(width, features),
    }
    offsets = np.append(0, np.cumsum([sizes[place] for place in range(columns.SAVED)]))
    widths = [round_up(spec.shape(layer)[1], LANES) for layer in range(spec.layers) for _ in range(both)]
    each = [frames * 4 * w + 2 * (frames + 1) * w if lstm else frames * w for w in widths]
    saved = offsets[columns.SAVED] + np.append(0, np.cumsum(each))
    return WorkspaceLayout(frames, sequences, offsets, saved[:-1], int(saved[-1]))
