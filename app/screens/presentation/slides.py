"""The slide of each of the 14 steps: what is told of the selected data set and its runs."""

from collections.abc import Callable
from functools import partial

import numpy as np

from app.runs.chooser import Chosen
from app.screens.presentation.figures import (
    draw_counts,
    draw_curves,
    draw_features,
    draw_matrix,
    draw_normalisation,
    draw_skeleton,
    shown_sequence,
)
from app.screens.presentation.frame import Bar, Slide
from app.screens.presentation.given import Given, NothingToShowError
from app.shell.lab import get_lab, get_prepared
from app.shell.selection import chosen_reading, source_name
from har_core.analysis.intervals import wilson_interval
from har_core.data.describe import describe
from har_core.data.inputs import width_of
from har_core.data.named_splits import about_split, parse_split
from har_core.data.preparation import Preparation, left_out_of
from har_core.data.splits import PARTS, Part
from har_core.models import say_features
from har_core.player.recordings import title_of_sequence
from har_core.plots.colours import PART_COLOURS
from har_core.training.config import ExperimentConfig
from har_core.training.named_settings import say_seed
from har_core.training.store import Run
from har_core.wording import PART_TITLES, count_of, counted, interval, percent


def _files(given: Given) -> Slide:
    found = describe(given.loaded)
    shortest, longest = found.lengths["min"], found.lengths["max"]
    frames = counted(longest, "frame") if shortest == longest else f"{shortest} to {longest} frames"
    lines = [*found.files.items(), ("A sequence", frames), ("A frame", found.frame)]
    return Slide(_TITLES[1], _data(given), lines=lines)


def _skeleton(given: Given) -> Slide:
    sequences = given.loaded.sequences
    name = shown_sequence(sequences)
    about = f"{title_of_sequence(sequences, sequences.row_of(name))}, {_data(given)}"
    return Slide(_TITLES[2], about, figure=partial(draw_skeleton, sequences, name))


def _classes(given: Given) -> Slide:
    sequences = given.loaded.sequences
    classes = len(sequences.actions)
    said = f"{counted(classes, 'action')}: who guesses is right in {percent(1 / classes)} of the cases"
    return Slide(_TITLES[3], f"{said}, {_data(given)}", figure=partial(draw_counts, sequences))


def _normalised(given: Given) -> Slide:
    sequences = given.loaded.sequences
    prepared = get_prepared(source_name(), chosen_reading())
    return Slide(_TITLES[4], _data(given), figure=partial(draw_normalisation, sequences, prepared))


def _split(given: Given) -> Slide:
    sequences = given.loaded.sequences
    subjects = sequences.subjects.tolist()
    split = parse_split("course", subjects)
    left_out = [item.sequence_id for item in left_out_of(sequences, Preparation())]
    used = ~np.isin(sequences.ids, left_out)
    lines = []
    for part, rows in split.rows(sequences).items():
        own = rows[used[rows]]
        of = f"{len(own):,} of " if len(own) < len(rows) else ""
        actions = f"{len(np.unique(sequences.labels[own]))} of {len(sequences.actions)} actions"
        lines.append((PART_TITLES[part], split.who(part), f"{of}{counted(len(rows), 'sequence')}", actions))
    said = [_data(given)]
    if left_out:
        said.append(f"{count_of(len(left_out), len(sequences))} sequences are left out, as in the literature")
    said += [note] if (note := about_split("course", split, subjects)) else []
    return Slide(_TITLES[5], ". ".join(said), lines=lines)


def _layers(given: Given) -> Slide:
    # Not imported above: torch comes with it.
    from har_core.models.layer_table import layers_of

    run = given.states[5].run
    config = run.config if run else ExperimentConfig()
    sequences = given.loaded.sequences
    inputs = width_of(config.inputs, sequences.skeleton, config.view)
    rows = layers_of(config.model, inputs, len(sequences.actions))
    lines = [(row.title, row.output, _parameters(row.parameters)) for row in rows]
    total = sum(row.parameters for row in rows)
    about = f"T frames of a sequence, {_of_run(run)}" if run else f"T frames of a sequence, {_data(given)}"
    return Slide(_TITLES[6], about, lines=[*lines, ("All layers", "", _parameters(total))])


def _learning(given: Given) -> Slide:
    return _curves(given, 7, "loss")


def _tested(given: Given) -> Slide:
    about = given.chosen(8, "test")
    parts = {part: about.predictions.of(part) for part in reversed(PARTS)}
    bars = [_bar(PART_TITLES[part], part, of.correct, len(of)) for part, of in parts.items() if len(of)]
    epoch = f", {about.epoch_chosen} epoch" if about.epoch_chosen else ""
    return Slide(_TITLES[8], f"{_of_run(about.run)}{epoch}. {_INTERVAL}", bars=bars)


