"""What was measured on which data, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from har_core.analysis.intervals import wilson_interval
from har_core.analysis.predictions import Predictions
from har_core.data.describe import Description, describe
from har_core.data.inputs import INPUTS, say_missing_limbs
from har_core.data.named_splits import about_split
from har_core.data.splits import LEAKS
from har_core.report.findings import Findings
from har_core.training.config import ExperimentConfig
from har_core.training.named_settings import (
    say_members,
    say_non_default_settings,
    say_seed,
    say_setting,
    say_settings,
)
from har_core.training.practical_work import COURSE_MODELS
from har_core.wording import PART_TITLES, count_of, counted, duration, number, percent

Fact = tuple[str, str]
"""A name and what there is to say of it."""

SYNTHETIC_NOTICE = (
    "Synthetic data: these sequences were made by a program, not recorded from people. "
    "The numbers say nothing about MSR Action3D."
)


def name_of_source(source: str) -> str:
    """Return the name of a source; of a path the last part: the rest tells of the writer's computer."""
    return PurePath(source).name or source


def facts_of_run(found: Findings) -> list[Fact]:
    """Say what a run was made from and with: enough for others to make it again."""
    config, meta, status = found.run.config, found.meta, found.run.status
    options, said = ", ".join(_said_of("model", config)), say_settings(config)
    departed = ", ".join(say_non_default_settings(config).values())
    size = f"; {meta.parameters:,} parameters" if meta.parameters else ""
    training = config.training
    how = (
        f"{status.epoch:,} of {training.epochs:,} epochs, batches of {training.batch_size:,}, "
        f"{say_setting(config, 'training.optimiser')} with learning rate {training.learning_rate:g}, "
        f"{said['training.schedule']}, "
        f"{said['training.augmentation']}"
        if training
        else "no epochs"
    )
    how = ", ".join([how, *say_seed(config)])
    kind = found.kind
    if found.model not in COURSE_MODELS:
        more = "" if config.members else departed  # which the model tells
        departed = f"{kind.title} is no model of the course{more and f'; {more}'}"
    return [
        ("Model", f"{kind.title}: {say_members(config) if config.members else options}{size}"),
        *_members(found),
        *_layers(found),
        ("Training", f"{how}; {duration(status.seconds)} on {meta.computing}, {meta.machine}"),
        ("Departures from the course", departed or "none"),
        *([("Training part", config.model.on_training_part)] if config.model.on_training_part else []),
        *([("Probabilities", f"of an action it is {kind.scores}")] if kind.scores else []),
        (
            "Data",
            f"{name_of_source(config.source)}{' (synthetic)' if meta.synthetic else ''}, "
            f"fingerprint {meta.fingerprint[:16]}",
        ),
        ("Split", say_split(found)),
        *([] if config.members else _given(config, found)),
        ("Versions", ", ".join(f"{name} {version}" for name, version in sorted(meta.versions.items()))),
        ("Run", found.run.run_id),
    ]


def _members(found: Findings) -> list[Fact]:
    """Say how each member of an ensemble was made, and of which run it is."""
    experiments, runs = found.run.config.of_members, found.meta.members
    return [
        (f"Member {place}", "; ".join([
            f"{config.kind.title}, weight {number(member.weight)}, run {member.run}", *say_seed(config),
            *say_non_default_settings(config).values(),
        ]))
        for place, (config, member) in enumerate(zip(experiments, runs, strict=True), 1)
    ]  # fmt: skip


def _given(config: ExperimentConfig, found: Findings) -> list[Fact]:
    """Say what a model is given, which each member of an ensemble says for itself."""
    return [("Preparation", _say_preparation(config)), ("Inputs", _say_inputs(config, found))]


def _say_inputs(config: ExperimentConfig, found: Findings) -> str:
    """Say what the model is given of each frame, and of which axes and joints."""
    said = [f"{INPUTS[name].title.capitalize()}: {INPUTS[name].description}" for name in config.inputs]
    if config.axes != "xyz":
        said.append(f"Axes: {say_setting(config, 'axes')}.")
    if config.joints != "all":
        skeleton = found.loaded.sequences.skeleton if found.loaded else None
        said.append(f"Joints: {say_setting(config, 'joints')}.")
        said += [missing] if skeleton and (missing := say_missing_limbs(config.view, skeleton)) else []
    return " ".join(said)


