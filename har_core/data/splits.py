"""Splits: what is trained on, what is validated on, what is tested on."""

import hashlib
import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.errors import ConfigError
from har_core.settings import Settings, as_tuple
from har_core.wording import counted, listed, percent

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")

MOST_ACTIONS = 400
"""A confusion matrix of more could be neither computed in time nor read."""

LEAKS = (
    "Drawn by sequence, it leaks: the same people, and takes of the same performance, are in training and "
    "test, so its accuracies are too high for anybody new. It is there to compare with, not to report."
)
"""What whoever sees a number of a random split has to know."""

REFITTED = "refitted on training and validation"
"""What a run of a split is called that trains on both: its test accuracy is of another training set."""

Subject = Annotated[int, Field(ge=0, lt=2**31)]
Subjects = Annotated[tuple[Subject, ...], BeforeValidator(as_tuple)]

Refit = Annotated[
    bool,
    Field(
        title="Refit",
        description="After the choice: trains on the training and the validation part together. Nothing is "
        "left to choose an epoch, so the last one counts. Its test accuracy is of another training set, and "
        "stands apart.",
    ),
]


class Split(Settings):
    """Which subjects belong to which part.

    Attributes:
        name: what the split is called.
        train: subjects whose sequences the weights are fitted to.
        validation: subjects that choose the best epoch and every setting; perhaps nobody, and then nothing
            is chosen.
        test: subjects that are only looked at to report.
        refit: whether those who validated train, too, and nobody validates.
    """

    name: str = "course"
    train: Subjects = (1, 2, 3, 4, 5)
    validation: Subjects = (6, 7)
    test: Subjects = (8, 9, 10)
    refit: Refit = False

    @model_validator(mode="after")
    def _has_what_is_joined(self) -> "Split":
        if self.refit and not self.validation:
            raise ValueError(_NOTHING_TO_JOIN)
        return self

    def subjects_of(self, part: Part) -> tuple[int, ...]:
        """Return the subjects of one part."""
        return self.used[part]

    @property
    def used(self) -> dict[str, tuple[int, ...]]:
        """The subjects of each part as they are trained on, validation's with training's in a refit."""
        if self.refit:
            return {
                "train": tuple(sorted({*self.train, *self.validation})), "validation": (), "test": self.test,
            }  # fmt: skip
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that there are: validation may be missing."""
        return tuple(part for part in PARTS if part != "validation" or self.used[part])

    @property
    def leaks(self) -> bool:
        """Whether the same people are in training and test."""
        return False

    @property
    def everyone(self) -> set[int]:
        """All subjects that the split names."""
        return {*self.train, *self.validation, *self.test}

    @property
    def label(self) -> str:
        """What tables and titles call it."""
        return self.full_name

    @property
    def full_name(self) -> str:
        """Its name, and whether it is as after the choice."""
        return _named(self.name, self.refit)

    def who(self, part: Part) -> str:
        """Say who is in a part, such as ``subjects 1 to 5``."""
        return say_subjects(self.subjects_of(part))

    def rows(self, sequences: SkeletonSequences) -> dict[Part, IntArray]:
        """Return the rows of each part that there is, in the order of the data."""
        return {
            part: np.flatnonzero(np.isin(sequences.subjects, self.subjects_of(part))) for part in self.parts
        }


def _share(title: str) -> Any:
    return Field(
        gt=0, lt=1, allow_inf_nan=False, title=f"{title} share",
        description="Of the sequences of each action, at least one.",
    )  # fmt: skip


class RandomSplit(Settings):
    """Which share of the sequences of each action is drawn for which part; ``LEAKS`` says what that brings.

    Within an action the sequences stand in the order of the SHA-256 of seed and name, such as
    ``7 a01_s02_e03``, and are dealt out by the shares. So the same recordings give the same parts, whatever
    their order in a file and whatever draws random numbers today. It is drawn from all that was recorded, so
    that no preparation moves a sequence into another part.

    Attributes:
        name: ``random``, or with another seed than 0 ``random-7``.
        seed: of the drawing.
        train_share: of the training part, 0 to 1.
        validation_share: of the validation part.
        test_share: of the test part.
        refit: whether what was drawn for validation trains, too.
    """

    name: str = "random"
    seed: Annotated[
        int,
        Field(
            ge=0, le=999_999, title="Seed of the split",
            description="Of the drawing of the parts. The seed of the run draws its weights.",
        ),
    ] = 0  # fmt: skip
    train_share: Annotated[float, _share("Training")] = 0.5
    validation_share: Annotated[float, _share("Validation")] = 0.2
    test_share: Annotated[float, _share("Test")] = 0.3
    refit: Refit = False

    @model_validator(mode="after")
    def _agrees(self) -> "RandomSplit":
        if abs(sum(self._shares) - 1) > 1e-9:
            raise ValueError("the shares of training, validation and test have to add up to 1")
        if "name" not in self.model_fields_set:
            object.__setattr__(self, "name", random_name(self.seed))  # nobody shares it while it is made
        if self.name != random_name(self.seed):
            raise ValueError(f"the random split of seed {self.seed} is named {random_name(self.seed)}")
        return self

    @property
    def parts(self) -> tuple[Part, ...]:
        """All three parts, or those of a refit."""
        return ("train", "test") if self.refit else PARTS

    @property
    def leaks(self) -> bool:
        """Whether the same people are in training and test."""
        return True

    @property
    def label(self) -> str:
        """What tables and titles call it."""
        return _named(f"{self.name} (same people in training and test)", self.refit)

    @property
    def full_name(self) -> str:
        """Its name, and whether it is as after the choice."""
        return _named(self.name, self.refit)

    @property
    def _shares(self) -> tuple[float, ...]:
        return self.train_share, self.validation_share, self.test_share

    @property
    def used(self) -> dict[str, float]:
        """The share of each part as it is trained on, validation's with training's in a refit."""
        joined = self.validation_share if self.refit else 0.0
        return {
            "train_share": self.train_share + joined, "validation_share": self.validation_share - joined,
            "test_share": self.test_share,
        }  # fmt: skip

    def who(self, part: Part) -> str:
        """Say what is in a part, such as ``50 % of the sequences of each action``."""
        return f"{percent(self.used[f'{part}_share'], 0)} of the sequences of each action"

    def rows(self, sequences: SkeletonSequences) -> dict[Part, IntArray]:
        """Return the rows of each part, in the order of the data.

        Args:
            sequences: all of them, as recorded.

        Raises:
            ConfigError: an action has fewer sequences than there are parts.
        """
        found: dict[Part, list[int]] = {part: [] for part in PARTS}
        for label, action in enumerate(sequences.actions):
            own = np.flatnonzero(sequences.labels == label).tolist()
            if len(own) < len(PARTS):
                raise ConfigError(
                    f"split {self.name}: {action.name} has {counted(len(own), 'sequence')}, and a split by "
                    "sequence takes at least three of each action, one each for training, validation and "
                    "test; record more of it, or split by subject."
                )
            own.sort(key=lambda row: self._place(sequences.ids[row]))
            for part, rows in zip(PARTS, np.split(own, np.cumsum(self._counts(len(own)))), strict=False):
                found[part].extend(rows)
        if self.refit:
            found["train"].extend(found.pop("validation"))
        return {part: np.sort(np.array(rows, np.int64)) for part, rows in found.items()}

    def _place(self, sequence_id: str) -> bytes:
        return hashlib.sha256(f"{self.seed} {sequence_id}".encode()).digest()

    def _counts(self, count: int) -> NDArray[np.int64]:
        """Return how many of an action's sequences, three or more, go to each part."""
        wanted, counts = count * np.array(self._shares), np.ones(len(PARTS), np.int64)
        for _ in range(count - len(PARTS)):
            counts[np.argmax(wanted - counts)] += 1  # whoever lacks most gets the next
        return counts


