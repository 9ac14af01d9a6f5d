"""Where a run goes wrong: by action, by subject, by length, and in which pairs of actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch  # noqa: F401 - SciPy asks it for its arrays, and fails on a torch that is half imported
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from sklearn.metrics import precision_recall_fscore_support

from har_core.analysis.intervals import wilson_interval
from har_core.analysis.predictions import Predictions
from har_core.data.sequences import IntArray

LENGTH_GROUPS = 4


@dataclass(frozen=True)
class ConfusedPair:
    """How often one action was taken for another.

    Attributes:
        true: index of the action that was performed.
        predicted: index of the action that it was taken for.
        count: sequences.
        of: sequences of the true action in all.
    """

    true: int
    predicted: int
    count: int
    of: int


def confused_pairs(counts: IntArray, most: int = 5) -> list[ConfusedPair]:
    """Return the largest cells beside the diagonal, the largest first; of equals in the order of the matrix.

    Args:
        counts: (K, K), a row for each true action.
        most: pairs at most; pairs that never occur are left out.
    """
    mistakes = counts.copy()
    np.fill_diagonal(mistakes, 0)
    cells = np.argsort(-mistakes, axis=None, kind="stable")[:most]
    pairs = [divmod(int(cell), len(counts)) for cell in cells]
    return [
        ConfusedPair(true, predicted, int(counts[true, predicted]), int(counts[true].sum()))
        for true, predicted in pairs
        if mistakes[true, predicted]
    ]


def class_scores(predictions: Predictions, actions: Sequence[str]) -> pd.DataFrame:
    """Return a row for each action: ``precision``, ``recall``, ``f1`` (0 to 1) and ``support``.

    An action that is never predicted has precision 0, one without sequences recall 0.

    Args:
        predictions: of one part.
        actions: K names, the index of the table.
    """
    scores = precision_recall_fscore_support(
        predictions.truth, predictions.predicted, labels=range(len(actions)), zero_division=0
    )
    columns = dict(zip(("precision", "recall", "f1", "support"), scores, strict=True))
    return pd.DataFrame(columns, index=pd.Index(actions, name="action"))


def accuracy_by_subject(predictions: Predictions) -> pd.DataFrame:
    """Return for each subject ``correct``, ``total``, ``accuracy``, ``low`` and ``high`` of its interval."""
    subjects = np.unique(predictions.subjects)
    masks = [predictions.subjects == subject for subject in subjects]
    return _accuracies(predictions, masks, pd.Index(subjects, name="subject"))


def accuracy_by_length(predictions: Predictions, lengths: IntArray) -> pd.DataFrame:
    """Return the same for groups of about as many sequences each, from the shortest to the longest.

    Args:
        predictions: of one part, N sequences.
        lengths: (N) frames as recorded.
    """
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, LENGTH_GROUPS + 1)).round().astype(int))
    groups = np.clip(np.searchsorted(edges, lengths, side="right") - 1, 0, max(0, len(edges) - 2))
    masks = [groups == group for group in np.unique(groups)]
    names = [f"{lengths[mask].min()} to {lengths[mask].max()}" for mask in masks]
    return _accuracies(predictions, masks, pd.Index(names, name="frames"))


def _accuracies(predictions: Predictions, masks: Sequence[NDArray[np.bool_]], index: Any) -> pd.DataFrame:
    right = predictions.predicted == predictions.truth
    rows = []
    for mask in masks:
        correct, total = int(right[mask].sum()), int(mask.sum())
        low, high = wilson_interval(correct, total)
        share = correct / total
        rows.append({"correct": correct, "total": total, "accuracy": share, "low": low, "high": high})
    return pd.DataFrame(rows, index=index)


def order_by_confusion(counts: IntArray) -> list[int]:
    """Return the actions with the largest share of mistakes first; those without sequences come last."""
    total = counts.sum(axis=1)
    wrong = np.where(total > 0, 1 - counts.diagonal() / np.maximum(total, 1), -1.0)
    return [int(label) for label in np.argsort(-wrong, kind="stable")]


def order_by_similarity(features: NDArray[Any], labels: IntArray, classes: int) -> list[int]:
    """Return the actions in an order in which neighbours have similar features.

    The leaves of an average-linkage clustering of the actions' mean features (Sokal and Michener, 1958).

    Args:
        features: (N, width), such as those of the training part.
        labels: (N) action indices.
        classes: K; an action without sequences comes last.
    """
    here = [label for label in range(classes) if (labels == label).any()]
    missing = [label for label in range(classes) if label not in here]
    if len(here) < 3:
        return here + missing
    means = np.array([features[labels == label].mean(axis=0) for label in here], dtype=np.float64)
    leaves = leaves_list(linkage(means, method="average", optimal_ordering=True))
    return [here[leaf] for leaf in leaves] + missing
