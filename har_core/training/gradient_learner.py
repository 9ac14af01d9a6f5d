"""GradientLearner: a network that is trained by ``fit``."""

from collections.abc import Iterator
from pathlib import Path

import torch

from har_core.engine import Threads, thread_count, what_runs
from har_core.models.networks import Network, count_parameters
from har_core.training.adam import Adam
from har_core.training.checkpoint import load_checkpoint, save_checkpoint
from har_core.training.config import ExperimentConfig
from har_core.training.evaluation import predict
from har_core.training.fit import TrainingState, fit, initial_state, training_of, training_step
from har_core.training.learner import Learner, LearnerOutput, Weights
from har_core.training.parts import PartTensors, TrainingData
from har_core.training.records import CheckpointChoice, EpochRecord
from har_core.training.run import Run
from har_core.training.trained import model_with, trained_model


class GradientLearner(Learner):
    """Any network of ``MODELS``, with the state of its training."""

    def __init__(self, config: ExperimentConfig, data: TrainingData) -> None:
        self._config, self._data = config, data
        self.state = initial_state(config, data)

    @classmethod
    def load(cls, run: Run, checkpoint: CheckpointChoice) -> "GradientLearner":
        """Return the network of an ended run."""
        return cls._of(trained_model(run, checkpoint))

    @classmethod
    def restore(
        cls, config: ExperimentConfig, inputs: int, classes: int, weights: Weights
    ) -> "GradientLearner":
        """Return the network of the config with these weights."""
        return cls._of(model_with(config.model, inputs, classes, weights))

    @classmethod
    def _of(cls, model: Network) -> "GradientLearner":
        learner = cls.__new__(cls)
        learner.state = TrainingState(model, Adam(model.parameters()), torch.Generator())
        return learner

    @property
    def epoch(self) -> int:  # type: ignore[override]
        """The last finished one."""
        return self.state.epoch

    @property
    def best_epoch(self) -> int:  # type: ignore[override]
        """The one with the best validation accuracy."""
        return self.state.best_epoch

    @property
    def parameter_count(self) -> int:  # type: ignore[override]
        """How many values training changes."""
        return count_parameters(self.state.model)

    @property
    def computed_by(self) -> str:  # type: ignore[override]
        """What computes the network: the engine's kernels, or torch."""
        part = self._data.parts["train"].take(torch.arange(1))
        with Threads(thread_count(self.threads)).computing():
            step = training_step(self.state.model, part, training_of(self._config))
            return what_runs(self.state.model, step)

    def fit(self) -> Iterator[EpochRecord]:
        """Train, and yield a record after each epoch."""
        return fit(self._config, self._data, self.state, threads=self.threads)

    def predict(self, part: PartTensors) -> LearnerOutput:
        """Return logits and features, without dropout."""
        output = predict(self.state.model, part)
        return LearnerOutput(output.logits, output.features)

    def weights(self) -> Weights:
        """Return a copy of the network's weights."""
        return {name: value.clone() for name, value in self.state.model.state_dict().items()}

    def use(self, checkpoint: CheckpointChoice) -> int:
        """Load the best weights into the network, or go back to the last."""
        return self.state.use(checkpoint)

    def save_checkpoint(self, path: Path) -> None:
        """Write weights, optimiser, random state, epoch and the best weights so far."""
        save_checkpoint(path, self.state)

    def load_checkpoint(self, path: Path) -> None:
        """Bring state and network to where the checkpoint was written."""
        load_checkpoint(path, self.state)
