"""Draws the lottery of splits: one support vector machine for each half, on distances measured once."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from har_core.analysis.split_lottery import (
    LOTTERY_CONFIG,
    Half,
    SplitLottery,
    halves_of,
    keep_lottery,
    usual_halves,
)
from har_core.data.body_roles import roles_of
from har_core.data.preparation import prepare
from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.data.split_check import check_actions
from har_core.data.splits import Part, Split
from har_core.engine import thread_count
from har_core.errors import ConfigError
from har_core.models.options import DtwSvmOptions
from har_core.training.dtw import DtwSvm
from har_core.training.kept_distances import digest_of
from har_core.training.pair_distances import PairDistances, measure_all
from har_core.training.parts import PartTensors, TrainingData, tensors_of


def draw_splits(
    recorded: SkeletonSequences, take: Callable[[SplitLottery], None], threads: int | None = None
) -> Iterator[float]:
    """Train on each half of the subjects, and yield now and then which share of that is done, 0 to 1.

    What comes of it is kept on disk, as are the distances of all pairs.

    Args:
        recorded: a data set.
        take: is given the lottery at the end.
        threads: to measure distances on, which changes no number; None for what ``thread_count`` says.

    Raises:
        HarError: there are too few subjects, or the sequences can't be compared.
    """
    check_actions(recorded)
    trains, of = halves_of(recorded.subjects.tolist())
    usual = usual_halves(recorded.subjects.tolist())
    wanted = list(dict.fromkeys([*trains, *usual.values()]))
    # Nothing of this preparation is fitted to a training part: who trains makes no difference to it.
    everyone = np.arange(len(recorded))
    sequences = prepare(recorded, LOTTERY_CONFIG.preparation, everyone).sequences
    everything = tensors_of(sequences, LOTTERY_CONFIG.inputs)
    DtwSvm.check(_data_of(sequences, {"train": np.arange(len(sequences), dtype=np.int64)}, everything))
    known: list[PairDistances] = []
    measured = 0.0
    for share in _measure(sequences, known.append, threads):
        measured = 0.5
        yield measured * share
    found: dict[tuple[int, ...], Half | None] = {}
    for number, train in enumerate(wanted):
        found[train] = _try(sequences, everything, known[0], train)
        yield measured + (1 - measured) * (number + 1) / len(wanted)
    halves = tuple(half for train in trains if (half := found[train]))
    if not halves:
        raise ConfigError(
            f"{recorded.source}: whichever half of the subjects trains, an action is missing from it; record "
            "each action with more subjects."
        )
    lottery = SplitLottery(
        halves, of, {name: half for name, train in usual.items() if (half := found[train])},
        len(trains) - len(halves),
    )  # fmt: skip
    keep_lottery(recorded, lottery)
    take(lottery)


def _measure(
    sequences: SkeletonSequences, take: Callable[[PairDistances], None], threads: int | None
) -> Iterator[float]:
    options = LOTTERY_CONFIG.model
    if not isinstance(options, DtwSvmOptions):
        raise TypeError("the lottery of splits is one of distances")
    by_digest = {digest_of(frames): frames for frames in sequences.each()}
    return measure_all(
        by_digest, options.channels, roles_of(sequences.skeleton), thread_count(threads), take, keep=True
    )


def _try(
    sequences: SkeletonSequences, everything: PartTensors, known: PairDistances, train: tuple[int, ...]
) -> Half | None:
    """Train on some subjects and test on the others; None where an action, or all, is missing."""
    test = tuple(sorted({int(number) for number in sequences.subjects} - set(train)))
    rows = Split(name="half", train=train, validation=(), test=test).rows(sequences)
    if len(set(sequences.labels[rows["train"]].tolist())) < len(sequences.actions) or not len(rows["test"]):
        return None
    data = _data_of(sequences, rows, everything)
    learner = DtwSvm(LOTTERY_CONFIG, data)
    learner.use_distances(known)
    for _ in learner.fit():
        pass
    says = learner.predict(data.parts["test"]).scores.argmax(axis=1)
    return Half(train, test, int((says == sequences.labels[rows["test"]]).sum()), len(says))


def _data_of(
    sequences: SkeletonSequences, rows: dict[Part, IntArray], everything: PartTensors
) -> TrainingData:
    parts = {part: everything.take(torch.from_numpy(its)) for part, its in rows.items()}
    return TrainingData(sequences, rows, parts, (), LOTTERY_CONFIG.inputs)
