"""From an experiment as it is asked for to the one that a run remembers."""

from har_core.data.named_splits import about_split, parse_split
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import canonical_source
from har_core.data.split_check import check_subjects
from har_core.data.splits import AnySplit, refitted
from har_core.training.config import ExperimentConfig


def resolve_experiment(
    config: ExperimentConfig, sequences: SkeletonSequences, split: str | None = None
) -> tuple[ExperimentConfig, str]:
    """Name the source in full, and split by the subjects that are here.

    Args:
        config: as asked for; a split that it only names is looked up, and the course's where it has none.
        sequences: of its data set.
        split: as ``parse_split`` takes it, before that of the config; whether to refit is the config's.

    Returns:
        The experiment, and what the name of its split does not tell; empty where there is nothing to say.

    Raises:
        HarError: there is no such split, or it names subjects that are not here.
    """
    parts, note = _split(config, sequences, split)
    return config.model_copy(update={"source": canonical_source(config.source), "split": parts}), note


def _split(config: ExperimentConfig, sequences: SkeletonSequences, asked: str | None) -> tuple[AnySplit, str]:
    subjects = sequences.subjects.tolist()
    of_config = asked is None and "split" in config.model_fields_set
    asked = asked or (config.split.name if of_config else "course")
    only_named = config.split.model_fields_set <= {"name", "refit"}  # which is looked up
    split = config.split
    if not of_config or only_named:
        split = refitted(parse_split(asked, subjects), config.split.refit)
    check_subjects(sequences, split)
    return split, about_split(asked, split, subjects)
