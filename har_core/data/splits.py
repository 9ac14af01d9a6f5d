"""Splits by subject: who is trained on, who is validated on, who is tested on."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.errors import ConfigError
from har_core.settings import Settings

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")

MOST_ACTIONS = 400
"""A confusion matrix of more could be neither computed in time nor read."""


Subject = Annotated[int, Field(ge=0, lt=2**31)]


class Split(Settings):
    """Which subjects belong to which part.

    Attributes:
        name: what the split is called.
        train: subjects whose sequences the weights are fitted to.
        validation: subjects that choose the best epoch and every setting.
        test: subjects that are only looked at to report.
    """

    name: str = "course"
    train: tuple[Subject, ...] = (1, 2, 3, 4, 5)
    validation: tuple[Subject, ...] = (6, 7)
    test: tuple[Subject, ...] = (8, 9, 10)

    def subjects_of(self, part: Part) -> tuple[int, ...]:
        """Return the subjects of one part."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[part]


# The literature's protocols know no validation part; here it is taken from the training subjects,
# so that the test part chooses nothing.
SPLITS: dict[str, Split] = {
    "course": Split(),
    "odd-even": Split(name="odd-even", train=(1, 3, 5, 7), validation=(9,), test=(2, 4, 6, 8, 10)),
    "first-five": Split(name="first-five", train=(1, 2, 3, 4), validation=(5,), test=(6, 7, 8, 9, 10)),
}

_LEAVE_OUT = "leave-out-"


def leave_one_out(subject: int, subjects: Sequence[int]) -> Split:
    """Return the split that tests on one subject, validates on the next and trains on the others.

    Args:
        subject: the one to test on.
        subjects: all subjects of the data set.

    Raises:
        ConfigError: the subject is not among them, or there are fewer than three.
    """
    everyone = sorted({int(number) for number in subjects})
    if subject not in everyone or len(everyone) < 3:
        raise ConfigError(
            f"split {_LEAVE_OUT}{subject}: the data set has subjects {_spans(everyone)}; "
            "choose one of them, of at least three."
        )
    following = everyone[(everyone.index(subject) + 1) % len(everyone)]
    train = tuple(number for number in everyone if number not in (subject, following))
    return Split(name=f"{_LEAVE_OUT}{subject}", train=train, validation=(following,), test=(subject,))


def parse_split(text: str, subjects: Sequence[int] = range(1, 11)) -> Split:
    """Read a split as it is written on the command line.

    Args:
        text: a preset's name, ``leave-out-3``, or three lists of subjects such as ``1-5/6-7/8-10``.
        subjects: all subjects of the data set, for ``leave-out-``.

    Raises:
        ConfigError: the text is none of these.
    """
    if text in SPLITS:
        return SPLITS[text]
    if re.fullmatch(re.escape(_LEAVE_OUT) + r"\d{1,6}", text):
        return leave_one_out(int(text.removeprefix(_LEAVE_OUT)), subjects)
    parts = text.split("/")
    if len(parts) == 3:
        train, validation, test = (_read_spans(part, text) for part in parts)
        return Split(name=text, train=train, validation=validation, test=test)
    raise ConfigError(
        f"split {text!r} is not known; expected {', '.join(SPLITS)}, {_LEAVE_OUT}N, "
        "or three lists of subjects such as 1-5/6-7/8-10."
    )


def _read_spans(text: str, whole: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for span in filter(None, (part.strip() for part in text.split(","))):
        found = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", span)
        if not found:
            raise ConfigError(f"split {whole!r}: {span!r} is no subject or range; write for example 1-3,5.")
        first, last = int(found[1]), int(found[2] or found[1])
        if last - first > 10_000:
            raise ConfigError(f"split {whole!r}: {span!r} names over 10,000 subjects; name fewer.")
        numbers.extend(range(first, last + 1))
    return tuple(numbers)


def _spans(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers) or "none"


def rows_of(sequences: SkeletonSequences, split: Split, part: Part) -> IntArray:
    """Return the rows whose subject belongs to a part, in the order of the data."""
    return np.flatnonzero(np.isin(sequences.subjects, split.subjects_of(part)))


def check_split(sequences: SkeletonSequences, split: Split) -> None:
    """Make sure that a model can be trained and judged on this split.

    Raises:
        ConfigError: a subject is in two parts, a part is empty, an action is missing from training, or there
            is only one, or more than ``MOST_ACTIONS``.
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
    for first, second in (("train", "validation"), ("train", "test"), ("validation", "test")):
        both = set(split.subjects_of(first)) & set(split.subjects_of(second))  # type: ignore[arg-type]
        if both:
            raise ConfigError(
                f"split {split.name}: subject {_spans(sorted(both))} is in both {first} and {second}; "
                "take it out of one."
            )
    for part in PARTS:
        if not len(rows_of(sequences, split, part)):
            found = _spans(sorted({int(number) for number in sequences.subjects}))
            raise ConfigError(
                f"split {split.name}: the {part} part holds no sequence; it names subjects "
                f"{_spans(split.subjects_of(part))}, the data set has {found}."
            )
    trained = set(sequences.labels[rows_of(sequences, split, "train")].tolist())
    missing = [action.name for label, action in enumerate(sequences.actions) if label not in trained]
    if missing:
        raise ConfigError(
            f"split {split.name}: no training subject performs {', '.join(missing)}; "
            "a model can't learn what it never sees, so move a subject who does into training."
        )
