"""What has to hold before a run starts, and what it is then made from."""

import platform
from dataclasses import dataclass
from importlib.metadata import version

from har_core.data.sources import LoadedSource, load_source
from har_core.training.config import ExperimentConfig
from har_core.training.device import ChosenDevice, check_device, choose_device
from har_core.training.ensemble import without
from har_core.training.learner import Learner, learner_class
from har_core.training.member import INPUT_SETTINGS
from har_core.training.parts import TrainingData, assemble
from har_core.training.prepared import prepare_once
from har_core.training.records import ActionName, Meta


@dataclass(frozen=True, eq=False)
class PreparedExperiment:
    """What an experiment is made of, found to be sound.

    Attributes:
        loaded: the data set as recorded.
        data: its parts, ready for a model.
        device: where they lie, and the model computes.
    """

    loaded: LoadedSource
    data: TrainingData
    device: ChosenDevice


def check_experiment(config: ExperimentConfig, loaded: LoadedSource | None = None) -> PreparedExperiment:
    """Load, prepare and split the data of an experiment, so that what is wrong is told before a run starts.

    Args:
        config: the experiment.
        loaded: its data set, where it is at hand already.

    Raises:
        HarError: the source can't be read, the split can't be trained on, the model can't learn from such
            data, or the device isn't there.
    """
    check_device(config.device)  # before anything that takes its time
    loaded = loaded or load_source(config.source, config.reading)
    if config.members:
        data, device = _data_of_members(config, loaded), ChosenDevice("cpu", "which adds up its members")
    else:
        data = _data_of(config, loaded)
        device = choose_device(config, data)
    return PreparedExperiment(loaded, data.on(device.name), device)


def _data_of(config: ExperimentConfig, loaded: LoadedSource) -> TrainingData:
    data = assemble(config, loaded.sequences, prepare_once)
    learner_class(config.model.name).check(data)
    return data


def _data_of_members(config: ExperimentConfig, loaded: LoadedSource) -> TrainingData:
    """Check the experiments that an ensemble adds up, and return the data that all of them use."""
    first, *others = {
        tuple(getattr(its, name) for name in (*INPUT_SETTINGS, "model")): its for its in config.of_members
    }.values()
    data = _data_of(first, loaded)
    left_out = [item for other in others for item in _data_of(other, loaded).left_out]
    return without(data, left_out, config.split)


def meta_of(prepared: PreparedExperiment, learner: Learner | None = None) -> Meta:
    """Return what a run is made from, and by whom it is learned; nobody learns an ensemble itself."""
    loaded, data = prepared.loaded, prepared.data
    packages = ("torch", "numpy", "har-lab")
    return Meta(
        versions={"python": platform.python_version()} | {name: version(name) for name in packages},
        machine=f"{platform.system()} {platform.machine()}",
        device=prepared.device.name,
        computed_by=learner.computed_by if learner else "",
        device_because=prepared.device.why,
        source=loaded.sequences.source,
        synthetic=loaded.sequences.synthetic,
        layout=loaded.layout,
        fingerprint=loaded.sequences.fingerprint,
        actions=tuple(ActionName(number=item.number, name=item.name) for item in data.sequences.actions),
        split_sizes={part: len(rows) for part, rows in data.rows.items()},
        left_out={item.sequence_id: item.reason for item in data.left_out},
        inputs=data.input_count,
        parameters=learner.parameter_count if learner else None,
    )
