"""The batches of an epoch: the training part in an order drawn anew, and varied where that is asked for."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from har_core.data.augmentation import AUGMENTATIONS
from har_core.data.body_variation import Varied
from har_core.data.frame_spool import MappedPages
from har_core.data.inputs import inputs_of_batch
from har_core.data.training_sequences import TrainingSequences
from har_core.engine import Batch
from har_core.training.config import GradientTraining
from har_core.training.parts import PartTensors, TrainingData


@dataclass
class EpochSampler:
    """Orders of the training part, one behind the other, from which each epoch takes as much as it needs.

    Attributes:
        count: sequences of the training part.
        leftover: rows of the order that was drawn last, which the last epoch has left to the next.
    """

    count: int
    leftover: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.int64))

    def next_epoch(self, training: GradientTraining, generator: torch.Generator) -> Tensor:
        """Return the rows of the next epoch: each once, or as many as fill its batches."""
        wanted = self.count
        if training.full_batches:
            wanted = steps_of_epoch(self.count, training) * min(training.batch_size, self.count)
        rows = self.leftover
        while len(rows) < wanted:
            rows = torch.cat([rows, torch.randperm(self.count, generator=generator)])
        self.leftover = rows[wanted:].clone()
        return rows[:wanted]


def steps_of_epoch(count: int, training: GradientTraining) -> int:
    """Return how many steps an epoch has, of a training part of so many sequences."""
    return math.ceil(count / training.batch_size)


def batches_of_epoch(
    data: TrainingData,
    training: GradientTraining,
    generator: torch.Generator,
    at_once: int,
    sampler: EpochSampler | None = None,
) -> Iterator[list[PartTensors]]:
    """Yield the batches of an epoch, so many at a time; those of one time share their frames.

    Args:
        data: what to train on.
        training: says how large the batches are, and how sequences are varied.
        generator: source of the order, and of what varies the sequences. The same numbers are drawn however
            many batches are taken at once.
        at_once: how many batches at a time.
        sampler: what earlier epochs have left; None where there were none.
    """
    part, size = data.parts["train"], training.batch_size
    order = (sampler or EpochSampler(len(part))).next_epoch(training, generator)
    augmentation = AUGMENTATIONS[training.augmentation]
    if not augmentation.varies:
        batches = part.batches(order, size)
        while some := list(islice(batches, at_once)):
            yield some
        return
    seed = int(torch.randint(2**63 - 1, (), generator=generator))
    random = np.random.default_rng(seed)
    training_part = TrainingSequences(data.sequences, data.rows["train"])
    for rows in torch.split(order, size * at_once):
        drawn = [
            augmentation.vary(training_part, data.rows["train"][some.numpy()], random)
            for some in torch.split(rows, size)
        ]
        varied = _tensors_of(data, drawn, part.labels[rows.to(part.device)])
        yield list(varied.batches(torch.arange(len(varied)), size))


def _tensors_of(data: TrainingData, drawn: Sequence[Varied], labels: Tensor) -> PartTensors:
    """Return batches that were drawn anew as one part, their inputs computed from these positions."""
    skeleton = data.sequences.skeleton
    inputs = [
        inputs_of_batch(data.inputs, its.frames, its.lengths, skeleton, its.recorded, data.view)
        for its in drawn
    ]
    frames = torch.from_numpy(np.concatenate(inputs))
    lengths = torch.from_numpy(np.concatenate([varied.lengths for varied in drawn]))
    batch = Batch.of_lengths(frames.to(labels.device), lengths)
    return PartTensors(batch, labels, MappedPages(np.empty(0)))
