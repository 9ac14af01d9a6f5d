"""Learners without epochs that har_core knows nothing of: a file, and a line each in ``MODELS``."""

from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
import torch
from pydantic import Field

from har_core.data.sequences import FloatArray
from har_core.models import MODELS, ModelKind, ModelOptions
from har_core.training.checkpoint import load_weights
from har_core.training.config import ExperimentConfig
from har_core.training.learner import Learner, LearnerOutput, Weights
from har_core.training.parts import PartTensors, TrainingData
from har_core.training.records import CheckpointChoice, EpochRecord
from har_core.training.run import Run


class GuessesOptions(ModelOptions):
    """How surely it guesses."""

    name: Literal["guesses"] = "guesses"
    boldness: Annotated[
        float, Field(gt=0, le=100, title="Boldness", description="How sure it is of what it says.")
    ] = 2.0


class BlindGuessesOptions(GuessesOptions):
    """The same, of one that keeps to itself what it makes of a sequence."""

    name: Literal["blind-guesses"] = "blind-guesses"


class Guesses(Learner):
    """Says of a sequence the action whose mean pose, shaken by the seed, is the nearest to its own."""

    parameter_count = None

    def __init__(self, config: ExperimentConfig, data: TrainingData) -> None:
        part = data.parts["train"]
        poses, labels = poses_of(part), part.labels.numpy()
        means = np.stack([poses[labels == action].mean(axis=0) for action in range(data.class_count)])
        shaken = np.random.default_rng(config.seed).normal(0, 0.02, means.shape)
        self._take(config, (means + shaken).astype(np.float32))

    def _take(self, config: ExperimentConfig, means: FloatArray) -> None:
        self._means, self._boldness = means, config.model.boldness
        self._tells = bool(MODELS[config.model.name].features)

    @classmethod
    def load(cls, run: Run, checkpoint: CheckpointChoice) -> "Guesses":
        weights = load_weights(run.path / f"{checkpoint}.safetensors")
        return cls.restore(run.config, 0, 0, weights)

    @classmethod
    def restore(cls, config: ExperimentConfig, inputs: int, classes: int, weights: Weights) -> "Guesses":
        learner = cls.__new__(cls)
        learner._take(config, weights["means"].numpy())
        return learner

    def fit(self) -> Iterator[EpochRecord]:
        return iter(())

    def predict(self, part: PartTensors) -> LearnerOutput:
        poses = poses_of(part)
        distances = np.linalg.norm(poses[:, None] - self._means, axis=2)
        scores = (-self._boldness * distances).astype(np.float32)
        return LearnerOutput(scores, poses if self._tells else None)

    def weights(self) -> Weights:
        return {"means": torch.from_numpy(self._means)}


def poses_of(part: PartTensors) -> FloatArray:
    """Return (N, F): the sum over the frames of each sequence."""
    padded = part.sequences.padded().cpu().numpy()
    return np.asarray(padded.sum(axis=1), np.float32)


GUESSES: dict[str, ModelKind] = {
    "guesses": ModelKind(
        "Guesses", GuessesOptions, learner="tests.guesses:Guesses", features="the sums over all frames",
        scores="how near the pose is to that of the action",
    ),
    "blind-guesses": ModelKind(
        "Blind guesses", BlindGuessesOptions, learner="tests.guesses:Guesses",
        scores="how near the pose is to that of the action",
    ),
}  # fmt: skip
