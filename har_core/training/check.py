"""What has to hold before a run starts."""

from har_core.data.sources import load_source
from har_core.training.config import ExperimentConfig
from har_core.training.fit import choose_device
from har_core.training.parts import TrainingData, assemble


def check_experiment(config: ExperimentConfig) -> TrainingData:
    """Load, prepare and split the data of an experiment, so that what is wrong is told before a run starts.

    Raises:
        HarError: the source can't be read, the split can't be trained on, or the device isn't there.
    """
    device = choose_device(config.device)
    return assemble(config, load_source(config.source, config.layout).sequences, device)
