"""What has to hold before a split is trained on."""

from collections.abc import Mapping
from itertools import combinations

from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.data.splits import MOST_ACTIONS, PARTS, AnySplit, Part, Split, say_subjects
from har_core.errors import ConfigError
from har_core.wording import PART_TITLES, listed


def check_subjects(sequences: SkeletonSequences, split: AnySplit) -> None:
    """Make sure that a split that is chosen for a data set names nobody else.

    Older runs may have named others, and are trained on as they were.

    Args:
        sequences: as recorded, for preparation may leave nothing of a subject.
        split: for a new experiment.

    Raises:
        ConfigError: the data set has no such subject.
    """
    everyone = set(sequences.subjects.tolist())
    strangers = split.everyone - everyone if isinstance(split, Split) else ()
    if strangers:
        raise ConfigError(
            f"split {split.name}: the data set has no {say_subjects(strangers)}; "
            f"choose of {listed(tuple(everyone))}."
        )


def check_split(sequences: SkeletonSequences, split: AnySplit) -> dict[Part, IntArray]:
    """Make sure that a model can be trained and judged on this split, and return the rows of each part.

    Args:
        sequences: all of them, as recorded.
        split: by subject or at random.

    Raises:
        ConfigError: a subject is in two parts, a part is empty, an action is missing from training, or there
            is only one, or more than ``MOST_ACTIONS``.
    """
    check_actions(sequences)
    if isinstance(split, Split):
        _check_apart(split)
    rows = split.rows(sequences)
    check_parts(sequences, split, rows)
    return rows


def check_actions(sequences: SkeletonSequences) -> None:
    """Make sure that there are actions to be told apart.

    Raises:
        ConfigError: there is only one, or more than ``MOST_ACTIONS``.
    """
    if len(sequences.actions) < 2:
        raise ConfigError(
            f"{sequences.source} has one action, {sequences.actions[0].name}; telling actions apart takes "
            "two or more."
        )
    if len(sequences.actions) > MOST_ACTIONS:
        raise ConfigError(
            f"{sequences.source} has {len(sequences.actions):,} actions, expected at most {MOST_ACTIONS:,}; "
            "leave some out."
        )


def _check_apart(split: Split) -> None:
    for first, second in combinations(PARTS, 2):
        both = set(getattr(split, first)) & set(getattr(split, second))  # before a refit joins them
        if both:
            raise ConfigError(
                f"split {split.name}: {say_subjects(both)} {'are' if len(both) > 1 else 'is'} in both "
                f"{PART_TITLES[first].lower()} and {PART_TITLES[second].lower()}; keep each in one part."
            )


def check_parts(sequences: SkeletonSequences, split: AnySplit, rows: Mapping[Part, IntArray]) -> None:
    """Make sure that each part holds something, and training every action.

    Args:
        sequences: as recorded, or those that a preparation has left.
        split: what the parts are of.
        rows: of each part.

    Raises:
        ConfigError: a part is empty, or an action is missing from training.
    """
    for part, found in rows.items():
        if not len(found):
            here = say_subjects(set(sequences.subjects.tolist()))
            why = f"it names {split.who(part)}, the data set has {here}"
            why = why if isinstance(split, Split) else "the preparation leaves out what was drawn for it"
            raise ConfigError(
                f"split {split.name}: the {PART_TITLES[part].lower()} part holds no sequence; {why}."
            )
    trained = set(sequences.labels[rows["train"]].tolist())
    missing = [action.name for label, action in enumerate(sequences.actions) if label not in trained]
    if missing:
        who, mend = (
            ("subject", "move a subject who does into training")
            if isinstance(split, Split)
            else ("sequence", "take another seed of the split")
        )
        raise ConfigError(
            f"split {split.name}: no training {who} performs {', '.join(missing)}; a model can't learn what "
            f"it never sees, so {mend}."
        )
