"""Probabilities of the actions, of what a learner scores them with."""

import numpy as np
from numpy.typing import NDArray

from har_core.data.sequences import FloatArray


def softmax(logits: FloatArray) -> NDArray[np.float64]:
    """Return the (N, K) probabilities that (N, K) logits stand for; those of each row are 1 together."""
    shares = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)
