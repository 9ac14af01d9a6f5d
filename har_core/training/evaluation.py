"""What a network gives for the sequences of a part, and how good that is, in evaluation mode."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from har_core.data.splits import Part
from har_core.models.engine import one_thread_of_torch
from har_core.models.kernels.messages import Answers, Verdict
from har_core.models.networks import Network
from har_core.models.whole_steps import join_answers, whole_steps
from har_core.training.parts import PartTensors

_LARGEST_PIECE = 2048
"""Sequences that are evaluated at once."""


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy in nats, and the share of sequences whose action was recognised (0 to 1)."""

    loss: float
    accuracy: float


def evaluate(model: Network, together: PartTensors, parts: Mapping[Part, PartTensors]) -> dict[Part, Score]:
    """Return loss and accuracy of each part, without dropout.

    Args:
        model: the classifier.
        together: the parts, joined: the model sees all of them in one go.
        parts: one or more, in the order in which they are joined.
    """
    verdicts = [answers.verdict() for answers in _answers(model, together)]
    losses, right = (np.concatenate(values) for values in zip(*verdicts, strict=True))
    sizes = [len(part) for part in parts.values()]
    ends = np.cumsum(sizes)
    return {
        part: score_of([(losses[end - size : end], right[end - size : end])])
        for part, size, end in zip(parts, sizes, ends, strict=True)
    }


def answer(model: Network, part: PartTensors) -> Answers:
    """Return what the model gives for each sequence of a part, without dropout."""
    return join_answers(list(_answers(model, part)))


def _answers(model: Network, part: PartTensors) -> Iterator[Answers]:
    if model.training:
        model.eval()
    whole = whole_steps(model, part.sequences.frames)
    for piece in part.pieces(_LARGEST_PIECE):
        if whole is None:
            with torch.no_grad(), one_thread_of_torch():
                answers = answers_of(*model.answer(piece.sequences), piece.labels)
            yield answers
        else:
            yield whole.answer(piece.sequences, piece.labels)


@torch.no_grad()
def answers_of(features: Tensor, logits: Tensor, labels: Tensor) -> Answers:
    """Return what torch has computed of a batch in the form in which the kernels give it.

    Args:
        features: (B, width).
        logits: (B, K).
        labels: (B) action indices.
    """
    losses = cross_entropy(logits, labels, reduction="none")
    right = logits.argmax(dim=1) == labels
    each = (values.detach().cpu().numpy() for values in (features, logits, losses, right.long()))
    return Answers(*each)


def score_of(verdicts: Sequence[Verdict]) -> Score:
    """Return the score of all batches together."""
    losses, right = (np.concatenate(values) for values in zip(*verdicts, strict=True))
    return Score(float(losses.mean(dtype=np.float64)), float(right.mean()))
