"""Splits by name: what each is for the subjects of a data set."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import (
    LEAKS,
    REFITTED,
    AnySplit,
    RandomSplit,
    Split,
    refitted,
    say_subjects,
)
from har_core.errors import ConfigError
from har_core.wording import counted, listed

_LEAVE_OUT, _RANDOM = "leave-out-", "random-"


@dataclass(frozen=True)
class NamedSplit:
    """A split that is asked for by its name.

    Attributes:
        title: a few words to choose it by.
        meaning: who is in which part, in a sentence.
        make: gives it for the subjects of a data set, in order.
        fewest: subjects that it takes.
        of_ten: whether it is made for subjects 1 to 10, so that it has to adapt to others.
    """

    title: str
    meaning: str
    make: Callable[[Sequence[int]], AnySplit]
    fewest: int = 3
    of_ten: bool = True


def _course(everyone: Sequence[int]) -> Split:
    """Return the course's split where all of its subjects are here, else thirds."""
    course = Split()
    return course if course.everyone <= set(everyone) else _thirds(everyone)


# The literature's protocols know no validation part. In these two it is taken from the training subjects, so
# that the test part chooses nothing; cross-subject has none.
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


def _cross_subject(everyone: Sequence[int]) -> Split:
    odd, even = (tuple(number for number in everyone if number % 2 == rest) for rest in (1, 0))
    if not odd or not even:
        return _thirds(everyone)
    return Split(name="cross-subject", train=odd, validation=(), test=even)


def _thirds(everyone: Sequence[int]) -> Split:
    """Split the subjects in the order of their numbers; who is left over learns, or else tests."""
    count = len(everyone)
    _check_count(count, 3)
    first = -(-count // 3)
    second = first + (count - first) // 2
    parts = (tuple(everyone[:first]), tuple(everyone[first:second]), tuple(everyone[second:]))
    return Split(name="thirds", train=parts[0], validation=parts[1], test=parts[2])


def _check_count(count: int, fewest: int) -> None:
    """Make sure that there are subjects enough for two parts, or for three."""
    if count >= fewest:
        return
    how = {2: "two, one each for training and test", 3: "three, one each for training, validation and test"}
    raise ConfigError(
        f"the data set has {counted(count, 'subject')}, and a split by subject takes at least "
        f"{how.get(fewest, f'{fewest:,}')}: "
        f"add recordings of {counted(fewest - count, 'more subject')}."
    )


NAMED_SPLITS: dict[str, NamedSplit] = {
    "course": NamedSplit(
        "as the course sets", "Subjects 1 to 5 train, 6 and 7 validate, 8 to 10 test.", _course
    ),
    "odd-even": NamedSplit(
        "odd against even", "Odd subjects train, but the last of them validates; even ones test.", _odd_even
    ),
    "first-five": NamedSplit(
        "against the rest", "Subjects 1 to 4 train, the fifth validates, the rest test.",
        _first_five,
    ),
    "cross-subject": NamedSplit(
        "no validation part",
        "Odd subjects train and even ones test, as in the literature; nobody validates, so there is no best "
        "epoch, and the last one counts.",
        _cross_subject, fewest=2,
    ),
    "thirds": NamedSplit(
        "a third each", "A third of the subjects trains, one validates, one tests, by their numbers.",
        _thirds, of_ten=False,
    ),
    "random": NamedSplit(
        "by sequence, which leaks", f"Half of the sequences of each action train, a fifth validates. {LEAKS}",
        lambda everyone: RandomSplit(), fewest=0, of_ten=False,
    ),
}  # fmt: skip
"""What can be asked for by name; the first is what the course sets."""

SPLITS: dict[str, AnySplit] = {
    name: named.make(range(1, 11)) for name, named in NAMED_SPLITS.items() if named.of_ten
}
"""The course's and the literature's, as they are for the ten subjects of MSR Action3D."""


HOW_WRITTEN = (
    f"{', '.join(NAMED_SPLITS)}, {_LEAVE_OUT}N, {_RANDOM}N, or three lists of subjects such as 1-5/6-7/8-10, "
    "the middle one empty where nobody validates"
)


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
            f"split {_LEAVE_OUT}{subject}: the data set has {say_subjects(everyone)}; "
            "choose one of them, of at least three."
        )
    following = everyone[(everyone.index(subject) + 1) % len(everyone)]
    train = tuple(number for number in everyone if number not in (subject, following))
    return Split(name=f"{_LEAVE_OUT}{subject}", train=train, validation=(following,), test=(subject,))


def parse_split(text: str, subjects: Sequence[int]) -> AnySplit:
    """Make a split of a data set from how it is written in the form or on the command line.

    A named split that needs other subjects adapts to those that are here; ``about_split`` says how.

    Args:
        text: one of ``NAMED_SPLITS``, ``leave-out-3``, ``random-7``, or three lists of subjects such as
            ``1-5/6-7/8-10``, the middle one of which may be empty: nobody validates.
        subjects: all subjects of the data set, in any order, each as often as it likes.

    Raises:
        ConfigError: the text is none of these, or there are too few subjects for it.
    """
    everyone = _everyone(subjects)
    if text in NAMED_SPLITS:
        _check_count(len(everyone), NAMED_SPLITS[text].fewest)
        return NAMED_SPLITS[text].make(everyone)
    if re.fullmatch(re.escape(_LEAVE_OUT) + r"[0-9]{1,6}", text):
        return leave_one_out(int(text.removeprefix(_LEAVE_OUT)), everyone)
    if re.fullmatch(re.escape(_RANDOM) + r"[0-9]{1,6}", text):
        return RandomSplit(seed=int(text.removeprefix(_RANDOM)))
    parts = text.split("/")
    if len(parts) == 3:
        train, validation, test = (_read_subjects(part, text) for part in parts)
        return Split(name=text, train=train, validation=validation, test=test)
    raise ConfigError(f"split {text!r} is not known; expected {HOW_WRITTEN}.")


def course_split(sequences: SkeletonSequences) -> AnySplit | None:
    """Return what the course's split is for the subjects of a data set; None where they are too few."""
    try:
        return parse_split("course", sequences.subjects.tolist())
    except ConfigError:
        return None


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


def about_split(asked: str, split: AnySplit, subjects: Sequence[int]) -> str:
    """Say what a split's name does not tell of it on a data set; empty where there is nothing to say.

    Args:
        asked: what ``parse_split`` was given.
        split: what came of it.
        subjects: all subjects of the data set.
    """
    after = f"{REFITTED.capitalize()}: the last epoch counts, and its test accuracy stands apart."
    if isinstance(split, RandomSplit):
        return f"{after} {LEAKS}" if split.refit else LEAKS
    if split.refit:
        before = about_split(asked, refitted(split, False), subjects)
        return f"{before} {after}".strip()
    everyone = _everyone(subjects)
    said = []
    if asked in SPLITS and split != SPLITS[asked] and split == NAMED_SPLITS[asked].make(everyone):
        thirds = "they are split into thirds, in the order of their numbers"
        how = "it goes by these" if split.name == asked else thirds
        said.append(
            f"The split {asked} is made for subjects 1 to 10. "
            f"This data set has {listed(tuple(everyone))}: {how}."
        )
    unused = [number for number in everyone if number not in split.everyone]
    if unused:
        said.append(f"In no part, and so not used: {say_subjects(unused)}.")
    if "validation" not in split.parts:
        said.append("Nobody validates, so nothing chooses a best epoch.")
    return " ".join(said)


def _everyone(subjects: Sequence[int]) -> list[int]:
    return sorted({int(number) for number in subjects})
