"""Hand in: a report, a notebook and tables of the chosen runs, in one zip."""

import shlex

import streamlit as st

from app.runs.run_choice import ended_runs
from app.screens.hand_in.zip_of_runs import choose_runs, make, state_of
from app.shell.lab import get_lab
from app.shell.messages import explain, leak_notice, synthetic_notice
from app.shell.navigation import link_to
from app.shell.page_header import page_header
from app.shell.selection import selected_source, source_to_keep
from har_core.data.named_splits import course_split
from har_core.models import MODELS
from har_core.report.assignment import STEPS
from har_core.report.progress import as_the_course_sets
from har_core.training.practical_work import COURSE_MODELS
from har_core.wording import counted, megabytes

MADE = "hand-in that was made"

store = get_lab().store
page_header(
    "Hand in",
    "One zip with what you have measured, and room for what you have understood: the report asks the "
    "questions of the 14 steps, and you write the answers into it.",
)
runs = ended_runs()
with explain():
    source = source_to_keep()
course = course_split(selected_source().sequences)
chosen = choose_runs(runs, source, course)
if not chosen:
    st.info("Choose at least one run.", icon=":material/checklist:")
    st.stop()
synthetic_notice(any(run.meta.synthetic for run in chosen if run.meta))
leak_notice(run.config.split for run in chosen)

there = {run.config.model.name for run in chosen}
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

st.subheader("What goes in")
asked = sum(bool(step.question) for step in STEPS)
has_epochs = any(run.config.training for run in chosen)
has_features = any(run.config.kind.features for run in chosen)
tables = (
    "- **metrics.csv** and **predictions.csv**: every epoch, and" if has_epochs else "- **predictions.csv**:"
)
parts = ["curves"] if has_epochs else []
parts += ["confusion matrix", "scores of each action"] + (["features"] if has_features else [])
behind = "each cell and each point" if has_features else "each cell"
st.markdown(
    f"- **report.html**: {', '.join(parts[:-1])} and {parts[-1]} of {counted(len(chosen), 'run')}, "
    f"the skeletons behind {behind}, and the "
    f"{asked} questions with room for your answers. It opens in any browser, without a network; printed, it "
    "shows the skeletons pose by pose.\n"
    "- **notebook.ipynb**: the same work in Python, from the data to the numbers. It trains the models again "
    "and says whether its numbers equal those of your runs.\n"
    f"{tables} every sequence with what was predicted.\n"
    "- **figures**: the figures as SVG, for your own text or slides."
)

ids = tuple(run.run_id for run in chosen)
stamps = tuple(state_of(run) for run in chosen)
if st.session_state.get(MADE) != stamps and st.button(
    "Make the hand-in", type="primary", icon=":material/assignment:"
):
    st.session_state[MADE] = stamps
    st.rerun()
if st.session_state.get(MADE) == stamps:
    with explain():
        made = make(str(store.folder), stamps, ids)
    st.download_button(
        f"Download hand-in.zip ({megabytes(len(made['packed']))})", made["packed"], "hand-in.zip",
        "application/zip", type="primary", icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    st.caption(
        f"{len(made['sizes'])} files. Unpack it, open report.html, type your answers into the framed boxes, "
        "and press Save with my answers at its top."
    )
with st.expander("The same on the command line"):
    st.code(f"python -m har_core report {shlex.join(ids)} --out hand-in.zip", language="sh", wrap_lines=True)
link_to("comparison", "All runs side by side")
