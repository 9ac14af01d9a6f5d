"""What the kernel of whole steps is told, and what it answers."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Form(NamedTuple):
    """What a classifier is made of.

    A matrix stands in three places. Forward it has a row for each input (and frame of a window, that first)
    and a column for each unit (and gate, that first), so many units that they fill vectors. Back it has rows
    as the first has columns, and so many columns that they fill vectors; the frames of a window come first,
    from the last on. In the parameters it lies as torch has it. A bias is a matrix with one input, and has no
    way back.

    Attributes:
        layers: how many.
        directions: of an LSTM; 1 for convolutions.
        hidden: units of every layer but the last, in one direction.
        last: units of the last layer, in one direction.
        classes: K.
        keeps_below: a value is kept in training if what is drawn for it is below this.
        scale: by which what is kept is multiplied.
        matrices: (matrices, 10) by ``columns``. By layer and direction they are W, U and two biases of an
            LSTM, W and the bias of a convolution; the last two are the head's.
    """

    layers: int
    directions: int
    hidden: int
    last: int
    classes: int
    keeps_below: int
    scale: float
    matrices: Any


class Work(NamedTuple):
    """What is to be computed: n steps of N sequences in M blocks; in a step the longest sequence is first.

    Attributes:
        learns: 1 to learn, 0 to be asked.
        frames: (any, F) of the data set.
        steps: (n + 1) the first block of each step, then M.
        blocks: (M + 1) the first sequence of each block, then N.
        frame_rows: (N) the row of ``frames`` in which each begins.
        rows: (N) the row of its block in which each begins.
        lengths: (N) frames of each.
        labels: (N) action indices.
        places: (N) the row of the answers that is its own.
        sizes: (n) sequences of each step.
        draws: 16 random bits for each value that may be dropped; none where nothing is.
        drawn_for: (N, layers) where the draws for the outputs of each begin, layer by layer.
    """

    learns: int
    frames: Any
    steps: Any
    blocks: Any
    frame_rows: Any
    rows: Any
    lengths: Any
    labels: Any
    places: Any
    sizes: Any
    draws: Any
    drawn_for: Any


class Parameters(NamedTuple):
    """What learning changes.

    Attributes:
        values: (P) the parameters, one behind the other as torch has them.
        means: (P) Adam's means of the derivatives.
        squares: (P) Adam's means of their squares.
        rates: (n) of each step, learning rate / (1 - decay^t), where t counts all steps from 1 on.
        corrections: (n) of each step, the root of 1 - decay_of_squares^t.
        decay: of the means.
        decay_of_squares: of the means of squares.
        epsilon: what is added to the root of a mean of squares.
    """

    values: Any
    means: Any
    squares: Any
    rates: Any
    corrections: Any
    decay: float
    decay_of_squares: float
    epsilon: float


class Room(NamedTuple):
    """Memory to compute in.

    Attributes:
        frames: the most that a block has.
        sequences: the most that a block has.
        sync: (3 + 2 n) zeros, by which threads know of each other: the step that is open, how many came, how
            many left, and of each step how many blocks were claimed, and how many are done.
        weights: (threads, W) where each thread arranges the weights; zero where it never writes.
        values: (threads, V) where each thread computes.
        marks: (13) where in it things begin, by ``columns``.
        kept: (layers x directions) where in it begins what a layer keeps.
        totals: (most blocks of a step, D) derivatives of each block.
        total: (P) their sum, in the order of the parameters.
        acquire: see ``nap``.
        lock: see ``nap``.
    """

    frames: int
    sequences: int
    sync: Any
    weights: Any
    values: Any
    marks: Any
    kept: Any
    totals: Any
    total: Any
    acquire: int
    lock: int


class Answers(NamedTuple):
    """What a classifier gives for B sequences.

    Attributes:
        features: (B, width) what the head is given; nothing is dropped where it does not learn.
        logits: (B, K).
        losses: (B) cross-entropy in nats.
        right: (B) 1 where the greatest logit is that of the label, else 0.
    """

    features: NDArray[np.float32]
    logits: NDArray[np.float32]
    losses: NDArray[np.float32]
    right: NDArray[np.int64]

    def verdict(self) -> "Verdict":
        """Return losses and right alone, for those who keep them of a whole data set."""
        return self.losses, self.right


Verdict = tuple[NDArray[np.float32], NDArray[np.int64]]