def _layers(found: Findings) -> list[Fact]:
    """Say which layers a network has, for sequences of T frames; nothing where there is no network."""
    # Not imported above: torch comes with it.
    from har_core.models.layer_table import layers_of, say_layers

    if not found.kind.network:
        return []
    rows = layers_of(found.run.config.model, found.meta.inputs, len(found.actions))
    return [("Layers, for T frames", "; ".join(say_layers(rows)))]


def say_split(found: Findings) -> str:
    """Say which split it is, what is in which part, how many sequences, and where it adapts or leaks."""
    split = found.run.config.split
    parts = "; ".join(
        f"{PART_TITLES[part].lower()} {split.who(part)}, {counted(found.meta.split_sizes[part], 'sequence')}"
        for part in split.parts
    )
    said = f"{split.full_name}: {parts}"
    if split.leaks:
        return f"{said}. {LEAKS}"
    if not found.loaded:
        return said
    asked = "course" if split.name == "thirds" else split.name
    note = about_split(asked, split, found.loaded.sequences.subjects.tolist())
    return f"{said}. {note}" if note else said


def say_accuracy(shown: Predictions) -> str:
    """Say an accuracy with its count and its 95 % interval."""
    low, high = wilson_interval(shown.correct, len(shown))
    return (
        f"{percent(shown.correct / len(shown))}, {count_of(shown.correct, len(shown))} "
        f"(95 % interval {percent(low)} to {percent(high)})"
    )


@dataclass(frozen=True)
class DataFacts:
    """What is to say of one data set.

    Attributes:
        name: of the source.
        synthetic: True for data that was computed and not recorded.
        facts: how its files are organised, and what is in them.
        fault: a sentence, where the recordings are not here.
    """

    name: str
    synthetic: bool
    facts: list[Fact]
    fault: str


def facts_of_data(runs: Sequence[Findings]) -> list[DataFacts]:
    """Say of each data set of the runs what is in it, and which splits of it were used."""
    by_fingerprint: dict[str, list[Findings]] = {}
    for found in runs:
        by_fingerprint.setdefault(found.meta.fingerprint, []).append(found)
    return [_facts_of_one(group) for group in by_fingerprint.values()]


def _say_preparation(config: ExperimentConfig) -> str:
    return "; ".join(_said_of("preparation", config))


def _said_of(group: str, config: ExperimentConfig) -> list[str]:
    return [said for name, said in say_settings(config).items() if name.startswith(f"{group}.")]


def _facts_of_one(group: Sequence[Findings]) -> DataFacts:
    first = group[0]
    here = next((found.loaded for found in group if found.loaded), None)
    facts = [("How the files are organised", first.meta.layout)]
    if here:
        facts += _counted(describe(here))
    facts.append(("Classes", f"{len(first.meta.actions)}: {', '.join(first.actions)}"))
    splits = _distinct(say_split(found) for found in group)
    preparations = _distinct(_say_preparation(found.run.config) for found in group)
    facts += [("Split", said) for said in splits]
    facts += [("Preparation", said) for said in preparations]
    left_out = first.meta.left_out
    if left_out:
        facts.append(("Left out", f"{counted(len(left_out), 'sequence')}: {', '.join(sorted(left_out))}"))
    facts.append(("Fingerprint", first.meta.fingerprint))
    name = name_of_source(first.run.config.source)
    return DataFacts(name, first.meta.synthetic, facts, "" if here else first.fault)


def _counted(found: Description) -> list[Fact]:
    lengths = found.lengths
    return [
        (
            "Recordings",
            f"{counted(found.sequences, 'sequence')} of {counted(found.subjects, 'subject')}, "
            f"{counted(found.joints, 'joint')} in a frame",
        ),
        (
            "Lengths",
            f"{lengths['min']} to {lengths['max']} frames, half of them at most {lengths['median']:g}; "
            f"{counted(found.frames, 'frame')} in all, {found.untracked_frames:,} of them untracked",
        ),
    ]


def _distinct(said: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(said))
