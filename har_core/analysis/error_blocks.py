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

    @property
    def by_chance(self) -> float:
        """How many such blocks there would be in the mean, were each action equally hard for everyone.

        The errors of each action then fell on any of its sequences, each as likely, whoever shows them: that
        a block of n of N sequences holds n of E errors has the hypergeometric probability
        C(N - n, E - n) / C(N, E).
        """
        sequences, errors = self.total.sum(axis=1), self.wrong.sum(axis=1)
        return sum(
            comb(int(of_all - own), int(wrong - own)) / comb(int(of_all), int(wrong))
            for row, of_all, wrong in zip(self.total, sequences, errors, strict=True)
            for own in row
            if 1 < own <= wrong
        )


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
    chance = f"Were each action equally hard for all, chance would give {found.by_chance:.1f} such blocks."
    inside = int(found.wrong[found.throughout].sum())
    if not inside:
        return f"Of {blocks:,} blocks none is wrong throughout. {chance}"
    many = int(found.throughout.sum())
    return (
        f"{inside:,} of the {counted(errors, 'error')} lie{'s' if inside == 1 else ''} in {many:,} of "
        f"{counted(blocks, 'block')} that {'is' if many == 1 else 'are'} wrong throughout. {chance}"
    )
