"""A way to spoil a run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Spoiled:
    """A way to spoil a run.

    Attributes:
        name: says what is spoiled.
        spoil: is given the run's folder, and a folder of another place with a whole run in it.
    """

    name: str
    spoil: Callable[[Path, Path], None]
