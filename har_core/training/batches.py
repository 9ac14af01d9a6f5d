"""The batches of an epoch: the training part in an order drawn anew, and varied where that is asked for."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from har_core.data.augmentation import AUGMENTATIONS, Augmentation, Example
from har_core.data.frame_spool import MappedPages
from har_core.data.inputs import inputs_of
from har_core.engine import Batch
from har_core.training.config import GradientTraining
from har_core.training.parts import PartTensors, TrainingData


def batches_of_epoch(
    data: TrainingData, training: GradientTraining, generator: torch.Generator, at_once: int
) -> Iterator[list[PartTensors]]:
    """Yield the batches of an epoch, so many at a time; those of one time share their frames.

    Args:
        data: what to train on.
        training: says how large the batches are, and how sequences are varied.
        generator: source of the order, and of what varies the sequences. The same numbers are drawn however
            many batches are taken at once.
        at_once: how many batches at a time.
    """
    part, size = data.parts["train"], training.batch_size
    order = torch.randperm(len(part), generator=generator)
    augmentation = AUGMENTATIONS[training.augmentation]
    if augmentation.draw is None:
        batches = part.batches(order, size)
        while some := list(islice(batches, at_once)):
            yield some
        return
    seed = int(torch.randint(2**63 - 1, (), generator=generator))
    random = np.random.default_rng(seed)
    for rows in torch.split(order, size * at_once):
        varied = _vary(data, rows, augmentation, random)
        yield list(varied.batches(torch.arange(len(varied)), size))


def _vary(
    data: TrainingData, rows: Tensor, augmentation: Augmentation, random: np.random.Generator
) -> PartTensors:
    """Return some rows of the training part, their inputs computed from positions that are drawn anew."""
    sequences, skeleton = data.sequences, data.sequences.skeleton
    chosen = data.rows["train"][rows.numpy()]
    inputs = [
        inputs_of(data.inputs, augmentation.of(Example(frames, int(label), skeleton), random), skeleton)
        for frames, label in zip(sequences.each(chosen), sequences.labels[chosen], strict=True)
    ]
    part = data.parts["train"]
    frames = torch.from_numpy(np.concatenate(inputs))
    lengths = torch.tensor([len(each) for each in inputs])
    batch = Batch.of_lengths(frames.to(part.device), lengths)
    return PartTensors(batch, part.labels[rows.to(part.labels.device)], MappedPages(np.empty(0)))
