"""The parts of a split as tensors."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor
from torch.utils.dlpack import from_dlpack

from har_core.data.frame_spool import MappedPages
from har_core.data.inputs import WHOLE, View, all_inputs_of, width_of
from har_core.data.preparation import LeftOut, prepare
from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.data.split_check import check_parts, check_split
from har_core.data.splits import Part
from har_core.engine import Batch
from har_core.training.config import ExperimentConfig


@dataclass(frozen=True, eq=False)
class PartTensors:
    """The sequences of one part.

    Attributes:
        sequences: N of them; all parts share their frames.
        labels: (N) action indices.
        pages: of the frames, where they are mapped from a file.
    """

    sequences: Batch
    labels: Tensor
    pages: MappedPages
    _chunks: dict[int, list["PartTensors"]] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.sequences)

    @property
    def device(self) -> torch.device:
        """Where the frames lie, and the model has to compute."""
        return self.sequences.frames.device

    def take(self, rows: Tensor) -> "PartTensors":
        """Return some sequences."""
        labels = self.labels[rows.to(self.labels.device)]
        return PartTensors(self.sequences.take(rows), labels, self.pages)

    def batches(self, rows: Tensor, size: int) -> Iterator["PartTensors"]:
        """Yield these sequences in this order, so many at a time."""
        return self._noted(self.take(some) for some in torch.split(rows, size))

    def chunks(self, size: int) -> Iterator["PartTensors"]:
        """Yield all sequences as they lie, so many at a time, for what is computed of them takes memory."""
        if size not in self._chunks:
            self._chunks[size] = [self.take(some) for some in torch.split(torch.arange(len(self)), size)]
        return self._noted(self._chunks[size])

    def _noted(self, parts: Iterable["PartTensors"]) -> Iterator["PartTensors"]:
        for part in parts:
            yield part
            if self.pages.mapped:
                frames = part.sequences.frames.shape[1] * int(part.sequences.lengths.sum())
                self.pages.note(4 * frames, places=len(part))


def join(parts: Sequence[PartTensors]) -> PartTensors:
    """Return the sequences of several parts as one part.

    Raises:
        ValueError: the parts do not share their frames.
    """
    first = parts[0].sequences
    if any(part.sequences.frames is not first.frames for part in parts):
        raise ValueError("only parts that share their frames can be joined")
    starts = torch.cat([part.sequences.starts for part in parts])
    lengths = torch.cat([part.sequences.lengths for part in parts])
    labels = torch.cat([part.labels for part in parts])
    return PartTensors(Batch(first.frames, starts, lengths), labels, parts[0].pages)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a model is trained and judged on.

    Attributes:
        sequences: prepared positions, of all parts and of nobody else.
        rows: the rows of each part in ``sequences``.
        parts: the inputs of each part as tensors, in the order of ``rows``.
        left_out: sequences that are not used, and why.
        inputs: what a model is given of their frames, by names in ``INPUTS``.
        view: which axes and joints of that.
    """

    sequences: SkeletonSequences
    rows: dict[Part, IntArray]
    parts: dict[Part, PartTensors]
    left_out: tuple[LeftOut, ...]
    inputs: tuple[str, ...]
    view: View = WHOLE

    def on(self, device: str) -> "TrainingData":
        """Return the same data for a model that computes on that device."""
        if all(part.device.type == device for part in self.parts.values()):
            return self
        frames = next(iter(self.parts.values())).sequences.frames.to(device)  # all share them
        parts = {
            name: PartTensors(
                Batch(frames, part.sequences.starts, part.sequences.lengths),
                part.labels.to(device),
                part.pages,
            )
            for name, part in self.parts.items()
        }
        return replace(self, parts=parts)

    @property
    def input_count(self) -> int:
        """F, the numbers that a model is given for each frame."""
        return width_of(self.inputs, self.sequences.skeleton, self.view)

    @property
    def class_count(self) -> int:
        """K, the number of actions."""
        return len(self.sequences.actions)


@dataclass(frozen=True, eq=False)
class PreparedParts:
    """Prepared sequences and the rows of each part, as ``TrainingData`` has them."""

    sequences: SkeletonSequences
    rows: dict[Part, IntArray]
    left_out: tuple[LeftOut, ...]


def prepare_parts(config: ExperimentConfig, sequences: SkeletonSequences) -> PreparedParts:
    """Prepare and split recorded sequences as a config says.

    Raises:
        ConfigError: the split can't be trained on.
        DataError: nothing is left after preparation.
    """
    recorded = check_split(sequences, config.split)  # before a scale is looked for in an empty training part
    prepared = prepare(sequences, config.preparation, recorded["train"])
    rows = {part: prepared.rows_of(its) for part, its in recorded.items()}
    check_parts(prepared.sequences, config.split, rows)
    in_split = np.sort(np.concatenate(list(rows.values())))
    used = prepared.sequences
    if len(in_split) < len(used):  # all of a large set need no second copy
        used = used.take(in_split)
        rows = {part: np.searchsorted(in_split, its) for part, its in rows.items()}
    return PreparedParts(used, rows, prepared.left_out)


def assemble(
    config: ExperimentConfig, sequences: SkeletonSequences,
    prepare_as: Callable[[ExperimentConfig, SkeletonSequences], PreparedParts] = prepare_parts,
) -> TrainingData:  # fmt: skip
    """Prepare and split recorded sequences as a config says, and make tensors of them, on the CPU.

    Args:
        config: the experiment.
        sequences: as recorded.
        prepare_as: does what ``prepare_parts`` does.

    Raises:
        HarError: as ``prepare_parts``.
    """
    prepared = prepare_as(config, sequences)
    everything = tensors_of(prepared.sequences, config.inputs, config.view)
    parts = {part: everything.take(torch.from_numpy(its)) for part, its in prepared.rows.items()}
    return TrainingData(
        prepared.sequences, prepared.rows, parts, prepared.left_out, config.inputs, config.view
    )


def tensors_of(sequences: SkeletonSequences, inputs: Sequence[str], view: View = WHOLE) -> PartTensors:
    """Return all prepared sequences as one part on the CPU, with these inputs of each frame."""
    given = all_inputs_of(inputs, sequences, view)
    # By dlpack, because torch complains of an array that may not be written; nobody writes it here.
    frames = from_dlpack(given)
    starts, lengths = torch.from_numpy(sequences.offsets[:-1].copy()), torch.from_numpy(sequences.lengths)
    labels = torch.from_numpy(sequences.labels.copy())
    pages = MappedPages(given)
    return PartTensors(Batch(frames, starts, lengths), labels, pages)
