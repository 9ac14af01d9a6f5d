"""The ladder: from the course's LSTM to the state of the art, one change after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from har_core.data.preparation import Preparation
from har_core.models import BilstmOptions, DtwSvmOptions, InceptionOptions, LstmOptions
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.members import ensemble_of

Place = Literal["rung", "alone", "without"]
"""Where a change stands: upon the rungs below it; alone in the course's LSTM; or taken out of the top."""

PLACES: dict[Place, str] = {
    "rung": "on the ladder",
    "alone": "alone in the course's LSTM",
    "without": "taken out of the top",
}
"""What each is called."""


@dataclass(frozen=True)
class Rung:
    """A step of the ladder.

    Attributes:
        title: what it adds, in a few words.
        change: what it changes in the rung below, in a sentence.
        put_in: an experiment, of the rung below or of the course's LSTM, with that change.
        take_out: the highest single network without that change; None where it can't be taken out.
        comes_with: what else comes into the course's LSTM with it; empty where nothing does.
        goes_with: what else is taken out of the top with it, or how.
    """

    title: str
    change: str
    put_in: Callable[[ExperimentConfig], ExperimentConfig]
    take_out: Callable[[ExperimentConfig], ExperimentConfig] | None = None
    comes_with: str = ""
    goes_with: str = ""


def _with_model(config: ExperimentConfig, **changes: Any) -> ExperimentConfig:
    return config.model_copy(update={"model": config.model.model_copy(update=changes)})


def _prepared(config: ExperimentConfig, **changes: Any) -> ExperimentConfig:
    return config.model_copy(update={"preparation": config.preparation.model_copy(update=changes)})


def _bidirectional(config: ExperimentConfig) -> ExperimentConfig:
    options = config.model.model_dump(exclude={"name"})
    return config.model_copy(update={"model": BilstmOptions(**options)})


def _one_direction(config: ExperimentConfig) -> ExperimentConfig:
    options = config.model.model_dump(include=set(LstmOptions.model_fields) - {"name"})
    return config.model_copy(update={"model": LstmOptions(**options)})


def _schedule(config: ExperimentConfig) -> ExperimentConfig:
    preparation = Preparation(untracked="drop", centring="median", frames=48, scaling="body")
    return config.model_copy(update={"preparation": preparation}).trained(
        epochs=80, batch_size=32, optimiser="adamw", learning_rate=4e-3, schedule="one-cycle",
        weight_decay=0.02, label_smoothing=0.1, full_batches=True,
    )  # fmt: skip


def _trained_as_the_course_does(config: ExperimentConfig) -> ExperimentConfig:
    augmentation = config.training.augmentation if config.training else "none"
    return config.model_copy(update={"training": GradientTraining(augmentation=augmentation)})


def _motion(config: ExperimentConfig) -> ExperimentConfig:
    inputs = ("deviation", "motion-1", "motion-4", "directions")
    return _with_model(config.model_copy(update={"inputs": inputs}), input_norm=True)


def _positions(config: ExperimentConfig) -> ExperimentConfig:
    return _with_model(config.model_copy(update={"inputs": ("positions",)}), input_norm=False)


def _half_real_time(config: ExperimentConfig) -> ExperimentConfig:
    inputs = ("paced-motion-1", "paced-motion-4", "directions")
    config = _prepared(config.model_copy(update={"inputs": inputs}), untracked="fill")
    return config.trained(augmentation="recipe")


def _resampled_time(config: ExperimentConfig) -> ExperimentConfig:
    return _prepared(_motion(config), untracked="drop").trained(augmentation="mixed")


DTW_SVM = ExperimentConfig(
    model=DtwSvmOptions(),
    preparation=Preparation(untracked="keep", centring="none", frames=None, scaling="none"),
)
"""Sequences as recorded: they are prepared for each channel by what compares them."""


def _with_dtw_svm(config: ExperimentConfig) -> ExperimentConfig:
    return ensemble_of([config, DTW_SVM])


def _several_networks(config: ExperimentConfig) -> ExperimentConfig:
    below = config.of_members or (config,)
    networks = [its for its in below if its.training]
    others = [its for its in below if not its.training]
    networks += [_inception(its) for its in networks]
    each = [its.model_copy(update={"seed": its.seed + more}) for its in networks for more in (0, 1)]
    return ensemble_of([*each, *others], [1.0] * len(each) + [float(len(each))] * len(others))


def _inception(config: ExperimentConfig) -> ExperimentConfig:
    inputs = ("deviation", "motion-1", "motion-4", "directions")
    model = InceptionOptions(input_norm=True, channel_dropout=0.2)
    config = config.model_copy(update={"inputs": inputs, "model": model})
    return config.trained(epochs=50, batch_size=16)


