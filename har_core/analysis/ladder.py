"""The ladder in numbers: what each rung reaches over its seeds, and what each change gains."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from har_core.analysis.ladder_standing import Key, Standing, standing_of
from har_core.data.splits import AnySplit, Part
from har_core.training.config import ExperimentConfig
from har_core.training.ladder import PLACES, RUNGS, Place, experiment_of, top_rung
from har_core.training.run import Run


@dataclass(frozen=True)
class Gain:
    """By how much one mean is above another.

    Attributes:
        gain: a difference of shares.
        error: its standard error; None where too few seeds tell it.
    """

    gain: float
    error: float | None


@dataclass(frozen=True)
class Ladder:
    """All rungs, and their changes in other places, on one data set and split.

    Attributes:
        standings: of each rung, from the bottom, and of each change in another place.
    """

    standings: Mapping[Key, Standing]

    def of(self, name: str, place: Place = "rung") -> Standing | None:
        """Return where an experiment stands; None where the change can't be in that place."""
        return self.standings.get((name, place))

    def gain(self, name: str, part: Part, place: Place = "rung") -> Gain | None:
        """Return what a change gives: over the rung below, over the course's LSTM, or against the top.

        Args:
            name: of a rung.
            part: of the split.
            place: where the change is; taken out of the top, the gain is below zero where the top needs it.
        """
        weights = self._weights(name, place)
        return self._sum(weights, part) if weights else None

    def against(self, name: str, place: Place) -> Key | None:
        """Return what an experiment is compared with; None of the lowest rung, or one that can't be."""
        names = list(RUNGS)
        if (name, place) not in self.standings or (name == names[0] and place == "rung"):
            return None
        other = {"rung": names[names.index(name) - 1], "alone": names[0], "without": self.top}[place]
        return other, "rung"

    def _weights(self, name: str, place: Place) -> dict[Key, int]:
        """Return of which standings a gain is made, each with its sign; of none where there is no gain."""
        other = self.against(name, place)
        return {(name, place): 1, other: -1} if other else {}

    def _sum(self, weights: Mapping[Key, int], part: Part) -> Gain | None:
        """Return a sum of means and its standard error, for all seeds scatter by themselves."""
        total, variances = 0.0, []
        for (name, place), weight in weights.items():
            standing = self.of(name, place)
            reached = standing.reached(part) if standing else None
            if reached is None:
                return None
            total += weight * reached.mean
            variances.append(None if reached.variance is None else weight**2 * reached.variance)
        known = [variance for variance in variances if variance is not None]
        return Gain(total, math.sqrt(sum(known)) if len(known) == len(variances) else None)

    def lead(self, first: str, second: str, part: Part, place: Place) -> Gain | None:
        """Return by how much the gain of one change is above another's; they may share a rung."""
        weights: dict[Key, int] = {}
        for name, sign in ((first, 1), (second, -1)):
            for key, weight in self._weights(name, place).items():
                weights[key] = weights.get(key, 0) + sign * weight
        return self._sum({key: weight for key, weight in weights.items() if weight}, part)

    def left(self, chosen: Iterable[Key]) -> list[ExperimentConfig]:
        """Return what is still to be trained of some of them, rung by rung, each experiment once.

        Two places may mean one experiment: the top without the uppermost change is the rung below it.
        """
        left: list[ExperimentConfig] = []
        for key in chosen:
            standing = self.standings[key]
            own = [*standing.missing, *(run.config.anywhere for run in standing.halted)]
            left += [config for config in own if config.anywhere not in [one.anywhere for one in left]]
        return left

    @cached_property
    def top(self) -> str:
        """The highest rung that is a single network."""
        return top_rung()

    @property
    def split(self) -> AnySplit:
        """That all have."""
        return next(iter(self.standings.values())).experiments[0].split

    @property
    def parts(self) -> tuple[Part, ...]:
        """Of the split."""
        return self.split.parts


def ladder_from_runs(
    base: ExperimentConfig, seeds: Sequence[int], runs: Iterable[Run], fingerprint: str
) -> Ladder:
    """Return where each experiment of the ladder stands.

    Args:
        base: whose source, reading, split and device all have.
        seeds: that are asked for; others don't count.
        runs: all there are, the newest first.
        fingerprint: of the data as they are now.
    """
    by_seed: dict[int, list[Run]] = {}
    for run in runs:
        same = run.config.source == base.source and run.config.split == base.split
        if same and (run.meta is None or run.meta.fingerprint == fingerprint):
            by_seed.setdefault(run.config.seed, []).append(run)
    here = {name: getattr(base, name) for name in ("source", "reading", "split", "device")}
    standings: dict[Key, Standing] = {}
    for place in PLACES:
        for name in RUNGS:
            config = experiment_of(name, place)
            if config:
                wanted = seeds if config.kind.seeded else seeds[:1]
                experiments = tuple(config.model_copy(update={**here, "seed": seed}) for seed in wanted)
                standings[name, place] = standing_of(name, place, experiments, by_seed, fingerprint)
    return Ladder(standings)
