"""The lottery of seeds: how sure it is that one config is above another, and how many seeds would tell.

The difference of two means whose scatters need not be alike, and its interval, are Welch's ("The
generalization of 'Student's' problem when several different population variances are involved", Biometrika
1947), with v = s1^2 / n1 + s2^2 / n2 and the degrees of freedom of Satterthwaite (1946):

    (m1 - m2) +- t(0.975, d) sqrt(v)        d = v^2 / ((s1^2 / n1)^2 / (n1 - 1) + (s2^2 / n2)^2 / (n2 - 1))

The mean of n seeds of each differs by N(D, (s1^2 + s2^2) / n), so that it is above in 95 of 100 draws from

    n = (1.645 / D)^2 (s1^2 + s2^2)        on
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, variance

from scipy.special import stdtrit

from har_core.analysis.seeds import SeedGroup
from har_core.training.store import Run
from har_core.wording import counted

_WITHIN = 0.975
"""Of a t distribution lies below the upper end of its 95 % interval."""

_Z = 1.644854
"""95 % of a normal distribution lie below so many standard deviations."""

MOST_SEEDS = 1_000
"""A difference that takes more is too small to be told by training again."""


@dataclass(frozen=True)
class Scatter:
    """Test accuracies of one config over its seeds.

    Attributes:
        accuracies: of each seed, 0 to 1; one where the seed changes nothing.
        seeded: whether the seed changes anything.
    """

    accuracies: tuple[float, ...]
    seeded: bool

    @property
    def mean(self) -> float:
        """Of the accuracies."""
        return fmean(self.accuracies)

    @property
    def variance(self) -> float:
        """Of a single seed, as a sample tells it."""
        return variance(self.accuracies) if self.seeded else 0.0

    @property
    def tells(self) -> bool:
        """Whether it tells how far seeds scatter."""
        return len(self.accuracies) > 1 or (bool(self.accuracies) and not self.seeded)


@dataclass(frozen=True)
class Difference:
    """By how much the mean of one config is above that of another.

    Attributes:
        estimate: mean of the first less that of the second, 0 to 1.
        low: lower end of its 95 % interval.
        high: upper end.
        needed: seeds of each, so that the better is above in 95 of 100 draws, if the estimate is the
            difference; None where no number up to ``MOST_SEEDS`` is.
        needed_at_most: the same at the end of the interval that is nearer to zero; None there, too.
    """

    estimate: float
    low: float
    high: float
    needed: int | None
    needed_at_most: int | None

    @property
    def is_told(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def scatter_of(group: SeedGroup) -> Scatter:
    """Return the test accuracies of a config, of its best epoch where it has one."""
    seeded = bool(group.runs) and group.runs[0].config.kind.seeded
    return Scatter(tuple(results.chosen.test for results in group.results), seeded)


def seeds_needed(difference: float, variances: float) -> int | None:
    """Return the least n at which the mean of n seeds of each is above in 95 of 100 draws.

    Args:
        difference: of the two true means; whichever is larger.
        variances: that of a single seed of the one and that of the other, added.

    Returns:
        None where more than ``MOST_SEEDS`` are needed.
    """
    if difference == 0:
        return None
    needed = max(1, ceil((_Z / difference) ** 2 * variances))
    return needed if needed <= MOST_SEEDS else None


def difference_of(first: Scatter, second: Scatter) -> Difference:
    """Compare two configs that both tell how far their seeds scatter.

    Raises:
        ValueError: one doesn't.
    """
    if not (first.tells and second.tells):
        raise ValueError("one seed tells of no scatter")
    estimate = first.mean - second.mean
    parts = [(each.variance / len(each.accuracies), len(each.accuracies)) for each in (first, second)]
    spread = sum(part for part, _ in parts)
    half = 0.0
    if spread > 0:
        freedom = spread**2 / sum(part**2 / (count - 1) for part, count in parts if part > 0)
        half = float(stdtrit(freedom, _WITHIN)) * sqrt(spread)
    variances = first.variance + second.variance
    nearer = max(abs(estimate) - half, 0.0)
    return Difference(
        estimate, estimate - half, estimate + half, seeds_needed(estimate, variances),
        seeds_needed(nearer, variances),
    )  # fmt: skip


def comparable(groups: Sequence[SeedGroup], to: SeedGroup) -> list[SeedGroup]:
    """Return the other groups that were judged on the same test sequences as one."""

    def ground(run: Run) -> tuple[str, str]:
        split = run.config.split.model_dump_json(exclude={"name"})
        return (run.meta.fingerprint if run.meta else "", split)

    return [group for group in groups if group is not to and ground(group.runs[0]) == ground(to.runs[0])]


def say_difference(first: Scatter, second: Scatter, titles: tuple[str, str]) -> str:
    """Say in a few sentences whether one config is above another, and how many seeds it takes to see that."""
    for scatter, title in zip((first, second), titles, strict=True):
        if not scatter.tells:
            return (
                f"It can't be told from {counted(len(scatter.accuracies), 'seed')} of {title}: at least two "
                "are needed to see how far they scatter."
            )
    if not (first.seeded or second.seeded):
        return f"The seed changes neither {titles[0]} nor {titles[1]}: there is no lottery."
    found = difference_of(first, second)
    if round(found.estimate, 9) == 0:
        ends = f"95 % interval of the difference {100 * found.low:.1f} to {100 * found.high:.1f} points"
        return f"{titles[0]} and {titles[1]} have the same mean, {ends}."
    above, below = titles if found.estimate >= 0 else titles[::-1]
    low, high = sorted(abs(end) for end in (found.low, found.high))
    points = f"{100 * abs(found.estimate):.1f} points"
    if found.is_told:
        said = f"{above} is {points} above {below}, 95 % interval {100 * low:.1f} to {100 * high:.1f}."
        least = _needed(found.needed)
        if found.needed == found.needed_at_most:
            return f"{said} The mean of {least} of each is above in 95 of 100 draws."
        return (
            f"{said} The mean of {least} of each is above in 95 of 100 draws if that is the difference; at "
            f"the lower end of the interval it takes {_needed(found.needed_at_most)}."
        )
    had = [_had(each) for each in (first, second)]
    count = f"{had[0]} of each" if had[0] == had[1] else " and ".join(had)
    worst, best = (found.low, found.high) if found.estimate > 0 else (-found.high, -found.low)
    said = (
        f"Which is above can't be told from {count}: {above} is {points} above {below}, 95 % interval "
        f"{100 * worst:.1f} to {100 * best:.1f}."
    )
    if found.needed is None:
        return f"{said} So small a difference would take more than {MOST_SEEDS:,} seeds of each."
    return (
        f"{said} If that were the difference, the mean of {_needed(found.needed)} of each would be above in "
        "95 of 100 draws."
    )


def _needed(seeds: int | None) -> str:
    return f"more than {MOST_SEEDS:,} seeds" if seeds is None else counted(seeds, "seed")


def _had(scatter: Scatter) -> str:
    return counted(len(scatter.accuracies), "seed") if scatter.seeded else "one run that no seed changes"
