"""Where the numbers of a classifier lie while the kernel of whole steps computes it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.models.engine import up_to
from har_core.models.kernels import LANES

_SLOTS = 4  # as the LSTM's kernel has


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
        table: (matrices, 10): see ``Form`` of the kernel.
        arranged: how many numbers they are, forward and back.
        derivatives: how many numbers their derivatives are.
    """

    table: NDArray[np.int64]
    arranged: int
    derivatives: int


@dataclass(frozen=True, eq=False)
class Room:
    """What a thread needs for blocks of at most so many frames and sequences.

    Attributes:
        frames: the most of a block.
        sequences: the most of a block.
        marks: (13) where each thing begins: see ``Room`` of the kernel.
        kept: (layers x directions) where what is kept of a layer begins.
        size: how many numbers all of it is.
    """

    frames: int
    sequences: int
    marks: NDArray[np.int64]
    kept: NDArray[np.int64]
    size: int


def place_matrices(layers: Layers, classes: int) -> Matrices:
    """Say where the weights of a classifier with so many classes lie."""
    shapes: list[
        tuple[int, int, int, int, bool, bool]
    ] = []  # inputs, window, units, gates, goes back, is added
    for layer in range(layers.count):
        inputs, units = layers.shape(layer)
        if layers.kernel:
            shapes += [(inputs, layers.kernel, units, 1, layer > 0, False), (1, 1, units, 1, False, False)]
            continue
        both = [(inputs, 1, units, 4, layer > 0, False), (units, 1, units, 4, True, False)]
        biases = [(1, 1, units, 4, False, added) for added in (False, True)]
        shapes += (both + biases) * layers.directions
    shapes += [(layers.features, 1, classes, 1, True, False), (1, 1, classes, 1, False, False)]
    rows, forward, parameters = [], 0, 0
    for inputs, window, units, gates, _, added in shapes:
        size = inputs * window * gates * up_to(units, LANES)
        forward -= size if added else 0
        rows.append(
            [forward, -1, up_to(inputs, LANES), parameters, inputs, window, units, gates, forward, int(added)]
        )
        forward += size
        parameters += inputs * window * gates * units
    arranged = forward
    for row, (inputs, window, units, gates, goes_back, _) in zip(rows, shapes, strict=True):
        if goes_back:
            row[1] = arranged
            arranged += window * gates * up_to(units, LANES) * up_to(inputs, LANES)
    return Matrices(np.array(rows, np.int64), arranged, forward)


def place_room(layers: Layers, classes: int, frames: int, sequences: int) -> Room:
    """Say where a thread computes blocks of at most so many frames and sequences."""
    lstm = layers.kernel == 0
    width = max(up_to(layers.hidden, LANES), up_to(layers.last, LANES))
    features, logits = up_to(layers.features, LANES), up_to(classes, LANES)
    upper = layers.count - 1
    sizes = [
        upper * frames * layers.directions * layers.hidden if lstm else 0,  # inputs of upper layers
        layers.directions * frames * width if upper else 0,  # what is asked of a layer
        frames * up_to(layers.directions * layers.hidden, LANES) if upper else 0,  # and of the one below
        0 if lstm else (frames + layers.kernel - 1) * (max(layers.inputs, layers.hidden) + width),  # windows
        layers.directions * sequences * width,  # last outputs
        sequences * layers.features,
        sequences * logits,
        layers.directions * sequences * width,  # what is asked of the last outputs,
        sequences * features,  # of the features,
        sequences * logits,  # and of the logits
        2 * _SLOTS * width if lstm else 0,
        max(width, features),  # zeros
    ]
    marks = np.append(0, np.cumsum(sizes))
    widths = [
        up_to(layers.shape(layer)[1], LANES)
        for layer in range(layers.count)
        for _ in range(layers.directions)
    ]
    each = [frames * 4 * w + 2 * (frames + 1) * w if lstm else frames * w for w in widths]
    kept = marks[-1] + np.append(0, np.cumsum(each))
    return Room(frames, sequences, marks, kept[:-1], int(kept[-1]))
