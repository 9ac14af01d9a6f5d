"""What has to hold before a run starts."""

from dataclasses import dataclass

from har_core.data.sources import LoadedSource, load_source
from har_core.training.config import ExperimentConfig
from har_core.training.fit import choose_device
from har_core.training.learner import learner_class
from har_core.training.parts import TrainingData, assemble
from har_core.training.prepared import prepare_once


@dataclass(frozen=True, eq=False)
class Material:
    """What an experiment is made of, found to be sound.

    Attributes:
        loaded: the data set as recorded.
        data: its parts, ready for a model.
    """

    loaded: LoadedSource
    data: TrainingData


def check_experiment(
    config: ExperimentConfig, loaded: LoadedSource | None = None, device: str | None = None
) -> Material:
    """Load, prepare and split the data of an experiment, so that what is wrong is told before a run starts.

    Args:
        config: the experiment.
        loaded: its data set, where it is at hand already.
        device: where to compute; None for where the experiment says.

    Raises:
        HarError: the source can't be read, the split can't be trained on, the model can't learn from such
            data, or the device isn't there.
    """
    place = choose_device(device or config.device)
    loaded = loaded or load_source(config.source, config.reading)
    material = Material(loaded, assemble(config, loaded.sequences, place, prepare_once))
    learner_class(config.model.name).check(material.data)
    return material