RUNGS: dict[str, Rung] = {
    "L0": Rung("The course's LSTM", "One layer of 24 units, as the course sets it.", lambda config: config),
    "L1": Rung(
        "Both directions", "A second LSTM reads each sequence backward.", _bidirectional, _one_direction
    ),
    "L3": Rung(
        "Schedule",
        "Bodies are centred on their median hips and scaled by their size; 80 epochs of small batches at a "
        "learning rate that rises and falls, instead of 2,000 at a constant one.",
        _schedule,
        _trained_as_the_course_does,
        goes_with="Trained as the course does, for 2,000 epochs, which takes long; bodies stay as they are "
        "prepared, for the augmentation counts on that.",
    ),
    "L4": Rung(
        "Motion",
        "The network is given how joints move and where they are going, and how far each is from its mean "
        "place, instead of where they are, and each of these numbers on a scale of its own.",
        _motion,
        _positions,
        goes_with="The half of motion that is in real time goes with it.",
    ),
    "L5": Rung(
        "Augmentation",
        "Each time a training sequence is cut, slowed down, turned, stretched and shaken a little.",
        lambda config: config.trained(augmentation="alone"),
        lambda config: config.trained(augmentation="none"),
        goes_with="Mixing and the uneven pace of sequences go with it.",
    ),
    "L6": Rung(
        "Pooling",
        "The mean and the largest of all frames' outputs are what the answer is made of, instead of the last "
        "output.",
        lambda config: _with_model(config, head="mean-max"),
        lambda config: _with_model(config, head="last"),
    ),
    "L7": Rung(
        "Width",
        "64 units instead of 24, and a linear layer of 64 before them.",
        lambda config: _with_model(config, hidden=64, projection=64),
        lambda config: _with_model(config, hidden=24, projection=0),
    ),
    "L8": Rung(
        "Mixing",
        "Training sequences of the same action are mixed, some get the legs of another, and whole inputs are "
        "dropped.",
        lambda config: _with_model(config, channel_dropout=0.2).trained(augmentation="mixed"),
        lambda config: _with_model(config, channel_dropout=0.0).trained(augmentation="alone"),
        comes_with="The augmentation of each sequence by itself comes with it.",
        goes_with="The uneven pace of sequences goes with it.",
    ),
    "L9": Rung(
        "Half in real time",
        "Motion is told half in real time, so that slow and fast actions of the same shape differ; gaps are "
        "filled at their own times; sequences hurry here and linger there.",
        _half_real_time,
        _resampled_time,
        comes_with="Motion and all of the augmentation come with it.",
    ),
    "L10": Rung(
        "Comparing motion",
        "The probabilities of a support vector machine are added, which compares whole sequences by dynamic "
        "time warping.",
        _with_dtw_svm,
    ),
    "L11": Rung(
        "Several networks",
        "Two of that network, which begin from two seeds, and two convolutional networks that see motion in "
        "blocks of 3, 7 and 15 frames, instead of one; the machine weighs as much as all four.",
        _several_networks,
    ),
}  # fmt: skip
"""By their names, from the bottom; each stands on those below it. L2 would be the preparation of L3 alone."""


OF_COURSE = ("L0", "L1")
"""Rungs that are the course's own experiments."""


def rung_config(name: str) -> ExperimentConfig:
    """Return the experiment of a rung; source, split and seed are the user's.

    Raises:
        ValueError: there is no such rung.
    """
    return _stacked(tuple(RUNGS.values())[: list(RUNGS).index(name) + 1])


@cache
def _stacked(rungs: tuple[Rung, ...]) -> ExperimentConfig:
    config = ExperimentConfig()
    for rung in rungs:
        config = rung.put_in(config)
    return config


def say_rung(config: ExperimentConfig) -> str:
    """Say which rung an experiment is, such as ``L8 Mixing``; nothing of the course's own, and of others."""
    name = _names_by_settings(tuple(RUNGS.items())).get(_settings_alone(config))
    return f"{name} {RUNGS[name].title}" if name else ""


@cache
def _names_by_settings(rungs: tuple[tuple[str, Rung], ...]) -> dict[str, str]:
    names, each = zip(*rungs, strict=True)
    settings = {name: _settings_alone(_stacked(each[: place + 1])) for place, name in enumerate(names)}
    return {its: name for name, its in settings.items() if name not in OF_COURSE}


def _settings_alone(config: ExperimentConfig) -> str:
    return config.model_dump_json(exclude={"source", "reading", "split", "seed", "device"})


def top_rung() -> str:
    """Return the highest rung that is a single network."""
    return [name for name in RUNGS if rung_config(name).epochs][-1]


def experiment_of(name: str, place: Place = "rung") -> ExperimentConfig | None:
    """Return the experiment of a rung, or of its change in another place.

    Args:
        name: of a rung.
        place: where its change is.

    Returns:
        The experiment; None where the change can't be there.
    """
    rung, top = RUNGS[name], top_rung()
    if place == "rung":
        return rung_config(name)
    if name not in list(RUNGS)[1 : list(RUNGS).index(top) + 1]:
        return None
    if place == "alone":
        return rung.put_in(rung_config(next(iter(RUNGS))))
    return rung.take_out(rung_config(top)) if rung.take_out else None
