"""Learner: what driver, store, pages and report know of whoever learns to tell actions apart."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import cast

from torch import Tensor

from har_core.data.sequences import FloatArray
from har_core.errors import RunError
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig
from har_core.training.parts import PartTensors, TrainingData
from har_core.training.records import CheckpointChoice, EpochRecord
from har_core.training.run import Run

Weights = dict[str, Tensor]
"""What a learner has learned, by names of its own; it is kept as safetensors."""

NETWORK_LEARNER = "har_core.training.gradient_learner:GradientLearner"
"""Who trains a model that has a network."""


@dataclass(frozen=True, eq=False)
class LearnerOutput:
    """What a learner says of N sequences.

    Attributes:
        scores: (N, K) float32; the largest is its answer, and their softmax the probabilities.
        features: (N, width) float32, what it has made of each sequence; None where it makes nothing.
    """

    scores: FloatArray
    features: FloatArray | None = None


class Learner(ABC):
    """One that learns from the training part. What is not abstract is that of a learner without epochs.

    Args:
        config: what to learn and how.
        data: what to learn from.

    Attributes:
        epoch: the last finished one; 0 where there are none.
        best_epoch: the one with the best validation accuracy; 0 where nothing chooses one.
        parameter_count: how many values training changes; None where there are no such values.
        threads: to compute on, for who lets them be chosen; None for what ``thread_count`` says.
        computed_by: what computes it, in a few words; "" where there is nothing to tell.
    """

    epoch: int = 0
    best_epoch: int = 0
    parameter_count: int | None = None
    threads: int | None = None
    computed_by: str = ""

    @abstractmethod
    def __init__(self, config: ExperimentConfig, data: TrainingData) -> None: ...

    @classmethod
    @abstractmethod
    def load(cls, run: Run, checkpoint: CheckpointChoice) -> "Learner":
        """Return that of an ended run, on the CPU, with what it had learned.

        Raises:
            RunError: the run has not ended, or what it learned is missing, damaged, or of another model.
        """

    @classmethod
    @abstractmethod
    def restore(cls, config: ExperimentConfig, inputs: int, classes: int, weights: Weights) -> "Learner":
        """Return one, on the CPU, that has learned what ``weights`` has given.

        Args:
            config: what was learned and how.
            inputs: F.
            classes: K.
            weights: of a learner of the same config.
        """

    @classmethod  # noqa: B027
    def check(cls, data: TrainingData) -> None:
        """Make sure, before a run is made, that it can learn from these data; most can from any.

        Raises:
            HarError: says what is wrong with them.
        """

    def get_ready(self) -> Iterator[float]:
        """Do the work that comes before learning; yield now and then which share of it is done, 0 to 1.

        Most have none. Who learns without having asked for it has it done there; who closes the iterator lets
        it be, and what is done by then may be of use the next time.
        """
        return iter(())

    @abstractmethod
    def fit(self) -> Iterator[EpochRecord]:
        """Learn; yield a record after each epoch, of which there may be none."""

    @abstractmethod
    def predict(self, part: PartTensors) -> LearnerOutput:
        """Say what each sequence of a part is, with the weights in use."""

    @abstractmethod
    def weights(self) -> Weights:
        """Return what was learned: the weights in use."""

    def use(self, checkpoint: CheckpointChoice) -> int | None:
        """Take other weights in use; return of which epoch they are, None where there are none."""
        return None

    def save_checkpoint(self, path: Path) -> None:  # noqa: B027
        """Write enough to go on from here bit for bit; without epochs there is nothing to go on from."""

    def load_checkpoint(self, path: Path) -> None:
        """Bring a fresh learner to where the checkpoint was written.

        Raises:
            RunError: the file is damaged, or of another model.
        """
        raise RunError(f"{path} is the checkpoint of a model with epochs; delete it to go on.")


def learner_class(model: str) -> type[Learner]:
    """Return who learns a model of ``MODELS``."""
    return cast(type[Learner], resolve_name(MODELS[model].learner or NETWORK_LEARNER))
