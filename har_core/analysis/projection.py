"""PCA of a run's features: do similar actions lie together?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch  # noqa: F401 - SciPy asks it for its arrays, and fails on a torch that is half imported
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from har_core.errors import RunError
from har_core.training.records import CheckpointChoice
from har_core.training.store import RunStore

_NUMBERS = {2: "two", 3: "three"}


@dataclass(frozen=True, eq=False)
class Components:
    """The principal components of the training features, the largest first.

    Attributes:
        mean: (width) of the training features.
        axes: (components, width) of length 1; in each the feature that weighs most weighs positive.
        shares: (components) of the training features' variance, 0 to 1.
    """

    mean: NDArray[np.float64]
    axes: NDArray[np.float64]
    shares: NDArray[np.float64]

    def place(self, features: NDArray[Any], count: int = 2) -> Projection:
        """Bring (N, width) features, whatever they are of, to the largest components.

        Raises:
            RunError: there are fewer components than ``count``.
        """
        if len(self.axes) < count:
            raise RunError(_too_few(count))
        points = (features.astype(np.float64) - self.mean) @ self.axes[:count].T
        return Projection(points, tuple(float(share) for share in self.shares[:count]))


@dataclass(frozen=True, eq=False)
class Projection:
    """Features as points along their largest components.

    Attributes:
        points: (N, components), in the order of the features.
        explained: the share of the training features' variance on each axis (0 to 1); empty for axes that
            are no components.
    """

    points: NDArray[np.float64]
    explained: tuple[float, ...]


def principal_components(features: NDArray[Any], training: NDArray[np.bool_]) -> Components:
    """Fit a PCA with all components to the training features.

    The sign of a component is free; here the feature that weighs most in it always weighs positive, so that
    a picture doesn't flip between runs of the program.

    Args:
        features: (N, width).
        training: (N) True for the sequences of the training part.

    Raises:
        RunError: there are fewer than two training sequences or features.
    """
    if training.sum() < 2 or features.shape[1] < 2:
        raise RunError(_too_few(2))
    with np.errstate(invalid="ignore"):  # features that are all the same have no variance to share out
        pca = PCA(svd_solver="full").fit(features[training].astype(np.float64))
    strongest = np.abs(pca.components_).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(len(strongest)), strongest])
    axes = pca.components_ * np.where(signs == 0, 1, signs)[:, None]
    return Components(pca.mean_, axes, np.nan_to_num(pca.explained_variance_ratio_))


def _too_few(count: int) -> str:
    number = _NUMBERS.get(count, str(count))
    return f"a PCA needs at least {number} training sequences and {number} features."


def project(features: NDArray[Any], training: NDArray[np.bool_], count: int = 2) -> Projection:
    """Fit a PCA to the training features and bring all features to its largest components.

    Args:
        features: (N, width).
        training: (N) True for the sequences of the training part.
        count: how many components.

    Raises:
        RunError: there are fewer training sequences or features than ``count``.
    """
    return principal_components(features, training).place(features, count)


def load_features(store: RunStore, run_id: str, checkpoint: CheckpointChoice) -> NDArray[np.float32]:
    """Return a run's (N, width) features with its best or last weights, in the order of its predictions.

    Raises:
        RunError: the run has not ended, or its file is damaged.
    """
    return store.arrays(run_id, "features.npz", [checkpoint])[checkpoint]
