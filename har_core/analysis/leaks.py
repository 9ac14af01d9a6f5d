"""What a random split leaks: the same model by subject and at random, and what is known of the test part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from har_core.analysis.seeds import SeedGroup, group_by_config
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import AnySplit, RandomSplit
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig
from har_core.training.named_settings import say_non_default_settings
from har_core.training.run import Run, runs_of
from har_core.wording import listed

NEIGHBOUR = "nearest-neighbour"
"""The model that shows a leak in a second: it looks for the most similar training sequence."""


@dataclass(frozen=True)
class Known:
    """What the training part of a split tells of the test part.

    Attributes:
        total: test sequences.
        twins: those of whose action and subject the training part has another sequence.
        same_people: those of whose subject it has any.
    """

    total: int
    twins: int
    same_people: int


def known_of_test(sequences: SkeletonSequences, split: AnySplit, used: Collection[str]) -> Known:
    """Count of which test sequences the training part holds the person, and of which another take.

    Args:
        sequences: all of them, as recorded.
        split: by subject or at random.
        used: names of the sequences that a preparation leaves.

    Raises:
        ConfigError: the split can't be made of these sequences.
    """
    kept = np.array([name in used for name in sequences.ids])
    rows = {part: found[kept[found]] for part, found in split.rows(sequences).items()}
    takes = {
        part: list(zip(sequences.subjects[found].tolist(), sequences.labels[found].tolist(), strict=True))
        for part, found in rows.items()
    }
    trained, people = set(takes["train"]), {subject for subject, _ in takes["train"]}
    return Known(
        len(takes["test"]),
        sum(take in trained for take in takes["test"]),
        sum(subject in people for subject, _ in takes["test"]),
    )


@dataclass(frozen=True)
class SplitPair:
    """One config under two splits.

    Attributes:
        by_subject: the config under a split by subject; its seed means nothing.
        at_random: the same under a random one.
        runs: of both, on the same sequences.
    """

    by_subject: ExperimentConfig
    at_random: ExperimentConfig
    runs: tuple[Run, ...] = ()

    @property
    def title(self) -> str:
        """The model with what departs from the course, and the split by subject."""
        config = self.by_subject
        return ", ".join(
            [config.kind.title, *say_non_default_settings(config).values(), f"split {config.split.label}"]
        )

    def group(self, config: ExperimentConfig) -> SeedGroup | None:
        """Return the runs under the split of one of both configs; None where there are none."""
        own = [run for run in self.runs if run.config.split == config.split]
        return group_by_config(own)[0] if own else None

    @property
    def shares(self) -> tuple[list[float], list[float]]:
        """Test accuracies (0 to 1) by subject and at random, of the seeds that both have, in their order."""
        found = [self._by_seed(config) for config in (self.by_subject, self.at_random)]
        both = sorted(found[0].keys() & found[1].keys())
        return [found[0][seed] for seed in both], [found[1][seed] for seed in both]

    def _by_seed(self, config: ExperimentConfig) -> dict[int, float]:
        group = self.group(config)
        runs = group.complete if group else ()
        seeded = config.kind.seeded
        return {run.config.seed if seeded else 0: run.results.chosen.test for run in runs if run.results}

    def missing(self, runs: Sequence[Run], fingerprint: str) -> list[ExperimentConfig]:
        """Return the experiments that would make both sides equal, a seed each.

        Args:
            runs: all there are, waiting ones too.
            fingerprint: of the data as they are now.
        """
        seeds = sorted({run.config.seed for run in self.runs}) or [0]
        if not self.by_subject.kind.seeded:
            seeds = seeds[:1]
        wanted = [
            config.model_copy(update={"seed": seed})
            for config in (self.by_subject, self.at_random)
            for seed in seeds
        ]
        return [config for config in wanted if not self._is_there(config, runs, fingerprint)]

    @staticmethod
    def _is_there(config: ExperimentConfig, runs: Sequence[Run], fingerprint: str) -> bool:
        if config.kind.seeded:
            return bool(runs_of(config, runs, fingerprint))
        return any(
            runs_of(config.model_copy(update={"seed": run.config.seed}), [run], fingerprint) for run in runs
        )


def say_gain(pair: SplitPair) -> str:
    """Say how much more a config reaches at random, over the seeds that both splits have."""
    subject, random = pair.shares
    if not subject:
        return "no seed has come to its end under both splits yet"
    gain = 100 * (fmean(random) - fmean(subject))
    over = f", mean of {len(subject)} seeds" if len(subject) > 1 else ""
    if round(abs(gain), 1) == 0:
        return f"the same at random{over}"
    return f"{abs(gain):.1f} points {'more' if gain > 0 else 'fewer'} at random{over}"


def say_experiments(experiments: Sequence[ExperimentConfig]) -> str:
    """Say which experiments these are, such as ``LSTM at random, seeds 0 to 4``."""
    seeds: dict[str, list[int]] = {}
    for config in experiments:
        how = "at random" if config.split.leaks else "by subject"
        seeds.setdefault(f"{config.kind.title} {how}", []).extend([config.seed] * config.kind.seeded)
    return "; ".join(
        f"{name}, seed{'s' if len(found) > 1 else ''} {listed(tuple(found))}" if found else name
        for name, found in seeds.items()
    )


def split_pairs(runs: Sequence[Run], course: AnySplit) -> list[SplitPair]:
    """Return the configs of runs, each with a split by subject and a random one, the order of the first kept.

    What was trained by subject is set beside the random split that its config was trained on last, and else
    the one named ``random``; what was trained at random alone is set beside the course's split. Runs that
    were refitted on training and validation have a training part of their own, and are left out.

    Args:
        runs: on the same sequences, the newest first.
        course: the course's split of them.
    """
    pairs: dict[str, SplitPair] = {}
    runs = [run for run in runs if not run.config.split.refit]
    for run in runs:
        same = [other for other in runs if _without_split(other.config) == _without_split(run.config)]
        random = next((other.config.split for other in same if other.config.split.leaks), RandomSplit())
        by_subject = next((other.config.split for other in same if not other.config.split.leaks), course)
        subject = by_subject if run.config.split.leaks else run.config.split
        configs = [
            run.config.anywhere.model_copy(update={"split": split, "seed": 0}) for split in (subject, random)
        ]
        members = tuple(other for other in same if other.config.split in (subject, random))
        pairs.setdefault(configs[0].model_dump_json(), SplitPair(configs[0], configs[1], members))
    return list(pairs.values())


def _without_split(config: ExperimentConfig) -> dict[str, Any]:
    return config.model_dump(exclude={"split", "seed", "device"})


def neighbour_pair(pair: SplitPair, runs: Sequence[Run]) -> SplitPair | None:
    """Return the nearest neighbour on the same data, preparation and splits as a pair.

    It compares frame by frame: where the preparation leaves sequences of any length there is none.

    Args:
        pair: of any model.
        runs: on the same sequences.
    """
    if pair.by_subject.preparation.frames is None:
        return None
    model = {"model": MODELS[NEIGHBOUR].options(), "training": None}
    by_subject, at_random = (config.model_copy(update=model) for config in (pair.by_subject, pair.at_random))
    alike = [
        run for run in runs if run.config.anywhere.model_copy(update={"seed": 0}) in (by_subject, at_random)
    ]
    return SplitPair(by_subject, at_random, tuple(alike))
