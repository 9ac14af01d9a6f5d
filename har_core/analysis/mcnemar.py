"""McNemar's test: do two runs really differ on the same test sequences?"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.predictions import Predictions, load_pair
from har_core.analysis.shared_predictions import share
from har_core.data.sequences import IntArray
from har_core.errors import RunError
from har_core.training.records import CheckpointChoice, Meta
from har_core.training.store import Run, RunStore
from har_core.wording import percent


@dataclass(frozen=True, eq=False)
class PairedTest:
    """Two sets of predictions of the same sequences.

    Attributes:
        ids: (n) names of the sequences on which exactly one of the two is right.
        truth: (n) their action indices.
        first: (n) what the first predicts.
        second: (n) what the second predicts.
        both_right: how many sequences both recognise.
        both_wrong: how many neither recognises.
        left_out: how many sequences only one of the two has, or has under another action.
    """

    ids: NDArray[np.str_]
    truth: IntArray
    first: IntArray
    second: IntArray
    both_right: int
    both_wrong: int
    left_out: int

    @property
    def only_first(self) -> int:
        """Sequences that the first alone recognises: b in McNemar's table."""
        return int((self.first == self.truth).sum())

    @property
    def only_second(self) -> int:
        """Sequences that the second alone recognises: c in McNemar's table."""
        return int((self.second == self.truth).sum())

    @property
    def total(self) -> int:
        """How many sequences are compared."""
        return self.both_right + self.both_wrong + len(self.ids)

    @property
    def p(self) -> float:
        """The probability of a difference at least as large, if neither were better than the other."""
        return exact_p(self.only_first, self.only_second)


RARE = 0.05
"""A p below it is called more than chance."""


def say_verdict(found: PairedTest) -> str:
    """Say in a sentence or two whether chance may have made the difference of two runs."""
    if not len(found.ids):
        return "No sequence tells the two apart."
    if found.only_first == found.only_second:
        times = "once" if found.only_first == 1 else f"{found.only_first:,} times"
        return f"Where they differ, each is right {times}: the test sees no difference between them."
    if found.p < RARE:
        return (
            "If neither were better, so large a difference would be rare: less than once in twenty times. "
            "It is more than chance."
        )
    return (
        f"If neither were better, a difference as large as this or larger would come in {percent(found.p)} "
        "of all cases: it may be chance."
    )


def exact_p(b: int, c: int) -> float:
    """Return the two-sided p of McNemar's test, exact: under the null b is binomial with n = b + c and 1/2.

    McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 1947; recommended for two classifiers on one test set by Dietterich, "Approximate
    statistical tests for comparing supervised classification learning algorithms", Neural Computation 1998.

    Args:
        b: sequences that the first alone gets right.
        c: sequences that the second alone gets right.
    """
    tail = sum(comb(b + c, k) for k in range(min(b, c) + 1))
    # Whole numbers up to the division: nothing is rounded before.
    return float(min(1, 2 * tail / 2 ** (b + c)))


def pair(first: Predictions, second: Predictions) -> PairedTest:
    """Compare two predictions of test sequences by the names of the sequences.

    Args:
        first: of one run; its test part is looked at.
        second: of another run on the same data.

    Raises:
        RunError: they have no test sequence in common.
    """
    shared = share(first, second)
    right, also_right = shared.first == shared.truth, shared.second == shared.truth
    split = right != also_right
    return PairedTest(
        shared.ids[split], shared.truth[split], shared.first[split], shared.second[split],
        int((right & also_right).sum()), int((~right & ~also_right).sum()), shared.left_out,
    )  # fmt: skip


def compare_runs(store: RunStore, first: Run, second: Run, checkpoint: CheckpointChoice) -> PairedTest:
    """Test whether two ended runs differ on their test sequences, with the best or last weights of both.

    A run that has no best epoch is compared by its last weights.

    Raises:
        RunError: they were made from other data, on another split, or have not ended.
    """
    reason = why_not_comparable(first, second)
    if reason:
        raise RunError(reason)
    return pair(*load_pair(store, first, second, checkpoint))


def _recordings_of(meta: Meta) -> tuple[str, list[int]]:
    """Say what a run was made from, but for the actions' names: those may be told between two runs."""
    return meta.fingerprint, [action.number for action in meta.actions]


def why_not_comparable(first: Run, second: Run) -> str:
    """Say in a sentence why two runs can't be compared sequence by sequence; empty where they can."""
    if not first.meta or not second.meta:
        return "One of the two runs has not read its data yet; wait until it has ended."
    if _recordings_of(first.meta) != _recordings_of(second.meta):
        return (
            "The two runs were made from different recordings, so they have no test sequence in common. "
            "Choose two runs on the same data set."
        )
    mine, other = (run.config.split.model_dump(exclude={"name"}) for run in (first, second))
    if mine != other:
        return (
            f"The two runs are on different splits, {first.config.split.full_name} and "
            f"{second.config.split.full_name}: what one learned from may be in the test part of the other. "
            "Choose two runs on the same split."
        )
    return ""
