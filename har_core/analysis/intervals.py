"""How sure a share is that was counted on few sequences."""

import math

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
