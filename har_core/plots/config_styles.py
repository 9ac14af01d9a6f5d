"""Colour and dash of each config: the same in every figure of the same runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from har_core.analysis.seeds import SeedGroup
from har_core.plots.colours import MANY

Dash = str | list[int]

DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted", [8, 3, 2, 3], [12, 4], [12, 3, 2, 3])
"""In ECharts' words, or as pixels drawn and left out in turn."""


@dataclass(frozen=True)
class Style:
    """How a line is drawn.

    Attributes:
        colour: of the config.
        dash: tells apart configs of one colour, and seeds of one config.
    """

    colour: str
    dash: Dash = "solid"


def style_of(place: int, seed: int = 0) -> Style:
    """Return the style of a config by its place among those that are compared.

    Args:
        place: from 0; where the colours run out, another dash goes on.
        seed: the place of a run in its config, where each is a line of its own.
    """
    turn, colour = divmod(place, len(MANY))
    return Style(MANY[colour], DASHES[(turn + seed) % len(DASHES)])


def config_places(groups: Sequence[SeedGroup]) -> dict[str, int]:
    """Return the place of each run's config, by the name of the run's directory.

    Args:
        groups: of all runs that are compared, also of those that one figure leaves out.
    """
    return {run.run_id: place for place, group in enumerate(groups) for run in group.everyone}
