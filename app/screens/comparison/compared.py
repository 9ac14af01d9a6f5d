"""The runs that the views of the comparison page are about, and what they are called there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from app.shell.navigation import link_to
from har_core.analysis.seeds import SeedGroup, common_ground, group_by_config, short_titles
from har_core.plots.config_styles import config_places
from har_core.training.store import Run


@dataclass(frozen=True)
class Compared:
    """Runs, and what a figure says of them.

    Attributes:
        runs: at least one.
        places: of each run's config among all that are compared, by the name of the run's directory: its
            colour goes by that, so that it is the same in every view.
    """

    runs: Sequence[Run]
    places: dict[str, int]

    @classmethod
    def of(cls, runs: Sequence[Run]) -> "Compared":
        """Return all runs that are compared."""
        return cls(runs, config_places(group_by_config(runs)))

    def among(self, runs: Sequence[Run]) -> "Compared":
        """Return some of them, in the same colours."""
        return Compared(runs, self.places)

    @property
    def ended(self) -> "Compared":
        """Those that have results, and say what they were made from."""
        return self.among([run for run in self.runs if run.results and run.meta])

    @property
    def apart(self) -> tuple["Compared", "Compared"]:
        """Those that learned from the training part, and those that were refitted on validation, too."""
        refits = [run for run in self.runs if run.config.split.refit]
        return self.among([run for run in self.runs if not run.config.split.refit]), self.among(refits)

    @cached_property
    def groups(self) -> list[SeedGroup]:
        """The runs by config."""
        return group_by_config(self.runs)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Of each run, by the name of its directory."""
        return short_titles(self.groups)

    @property
    def ground(self) -> str:
        """Data set and split."""
        return common_ground(self.runs)


def say_what_is_missing(sentence: str) -> None:
    """Say why a view has nothing to show, with the way to what it lacks."""
    st.info(sentence, icon=":material/hourglass_empty:")
    link_to("training", "Train a model")
