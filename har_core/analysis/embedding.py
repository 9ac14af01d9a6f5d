"""t-SNE: a picture of who is whose neighbour among features, beside the PCA."""

from typing import Any

import numpy as np
import torch  # noqa: F401 - SciPy asks it for its arrays, and fails on a torch that is half imported
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from har_core.data.sequences import IntArray
from har_core.errors import RunError

PERPLEXITY = 30.0
"""About how many neighbours each sequence has; fewer where there are fewer than three times as many."""

_FEWEST = 4
MOST_POINTS = 2_000
"""Of so many, t-SNE takes some seconds; of 60,000 it would take minutes, and nobody could tell them apart."""


def rows_of_map(count: int) -> IntArray:
    """Return the rows of so many sequences that a map shows, rising: all, or as many as it takes.

    Those are drawn at random from a fixed seed, so that the same map comes again.
    """
    if count <= MOST_POINTS:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, MOST_POINTS, replace=False))


def neighbour_map(features: NDArray[Any]) -> NDArray[np.float64]:
    """Return (N, 2) points such that near neighbours among the features are neighbours (t-SNE).

    Van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008. It starts from the PCA and draws its
    random numbers from a fixed seed. Distances between groups, and their sizes, mean little.

    Args:
        features: (N, width).

    Raises:
        RunError: there are fewer than four sequences, or fewer than two features.
    """
    count, width = features.shape
    if count < _FEWEST or width < 2:
        raise RunError("t-SNE needs at least four sequences and two features; show a larger part.")
    if not np.ptp(features, axis=0).any():
        return np.zeros((count, 2))  # nobody is nearer than anybody else
    # Only ratios of distances count: a power of two changes no digit, and keeps their squares finite.
    scaled = np.ldexp(features.astype(np.float64), -np.frexp(np.abs(features).max())[1])
    perplexity = min(PERPLEXITY, (count - 1) / 3)
    # Two threads give the same digits, and wait for each other at each of a thousand steps: while others keep
    # the processor busy, 72 sequences took 6 to 12 s, and take 0.3 s on one thread.
    with threadpool_limits(1, user_api="openmp"):
        points: NDArray[np.float64] = TSNE(init="pca", perplexity=perplexity, random_state=0).fit_transform(
            scaled
        )
    return points
