"""The 14 steps of the practical work: where each stands, what to look for, and where that is seen."""

from collections.abc import Sequence

import streamlit as st

from app.shell.navigation import link_to
from app.shell.wording import plain
from har_core.data.splits import Part
from har_core.models import MODELS
from har_core.report.progress import Kind, StepState
from har_core.training.config import say_seed

_MARKS: dict[Kind, str] = {
    "done": ":green[:material/check_circle:]",
    "look": ":gray[:material/visibility:]",
    "other": ":orange[:material/rule:]",
    "working": ":blue[:material/model_training:]",
    "missing": ":orange[:material/pending:]",
}

_SEEN_ON: dict[int, str] = {
    1: "data_set", 2: "skeletons", 3: "data_set", 4: "data_set", 5: "data_set", 6: "training", 7: "training",
    8: "results", 9: "training", 10: "results", 11: "results", 12: "features", 13: "results", 14: "results",
}  # fmt: skip
"""The page on which a step is seen, where its run has ended."""

_PART_OF: dict[int, Part] = {8: "test", 10: "test", 11: "test", 12: "train", 13: "test", 14: "test"}
"""The part that a step asks for, with the weights of the best epoch."""

_LINK_WIDTH = 220  # pixels: the same for all, so that the links stand below each other
_TEXT_WIDTH = 640  # leaves room for the link beside it where the page is 1280 wide


def draw_steps(states: Sequence[StepState]) -> None:
    """Draw the steps, each with its state, what to look for, and a link to the page on its run."""
    for state in states:
        # Few elements: a page of many takes the browser long to draw.
        with st.container(horizontal=True, vertical_alignment="top"):
            st.markdown(
                f"**{state.step.number}** &nbsp; {state.step.what}  \n"
                f":small[:gray[{state.step.look_for}]]  \n"
                f":small[{_MARKS[state.kind]} {plain(state.said)}]",
                width=_TEXT_WIDTH,
            )
            _link(state)


def draw_summary(states: Sequence[StepState]) -> None:
    """Draw how many steps are done, and the way to the hand-in."""
    done = sum(state.kind == "done" for state in states)
    st.progress(done / len(states), text=f"{done} of {len(states)} steps are done as the course sets them.")
    link_to("hand_in", "Hand in a report of your runs")


def _link(state: StepState) -> None:
    step, run = state.step, state.run
    if step.about == "data":
        link_to(_SEEN_ON[step.number], width=_LINK_WIDTH)
    elif run is None:
        link_to("training", "Train it", width=_LINK_WIDTH)
    else:
        # As long as it has not ended, there is nothing to see but how it learns.
        page = "training" if state.kind == "working" else _SEEN_ON[step.number]
        named = run.label.name or ", ".join([MODELS[run.config.model.name].title, *say_seed(run.config)])
        part = None if page == "training" else _PART_OF.get(step.number)
        asked = {"part": part, "weights": "best"} if part else {}
        link_to(page, plain(named), width=_LINK_WIDTH, run=run.run_id, **asked)
