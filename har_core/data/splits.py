"""Splits by subject: who is trained on, who is validated on, who is tested on."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.errors import ConfigError
from har_core.settings import Settings
from har_core.wording import PART_TITLES, counted, listed

_LEAVE_OUT = "leave-out-"

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
        validation: subjects that choose the best epoch and every setting; perhaps nobody, and then nothing
            is chosen.
        test: subjects that are only looked at to report.
    """

    name: str = "course"
    train: tuple[Subject, ...] = (1, 2, 3, 4, 5)
    validation: tuple[Subject, ...] = (6, 7)
    test: tuple[Subject, ...] = (8, 9, 10)

    def subjects_of(self, part: Part) -> tuple[int, ...]:
        """Return the subjects of one part."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[part]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that there are: validation may be missing."""
        return tuple(part for part in PARTS if part != "validation" or self.validation)

    @property
    def everyone(self) -> set[int]:
        """All subjects that the split names."""
        return {*self.train, *self.validation, *self.test}


def _course(everyone: Sequence[int]) -> Split:
    """Return the course's split where all of its subjects are here, else thirds."""
    course = Split()
    return course if course.everyone <= set(everyone) else _thirds(everyone)


# The literature's protocols know no validation part; here it is taken from the training subjects,
# so that the test part chooses nothing.
def _odd_even(everyone: Sequence[int]) -> Split:
    odd, even = ([number for number in everyone if number % 2 == rest] for rest in (1, 0))
    if len(odd) < 2 or not even:
        return _thirds(everyone)
    return Split(name="odd-even", train=tuple(odd[:-1]), validation=(odd[-1],), test=tuple(even))


def _first_five(everyone: Sequence[int]) -> Split:
    if len(everyone) < 6:
        return _thirds(everyone)
    train, last, others = everyone[:4], everyone[4], everyone[5:]
    return Split(name="first-five", train=tuple(train), validation=(last,), test=tuple(others))


