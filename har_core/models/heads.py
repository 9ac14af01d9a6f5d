"""Heads: what is taken of the frames of the top layer as the features of a sequence.

Torch is not imported here: who draws a form or reads a config needs the names alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from har_core.engine import Batch


@dataclass(frozen=True)
class Head:
    """A way to come from the frames of a sequence to its features.

    Attributes:
        title: what it takes, such as ``last outputs``.
        pool: returns (B, width_factor times width) features of B sequences with (S, width) outputs.
        width_factor: how many numbers it makes of each number of a frame.
    """

    title: str
    pool: Callable[[Batch], Tensor]
    width_factor: int = 1


def _last(outputs: Batch) -> Tensor:
    rows = outputs.starts + outputs.lengths - 1
    return outputs.frames[rows.to(outputs.frames.device)]


def _mean(outputs: Batch) -> Tensor:
    frames = outputs.padded()
    return frames.sum(dim=1) / outputs.lengths.to(frames.device)[:, None]


def _max(outputs: Batch) -> Tensor:
    return outputs.padded(-inf).amax(dim=1)


def _mean_and_max(outputs: Batch) -> Tensor:
    import torch

    return torch.cat([_mean(outputs), _max(outputs)], dim=1)


HEADS: dict[str, Head] = {
    "last": Head("last outputs", _last),
    "mean": Head("means over the frames", _mean),
    "max": Head("largest over the frames", _max),
    "mean-max": Head("means and largest over the frames", _mean_and_max, 2),
}


def features_by(head: str, outputs: Batch, known: Mapping[str, Tensor]) -> Tensor:
    """Return what a head takes of B sequences.

    Args:
        head: its name in ``HEADS``.
        outputs: of the top layer, (S, width) for the frames of the sequences.
        known: what the layer has computed of them itself, (B, width) by the name of the head. Of an LSTM the
            last output of each direction, that is where each has read the whole sequence.
    """
    return known[head] if head in known else HEADS[head].pool(outputs)
