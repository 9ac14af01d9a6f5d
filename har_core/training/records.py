"""The small files of a run directory, as checked values.

A run may come from another computer: whatever a field can hold is bounded here, far above what a run needs
and far below what would hurt who reads it.
"""

import unicodedata
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, with_config

from har_core.data.splits import MOST_ACTIONS, PARTS, Part
from har_core.settings import Settings, as_tuple

RunState = Literal["queued", "running", "paused", "stopped", "interrupted", "done", "failed"]
Request = Literal["pause", "stop"]
CheckpointChoice = Literal["best", "last"]
Metric = Literal["loss", "accuracy"]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Loss = Annotated[float, Field(ge=-1e-3, allow_inf_nan=False)]
"""In nats; the last bits of a sum may bring it below zero."""
Epoch = Annotated[int, Field(ge=0, le=1_000_000)]
Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""Of work: up to 31 years."""
LATEST_MOMENT = 1e10
Moment = Annotated[float, Field(ge=0, le=LATEST_MOMENT, allow_inf_nan=False)]
"""Seconds since 1970, up to the year 2286."""
Word = Annotated[str, Field(max_length=300)]

LONGEST_NAME, LONGEST_TAG, LONGEST_NOTE, MOST_TAGS = 80, 30, 2000, 12
"""Limits of a label: characters of a name, a tag and a note, and how many tags."""

_LONGEST_SENTENCE = 2000  # characters


def _visible(text: Any, keep: str = "") -> Any:
    """Return a text without what can't be seen: control characters, and marks that turn the direction.

    Args:
        text: what a user typed or pasted; what is no text is left to the type check.
        keep: control characters that stay.
    """
    if not isinstance(text, str):
        return text
    return "".join(sign for sign in text if sign in keep or not _is_hidden(sign))


def _is_hidden(sign: str) -> bool:
    turns = unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return turns or unicodedata.category(sign) in ("Cc", "Cs")


def _one_line(text: Any) -> Any:
    return _visible(" ".join(text.split())) if isinstance(text, str) else text


def _lines(text: Any) -> Any:
    return _visible("\n".join(text.splitlines()), "\n\t").strip() if isinstance(text, str) else text


ONE_LINE, LINES = BeforeValidator(_one_line), BeforeValidator(_lines)
"""Make of what a user typed one line, or lines, without what can't be seen; limits come before."""


def _distinct(tags: Any) -> Any:
    """Return tags without the empty ones and without repetitions, in their order."""
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        return tags
    return tuple(dict.fromkeys(tag for tag in map(_one_line, tags) if tag != ""))


def _first_words(text: Any) -> Any:
    return _one_line(text)[:_LONGEST_SENTENCE] if isinstance(text, str) else text


Sentence = Annotated[str, BeforeValidator(_first_words)]
"""One line that is cut where it is too long."""


class Label(Settings):
    """``label.json``: what a user calls a run. It changes nothing that is computed.

    Texts are cleaned when they are taken: a name and a tag are one line, and no text holds characters that
    can't be seen.

    Attributes:
        schema_version: form of this value on disk.
        name: the run's name; empty where it has none.
        tags: words to find it by, each once.
        note: what there is to remember of it, in lines.
    """

    schema_version: Literal[1] = 1
    name: Annotated[str, Field(max_length=LONGEST_NAME), ONE_LINE] = ""
    tags: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST_TAG)], ...],
        BeforeValidator(_distinct),
        Field(max_length=MOST_TAGS),
    ] = ()
    note: Annotated[str, Field(max_length=LONGEST_NOTE), LINES] = ""


class Status(Settings):
    """``status.json``: where a run stands.

    Attributes:
        schema_version: form of this value on disk.
        state: ``running`` by a process that no longer lives is read as ``interrupted``.
        queued_at: seconds since 1970; the queue goes by it.
        heartbeat: seconds since 1970 of the last sign of life.
        process: number of the process that trains, and its host.
        host: the machine it runs on.
        epoch: the last finished one.
        best_epoch: the one with the best validation accuracy so far.
        seconds: time spent on training so far; without epochs, on learning and answering, known at the end.
        ready: which share is done of the work that comes before learning, while that is at work.
        error: a sentence, where the run failed.
    """

    schema_version: Literal[1, 2] = 2
    state: RunState
    queued_at: Moment
    heartbeat: Moment = 0.0
    process: Annotated[int, Field(ge=0, lt=2**32)] = 0
    host: Word = ""
    epoch: Epoch = 0
    best_epoch: Epoch = 0
    seconds: Seconds = 0.0
    ready: Share | None = None
    error: Sentence = ""


class ActionName(Settings):
    """An action's published number and its name."""

    number: Annotated[int, Field(ge=0, lt=2**31)]
    name: Annotated[str, BeforeValidator(_one_line), Field(min_length=1, max_length=300)]


def _all_different(actions: tuple[ActionName, ...]) -> tuple[ActionName, ...]:
    if len({action.name for action in actions}) < len(actions):
        raise ValueError("two actions have the same name")
    return actions


def _in_order(sizes: dict[Part, int]) -> dict[Part, int]:
    """Return the sizes in the order of the parts, of which validation alone may be missing."""
    missing = [part for part in PARTS if part not in sizes and part != "validation"]
    if missing:
        raise ValueError(f"the size of the {missing[0]} part is missing")
    return {part: sizes[part] for part in PARTS if part in sizes}


