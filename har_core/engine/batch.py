"""What a model is given: some sequences, none of them padded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Order:
    """In which order sequences are computed: the longest first, so that neighbours end at about one time.

    Attributes:
        sorted_indices: (B) the sequences of the batch, in this order.
        lengths: (B) frames of each, in this order.
        offsets: (B) in this order, where each begins among the frames of all, one sequence behind the other.
        starts: (B) the same, in the order of the batch.
        frame_count: frames of all.
    """

    sorted_indices: IntArray
    lengths: IntArray
    offsets: IntArray
    starts: Tensor
    frame_count: int


@dataclass(frozen=True, eq=False)
class Batch:
    """B sequences of different lengths, the frames of each in a row.

    They may lie in any order, with other frames between them: so a batch of a data set is made without
    copying a frame.

    Attributes:
        frames: (S, F) float32.
        starts: (B) the row of ``frames`` in which each sequence begins; on the CPU.
        lengths: (B) frames of each, at least one; on the CPU.
    """

    frames: Tensor
    starts: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, sequences: Sequence[Tensor]) -> "Batch":
        """Return a batch of (T, F) sequences, one behind the other."""
        return cls.of_lengths(torch.cat(list(sequences)), torch.tensor([len(part) for part in sequences]))

    @classmethod
    def of_lengths(cls, frames: Tensor, lengths: Tensor) -> "Batch":
        """Return a batch of (S, F) frames in which sequences of these (B) lengths lie behind one another."""
        return cls(frames, torch.cumsum(lengths, dim=0) - lengths, lengths)

    def __len__(self) -> int:
        return self.lengths.shape[0]

    def take(self, rows: Tensor) -> "Batch":
        """Return some of the sequences; they share their frames with these."""
        return Batch(self.frames, self.starts[rows], self.lengths[rows])

    def with_frames(self, frames: Tensor) -> "Batch":
        """Return the same sequences with other numbers for their frames, (as many, any)."""
        return self._with(frames, self.starts)

    def with_outputs(self, frames: Tensor) -> "Batch":
        """Return the same sequences with what was computed of their frames, in the order of ``order``."""
        return self._with(frames, self.order.starts)

    def _with(self, frames: Tensor, starts: Tensor) -> "Batch":
        batch = Batch(frames, starts, self.lengths)
        vars(batch)["order"] = self.order  # it depends on the lengths alone
        return batch

    def meta_outputs(self, width: int) -> tuple["Batch", Tensor]:
        """Return what a layer makes of sequences on torch's device ``meta``, without numbers: the shapes.

        Args:
            width: of its outputs.

        Returns:
            The same sequences with (S, width) outputs for their frames; and (B, width) for each sequence.
        """
        outputs = self.frames.new_empty(self.order.frame_count, width)
        return self.with_outputs(outputs), self.frames.new_empty(len(self), width)

    @cached_property
    def order(self) -> Order:
        """In which order the sequences are computed."""
        lengths = self.lengths.numpy()
        rows = np.argsort(-lengths, kind="stable")
        sorted_lengths = lengths[rows]
        ends = np.cumsum(sorted_lengths)
        own = ends - sorted_lengths
        starts = np.empty_like(own)
        starts[rows] = own
        return Order(rows, sorted_lengths, own, torch.from_numpy(starts), int(ends[-1]))

    def rows(self) -> Tensor:
        """Return the rows of ``frames`` that belong to the sequences, one sequence behind the other."""
        own = torch.cumsum(self.lengths, dim=0) - self.lengths
        return torch.arange(int(self.lengths.sum())) + torch.repeat_interleave(
            self.starts - own, self.lengths
        )

    def compact(self) -> "Batch":
        """Return the same sequences one behind the other, with no other frame between them."""
        if self.is_compact:
            return self
        return Batch.of_lengths(self.frames[self.rows().to(self.frames.device)], self.lengths)

    @cached_property
    def is_compact(self) -> bool:
        """Whether the frames are those of the sequences, each once; the order of the sequences is any."""
        if int(self.lengths.sum()) != self.frames.shape[0]:
            return False
        order = torch.argsort(self.starts)
        ends = torch.cumsum(self.lengths[order], dim=0)
        follow = torch.equal(self.starts[order], ends - self.lengths[order])
        return follow and int(ends[-1]) == self.frames.shape[0]

    def per_frame(self, values: Tensor) -> Tensor:
        """Return (S, any): of (B, any) numbers those of its sequence for each frame; the batch is compact."""
        order = torch.argsort(self.starts)
        owners = torch.repeat_interleave(order, self.lengths[order])
        return values[owners.to(values.device)]

    @cached_property
    def is_even(self) -> bool:
        """Whether the frames are those of the sequences in their order, and all are equally long."""
        length, more = divmod(self.frames.shape[0], len(self))
        even = more == 0 and bool((self.lengths == length).all())
        return even and torch.equal(self.starts, torch.arange(len(self)) * length)

    def run_packed(
        self, layer: Callable[[PackedSequence], tuple[PackedSequence, Tensor]]
    ) -> tuple["Batch", Tensor]:
        """Lead the sequences through a recurrent layer of torch's, packed, the longest first.

        Args:
            layer: from packed sequences to packed outputs, and the last state of each direction.

        Returns:
            The outputs behind each frame as a batch of the same sequences; and (B, D H) the last states of D
            directions beside each other.
        """
        rows = torch.from_numpy(self.order.sorted_indices)
        ordered = self.take(rows)
        packed = pack_padded_sequence(ordered.padded(), ordered.lengths, batch_first=True)
        outputs, states = layer(packed)
        frames, _ = pad_packed_sequence(outputs, batch_first=True)
        true = torch.arange(frames.shape[1]) < ordered.lengths[:, None]
        last = torch.cat(list(states), dim=1)[torch.argsort(rows).to(frames.device)]
        return self.with_outputs(frames[true.to(frames.device)]), last

    def padded(self, fill: float = 0.0) -> Tensor:
        """Return (B, T, F) with the T of the longest sequence; behind the others this number."""
        longest = int(self.lengths.max())
        if self.is_even:  # so that nothing is gathered, nor scattered on the way back
            return self.frames.view(len(self), longest, -1)
        frame = torch.arange(longest)
        true = (frame < self.lengths[:, None])[..., None].to(self.frames.device)
        rows = (self.starts[:, None] + torch.minimum(frame, self.lengths[:, None] - 1)).to(self.frames.device)
        return torch.where(true, self.frames[rows], fill)
