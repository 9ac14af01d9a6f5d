"""How sure a share is that was counted on few sequences."""

import math
from collections.abc import Sequence
from statistics import fmean, stdev

_Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations


def wilson_interval(correct: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of an accuracy (0 to 1).

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.

    Args:
        correct: sequences recognised.
        total: sequences in all, at least 1.
    """
    share = correct / total
    middle = share + _Z**2 / (2 * total)
    half = _Z * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    scale = 1 + _Z**2 / total
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of which these are a sample, by Student's t.

    Args:
        values: at least two, such as the accuracies of several seeds.
    """
    half = t_quantile(len(values) - 1) * stdev(values) / math.sqrt(len(values))
    middle = fmean(values)
    return middle - half, middle + half


def t_quantile(freedom: int) -> float:
    """Return within which distance of 0 lie 95 % of Student's t.

    Its distribution is a finite sum (Abramowitz and Stegun, 1964, 26.7.3 and 26.7.4), which is inverted by
    halving.

    Args:
        freedom: degrees of freedom, at least 1.
    """
    low, high = _Z, 13.0  # of 1 degree of freedom it is 12.7
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_within(middle, freedom) < 0.95 else (low, middle)
    return (low + high) / 2


def _t_within(distance: float, freedom: int) -> float:
    """Return which share of Student's t lies within a distance of 0."""
    angle = math.atan(distance / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = 0.0
    for place in range(1 + odd, freedom, 2):
        total += term
        term *= place / (place + 1) * cosine**2
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
