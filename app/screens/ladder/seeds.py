"""The lottery of seeds on the page: two configs, their seeds, and whether one can be told to be above."""

from collections.abc import Sequence

import streamlit as st

from app.components.chart import draw_chart
from app.shell.lab import get_lab
from app.shell.navigation import link_to
from app.shell.wording import escape_markdown
from har_core.analysis.seed_lottery import comparable, say_difference, scatter_of
from har_core.analysis.seeds import SeedGroup, common_ground, group_by_config, short_titles
from har_core.plots.accuracies import accuracy_figure, height_of
from har_core.plots.captions import Caption
from har_core.plots.config_styles import config_places


def draw_seeds(fingerprint: str) -> None:
    """Draw the choice of two configs, their test accuracies over seeds, and what can be told from them.

    Args:
        fingerprint: of the data set whose runs are looked at.
    """
    runs = [run for run in get_lab().store.runs() if run.meta and run.meta.fingerprint == fingerprint]
    groups = [group for group in group_by_config(runs) if group.results]
    groups.sort(key=lambda group: len(group.results), reverse=True)
    first = next((group for group in groups if comparable(groups, group)), None)
    if first is None:
        st.markdown(
            "**Luck of the seed.** Two models or settings, each trained with several seeds on one split: is "
            "one above the other, and how many seeds does it take to see that?"
        )
        st.info("It takes runs of two configs that have ended, best of several seeds each, such as 0-4.")
        link_to("training", "Train a model")
        return
    by_title = {group.title: group for group in groups if comparable(groups, group)}
    left, right = st.columns(2)
    above = by_title[left.selectbox("A", list(by_title), key="seeds of A", persist_state="session")]
    others = {group.title: group for group in comparable(groups, above)}
    below = others[right.selectbox("B", list(others), key="seeds of B", persist_state="session")]
    _draw_two(above, below)


def _draw_two(first: SeedGroup, second: SeedGroup) -> None:
    both: Sequence[SeedGroup] = (first, second)
    runs = [run for group in both for run in group.everyone]
    ground = common_ground(runs)
    said = say_difference(scatter_of(first), scatter_of(second), ("A", "B"))
    draw_chart(
        accuracy_figure(both, short_titles(both), config_places(both), ground), height=height_of(both),
        key="seed lottery", caption=Caption("Test accuracy over seeds", [ground]),
        alt=f"Test accuracy of each seed of {first.title} (A) and of {second.title} (B). {said}",
    )  # fmt: skip
    st.markdown(escape_markdown(said))
    st.caption(
        "Welch's interval, for accuracies that scatter about as a normal distribution does; it tells of "
        "other seeds on these test sequences, not of other people. Nothing is chosen here: whoever takes the "
        "better by its test figure has to test it on others."
    )
