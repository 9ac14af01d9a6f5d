"""Several seeds in one text, a run each: ``0-4``, or ``0, 3, 7``."""

import re
from collections.abc import Sequence

from har_core.errors import ConfigError
from har_core.fields import limits_of
from har_core.training.config import ExperimentConfig

MOST_SEEDS = 100
"""Seeds of one list: of a range that was mistyped, nobody wants a run each."""

_LARGEST = limits_of(ExperimentConfig.model_fields["seed"])["le"]
_HOW_WRITTEN = f"whole numbers from 0 to {_LARGEST:,}, such as 0, or 0-4, or 0, 3, 7"

SEEDS_HELP = (
    f"{ExperimentConfig.model_fields['seed'].description} Several, such as 0-4 or 0, 3, 7, make a run each."
)


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that a text lists, in its order.

    Args:
        text: numbers and ranges of them, with commas between.

    Raises:
        ConfigError: it is no such list, names a seed twice, or more than ``MOST_SEEDS``.
    """
    seeds: list[int] = []
    for part in text.split(","):
        low, high = _ends_of(part, text)
        if high - low >= MOST_SEEDS or len(seeds) + high - low >= MOST_SEEDS:
            raise ConfigError(f"Seeds: found more than {MOST_SEEDS} in {_told(text)}; name fewer.")
        seeds += range(low, high + 1)
    twice = next((seed for seed in seeds if seeds.count(seed) > 1), None)
    if twice is not None:
        raise ConfigError(f"Seeds: {_told(text)} names {twice:,} twice; name each only once.")
    return tuple(seeds)


def with_seeds(experiment: ExperimentConfig, seeds: Sequence[int]) -> list[ExperimentConfig]:
    """Return an experiment once for each seed.

    Raises:
        ConfigError: there are several, and the model learns the same with any.
    """
    if len(seeds) > 1 and not experiment.kind.seeded:
        raise ConfigError(f"Seeds: {experiment.kind.title} learns the same with any seed; name one, or none.")
    return [experiment.model_copy(update={"seed": seed}) for seed in seeds]


def _ends_of(part: str, text: str) -> tuple[int, int]:
    """Return the first and the last seed of a part of a list."""
    found = re.fullmatch(r"\s*([0-9]{1,30})\s*(?:-\s*([0-9]{1,30})\s*)?", part)
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not low <= high <= _LARGEST:
        raise ConfigError(f"Seeds: found {_told(text)}, expected {_HOW_WRITTEN}.")
    return low, high


def _told(text: str) -> str:
    found = repr(text) if text.strip() else "nothing"
    return found if len(found) <= 40 else f"{found[:37]}..."