class MemberRun(Settings):
    """The run that is a member of an ensemble, and what its probabilities are multiplied by."""

    run: Annotated[str, Field(min_length=1, max_length=300)]
    weight: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]


class Meta(Settings):
    """``meta.json``: what a run was made from and with.

    Attributes:
        schema_version: form of this value on disk.
        versions: of Python and the packages that decide results.
        machine: processor and operating system, for the reader.
        device: where the run was computed.
        device_because: why there, where it was not named.
        computed_by: what computes the model, such as "fused kernels on 2 threads"; "" where nothing tells.
        source: name of the data set.
        synthetic: True where the data were computed and not recorded.
        layout: how the files were organised, in words.
        fingerprint: of the recorded sequences.
        actions: K actions, in the order of the model's outputs.
        split_sizes: sequences of each part that there is.
        left_out: names of sequences that are not used, and why.
        inputs: F.
        parameters: how many values training changes; None for a learner that has none.
        members: of an ensemble, once they are trained, in the order of its config.
    """

    schema_version: Literal[1, 2] = 2
    versions: Annotated[dict[Word, Word], Field(max_length=100)]
    machine: Word
    device: Word
    device_because: Sentence = ""
    computed_by: Sentence = ""
    source: Word
    synthetic: bool
    layout: Sentence
    fingerprint: Word
    actions: Annotated[
        tuple[ActionName, ...], Field(min_length=2, max_length=MOST_ACTIONS), AfterValidator(_all_different)
    ]
    split_sizes: Annotated[dict[Part, Annotated[int, Field(ge=1, lt=2**31)]], AfterValidator(_in_order)]
    left_out: Annotated[dict[Word, Sentence], Field(max_length=1_000_000)]
    inputs: Annotated[int, Field(ge=1, le=1_000_000)]
    parameters: Annotated[int | None, Field(ge=1, lt=2**40)] = None
    members: Annotated[tuple[MemberRun, ...], BeforeValidator(as_tuple), Field(max_length=100)] = ()

    @property
    def action_names(self) -> list[str]:
        """K names, in the order of the model's outputs."""
        return [action.name for action in self.actions]

    @property
    def computing(self) -> str:
        """Where the run was computed, why there, and by what."""
        because = f" ({self.device_because})" if self.device_because else ""
        return f"{self.device}{because}{self.computed_by and f', {self.computed_by}'}"


@dataclass(frozen=True)
class Readiness:
    """How far a learner is with the work that comes before learning, as a share, 0 to 1."""

    share: float


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class EpochRecord:
    """A line of ``metrics.jsonl``: what one epoch gave.

    Attributes:
        epoch: from 1.
        seconds: time of training and evaluation together.
        train_loss: running mean over the epoch's batches, with dropout and any augmentation on, as Keras
            shows it.
        train_accuracy: the same.
        validation_loss: after the epoch, in evaluation mode; None without a validation part.
        validation_accuracy: the same.
        test_loss: as that of validation; only reported, it chooses nothing. Each run has a test part; None
            where a classifier in a notebook trains on all that it is given.
        test_accuracy: the same.
    """

    epoch: Annotated[Epoch, Field(ge=1)]
    seconds: Seconds
    train_loss: Loss
    train_accuracy: Share
    validation_loss: Loss | None
    validation_accuracy: Share | None
    test_loss: Loss | None
    test_accuracy: Share | None

    def as_dict(self) -> dict[str, float | None]:
        """Return the record as its line holds it."""
        return asdict(self)

    def of(self, part: Part, metric: Metric) -> float | None:
        """Return the loss or accuracy of a part; None of one that the run has not."""
        value: float | None = getattr(self, f"{part}_{metric}")
        return value


def rank_of(accuracy: float, loss: float) -> tuple[float, float]:
    """Return what the best epoch has the most of, on the validation part: accuracy; of equals the lower loss.

    Of wholly equal epochs the first is the best.
    """
    return accuracy, -loss


class WeightsResult(Settings):
    """Accuracies of all parts with one set of weights, in evaluation mode (0 to 1).

    Attributes:
        epoch: after which one; None for a learner that has none.
        train: of the training part.
        validation: of the validation part; None without one.
        test: of the test part.
    """

    epoch: Epoch | None = None
    train: Share
    validation: Share | None = None
    test: Share

    def of(self, part: Part) -> float | None:
        """Return the accuracy of a part; None of one that the run has not."""
        value: float | None = getattr(self, part)
        return value


class Results(Settings):
    """``results.json``: what a run gave.

    Attributes:
        schema_version: form of this value on disk.
        best: with the weights of the best validation epoch; None where nothing chooses one.
        last: with the last weights.
    """

    schema_version: Literal[1, 2] = 2
    best: WeightsResult | None = None
    last: WeightsResult

    def of(self, checkpoint: CheckpointChoice) -> WeightsResult:
        """Return the results of one set of weights, which the run has."""
        found = self.best if checkpoint == "best" else self.last
        if found is None:
            raise ValueError("the run has no best epoch")
        return found

    @property
    def chosen(self) -> WeightsResult:
        """Those that a run is judged by: of the best epoch, else of the last."""
        return self.best or self.last