def _thirds(everyone: Sequence[int]) -> Split:
    """Split the subjects in the order of their numbers; who is left over learns, or else tests."""
    count = len(everyone)
    if count < 3:
        raise ConfigError(
            f"the data set has {counted(count, 'subject')}, and a split by subject takes at least three, one "
            f"each for training, validation and test: add recordings of {counted(3 - count, 'more subject')}."
        )
    first = -(-count // 3)
    second = first + (count - first) // 2
    parts = (tuple(everyone[:first]), tuple(everyone[first:second]), tuple(everyone[second:]))
    return Split(name="thirds", train=parts[0], validation=parts[1], test=parts[2])


_NAMED: dict[str, Callable[[Sequence[int]], Split]] = {
    "course": _course,
    "odd-even": _odd_even,
    "first-five": _first_five,
    "thirds": _thirds,
}
"""What makes each split of the subjects of a data set, in order."""

SPLIT_NAMES = tuple(_NAMED)

SPLITS: dict[str, Split] = {name: make(range(1, 11)) for name, make in _NAMED.items() if name != "thirds"}
"""The course's and the literature's, as they are for the ten subjects of MSR Action3D."""


def leave_one_out(subject: int, subjects: Sequence[int]) -> Split:
    """Return the split that tests on one subject, validates on the next and trains on the others.

    Args:
        subject: the one to test on.
        subjects: all subjects of the data set.

    Raises:
        ConfigError: the subject is not among them, or there are fewer than three.
    """
    everyone = _everyone(subjects)
    if subject not in everyone or len(everyone) < 3:
        raise ConfigError(
            f"split {_LEAVE_OUT}{subject}: the data set has {_subjects(everyone)}; "
            "choose one of them, of at least three."
        )
    following = everyone[(everyone.index(subject) + 1) % len(everyone)]
    train = tuple(number for number in everyone if number not in (subject, following))
    return Split(name=f"{_LEAVE_OUT}{subject}", train=train, validation=(following,), test=(subject,))


def parse_split(text: str, subjects: Sequence[int]) -> Split:
    """Make a split of the subjects of a data set from how it is written in the form or on the command line.

    A named split that needs other subjects adapts to those that are here; ``about_split`` says how.

    Args:
        text: one of ``SPLIT_NAMES``, ``leave-out-3``, or three lists of subjects such as ``1-5/6-7/8-10``.
        subjects: all subjects of the data set, in any order, each as often as it likes.

    Raises:
        ConfigError: the text is none of these, or there are too few subjects for it.
    """
    everyone = _everyone(subjects)
    if text in _NAMED:
        return _NAMED[text](everyone)
    if re.fullmatch(re.escape(_LEAVE_OUT) + r"\d{1,6}", text):
        return leave_one_out(int(text.removeprefix(_LEAVE_OUT)), everyone)
    parts = text.split("/")
    if len(parts) == 3:
        train, validation, test = (_read_subjects(part, text) for part in parts)
        return Split(name=text, train=train, validation=validation, test=test)
    raise ConfigError(
        f"split {text!r} is not known; expected {', '.join(SPLIT_NAMES)}, {_LEAVE_OUT}N, "
        "or three lists of subjects such as 1-5/6-7/8-10."
    )


def _read_subjects(text: str, whole: str) -> tuple[int, ...]:
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


def about_split(asked: str, split: Split, subjects: Sequence[int]) -> str:
    """Say where a split is not what its name lets expect of a data set; empty where it is.

    Args:
        asked: what ``parse_split`` was given.
        split: what came of it.
        subjects: all subjects of the data set.
    """
    everyone = _everyone(subjects)
    said = []
    if asked in SPLITS and split != SPLITS[asked] and split == _NAMED[asked](everyone):
        thirds = "they are split into thirds, in the order of their numbers"
        how = "it goes by these" if split.name == asked else thirds
        said.append(
            f"The split {asked} is made for subjects 1 to 10. "
            f"This data set has {listed(tuple(everyone))}: {how}."
        )
    unused = [number for number in everyone if number not in split.everyone]
    if unused:
        said.append(f"In no part, and so not used: {_subjects(unused)}.")
    return " ".join(said)


def _everyone(subjects: Sequence[int]) -> list[int]:
    return sorted({int(number) for number in subjects})


def _subjects(numbers: Sequence[int]) -> str:
    return f"subject{'s' if len(numbers) > 1 else ''} {listed(tuple(numbers))}" if numbers else "no subject"


def rows_of(sequences: SkeletonSequences, split: Split, part: Part) -> IntArray:
    """Return the rows whose subject belongs to a part, in the order of the data."""
    return np.flatnonzero(np.isin(sequences.subjects, split.subjects_of(part)))


def check_subjects(sequences: SkeletonSequences, split: Split) -> None:
    """Make sure that a split that is chosen for a data set names nobody else.

    Older runs may have named others, and are trained on as they were.

    Args:
        sequences: as recorded, for preparation may leave nothing of a subject.
        split: for a new experiment.

    Raises:
        ConfigError: the data set has no such subject.
    """
    everyone = _everyone(sequences.subjects.tolist())
    strangers = sorted(split.everyone.difference(everyone))
    if strangers:
        raise ConfigError(
            f"split {split.name}: the data set has no {_subjects(strangers)}; "
            f"choose of {listed(tuple(everyone))}."
        )


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
                f"split {split.name}: {_subjects(sorted(both))} {'are' if len(both) > 1 else 'is'} in both "
                f"{PART_TITLES[first].lower()} and {PART_TITLES[second].lower()}; keep each in one part."
            )
    for part in split.parts:
        if not len(rows_of(sequences, split, part)):
            raise ConfigError(
                f"split {split.name}: the {PART_TITLES[part].lower()} part holds no sequence; it names "
                f"{_subjects(split.subjects_of(part))}, the data set has "
                f"{_subjects(_everyone(sequences.subjects.tolist()))}."
            )
    trained = set(sequences.labels[rows_of(sequences, split, "train")].tolist())
    missing = [action.name for label, action in enumerate(sequences.actions) if label not in trained]
    if missing:
        raise ConfigError(
            f"split {split.name}: no training subject performs {', '.join(missing)}; "
            "a model can't learn what it never sees, so move a subject who does into training."
        )
