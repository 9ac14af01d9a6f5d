"""How far the practical work is: of each step what the data and the runs say, and what is missing.

It reads what the first screen has at hand anyway, the data set and the small files of the runs: that screen
waits for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from har_core.data.named_splits import about_split, course_split, parse_split
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import AnySplit
from har_core.errors import ConfigError
from har_core.models import MODELS
from har_core.report.assignment import STEPS, Step
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.named_settings import say_non_default_settings, say_settings
from har_core.training.practical_work import COURSE_MODELS, is_of_course
from har_core.training.records import Meta, Results
from har_core.training.store import Run
from har_core.wording import count_of, counted, percent

Kind = Literal["done", "look", "other", "working", "missing"]


@dataclass(frozen=True)
class StepState:
    """Where a step stands.

    Attributes:
        step: the step.
        kind: ``done``; ``look`` where there is only something to see, and that was not seen yet; ``other``
            where it was done, but not as the course sets it; ``working`` while its run waits or is trained;
            ``missing``.
        said: what was found, or what is missing.
        run: that it was done by or is being done by; None where there is none.
    """

    step: Step
    kind: Kind
    said: str
    run: Run | None = None


def progress(
    sequences: SkeletonSequences, runs: Sequence[Run], source: str, *, watched: bool = False
) -> list[StepState]:
    """Say of each of the 14 steps where it stands on a data set.

    Args:
        sequences: of the data set, as recorded.
        runs: all runs, the newest first; those on other data sets don't count.
        source: the data set as a run remembers it.
        watched: whether its skeletons were looked at.
    """
    course = course_split(sequences)
    counting = runs_that_count(runs, source, course)
    first = counting.get("lstm")
    return [
        _of_data(step, sequences, first, watched)
        if step.about == "data"
        else _of_run(step, counting.get(step.about), first, course)
        for step in STEPS
    ]


def runs_that_count(runs: Sequence[Run], source: str, course: AnySplit | None) -> dict[str, Run]:
    """Return the runs that the steps are about, by the name of their model, in the order of the course.

    Of a model it is the newest run that did what the course sets; else one that ended on the course's split,
    for the numbers of another are of other people; else one that ended, else one at work. One that was
    refitted on training and validation never counts.

    Args:
        runs: the newest first; those on other data sets don't count.
        source: the data set as a run remembers it.
        course: its ``course_split``.
    """
    own = [run for run in runs if run.config.source == source and not run.config.split.refit]
    ended = [run for run in own if run.results and run.meta]
    as_set = [run for run in ended if as_the_course_sets(run, course)]
    at_work = [run for run in own if run.status.state in ("running", "queued")]
    on_split = [run for run in ended if run.config.split == course]
    found: dict[str, Run] = {}
    for run in (*as_set, *on_split, *ended, *at_work):
        found.setdefault(run.config.model.name, run)
    return {model: found[model] for model in COURSE_MODELS if model in found}


def as_the_course_sets(run: Run, course: AnySplit | None) -> bool:
    """Say whether a run did what the course sets: its model and settings, its split, and all epochs of it.

    Args:
        run: of any data set.
        course: the ``course_split`` of that.
    """
    return is_of_course(run.config, course) and run.is_complete


def _of_data(step: Step, sequences: SkeletonSequences, first: Run | None, watched: bool) -> StepState:
    count = len(sequences)
    if step.number == 1:
        return StepState(
            step, "done", f"{counted(count, 'sequence')}, {counted(sequences.skeleton.joint_count, 'joint')}"
        )
    if step.number == 2:
        lost, frames = int(sequences.untracked.sum()), len(sequences.frames)
        return StepState(step, "done" if watched else "look", f"{lost:,} of {frames:,} frames untracked")
    if step.number == 3:
        return StepState(
            step, "done", f"{len(sequences.actions)} class{'es' if len(sequences.actions) > 1 else ''}"
        )
    if step.number == 4:
        return _scaling_state(step, first)
    return _split_state(step, sequences)


def _scaling_state(step: Step, first: Run | None) -> StepState:
    """Say how the first model's sequences were normalised, or how they will be."""
    config = first.config if first else ExperimentConfig()
    said = say_settings(config)["preparation.scaling"]
    if not first or not first.results:
        return StepState(step, "look", f"when you train: {said}")
    normalised = config.preparation.scaling not in ("none", "body")
    return StepState(step, "done" if normalised else "other", said, first)


def _split_state(step: Step, sequences: SkeletonSequences) -> StepState:
    """Say how large the parts of the course's split are, and whether each holds every class."""
    subjects = sequences.subjects.tolist()
    try:
        course = parse_split("course", subjects)
    except ConfigError as error:
        return StepState(step, "missing", str(error))
    rows = list(course.rows(sequences).values())
    sizes = " / ".join(f"{len(found):,}" for found in rows)
    note = about_split("course", course, subjects)
    note = f". {note}" if note else ""
    classes = min(len(np.unique(sequences.labels[found])) for found in rows)
    everyone = len(sequences.actions)
    if classes < everyone:
        said = f"{sizes} recorded sequences, one part has {classes} of {everyone} classes"
        return StepState(step, "other", said + note)
    return StepState(step, "done", f"{sizes} recorded sequences, all {everyone} classes in each part{note}")


def _of_run(step: Step, run: Run | None, first: Run | None, course: AnySplit | None) -> StepState:
    if run is None:
        return StepState(step, "missing", f"needs a run: {MODELS[step.about].title}")
    if not run.results or not run.meta:
        waiting = run.status.state == "queued"
        said = "waiting" if waiting else f"epoch {run.status.epoch:,} of {run.config.epochs:,}"
        return StepState(step, "working", said, run)
    said = _found(step, run, run.meta, run.results, first)
    if as_the_course_sets(run, course):
        return StepState(step, "done", said, run)
    return StepState(step, "other", "; ".join([said, *_what_differs(step, run, course)]), run)


def _what_differs(step: Step, run: Run, course: AnySplit | None) -> list[str]:
    """Say in what a run is not as the course sets it, but for what the step says by itself: its epochs."""
    said = {} if run.config.split == course else {"split": f"split {run.config.split.name}"}
    said |= say_non_default_settings(run.config)
    if not run.is_complete:
        said["training.epochs"] = f"ended at epoch {run.status.epoch:,} of {run.config.epochs:,}"
    if step.number == 7:
        said.pop("training.epochs", None)
    return [f"not as the course sets it: {', '.join(said.values())}"] if said else []


def _found(step: Step, run: Run, meta: Meta, results: Results, first: Run | None) -> str:
    """Say what a run gave for a step."""
    total = meta.split_sizes["test"]
    correct = round(results.chosen.test * total)
    if step.number == 6 and meta.parameters:
        return counted(meta.parameters, "parameter")
    if step.number == 7:
        course = GradientTraining().epochs
        less = f", the course sets {course:,}" if run.status.epoch != course else ""
        return f"{counted(run.status.epoch, 'epoch')}{less}"
    if step.number == 9:
        if results.best is None or results.best.epoch is None:
            return "no best epoch: the last one counts"
        return f"best epoch {results.best.epoch:,} of {run.status.epoch:,}"
    if step.number == 11:
        return f"{count_of(total - correct, total)} test sequences confused"
    if step.number == 12:
        return f"features of {counted(meta.split_sizes['train'], 'training sequence')}"
    said = f"{percent(results.chosen.test)}, {count_of(correct, total)}"
    if step.number == 14 and first and first.meta and meta.parameters and first.meta.parameters:
        said += f"; {meta.parameters:,} parameters, the LSTM {first.meta.parameters:,}"
    return said
