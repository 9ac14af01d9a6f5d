"""What an ended run makes of sequences of other data, whichever skeleton they have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.analysis.likeness import Likeness, likeness, nearest_by_features
from har_core.data.preparation import LeftOut, left_out_of
from har_core.data.sequences import SkeletonSequences
from har_core.errors import DataError
from har_core.training.prediction import output_of_run, with_joints_of
from har_core.training.probabilities import softmax
from har_core.training.store import Run, RunStore


@dataclass(frozen=True, eq=False)
class Tried:
    """What a run says of N sequences.

    Attributes:
        sequences: those that the preparation keeps, with the joints of the run, as recorded.
        left_out: the others.
        probabilities: (N, K) of the run's actions.
        nearest: N names of training sequences: by features, or where the run makes none by positions; None
            where neither can be had.
        likeness: how near the training sequences are, by positions; None without the run's data set.
        notes: sentences on how the joints were found, and on what can't be told.
    """

    sequences: SkeletonSequences
    left_out: tuple[LeftOut, ...]
    probabilities: NDArray[np.float64]
    nearest: tuple[str, ...] | None
    likeness: Likeness | None
    notes: tuple[str, ...]


def try_run(store: RunStore, run: Run, given: SkeletonSequences, recorded: SkeletonSequences | None) -> Tried:
    """Ask an ended run about sequences of other data.

    Args:
        store: where the run lies.
        run: the run.
        given: the sequences, as recorded.
        recorded: the run's own data set, as ``as_trained_on`` returns it.

    Raises:
        DataError: the skeletons do not fit, or the preparation leaves no sequence.
        RunError: the run has not ended, or what it learned can't be read.
    """
    left_out = tuple(left_out_of(given, run.config.preparation))
    unused = {item.sequence_id for item in left_out}
    used = [row for row, name in enumerate(given.ids) if name not in unused]
    if not used:
        name, reason = left_out[0].sequence_id, left_out[0].reason
        raise DataError(
            f"{given.source}: the run's preparation leaves no sequence to predict; {name}: {reason}."
        )
    sequences = given.take(used) if unused else given
    sequences, notes = with_joints_of(run, recorded, sequences)
    answers = output_of_run(run, sequences)
    found = likeness(run, recorded, sequences) if recorded is not None else None
    nearest = found.nearest if found else None
    if answers.features is not None:
        nearest = nearest_by_features(store, run, answers.features)
    return Tried(sequences, left_out, softmax(answers.scores), nearest, found, notes)


def knows_action(run: Run, sequences: SkeletonSequences, row: int) -> bool:
    """Say whether a run means the same action by its number: the names agree where both have one."""
    true = sequences.action_of(row)
    own = {action.number: action.name for action in (run.meta.actions if run.meta else ())}
    name, nameless = own.get(true.number), f"action {true.number}"
    return name is not None and (true.name == name or nameless in (true.name, name))


def trained_on(run: Run, recorded: SkeletonSequences, sequences: SkeletonSequences) -> int:
    """Return how many sequences a run was trained on.

    Args:
        run: the run.
        recorded: its data set.
        sequences: any of its skeleton.
    """
    fingerprints = recorded.sequence_fingerprints
    trained = {fingerprints[recorded.ids[row]] for row in run.config.split.rows(recorded)["train"]}
    return sum(its in trained for its in sequences.sequence_fingerprints.values())