def _both_curves(given: Given) -> Slide:
    return _curves(given, 9, "loss", "accuracy")


def _curves(given: Given, step: int, *metrics: str) -> Slide:
    run = given.run_of(step)
    if not run.config.training:
        raise NothingToShowError(f"{run.config.kind.title} has no epochs, so it has no curves. {_OTHER_RUN}")
    if not get_lab().store.metrics(run.run_id):
        raise NothingToShowError(f"{run.config.kind.title} has no epoch yet: wait a moment, or go on.")
    return Slide(_TITLES[step], _of_run(run), figure=partial(draw_curves, run, metrics))


def _against_the_first(step: int) -> Callable[[Given], Slide]:
    """Return the slide of a model beside the LSTM, where there is a run of that."""

    def slide(given: Given) -> Slide:
        run, first = given.ended_run_of(step), given.states[7].run
        runs = [first, run] if first and first.results and first.meta else [run]
        return Slide(_TITLES[step], _of_test(given), bars=[_bar_of(one) for one in runs])

    return slide


def _matrix(given: Given) -> Slide:
    about = given.chosen(11, "test")
    return Slide(_TITLES[11], _of(about), figure=partial(draw_matrix, given.loaded.sequences, about))


def _features(given: Given) -> Slide:
    about = given.chosen(12, "train")
    if about.features is None:
        raise NothingToShowError(f"{about.kind.title} makes no features. {_OTHER_RUN}")
    said = f"{_of(about)}, {say_features(about.run.config.model)}"
    return Slide(_TITLES[12], said, figure=partial(draw_features, about))


_INTERVAL = "The line across a bar is the 95 % interval"
_OTHER_RUN = "Leave, and select a run of another model in Results."

SLIDES: dict[int, Callable[[Given], Slide]] = {
    1: _files, 2: _skeleton, 3: _classes, 4: _normalised, 5: _split, 6: _layers, 7: _learning, 8: _tested,
    9: _both_curves, 10: _against_the_first(10), 11: _matrix, 12: _features, 13: _against_the_first(13),
    14: _against_the_first(14),
}  # fmt: skip
"""What makes the slide of a step, by its number; it raises a ``HarError`` where there is nothing to show."""

_TITLES = {
    1: "What do the files hold?",
    2: "What does a network see of a person?",
    3: "How many actions are there?",
    4: "What does normalisation change?",
    5: "Who trains, who validates, and who is the test?",
    6: "What is the first model made of?",
    7: "How does it learn?",
    8: "How well does it recognise people it has never seen?",
    9: "Does it learn, or does it learn by heart?",
    10: "Is a deeper model better?",
    11: "Which actions are confused?",
    12: "Do similar actions lie together?",
    13: "Does it help to read a sequence backward, too?",
    14: "Is a network without memory as good?",
}


def title_of_step(step: int) -> str:
    """Return the title of a step's slide."""
    return _TITLES[step]


def _data(given: Given) -> str:
    synthetic = ", synthetic data" if given.loaded.sequences.synthetic else ""
    return f"{source_name()}{synthetic}"


def _of_test(given: Given) -> str:
    return f"Test part, {_data(given)}. {_INTERVAL}"


def _of_run(run: Run) -> str:
    return ", ".join([run.config.kind.title, *say_seed(run.config), f"run {run.run_id}", run.config.source])


def _of(about: Chosen) -> str:
    return ", ".join(about.caption("").facts)


def _parameters(count: int) -> str:
    return counted(count, "parameter") if count else "no parameters"


def _bar_of(run: Run) -> Bar:
    """Return the test accuracy that a run is judged by."""
    total, scores = run.meta.split_sizes["test"], run.results.chosen
    said = [counted(run.meta.parameters, "parameter")] if run.meta.parameters else []
    said += say_seed(run.config)
    said += [f"weights of epoch {scores.epoch:,}"] if scores.epoch else []
    return _bar(run.config.kind.title, "test", round(scores.test * total), total, *said)


def _bar(name: str, part: Part, correct: int, total: int, *more: str) -> Bar:
    low, high = wilson_interval(correct, total)
    said = [f"{count_of(correct, total)} sequences", f"interval {interval(low, high)}", *more]
    share = correct / total
    return Bar(name, percent(share), ", ".join(said), share, low, high, PART_COLOURS[part])
