"""Errors by subject and action: do they come one by one, or in blocks?

A block is all that one subject shows of one action. Where a person does an action in a way of their own,
every take of it is wrong; where a model is only unsure, some takes are.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions
from har_core.data.sequences import IntArray
from har_core.wording import counted


@dataclass(frozen=True, eq=False)
class ErrorBlocks:
    """How many sequences of each action and subject are wrong.

    Attributes:
        subjects: S, as they are numbered, in their order.
        wrong: (K, S) sequences that are not recognised.
        total: (K, S) sequences.
    """

    subjects: tuple[int, ...]
    wrong: IntArray
    total: IntArray

    @property
    def throughout(self) -> NDArray[np.bool_]:
        """(K, S) where all of two sequences or more are wrong; of a single one that would say nothing."""
        found: NDArray[np.bool_] = (self.total > 1) & (self.wrong == self.total)
        return found

    def by_chance(self, *, of_each_action: bool) -> float:
        """Return how many such blocks there would be in the mean, if the errors were dealt out anew.

        That a block of n of N sequences gets n of E errors, each sequence as likely, has the hypergeometric
        probability C(N - n, E - n) / C(N, E).

        Args:
            of_each_action: whether each action keeps its errors, as if it were equally hard for all subjects;
                else any sequence may get one.
        """
        groups = zip(self.total, self.wrong, strict=True) if of_each_action else [(self.total, self.wrong)]
        return sum(map(_whole_by_chance, *zip(*groups, strict=True)))


def _whole_by_chance(total: IntArray, wrong: IntArray) -> float:
    """Return the same of the blocks of one group, whose errors stay in it."""
    sequences, errors = int(total.sum()), int(wrong.sum())
    sizes = (int(size) for size in total.ravel() if 1 < size <= errors)
    return sum(comb(sequences - size, errors - size) / comb(sequences, errors) for size in sizes)


def error_blocks(predictions: Predictions, classes: int) -> ErrorBlocks:
    """Count the errors of each action and subject.

    Args:
        predictions: of one part.
        classes: K.
    """
    subjects, columns = np.unique(predictions.subjects, return_inverse=True)
    wrong = predictions.predicted != predictions.truth
    places = predictions.truth * len(subjects) + columns

    def count(rows: NDArray[np.bool_]) -> IntArray:
        found = np.bincount(places[rows], minlength=classes * len(subjects))
        return np.asarray(found.reshape(classes, len(subjects)), np.int64)

    return ErrorBlocks(tuple(subjects.tolist()), count(wrong), count(np.ones(len(wrong), np.bool_)))


def say_blocks(found: ErrorBlocks) -> str:
    """Say in a sentence or two how many of the errors come in blocks that are wrong throughout."""
    errors, blocks = int(found.wrong.sum()), int((found.total > 0).sum())
    if not errors:
        return "Every sequence of this part was recognised."
    if not (found.total > 1).any():
        return f"{counted(errors, 'error')}, and nobody shows an action twice: there are no blocks of them."
    anywhere, kept = (found.by_chance(of_each_action=kept) for kept in (False, True))
    chance = (
        f"Chance would give {anywhere:.1f} such blocks if errors fell anywhere, {kept:.1f} if each action "
        "kept its own."
    )
    inside = int(found.wrong[found.throughout].sum())
    if not inside:
        return f"Of {blocks:,} blocks none is wrong throughout. {chance}"
    many = int(found.throughout.sum())
    return (
        f"{inside:,} of the {counted(errors, 'error')} lie{'s' if inside == 1 else ''} in {many:,} of "
        f"{counted(blocks, 'block')} that {'is' if many == 1 else 'are'} wrong throughout. {chance}"
    )
