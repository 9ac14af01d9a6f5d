"""Experiments to start from: the course's, two without a network, some that go wrong, and the ladder."""

from dataclasses import dataclass

from har_core.data.preparation import Preparation
from har_core.models import MODELS, LstmOptions, NearestNeighbourOptions
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.ladder import DTW_SVM, RUNGS, rung_config
from har_core.training.practical_work import COURSE_MODELS


@dataclass(frozen=True)
class Preset:
    """An experiment with a name.

    Attributes:
        title: short, for a menu.
        look_for: a sentence on what to see in it.
        config: the settings; source and seed are the user's.
    """

    title: str
    look_for: str
    config: ExperimentConfig


_LOOK_FOR = {
    "lstm": "Validation and test accuracy stop rising long before the training accuracy does: where?",
    "stacked-lstm": "Deeper, with half as many parameters again: does the validation accuracy gain by it?",
    "bilstm": "It reads each sequence forward and backward: which actions does it stop confusing?",
    "cnn": "As many parameters as the LSTM and no memory: how far do short stretches of frames carry?",
}

_TOP = list(RUNGS)[-1]

PRESETS: dict[str, Preset] = {
    name: Preset(MODELS[name].title, _LOOK_FOR[name], ExperimentConfig(model=MODELS[name].options()))
    for name in COURSE_MODELS
} | {
    "nearest-neighbour": Preset(
        MODELS["nearest-neighbour"].title,
        "What does no learning reach? It keeps the training sequences, and calls a new one what the most "
        "similar of them is. A network is worth its training as far as it does better.",
        ExperimentConfig(model=NearestNeighbourOptions()),
    ),
    "dtw-svm": Preset(
        MODELS["dtw-svm"].title,
        "Whole sequences are compared, however each is timed, by where the joints are, how they move and "
        "where they are going. What does that reach without a network, and whom does it still confuse?",
        DTW_SVM,
    ),
    "no-dropout": Preset(
        "LSTM without dropout",
        "The training loss falls to nearly nothing while the validation loss turns and rises: overfitting. "
        "Does the validation accuracy suffer as much as its loss?",
        ExperimentConfig(model=LstmOptions(dropout=0.0)),
    ),
    "rate-too-high": Preset(
        "LSTM with too high a learning rate",
        "The loss jumps about the logarithm of the number of actions, which is what guessing gives, and "
        "stays there: each step leaps over what it is looking for.",
        ExperimentConfig(training=GradientTraining(learning_rate=0.3)),
    ),
    "not-normalised": Preset(
        "LSTM on positions that are not normalised",
        "For a hundred epochs nothing happens, and then the loss falls far more slowly: all bodies stand "
        "metres from the camera, and the centimetres in which actions differ are small beside that.",
        ExperimentConfig(preparation=Preparation(centring="none", scaling="none")),
    ),
    **{
        name: Preset(f"Ladder {name}: {rung.title}", rung.change, rung_config(name))
        for name, rung in RUNGS.items()
    },
    "best": Preset("Best", RUNGS[_TOP].change, rung_config(_TOP)),
}
"""By the name that the command line could use; the first is where the form starts."""


def different_presets() -> list[str]:
    """Return the presets by name, of those with the same settings only the first."""
    first = {preset.config.model_dump_json(): name for name, preset in reversed(PRESETS.items())}
    return [name for name in PRESETS if name in first.values()]
