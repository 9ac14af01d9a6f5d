"""The three parts of a split as tensors, padded once."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from har_core.data.preparation import LeftOut, prepare
from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.data.splits import PARTS, Part, check_split, rows_of
from har_core.training.config import ExperimentConfig


@dataclass(frozen=True, eq=False)
class PartTensors:
    """The sequences of one part.

    Attributes:
        inputs: (N, T, F) float32, zeros behind the true frames.
        lengths: (N) true numbers of frames, on the CPU.
        labels: (N) action indices.
    """

    inputs: Tensor
    lengths: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.lengths)

    def take(self, rows: Tensor) -> "PartTensors":
        """Return some sequences, padded no further than the longest of them."""
        lengths = self.lengths[rows]
        here = rows.to(self.inputs.device)
        longest = int(lengths.max())
        return PartTensors(self.inputs[here, :longest], lengths, self.labels[here])


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a model is trained and judged on.

    Attributes:
        sequences: prepared, of all three parts and of nobody else.
        rows: the rows of each part in ``sequences``.
        parts: the tensors of each part, in the order of ``rows``.
        left_out: sequences that are not used, and why.
    """

    sequences: SkeletonSequences
    rows: dict[Part, IntArray]
    parts: dict[Part, PartTensors]
    left_out: tuple[LeftOut, ...]

    @property
    def input_count(self) -> int:
        """F, the numbers that a model is given for each frame."""
        return 3 * self.sequences.skeleton.joint_count

    @property
    def class_count(self) -> int:
        """K, the number of actions."""
        return len(self.sequences.actions)


def assemble(config: ExperimentConfig, sequences: SkeletonSequences, device: torch.device) -> TrainingData:
    """Prepare and split recorded sequences as a config says.

    Raises:
        ConfigError: the split can't be trained on.
        DataError: nothing is left after preparation.
    """
    check_split(sequences, config.split)  # before a scale is looked for in a training part that is empty
    prepared = prepare(sequences, config.preparation, config.split.train)
    check_split(prepared.sequences, config.split)
    in_split = np.sort(np.concatenate([rows_of(prepared.sequences, config.split, part) for part in PARTS]))
    used = prepared.sequences.take(in_split)
    rows = {part: rows_of(used, config.split, part) for part in PARTS}
    parts = {part: _to_tensors(used, rows[part], device) for part in PARTS}
    return TrainingData(used, rows, parts, prepared.left_out)


def _to_tensors(sequences: SkeletonSequences, rows: IntArray, device: torch.device) -> PartTensors:
    lengths = sequences.lengths[rows]
    padded = np.zeros((len(rows), lengths.max(), 3 * sequences.skeleton.joint_count), np.float32)
    for index, row in enumerate(rows):
        padded[index, : lengths[index]] = sequences[row].reshape(lengths[index], -1)
    return PartTensors(
        torch.from_numpy(padded).to(device),
        torch.from_numpy(lengths.copy()),
        torch.from_numpy(sequences.labels[rows].copy()).to(device),
    )
