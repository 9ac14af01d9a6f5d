"""What two runs say of the same test sequences, one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions, count_cells
from har_core.data.sequences import IntArray
from har_core.errors import RunError


@dataclass(frozen=True, eq=False)
class SharedPredictions:
    """Two sets of predictions of the same sequences.

    Attributes:
        ids: n names.
        truth: (n) action indices.
        first: (n) what the first predicts.
        second: (n) what the second predicts.
        left_out: how many sequences only one of the two has, or has under another action.
    """

    ids: NDArray[np.str_]
    truth: IntArray
    first: IntArray
    second: IntArray
    left_out: int

    def matrices(self, classes: int) -> tuple[IntArray, IntArray]:
        """Return the (K, K) counts of both: a row for each true action, a column for each predicted one."""
        first = count_cells(self.truth, self.first, classes)
        return first, count_cells(self.truth, self.second, classes)

    def only_one_right(self, true: int, predicted: int) -> IntArray:
        """Return the rows of a cell's sequences that exactly one of the two recognises.

        On the diagonal these are the sequences of an action that one of them missed, elsewhere those that one
        recognised and the other took for the predicted action.
        """
        split = (self.first == self.truth) != (self.second == self.truth)
        said = (self.first == predicted) | (self.second == predicted)
        return np.flatnonzero(split & said & (self.truth == true))

    def both_wrong_apart(self, true: int, predicted: int) -> int:
        """Return how many sequences both get wrong, but only one of them in this cell."""
        wrong = (self.first != self.truth) & (self.second != self.truth) & (self.truth == true)
        return int((wrong & ((self.first == predicted) != (self.second == predicted))).sum())


def share(first: Predictions, second: Predictions) -> SharedPredictions:
    """Bring the predictions of test sequences together by the names of the sequences.

    Args:
        first: of one run; its test part is looked at.
        second: of another run on the same data.

    Raises:
        RunError: they have no test sequence in common.
    """
    mine, other = first.of("test"), second.of("test")
    _, rows, columns = np.intersect1d(mine.ids, other.ids, return_indices=True)
    same = mine.truth[rows] == other.truth[columns]
    rows, columns = rows[same], columns[same]
    if not len(rows):
        raise RunError("the two runs have no test sequence in common; choose runs on the same split.")
    return SharedPredictions(
        mine.ids[rows], mine.truth[rows], mine.predicted[rows], other.predicted[columns],
        len(mine) + len(other) - 2 * len(rows),
    )  # fmt: skip
