"""What the kernel of fused steps is given, and what it gives."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class KernelSpec(NamedTuple):
    """What a network is made of, as the kernel reads it.

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
        trains: 1 for steps of training, 0 to predict.
        frames: (any, F) of the data set.
        steps: (n + 1) the first block of each step, then M.
        blocks: (M + 1) the first sequence of each block, then N.
        frame_rows: (N) the row of ``frames`` in which each begins.
        rows: (N) the row of its block in which each begins.
        lengths: (N) frames of each.
        labels: (N) action indices.
        output_rows: (N) the row of the output that is its own.
        sizes: (n) sequences of each step.
        draws: 16 random bits for each value that may be dropped; none where nothing is.
        draw_starts: (N, layers) where the draws for the outputs of each begin, layer by layer.
    """

    trains: int
    frames: Any
    steps: Any
    blocks: Any
    frame_rows: Any
    rows: Any
    lengths: Any
    labels: Any
    output_rows: Any
    sizes: Any
    draws: Any
    draw_starts: Any


class Parameters(NamedTuple):
    """The parameters, and what Adam keeps of them.

    Attributes:
        values: (P) the parameters, one behind the other as torch has them.
        exp_avg: (P) means of the gradients.
        exp_avg_sq: (P) means of their squares.
        step_sizes: (n) of each step, lr / (1 - beta1^t), where t counts all steps from 1 on.
        corrections: (n) of each step, the root of 1 - beta2^t.
        beta1: decay of the means.
        beta2: decay of the means of squares.
        eps: what is added to the root of a mean of squares.
    """

    values: Any
    exp_avg: Any
    exp_avg_sq: Any
    step_sizes: Any
    corrections: Any
    beta1: float
    beta2: float
    eps: float


class Workspace(NamedTuple):
    """Memory to compute in.

    Attributes:
        frames: the most that a block has.
        sequences: the most that a block has.
        sync: (3 + 2 n) zeros, by which threads know of each other: the step that is open, how many came, how
            many left, and of each step how many blocks were taken, and how many are done.
        weights: (threads, W) where each thread packs the weights; zero where it never writes.
        values: (threads, V) where each thread computes.
        offsets: (13) where in it things begin, by ``columns``.
        saved: (layers x directions) where in it begins what a layer saves for the way back.
        block_gradients: (most blocks of a step, D) gradients of each block.
        gradient: (P) their sum, in the order of the parameters.
        acquire: see ``sleep``.
        lock: see ``sleep``.
    """

    frames: int
    sequences: int
    sync: Any
    weights: Any
    values: Any
    offsets: Any
    saved: Any
    block_gradients: Any
    gradient: Any
    acquire: int
    lock: int


class BatchOutput(NamedTuple):
    """What a network gives for B sequences.

    Attributes:
        features: (B, width) what the head is given; nothing is dropped where it predicts.
        logits: (B, K).
        losses: (B) cross-entropy in nats.
        correct: (B) 1 where the greatest logit is that of the label, else 0.
    """

    features: NDArray[np.float32]
    logits: NDArray[np.float32]
    losses: NDArray[np.float32]
    correct: NDArray[np.int64]

    def score(self) -> "BatchScore":
        """Return losses and correct alone, for those who keep them of a whole data set."""
        return self.losses, self.correct


BatchScore = tuple[NDArray[np.float32], NDArray[np.int64]]
