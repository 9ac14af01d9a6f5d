"""Where the numbers of a classifier lie while the kernel of whole steps computes it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.models.engine import up_to
from har_core.models.kernels import LANES, SLOTS, columns


@dataclass(frozen=True)
class Layers:
    """What a classifier is made of, beside its head.

    Attributes:
        kernel: frames in a window of a convolution; 0 for an LSTM.
        count: how many layers.
        directions: of an LSTM; 1 for convolutions.
        inputs: F.
        hidden: units of every layer but the last, in one direction.
        last: units of the last layer, in one direction.
    """

    kernel: int
    count: int
    directions: int
    inputs: int
    hidden: int
    last: int

    @property
    def features(self) -> int:
        """How many numbers the head is given."""
        return self.directions * self.last

    def shape(self, layer: int) -> tuple[int, int]:
        """Return how many inputs and how many units a layer has in one direction."""
        inputs = self.directions * self.hidden if layer else self.inputs
        return inputs, self.last if layer == self.count - 1 else self.hidden


@dataclass(frozen=True, eq=False)
class Matrices:
    """The weights of a classifier, as the kernel reads them.

    Attributes:
        table: (matrices, 10) by ``columns``: see ``Form`` of the kernel.
        parameters: how many numbers they are as torch has them.
        arranged: how many they are forward and back.
        derivatives: how many their derivatives are.
    """

    table: NDArray[np.int64]
    parameters: int
    arranged: int
    derivatives: int


@dataclass(frozen=True, eq=False)
class Room:
    """What a thread needs for blocks of at most so many frames and sequences.

    Attributes:
        frames: the most of a block.
        sequences: the most of a block.
        marks: (13) where each thing begins, by ``columns``.
        kept: (layers x directions) where what is kept of a layer begins.
        size: how many numbers all of it is.
    """

    frames: int
    sequences: int
    marks: NDArray[np.int64]
    kept: NDArray[np.int64]
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
        return self.window * self.gates * up_to(self.units, LANES)

    @property
    def parameters(self) -> int:
        return self.inputs * self.window * self.gates * self.units


def _matrices(layers: Layers, classes: int) -> list[_Matrix]:
    found = []
    for layer in range(layers.count):
        inputs, units = layers.shape(layer)
        if layers.kernel:
            found += [_Matrix(inputs, units, window=layers.kernel, goes_back=layer > 0), _Matrix(1, units)]
            continue
        of_input = _Matrix(inputs, units, gates=4, goes_back=layer > 0)
        of_output = _Matrix(units, units, gates=4, goes_back=True)
        biases = [_Matrix(1, units, gates=4, is_added=added) for added in (False, True)]
        found += [of_input, of_output, *biases] * layers.directions
    return [*found, _Matrix(layers.features, classes, goes_back=True), _Matrix(1, classes)]


def place_matrices(layers: Layers, classes: int) -> Matrices:
    """Say where the weights of a classifier with so many classes lie."""
    matrices = _matrices(layers, classes)
    table = np.zeros((len(matrices), 10), np.int64)
    forward = parameters = 0
    for row, matrix in zip(table, matrices, strict=True):
        size = matrix.inputs * matrix.rows_back
        forward -= size if matrix.is_added else 0
        row[columns.FORWARD] = row[columns.DERIVATIVES] = forward
        row[columns.PARAMETERS] = parameters
        row[columns.INPUTS], row[columns.UNITS] = matrix.inputs, matrix.units
        row[columns.WINDOW], row[columns.GATES] = matrix.window, matrix.gates
        row[columns.COLUMNS], row[columns.BACK] = up_to(matrix.inputs, LANES), -1
        row[columns.ADDED] = matrix.is_added
        forward, parameters = forward + size, parameters + matrix.parameters
    arranged = forward
    for row, matrix in zip(table, matrices, strict=True):
        if matrix.goes_back:
            row[columns.BACK] = arranged
            arranged += matrix.rows_back * int(row[columns.COLUMNS])
    return Matrices(table, parameters, arranged, forward)


def place_room(layers: Layers, classes: int, frames: int, sequences: int) -> Room:
    """Say where a thread computes blocks of at most so many frames and sequences."""
    lstm, upper, both = layers.kernel == 0, layers.count - 1, layers.directions
    width = max(up_to(layers.hidden, LANES), up_to(layers.last, LANES))
    features, logits = up_to(layers.features, LANES), up_to(classes, LANES)  # with columns of zeros
    widest = max(layers.inputs, layers.hidden) + width
    sizes = {
        columns.BETWEEN: upper * frames * both * layers.hidden if lstm else 0,
        columns.ASKED: both * frames * width if upper else 0,
        columns.ASKED_BELOW: frames * up_to(both * layers.hidden, LANES) if upper else 0,
        columns.WINDOWS: 0 if lstm else (frames + layers.kernel) * widest,
        columns.LASTS: both * sequences * width,
        columns.FEATURES: sequences * layers.features,
        columns.LOGITS: sequences * logits,
        columns.ASKED_LASTS: both * sequences * width,
        columns.ASKED_FEATURES: sequences * features,
        columns.ASKED_LOGITS: sequences * logits,
        columns.LIVE: 2 * SLOTS * width,
        columns.ZEROS: max(width, features),
    }
    marks = np.append(0, np.cumsum([sizes[place] for place in range(columns.KEPT)]))
    widths = [up_to(layers.shape(layer)[1], LANES) for layer in range(layers.count) for _ in range(both)]
    each = [frames * 4 * w + 2 * (frames + 1) * w if lstm else frames * w for w in widths]
    kept = marks[columns.KEPT] + np.append(0, np.cumsum(each))
    return Room(frames, sequences, marks, kept[:-1], int(kept[-1]))
