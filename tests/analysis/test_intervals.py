import numpy as np
import pytest
from scipy import stats

from har_core.analysis.intervals import mean_interval, t_quantile, wilson_interval


@pytest.mark.parametrize(
    ("correct", "total", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_equals_the_published_one(correct, total, low, high):
    assert wilson_interval(correct, total) == pytest.approx((low, high), abs=6e-5)


def test_interval_of_all_correct_ends_at_one():
    assert wilson_interval(20, 20)[1] == 1.0


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 28, 99])
def test_quantiles_of_student_are_those_of_scipy(freedom: int) -> None:
    assert t_quantile(freedom) == pytest.approx(
        stats.t.ppf(0.975, freedom), rel=1e-9
    )  # an older scipy itself is off by 2e-11


def test_interval_of_a_mean_is_that_of_scipy() -> None:
    values = [0.61, 0.58, 0.66, 0.59]
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert mean_interval(values) == pytest.approx(expected)
