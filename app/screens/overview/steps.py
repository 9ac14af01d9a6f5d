"""The 14 steps of the practical work: where each stands, what to look for, and where that is seen."""

from collections.abc import Sequence

import streamlit as st

from app.shell.navigation import BY_SUBJECT_OR_AT_RANDOM, link_to
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.data.splits import Part
from har_core.report.progress import Kind, StepState
from har_core.training.named_settings import say_seed

_MARKS: dict[Kind, str] = {
    "done": ":green[:material/check_circle:]",
    "look": ":gray[:material/visibility:]",
    "other": ":orange[:material/rule:]",
    "working": ":blue[:material/model_training:]",
    "missing": ":orange[:material/pending:]",
}

_SEEN_ON: dict[int, tuple[str, str]] = {
    1: ("data_set", "Files"), 2: ("skeletons", ""), 3: ("data_set", "Actions by subject"),
    4: ("data_set", "Normalisation"), 5: ("data_set", "Actions by subject"), 6: ("results", "Layers"),
    7: ("training", ""), 9: ("results", "Curves"), 12: ("features", "Plane"),
    **dict.fromkeys((8, 10, 11, 13, 14), ("results", "Matrix")),
}  # fmt: skip
"""The page on which a step is seen, where its run has ended, and the view of it, where there are several."""

_PART_OF: dict[int, Part] = {12: "train", **dict.fromkeys((6, 8, 9, 10, 11, 13, 14), "test")}
"""The part that a step asks for, with the weights of the best epoch where there is one."""

_OF_SPLIT = 5  # asks why it is made by subject, which runs under both splits answer

_CHOSEN = "chosen step of the overview"


def draw_steps(states: Sequence[StepState]) -> None:
    """Draw how many steps are done, and each with its state: a link to the page on its run."""
    done = sum(state.kind == "done" for state in states)
    st.progress(done / len(states), text=f"{done} of {len(states)} steps are done as the course sets them")
    for state in states:  # one element each: a page of many takes the browser long to draw
        page, query = _place_of(state)
        name = f"{_MARKS[state.kind]} **{state.step.number}** {state.step.name}"
        link_to(page, name, icon=False, about=escape_markdown(state.said), **query)


def draw_one_step(states: Sequence[StepState]) -> None:
    """Draw what a step asks and what to look for, at first of the next that is open, and the choice of it."""
    chosen = st.session_state.get(_CHOSEN, _next_of(states))
    draw_following(
        st.selectbox, "overview step", chosen, lambda number: st.session_state.update({_CHOSEN: number}),
        "Step", [state.step.number for state in states], label_visibility="collapsed",
        format_func=lambda number: f"Step {number}: {states[number - 1].step.name}",
    )  # fmt: skip
    state = states[chosen - 1]
    step = state.step
    asked = f"  \n**{step.question}**" if step.question else ""
    said = f":small[{_MARKS[state.kind]} {escape_markdown(state.said)}]"
    st.markdown(f":small[{step.what}. {step.look_for}]{asked}  \n{said}")
    page, query = _place_of(state)
    with st.container(horizontal=True):
        link_to(page, _named(state), **query)
        if step.question:
            link_to("hand_in", "Write your answer", question=str(chosen))
        if chosen == _OF_SPLIT and any(state.run for state in states):
            link_to("comparison", BY_SUBJECT_OR_AT_RANDOM, view=BY_SUBJECT_OR_AT_RANDOM)


def _next_of(states: Sequence[StepState]) -> int:
    """Return the number of the first step that is to be done, or else done as the course sets it."""
    for kinds in (("missing", "working"), ("other",)):
        for state in states:
            if state.kind in kinds:
                return state.step.number
    return states[-1].step.number


def _named(state: StepState) -> str | None:
    """Say what the link of a step leads to; None for a page without a run."""
    if state.step.about == "data":
        return None
    if state.run is None:
        return "Train it"
    run = state.run
    return escape_markdown(run.label.name or ", ".join([run.config.kind.title, *say_seed(run.config)]))


def _place_of(state: StepState) -> tuple[str, dict[str, str]]:
    """Return the page where a step is seen or done, and what has to be selected there."""
    step, run = state.step, state.run
    page, view = _SEEN_ON[step.number]
    asked = {"view": view} if view else {}
    if step.about == "data":
        return page, asked
    if run is None:
        return "training", {}
    if state.kind == "working":  # there is nothing to see yet but how it learns
        return "training", {"run": run.run_id}
    part = _PART_OF.get(step.number)
    return page, {"run": run.run_id} | asked | ({"part": part, "weights": "best"} if part else {})
