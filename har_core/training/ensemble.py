"""What an ensemble says: the sum of what its members say, by weights."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from har_core.data.preparation import LeftOut
from har_core.data.sequences import FloatArray
from har_core.data.split_check import check_parts
from har_core.data.splits import AnySplit
from har_core.errors import HarError, RunError
from har_core.training.members import named
from har_core.training.parts import TrainingData
from har_core.training.probabilities import softmax
from har_core.training.run import Run
from har_core.training.run_reader import RunReader

_LEAST_SHARE = 1e-30
"""Of an action; the logarithm of none at all would be no number."""


def without(data: TrainingData, left_out: Iterable[LeftOut], split: AnySplit) -> TrainingData:
    """Return the data of an ensemble: those of its first member, without what others leave out.

    Args:
        data: of the first member, on the CPU.
        left_out: by other members.
        split: whose parts they are.

    Raises:
        ConfigError: a part is empty without that, or an action missing from training.
    """
    own = {item.sequence_id: item for item in data.left_out}
    others = {
        item.sequence_id: LeftOut(item.sequence_id, f"a member leaves it out: {item.reason}")
        for item in left_out
    }
    if others.keys() <= own.keys():
        return data
    used = np.array([name not in others for name in data.sequences.ids])
    kept = {part: np.flatnonzero(used[its]) for part, its in data.rows.items()}
    rows = {part: its[kept[part]] for part, its in data.rows.items()}
    check_parts(data.sequences, split, rows)
    parts = {part: its.take(torch.from_numpy(kept[part])) for part, its in data.parts.items()}
    return replace(data, rows=rows, parts=parts, left_out=tuple((others | own).values()))


def sum_of_members(
    store: RunReader, members: Sequence[Run], weights: Sequence[float], data: TrainingData
) -> FloatArray:
    """Return the (N, K) scores of the sequences of all parts of an ensemble, in the order of its rows.

    Args:
        store: where the members lie.
        members: that have ended.
        weights: of each.
        data: as ``without`` returns it.

    Raises:
        RunError: what a member has said can't be read.
    """
    ids = [data.sequences.ids[row] for its in data.rows.values() for row in its]
    return scores_of_sum([_shares_of(store, run, ids) for run in members], weights)


def _shares_of(store: RunReader, run: Run, ids: Sequence[str]) -> NDArray[np.float64]:
    """Return (N, K): how probable a run has found each action of sequences that it has answered for."""
    checkpoint = run.config.judged_by
    try:
        kept = store.arrays(run.run_id, "predictions.npz", [checkpoint])
    except HarError as error:
        raise RunError(f"its member {named(run)} can't be read: {error}") from error
    places = {name: row for row, name in enumerate(kept["ids"].tolist())}
    missing = next((name for name in ids if name not in places), None)
    if missing is not None:
        raise RunError(f"its member {named(run)} has no prediction of {missing}; train that run again.")
    return softmax(kept[f"logits_{checkpoint}"][[places[name] for name in ids]])


def scores_of_sum(shares: Sequence[NDArray[np.float64]], weights: Sequence[float]) -> FloatArray:
    """Return (N, K) scores, whose softmax is the mean of probabilities by weights.

    Args:
        shares: (N, K) probabilities of each member.
        weights: of each.
    """
    mean: NDArray[np.float64] = np.average(np.stack(shares), axis=0, weights=weights)
    scores: FloatArray = np.log(np.maximum(mean, _LEAST_SHARE)).astype(np.float32)
    return scores
