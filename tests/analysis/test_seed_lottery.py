"""The lottery of seeds: its interval against SciPy's, and its numbers of seeds against draws."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from har_core.analysis.seed_lottery import (
    MOST_SEEDS,
    Scatter,
    difference_of,
    say_difference,
    seeds_needed,
)

A = (0.90, 0.88, 0.91, 0.89, 0.90)
B = (0.60, 0.65, 0.55, 0.62)


def scatter(*accuracies: float) -> Scatter:
    return Scatter(accuracies, seeded=True)


def test_the_interval_is_that_of_welch():
    found = difference_of(scatter(*A), scatter(*B))
    interval = ttest_ind(A, B, equal_var=False).confidence_interval(0.95)
    assert found.estimate == pytest.approx(np.mean(A) - np.mean(B))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.is_told
    other = difference_of(scatter(*B), scatter(*A))
    assert (other.low, other.high) == pytest.approx((-found.high, -found.low)) and other.is_told


def test_the_interval_holds_the_difference_in_95_of_100_draws():
    draws = np.random.default_rng(0)
    held = 0
    for _ in range(4000):
        one, other = draws.normal(0.7, 0.05, 5), draws.normal(0.66, 0.02, 4)
        found = difference_of(scatter(*one), scatter(*other))
        held += found.low <= 0.04 <= found.high
    assert held / 4000 == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("difference", "first", "second"), [(0.03, 0.04, 0.05), (0.01, 0.02, 0.02)])
def test_so_many_seeds_do_and_one_less_does_not(difference, first, second):
    seeds = seeds_needed(difference, first**2 + second**2)
    assert seeds is not None and seeds > 5

    def share_above(count: int) -> float:
        draws, times = np.random.default_rng(count), 200_000
        ours = draws.normal(difference, first / np.sqrt(count), times)
        return float((ours > draws.normal(0, second / np.sqrt(count), times)).mean())

    noise = 0.002
    assert share_above(seeds) > 0.95 - noise
    assert share_above(seeds - 2) < 0.95


def test_seeds_that_all_agree_need_one_and_no_difference_never_shows():
    assert seeds_needed(0.01, 0.0) == 1
    assert seeds_needed(0.0, 0.01) is None
    assert seeds_needed(1e-6, 0.01) is None


def test_what_the_seed_does_not_change_has_no_scatter():
    fixed = Scatter((0.938,), seeded=False)
    found = difference_of(fixed, scatter(*A))
    half = 2.776445 * np.std(A, ddof=1) / np.sqrt(5)  # t(0.975) of four degrees of freedom, from a table
    assert (found.low, found.high) == pytest.approx((found.estimate - half, found.estimate + half))
    assert say_difference(fixed, Scatter((0.7,), seeded=False), ("DTW-SVM", "nearest")) == (
        "The seed changes neither DTW-SVM nor nearest: there is no lottery."
    )


def test_one_seed_tells_nothing():
    said = say_difference(scatter(*A), scatter(0.7), ("A", "B"))
    assert said == "It can't be told from 1 seed of B: at least two are needed to see how far they scatter."
    assert "can't be told from 0 seeds of B" in say_difference(scatter(*A), scatter(), ("A", "B"))
    with pytest.raises(ValueError, match="one seed"):
        difference_of(scatter(*A), scatter(0.7))


def test_a_clear_difference_is_said_with_the_seeds_that_show_it():
    said = say_difference(scatter(*A), scatter(*B), ("A", "B"))
    interval = ttest_ind(A, B, equal_var=False).confidence_interval(0.95)
    assert said.startswith(
        f"A is 29.1 points above B, 95 % interval {100 * interval.low:.1f} to {100 * interval.high:.1f}."
    )
    assert "The mean of 1 seed of each is above in 95 of 100 draws." in said
    assert say_difference(scatter(*B), scatter(*A), ("B", "A")) == said


def test_a_difference_that_can_t_be_told_says_so_whichever_is_named_first():
    one, other = scatter(0.66, 0.72, 0.60), scatter(0.70, 0.64, 0.71)
    found = difference_of(one, other)
    assert not found.is_told and found.needed_at_most is None
    said = say_difference(one, other, ("A", "B"))
    assert said.startswith("Which is above can't be told from 3 seeds of each: B is 2.3 points above A, 95 %")
    assert f"the mean of {found.needed} seeds of each would be above in 95 of 100 draws." in said
    assert say_difference(other, one, ("B", "A")) == said
    assert f"{-100 * found.high:.1f} to {-100 * found.low:.1f}." in said


def test_the_same_mean_and_next_to_none():
    same = say_difference(scatter(0.6, 0.7), scatter(0.5, 0.8), ("A", "B"))
    assert same.startswith("A and B have the same mean, 95 % interval of the difference -")
    near = say_difference(scatter(0.6, 0.7), scatter(0.6001, 0.7), ("A", "B"))
    assert near.endswith(f"So small a difference would take more than {MOST_SEEDS:,} seeds of each.")
