"""The lottery of splits: what one method reaches for each way to split the subjects into halves.

It is the test part that is looked at. Nothing is chosen by it: it tells how far a figure is the luck of who
trains and who tests.
"""

import hashlib
import json
import logging
import random
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import combinations
from math import comb
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from har_core.data.named_splits import NAMED_SPLITS
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import Split
from har_core.errors import ConfigError
from har_core.files import read_regular
from har_core.home import home
from har_core.training.atomic import replace_file
from har_core.training.config import ExperimentConfig
from har_core.training.presets import PRESETS
from har_core.wording import counted, listed, percent

LOTTERY_CONFIG: ExperimentConfig = PRESETS["dtw-svm"].config
"""What is trained on each half: the seed changes nothing of it, and it takes a tenth of a second."""

ALL_UP_TO = 1_000
"""Halves that are tried one and all: those of up to twelve subjects."""

DRAWN = 252
"""So many are drawn of more; those of ten subjects are as many."""

# Raise it whenever the learner, or this form, changes.
_VERSION = 1
_LARGEST = 1 << 22  # bytes
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Half:
    """A split into halves, and what was reached on it.

    Attributes:
        train: subjects that train.
        test: the others.
        correct: test sequences that were recognised.
        total: test sequences.
    """

    train: tuple[int, ...]
    test: tuple[int, ...]
    correct: int
    total: int

    @property
    def accuracy(self) -> float:
        """The share that was recognised, 0 to 1."""
        return self.correct / self.total

    @property
    def who(self) -> str:
        """Who trains and who tests, such as ``1 to 5 train, 6 to 10 test``."""
        return f"{listed(self.train)} train, {listed(self.test)} test"


@dataclass(frozen=True)
class SplitLottery:
    """All halves of the subjects, or those that were drawn.

    Attributes:
        halves: at least one.
        of: how many there are.
        usual: those that the literature uses, by the name of the split; they need not be among ``halves``.
        untrained: halves that were left out, because an action is missing from training.
    """

    halves: tuple[Half, ...]
    of: int
    usual: dict[str, Half]
    untrained: int

    @property
    def mean(self) -> float:
        """Of the accuracies, each split counting once."""
        return fmean(half.accuracy for half in self.halves)

    @property
    def deviation(self) -> float:
        """Standard deviation of the accuracies."""
        return pstdev(half.accuracy for half in self.halves)

    @property
    def least(self) -> Half:
        """The one with the lowest accuracy."""
        return min(self.halves, key=lambda half: half.accuracy)

    @property
    def most(self) -> Half:
        """The one with the highest accuracy."""
        return max(self.halves, key=lambda half: half.accuracy)


def halves_of(subjects: Iterable[int]) -> tuple[list[tuple[int, ...]], int]:
    """Return the training subjects of each half that is tried, and how many halves there are.

    Of an odd number the larger half trains. Of too many halves some are drawn, always the same.

    Raises:
        ConfigError: there are fewer than two subjects.
    """
    everyone = sorted(set(subjects))
    if len(everyone) < 2:
        raise ConfigError(
            f"the data set has {counted(len(everyone), 'subject')}, and halves take at least two: add "
            "recordings of another one."
        )
    size = -(-len(everyone) // 2)
    count = comb(len(everyone), size)
    if count <= ALL_UP_TO:
        return list(combinations(everyone, size)), count
    draw = random.Random(0)  # noqa: S311 - a sample, no secret
    drawn: set[tuple[int, ...]] = set()
    while len(drawn) < DRAWN:
        drawn.add(tuple(sorted(draw.sample(everyone, size))))
    return sorted(drawn), count


def usual_halves(subjects: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """Return the training subjects of the named splits that are halves, whoever validates among them."""
    everyone = sorted(set(subjects))
    found: dict[tuple[int, ...], str] = {}
    for name, split in _named(everyone):
        train = tuple(sorted({*split.train, *split.validation}))
        halves = len(train) == -(-len(everyone) // 2) and len(train) + len(split.test) == len(everyone)
        if halves and split.name == name:
            found.setdefault(train, name)
    return {name: train for train, name in found.items()}


def _named(everyone: Sequence[int]) -> list[tuple[str, Split]]:
    """Return the splits by subject that can be named here, first those whose training part is the half."""
    made = []
    for name, named in NAMED_SPLITS.items():
        with suppress(ConfigError):
            split = named.make(everyone)
            if isinstance(split, Split):
                made.append((name, split))
    return sorted(made, key=lambda its: len(its[1].validation))


def say_lottery(lottery: SplitLottery) -> str:
    """Say in a few sentences what came of it."""
    subjects = len(lottery.least.train) + len(lottery.least.test)
    tried = f"all {lottery.of:,}" if lottery.of <= ALL_UP_TO else f"{DRAWN:,} of the {lottery.of:,}"
    said = (
        f"{LOTTERY_CONFIG.kind.title} over {tried} splits of {subjects:,} subjects into halves: mean "
        f"{percent(lottery.mean)}, standard deviation {100 * lottery.deviation:.1f} points, from "
        f"{percent(lottery.least.accuracy)} ({lottery.least.who}) to {percent(lottery.most.accuracy)} "
        f"({lottery.most.who})."
    )
    if lottery.untrained:
        said += (
            f" Left out: {counted(lottery.untrained, 'split')} in which an action is missing from training."
        )
    return said


# On disk


def kept_lottery(sequences: SkeletonSequences) -> SplitLottery | None:
    """Return the lottery of a data set where it was drawn before; None without."""
    path = _path(sequences)
    try:
        return _lottery_of(json.loads(read_regular(path, _LARGEST)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("The kept lottery %s is damaged and is drawn again: %s", path.name, error)
        with suppress(OSError):
            path.unlink()
        return None


def keep_lottery(sequences: SkeletonSequences, lottery: SplitLottery) -> None:
    """Keep a lottery. That it can't be written is a pity and no error."""
    path = _path(sequences)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, json.dumps(asdict(lottery)).encode())
    except OSError as error:
        _log.warning("%s can't be kept, and is drawn anew: %s", path, error.strerror or error)


def _path(sequences: SkeletonSequences) -> Path:
    """Return the file, named by what the data hold and by all settings that the numbers depend on."""
    how = LOTTERY_CONFIG.model_dump_json(exclude={"source", "split", "seed", "device"})
    said = json.dumps([_VERSION, sequences.fingerprint, sequences.skeleton.name, how, ALL_UP_TO, DRAWN])
    return home() / "cache" / "lotteries" / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}.json"


def _lottery_of(values: Any) -> SplitLottery:
    """Return what a file holds.

    Raises:
        ValueError: it is no lottery.
        KeyError: the same.
        TypeError: the same.
    """
    halves = tuple(_half_of(each) for each in values["halves"])
    usual = {str(name): _half_of(each) for name, each in values["usual"].items()}
    if not halves:
        raise ValueError("it has no halves")
    return SplitLottery(halves, int(values["of"]), usual, int(values["untrained"]))


def _half_of(values: Any) -> Half:
    train, test = (tuple(int(number) for number in values[name]) for name in ("train", "test"))
    half = Half(train, test, int(values["correct"]), int(values["total"]))
    if not (train and test and 0 <= half.correct <= half.total and half.total):
        raise ValueError("a half is none")
    return half
