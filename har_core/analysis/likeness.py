"""How near other sequences come to those that a run was trained on, and whether that is near at all.

The nearest training sequence is that whose features are the nearest, for these are what the run sees, or its
prepared positions where it makes no features. Whether a sequence is like anything at all, the positions say
for every run: a network makes of noise, or of a body upside down, much the same features as of what it knows.
How far a sequence usually is from the nearest training sequence, the validation part says, whose people the
run was not trained on; without one the training sequences do, each compared with the others. The test part
has no say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from har_core.analysis.predictions import load_predictions
from har_core.analysis.projection import load_features
from har_core.data.preparation import prepare_every
from har_core.data.sequences import FloatArray, IntArray, SkeletonSequences
from har_core.training.prediction import scale_of_run
from har_core.training.prepared import prepare_once
from har_core.training.store import Run, RunStore

USUAL = 0.99
"""Share of the sequences that are usually as near; one that is farther away than that is unlike them."""

_MOMENTS = 20
"""At which prepared positions are compared, evenly over each sequence."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """The nearest training sequence of each of N sequences.

    Attributes:
        nearest: N names.
        distances: (N) to them.
        usual: up to which distance is usual.
        rule: how that was found, in a sentence.
    """

    nearest: tuple[str, ...]
    distances: NDArray[np.float64]
    usual: float
    rule: str

    def is_unlike(self, row: int) -> bool:
        """Say whether a sequence is like nothing that the run was trained on."""
        return bool(self.distances[row] > self.usual)


def nearest_by_features(store: RunStore, run: Run, features: FloatArray) -> tuple[str, ...]:
    """Return the training sequences of a run whose features are the nearest to N others.

    Args:
        store: where the run lies.
        run: the run.
        features: (N, width), as the run makes them.

    Raises:
        RunError: what the run has kept can't be read.
    """
    kept = load_features(store, run.run_id, run.config.judged_by)
    predictions = load_predictions(store, run.run_id, run.config.judged_by)
    training = np.flatnonzero(predictions.part == "train")
    search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(kept[training].astype(np.float64))
    rows = search.kneighbors(features.astype(np.float64), return_distance=False)[:, 0]
    return tuple(str(predictions.ids[training[row]]) for row in rows)


def likeness(run: Run, recorded: SkeletonSequences, others: SkeletonSequences) -> Likeness:
    """Compare sequences with those of a run's training part by their prepared positions.

    Args:
        run: the run.
        recorded: its data set.
        others: of the same skeleton, as recorded.

    Raises:
        HarError: the data can't be prepared.
    """
    parts = prepare_once(run.config, recorded)
    nothing: IntArray = np.zeros(0, np.int64)
    training, validation = (parts.rows.get(part, nothing) for part in ("train", "validation"))
    prepared = prepare_every(others, run.config.preparation, scale_of_run(run))
    return compare(
        [parts.sequences.ids[row] for row in training],
        _positions(parts.sequences, training),
        _positions(parts.sequences, validation),
        _positions(prepared, np.arange(len(prepared))),
    )


def _positions(sequences: SkeletonSequences, rows: IntArray) -> FloatArray:
    """Return (N, numbers): the positions of each sequence at moments that lie evenly over it."""
    joints = sequences.skeleton.joint_count
    found = np.empty((len(rows), _MOMENTS * joints * 3), np.float32)
    for place, frames in enumerate(sequences.each(rows)):
        moments = np.linspace(0, len(frames) - 1, _MOMENTS)
        before = moments.astype(np.int64)
        after = np.minimum(before + 1, len(frames) - 1)
        share = (moments - before).astype(np.float32)[:, None, None]
        found[place] = (frames[before] * (1 - share) + frames[after] * share).ravel()
    return found


def compare(
    names: list[str], training: NDArray[Any], validation: NDArray[Any], others: NDArray[Any]
) -> Likeness:
    """Find the nearest training sequence of each other one, by Euclidean distance.

    Args:
        names: of the T training sequences.
        training: (T, numbers), at least one.
        validation: (V, numbers), of sequences that were not trained on; there may be none.
        others: (N, numbers).
    """
    search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(training.astype(np.float64))
    distances, rows = search.kneighbors(others.astype(np.float64))
    who = "validation sequences" if len(validation) else "training sequences, each without itself,"
    usual = np.inf  # a single sequence says nothing of what is usual
    if len(validation) or len(training) > 1:
        known = validation.astype(np.float64) if len(validation) else None
        usual = float(np.quantile(search.kneighbors(known)[0], USUAL))
    rule = (
        "A sequence is like nothing that the run was trained on where its prepared positions are farther "
        f"from those of the nearest training sequence than {100 * USUAL:.0f} % of the {who} are."
    )
    nearest = tuple(names[row] for row in rows[:, 0])
    return Likeness(nearest, distances[:, 0], usual, rule)
