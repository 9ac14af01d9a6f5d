"""Where one experiment of the ladder stands: its runs, one for each seed, and what they reach.

The last epoch counts, of every rung: under a schedule that ends nothing chooses another, and so all compare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from har_core.analysis.intervals import mean_interval, wilson_interval
from har_core.data.splits import Part
from har_core.training.config import ExperimentConfig
from har_core.training.ladder import PLACES, RUNGS, Place
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


def standing_of(
    name: str,
    place: Place,
    experiments: tuple[ExperimentConfig, ...],
    by_seed: Mapping[int, Sequence[Run]],
    fingerprint: str,
) -> Standing:
    """Return where an experiment stands.

    Args:
        name: of the rung.
        place: where its change is.
        experiments: one for each seed.
        by_seed: runs on these data, of this source and split, the newest first.
        fingerprint: of the data as they are now.
    """
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
