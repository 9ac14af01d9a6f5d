"""What a network gives for the sequences of a part, and how good that is, in evaluation mode."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from har_core.data.splits import Part
from har_core.engine import BatchOutput, BatchScore, fused_step, torch_threads
from har_core.models.networks import Network
from har_core.training.cuda import as_on_the_cpu
from har_core.training.parts import PartTensors

_LARGEST_CHUNK = 2048
"""Sequences that are evaluated at once."""

_LARGEST_CHUNK_BY_LAYERS = 128
"""The same where a CPU computes layer by layer: what is between two layers of more takes memory that the
system hands out anew each time, which cost a quarter of it."""


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy in nats, and the share of sequences whose action was recognised (0 to 1)."""

    loss: float
    accuracy: float


def evaluate(network: Network, joined: PartTensors, parts: Mapping[Part, PartTensors]) -> dict[Part, Score]:
    """Return loss and accuracy of each part, without dropout.

    Args:
        network: any.
        joined: the parts, joined: the network sees all of them in one go.
        parts: one or more, in the order in which they are joined.
    """
    scores = [output.score() for output in _outputs(network, joined)]
    losses, correct = (np.concatenate(values) for values in zip(*scores, strict=True))
    sizes = [len(part) for part in parts.values()]
    ends = np.cumsum(sizes)
    return {
        part: mean_score([(losses[end - size : end], correct[end - size : end])])
        for part, size, end in zip(parts, sizes, ends, strict=True)
    }


def predict(network: Network, part: PartTensors) -> BatchOutput:
    """Return what the network gives for each sequence of a part, without dropout."""
    outputs = zip(*_outputs(network, part), strict=True)
    return BatchOutput(*(np.concatenate(values) for values in outputs))


def _outputs(network: Network, part: PartTensors) -> Iterator[BatchOutput]:
    if network.training:
        network.eval()
    step = fused_step(network, part.sequences, part.labels)
    by_layers = step is None and part.device.type == "cpu"
    for chunk in part.chunks(_LARGEST_CHUNK_BY_LAYERS if by_layers else _LARGEST_CHUNK):
        if step is not None:
            yield step.predict(chunk.sequences, chunk.labels)
            continue
        with torch.no_grad(), torch_threads(), as_on_the_cpu(network):
            output = batch_output(*network.features_and_logits(chunk.sequences), chunk.labels)
        yield output


@torch.no_grad()
def batch_output(features: Tensor, logits: Tensor, labels: Tensor) -> BatchOutput:
    """Return what torch has computed of a batch as a fused step gives it.

    Args:
        features: (B, width).
        logits: (B, K).
        labels: (B) action indices.
    """
    losses = cross_entropy(logits, labels, reduction="none")
    correct = logits.argmax(dim=1) == labels
    each = (values.detach().cpu().numpy() for values in (features, logits, losses, correct.long()))
    return BatchOutput(*each)


def mean_score(batches: Sequence[BatchScore]) -> Score:
    """Return the score of all batches together."""
    losses, correct = (np.concatenate(values) for values in zip(*batches, strict=True))
    return Score(float(losses.mean(dtype=np.float64)), float(correct.mean()))
