"""What goes into the hand-in of some runs, and what speaks against these runs."""

from collections.abc import Sequence

import streamlit as st

from har_core.data.splits import AnySplit
from har_core.models import MODELS
from har_core.report.assignment import QUESTIONS
from har_core.report.progress import as_the_course_sets
from har_core.training.practical_work import COURSE_MODELS
from har_core.training.store import Run
from har_core.wording import counted


def draw_doubts(chosen: Sequence[Run], course: AnySplit | None) -> None:
    """Say which models are missing, and which runs are not as the course sets them.

    Args:
        chosen: the runs.
        course: the ``course_split`` of the selected data set.
    """
    there = {run.config.model.name for run in chosen if not run.config.split.refit}
    missing = [MODELS[name].title for name in COURSE_MODELS if name not in there]
    if missing:
        st.caption(
            f":material/info: No run of {', '.join(missing)} is among them. The report asks the questions of "
            "those steps at its end."
        )
    others = [run for run in chosen if not as_the_course_sets(run, course)]
    if others:
        many = len(others)
        said = "1 is not as the course sets it" if many == 1 else f"{many} are not as the course sets them"
        model = "another model, " if any(run.config.model.name not in COURSE_MODELS for run in others) else ""
        st.caption(
            f":material/info: Of these runs {said}: {model}other settings, another split, or fewer epochs."
        )
    if len({run.config.source for run in chosen}) > 1:
        st.caption(":material/info: The runs are of several data sets. Only runs on one can be compared.")


def draw_contents(chosen: Sequence[Run]) -> None:
    """Say what goes in."""
    has_epochs = any(run.config.training for run in chosen)
    has_features = any(run.config.kind.features for run in chosen)
    tables = (
        "- **metrics.csv** and **predictions.csv**: every epoch, and"
        if has_epochs
        else "- **predictions.csv**:"
    )
    parts = ["curves"] if has_epochs else []
    parts += ["confusion matrix", "scores of each action"] + (["features"] if has_features else [])
    behind = "each cell and each point" if has_features else "each cell"
    st.markdown(
        f"- **report.html**: {', '.join(parts[:-1])} and {parts[-1]} of {counted(len(chosen), 'run')}, "
        f"the skeletons behind {behind}, and the {len(QUESTIONS)} questions with your answers. "
        "It opens in any browser, without a network; printed, it shows the skeletons pose by pose.\n"
        "- **notebook.ipynb**: the same work in Python. It trains the models again and says whether its "
        "numbers equal those of your runs.\n"
        f"{tables} every sequence with what was predicted.\n"
        "- **figures**: the figures as SVG, for your own text or slides."
    )
