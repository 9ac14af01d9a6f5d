"""What is timed: an epoch of the course's training part, with validation and test, of five experiments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from har_core.data.preparation import Preparation
from har_core.data.sources import list_sources, load_source
from har_core.data.splits import PARTS, Part
from har_core.models import BilstmOptions, CnnOptions, LstmOptions, StackedLstmOptions
from har_core.training.config import ExperimentConfig
from har_core.training.parts import TrainingData, assemble

_AS_RECORDED, _FORTY_FRAMES = Preparation(frames=None), Preparation(frames=40)


CourseOptions = LstmOptions | StackedLstmOptions | BilstmOptions | CnnOptions


@dataclass(frozen=True)
class Work:
    """One experiment, and how many times faster than the peers an epoch of it should be.

    Attributes:
        title: for the table.
        model: its options; everything but the preparation is the course's.
        preparation: sequences as they were recorded, which the peers pad, or all of one length.
        floor_torch: the least ratio to a plain torch loop.
        floor_keras: the least ratio to Keras.
    """

    title: str
    model: CourseOptions
    preparation: Preparation
    floor_torch: float
    floor_keras: float


WORKS: dict[str, Work] = {
    "lstm": Work("LSTM, as recorded", LstmOptions(), _AS_RECORDED, 4, 25),
    "lstm-40": Work("LSTM, 40 frames", LstmOptions(), _FORTY_FRAMES, 1.5, 20),
    "stacked-lstm": Work("stacked LSTM, as recorded", StackedLstmOptions(), _AS_RECORDED, 3, 20),
    "bilstm": Work("Bi-LSTM, as recorded", BilstmOptions(), _AS_RECORDED, 3, 20),
    "cnn": Work("1D-CNN, as recorded", CnnOptions(), _AS_RECORDED, 2, 15),
}


@dataclass(frozen=True, eq=False)
class PaddedPart:
    """The sequences of one part as a plain script holds them.

    Attributes:
        inputs: (N, T, F) with the T of the longest sequence of all parts, zeros behind the others.
        lengths: (N) true numbers of frames.
        labels: (N) action indices.
    """

    inputs: NDArray[np.float32]
    lengths: NDArray[np.int64]
    labels: NDArray[np.int64]


def timed_source() -> str:
    """Return the real data set where it is there, else the synthetic one."""
    return (
        "msr-action3d"
        if any(it.name == "msr-action3d" and it.present for it in list_sources())
        else "synthetic"
    )


def experiment_of(work: Work, source: str) -> ExperimentConfig:
    """Return the course's experiment with the model and the preparation of this work, on the CPU."""
    return ExperimentConfig(source=source, model=work.model, preparation=work.preparation, device="cpu")


def data_of(work: Work, source: str) -> TrainingData:
    """Read, prepare and split the data of a work."""
    return assemble(experiment_of(work, source), load_source(source).sequences)


def padded_parts(data: TrainingData) -> dict[Part, PaddedPart]:
    """Return the three parts, padded to the longest sequence of all."""
    longest = max(int(data.parts[part].sequences.lengths.max()) for part in PARTS)
    padded: dict[Part, PaddedPart] = {}
    for name in PARTS:
        part = data.parts[name]
        own = part.sequences.padded().numpy()
        inputs = np.zeros((len(part), longest, own.shape[2]), np.float32)
        inputs[:, : own.shape[1]] = own
        padded[name] = PaddedPart(inputs, part.sequences.lengths.numpy(), part.labels.numpy())
    return padded