_NOTHING_TO_JOIN = "it has no validation part, so there is nothing to refit on; leave refit out"


def refitted(split: "AnySplit", refit: bool = True) -> "AnySplit":
    """Return a split as it is after the choice, training on the validation part, too; or as it was before.

    Raises:
        ConfigError: it has no validation part.
    """
    if refit and not split.refit and "validation" not in split.parts:
        raise ConfigError(f"split {split.name}: {_NOTHING_TO_JOIN}.")
    return split.model_copy(update={"refit": refit})


def _named(name: str, refit: bool) -> str:
    return f"{name}, {REFITTED}" if refit else name


def random_name(seed: int) -> str:
    """Return what the random split of a seed is called."""
    return f"random-{seed}" if seed else "random"


def _of_its_form(value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Read a split by the fields that it has: only a random one has a seed or shares."""
    if isinstance(value, Split | RandomSplit):
        return value
    own = RandomSplit.model_fields.keys() - {"name", "refit"}
    drawn = isinstance(value, dict) and not own.isdisjoint(value)
    kind = RandomSplit if drawn else Split
    # As text again, because JSON has no tuples, and a list is none where values are strict.
    return kind.model_validate_json(json.dumps(value)) if info.mode == "json" else kind.model_validate(value)


AnySplit = Annotated[Split | RandomSplit, WrapValidator(_of_its_form)]
"""A split of whichever form, as a field of settings."""


def say_subjects(numbers: Iterable[int]) -> str:
    """Say subjects, such as ``subjects 1 to 5, 8``."""
    everyone = tuple(numbers)
    return f"subject{'s' if len(everyone) > 1 else ''} {listed(everyone)}" if everyone else "no subject"
