"""PCA of a run's features: do similar actions lie together?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from har_core.errors import RunError
from har_core.training.records import Weighting
from har_core.training.store import RunStore


@dataclass(frozen=True, eq=False)
class Projection:
    """Features in the plane of their two largest components.

    Attributes:
        points: (N, 2), in the order of the run's predictions.
        explained: the share of the training features' variance on each axis (0 to 1).
    """

    points: NDArray[np.float64]
    explained: tuple[float, float]


def project(features: NDArray[Any], training: NDArray[np.bool_]) -> Projection:
    """Fit a PCA to the training features and bring all features into its plane.

    The sign of a component is free; here the feature that weighs most in it always weighs positive, so that
    a picture doesn't flip between runs of the program.

    Args:
        features: (N, width).
        training: (N) True for the sequences of the training part.

    Raises:
        RunError: there are fewer than two training sequences or features.
    """
    if training.sum() < 2 or features.shape[1] < 2:
        raise RunError("a PCA needs at least two training sequences and two features.")
    with np.errstate(invalid="ignore"):  # features that are all the same have no variance to share out
        pca = PCA(n_components=2, svd_solver="full").fit(features[training].astype(np.float64))
    strongest = np.abs(pca.components_).argmax(axis=1)
    signs = np.sign(pca.components_[[0, 1], strongest])
    points = pca.transform(features.astype(np.float64)) * np.where(signs == 0, 1, signs)
    first, second = np.nan_to_num(pca.explained_variance_ratio_)
    return Projection(points, (float(first), float(second)))


def load_features(store: RunStore, run_id: str, weighting: Weighting) -> NDArray[np.float32]:
    """Return a run's (N, width) features with its best or last weights, in the order of its predictions.

    Raises:
        RunError: the run has not ended, or its file is damaged.
    """
    arrays = store.arrays(run_id, "features.npz")
    if weighting not in arrays:
        raise RunError(f"run {run_id}: features.npz lacks {weighting!r}; train the run again.")
    return arrays[weighting]
