"""The ladder in numbers: what each rung reaches over its seeds, and what each change gains.

The last epoch counts, of every rung: under a schedule that ends nothing chooses another, and so all compare.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, stdev

from har_core.analysis.intervals import mean_interval, wilson_interval
from har_core.data.splits import AnySplit, Part
from har_core.training.config import ExperimentConfig
from har_core.training.ladder import PLACES, RUNGS, Place, experiment_of, top_rung
from har_core.training.run import Run, runs_of

ENOUGH = 3
"""Seeds of which a scatter is told: that of two says next to nothing."""


Key = tuple[str, Place]
"""A rung, and where its change is."""


@dataclass(frozen=True)
class Reached:
    """An accuracy over seeds (0 to 1).

    Attributes:
        mean: over the seeds.
        deviation: sample standard deviation; None of a single seed.
        seeds: how many.
        interval: 95 %: of the mean over the seeds, by Student's t, which knows of the seeds' scatter alone;
            of a single run that of its accuracy, by Wilson.
    """

    mean: float
    deviation: float | None
    seeds: int
    interval: tuple[float, float]

    @property
    def variance(self) -> float | None:
        """Of the mean; None where too few seeds tell it."""
        return self.deviation**2 / self.seeds if self.deviation is not None and self.seeds >= ENOUGH else None


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
class Standing:
    """An experiment of the ladder and its runs, one for each seed that is asked for.

    Attributes:
        name: of the rung.
        place: where its change is.
        experiments: one for each seed.
        ended: runs that went through to their end.
        at_work: those that wait or are trained.
        halted: those that were paused or interrupted, and can be gone on with.
        failed: the last failed run of each seed that has no other.
        missing: what nobody has trained yet, or failed.
    """

    name: str
    place: Place
    experiments: tuple[ExperimentConfig, ...]
    ended: tuple[Run, ...] = ()
    at_work: tuple[Run, ...] = ()
    halted: tuple[Run, ...] = ()
    failed: tuple[Run, ...] = ()
    missing: tuple[ExperimentConfig, ...] = ()

    @property
    def title(self) -> str:
        """What it is called, such as ``L4 Motion``."""
        where = "" if self.place == "rung" else f", {PLACES[self.place]}"
        return f"{self.name} {RUNGS[self.name].title}{where}"

    @property
    def change(self) -> str:
        """What is changed, and what else comes or goes with that, in sentences."""
        rung = RUNGS[self.name]
        more = {"rung": "", "alone": rung.comes_with, "without": rung.goes_with}[self.place]
        return " ".join(filter(None, [rung.change, more]))

    def shares(self, part: Part) -> list[float]:
        """Return the accuracies of the ended runs at their last epoch, by seed; none of a part they lack."""
        found = [run.results.last.of(part) for run in self.ended if run.results]
        return [share for share in found if share is not None]

    def reached(self, part: Part) -> Reached | None:
        """Return what the ended runs reach; None without any."""
        shares = self.shares(part)
        if not shares:
            return None
        if len(shares) > 1:
            low, high = mean_interval(shares)
            return Reached(fmean(shares), stdev(shares), len(shares), (max(0.0, low), min(1.0, high)))
        total = self.ended[0].meta.split_sizes[part] if self.ended[0].meta else 1
        return Reached(shares[0], None, 1, wilson_interval(round(shares[0] * total), total))

    @property
    def seconds(self) -> float | None:
        """How long an ended run took, in the mean; None without any."""
        times = [run.seconds for run in self.ended if run.seconds is not None]
        return fmean(times) if times else None

    @property
    def parameters(self) -> int | None:
        """How many values training changes; None where no ended run tells."""
        return next((run.meta.parameters for run in self.ended if run.meta), None)


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


def stand(base: ExperimentConfig, seeds: Sequence[int], runs: Iterable[Run], fingerprint: str) -> Ladder:
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
                standings[name, place] = _standing(name, place, experiments, by_seed, fingerprint)
    return Ladder(standings)


def _standing(
    name: str,
    place: Place,
    experiments: tuple[ExperimentConfig, ...],
    by_seed: Mapping[int, Sequence[Run]],
    fingerprint: str,
) -> Standing:
    found: dict[str, list[Run]] = {"ended": [], "at_work": [], "halted": [], "failed": []}
    missing = []
    for experiment in experiments:
        own = by_seed.get(experiment.seed, ())
        good = [run for run in runs_of(experiment, own, fingerprint) if _how(run) != "failed"]
        run = min(good, key=lambda run: list(found).index(_how(run)), default=None)
        failed = [run for run in own if run.config.anywhere == experiment.anywhere]
        if run:
            found[_how(run)].append(run)
        else:
            missing.append(experiment)
            found["failed"] += failed[:1]
    return Standing(
        name, place, experiments, **{how: tuple(of) for how, of in found.items()}, missing=tuple(missing)
    )


def _how(run: Run) -> str:
    if run.meta and run.is_complete:
        return "ended"
    if run.status.state in ("queued", "running"):
        return "at_work"
    return "failed" if run.status.state in ("failed", "stopped", "done") else "halted"
