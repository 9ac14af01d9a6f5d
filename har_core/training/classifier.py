"""HarClassifier: the models of the house as an estimator of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_is_fitted, column_or_1d

from har_core.data.given_sequences import GivenSequences, as_sequences
from har_core.data.preparation import prepare_every, scale_of
from har_core.data.scaling import Scale
from har_core.data.sequences import Action, FloatArray, IntArray, SkeletonSequences
from har_core.data.splits import Part
from har_core.engine import thread_count
from har_core.errors import ArgumentError, ConfigError
from har_core.models import MODELS, ModelOptions
from har_core.settings import make_settings
from har_core.training.config import ExperimentConfig
from har_core.training.device import choose_device
from har_core.training.learner import LearnerOutput, learner_class
from har_core.training.parts import PreparedParts, assemble
from har_core.training.prediction import output_of_learner
from har_core.training.probabilities import softmax


class HarClassifier(ClassifierMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Tells the actions of skeleton sequences apart; trained as runs are, but leaving none behind.

    ``X`` is a list of N arrays of (frames, joints, 3), of one skeleton and as long as each likes, or what
    ``har_core.load`` gives; ``y`` any N labels. All sequences are trained on and the last epoch counts,
    unless ``validation`` says who chooses the best one.

    Args:
        model: its name, or a mapping with ``name`` and its options, such as
            ``{"name": "lstm", "hidden": 48}``.
        epochs: how often the training part is gone through; this and the next four count for networks only.
        batch_size: sequences of one step.
        learning_rate: of Adam.
        schedule: how the learning rate goes from the first step to the last.
        augmentation: how training sequences are varied.
        preparation: a mapping of the settings in which it departs from that of the course, such as
            ``{"frames": None}``. No sequence is left out.
        inputs: what the model is given of each frame.
        axes: of which axes: xyz, or xy.
        joints: of which joints: all, or limbs.
        validation: None; or a share such as 0.2, drawn of each label, or of the groups where they are known;
            or the groups themselves, such as ``[6, 7]``. The epoch that does best on them is kept.
        random_state: of weights, order of batches, dropout and the validation share, as scikit-learn has it.
        device: where to train: auto, cpu, cuda or mps.
        threads: to train on; None for as many as there are cores, up to four. They change no number.

    Attributes:
        classes_: (K) the labels, sorted.
        config_: what was trained and how.
        history_: a record of each epoch.
        best_epoch_: whose weights are kept; None of a model without epochs.
        weights_: what was learned, arrays by name.
    """

    classes_: NDArray[Any]

    def __init__(
        self,
        model: str | Mapping[str, Any] | ModelOptions = "lstm",
        *,
        epochs: int = 200,
        batch_size: int = 256,
        learning_rate: float = 1e-3,
        schedule: str = "constant",
        augmentation: str = "none",
        preparation: Mapping[str, Any] | None = None,
        inputs: Sequence[str] = ("positions",),
        axes: str = "xyz",
        joints: str = "all",
        validation: float | Sequence[Any] | None = None,
        random_state: Any = 0,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        self.model = model
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.augmentation = augmentation
        self.preparation = preparation
        self.inputs = inputs
        self.axes = axes
        self.joints = joints
        self.validation = validation
        self.random_state = random_state
        self.device = device
        self.threads = threads

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # a list of sequences, for which scikit-learn has no word
        tags.transformer_tags.preserves_dtype = []  # features are float32 whatever is given
        return tags

    def fit(self, X: GivenSequences, y: ArrayLike, groups: ArrayLike | None = None) -> HarClassifier:
        """Train.

        Args:
            X: N sequences.
            y: (N) their labels.
            groups: (N) who performs each, where ``validation`` needs that; of what ``har_core.load`` gives it
                is known.

        Raises:
            ArgumentError: these are no sequences or no labels of them.
            HarError: a setting is unknown, or the model can't learn from such data.
        """
        config, random = self._config(), check_random_state(self.random_state)
        sequences = as_sequences(X)
        self.classes_, labels = _classes_of(y, len(sequences))
        if groups is None and isinstance(X, SkeletonSequences):
            groups = X.subjects
        rows = self._rows(labels, None if groups is None else np.asarray(groups), random)
        self.scale_: Scale = scale_of(sequences, config.preparation, rows["train"])
        actions = tuple(Action(number, str(name)) for number, name in enumerate(self.classes_, start=1))
        labelled = replace(sequences, labels=labels, actions=actions)

        def prepared(config: ExperimentConfig, recorded: SkeletonSequences) -> PreparedParts:
            return PreparedParts(prepare_every(recorded, config.preparation, self.scale_), rows, ())

        data = assemble(config, labelled, prepared)
        kind = learner_class(config.model.name)
        kind.check(data)
        device = choose_device(config, data).name
        config = config.model_copy(update={"device": device})
        learner = kind(config, data.on(device))
        learner.threads = thread_count(self.threads)
        self.history_ = list(learner.fit())
        self.best_epoch_ = learner.use("best" if learner.best_epoch else "last")
        self.weights_ = {name: value.cpu().numpy() for name, value in learner.weights().items()}
        self.config_, self._input_count, self._skeleton = config, data.input_count, sequences.skeleton
        return self

    def predict(self, X: GivenSequences) -> NDArray[Any]:
        """Return the (N) labels that N sequences are given.

        Raises:
            ArgumentError: these are no sequences of the skeleton that it was trained on.
        """
        scores = self._output(X).scores
        return np.asarray(self.classes_[scores.argmax(axis=1)])

    def predict_proba(self, X: GivenSequences) -> NDArray[np.float64]:
        """Return how probable each label is, (N, K), in the order of ``classes_``.

        Raises:
            ArgumentError: as ``predict``.
        """
        return softmax(self._output(X).scores)

    def transform(self, X: GivenSequences) -> FloatArray:
        """Return the (N, width) features of N sequences: what the last linear layer is given.

        Raises:
            ArgumentError: as ``predict``.
            ConfigError: the model makes none.
        """
        features = self._output(X).features
        if features is None:
            raise ConfigError(f"{self.config_.kind.title} makes no features; transform takes a network.")
        return features

    def _config(self) -> ExperimentConfig:
        seed = self.random_state
        if not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(2**31 - 1)
        model: Any = {"name": self.model} if isinstance(self.model, str) else self.model
        model = dict(model) if isinstance(model, Mapping) else model
        name = model.get("name") if isinstance(model, dict) else getattr(model, "name", None)
        training = {
            "epochs": self.epochs, "batch_size": self.batch_size, "learning_rate": self.learning_rate,
            "schedule": self.schedule, "augmentation": self.augmentation,
        }  # fmt: skip
        training = {setting: _python_number(value) for setting, value in training.items()}
        if name in MODELS and MODELS[name].is_ensemble:
            raise ConfigError(
                "HarClassifier trains one model, and an ensemble adds up several; train it as a run, with "
                "har_core.train, or give several classifiers to VotingClassifier of scikit-learn."
            )
        has_epochs = name not in MODELS or MODELS[name].has_epochs
        return make_settings(
            ExperimentConfig, "HarClassifier",
            source="X", model=model, inputs=list(self.inputs), axes=self.axes,
            joints=self.joints, preparation=dict(self.preparation or {}),
            seed=int(seed), device=self.device, **({"training": training} if has_epochs else {}),
        )  # fmt: skip

    def _rows(
        self, labels: IntArray, who: NDArray[Any] | None, random: np.random.RandomState
    ) -> dict[Part, IntArray]:
        """Return which sequences train, and which choose the epoch."""
        everything = np.arange(len(labels))
        if self.validation is None:
            return {"train": everything}
        if who is not None and who.shape != labels.shape:
            raise ArgumentError(
                f"groups has shape {who.shape}, expected one for each of {len(labels):,} sequences."
            )
        if isinstance(self.validation, int | float):
            validates = _draw_validation(float(self.validation), who, labels, random)
        elif who is not None:
            validates = np.isin(who, np.asarray(self.validation))
        else:
            raise ArgumentError("validation names groups; say whose each sequence is: fit(X, y, groups=...).")
        trained = set(labels[~validates].tolist())
        missing = [str(name) for label, name in enumerate(self.classes_) if label not in trained]
        if missing or not validates.any():
            left = (
                f"leaves no sequence of {', '.join(missing)} to train on" if missing else "holds no sequence"
            )
            raise ArgumentError(
                f"validation is {self.validation!r} and {left}; name another share or groups."
            )
        return {"train": everything[~validates], "validation": everything[validates]}

    def _output(self, X: GivenSequences) -> LearnerOutput:
        check_is_fitted(self)
        sequences, config = as_sequences(X), self.config_
        if sequences.skeleton != self._skeleton:
            raise ArgumentError(
                f"the sequences have {sequences.skeleton.joint_count} joints, expected "
                f"{self._skeleton.joint_count}, as those that HarClassifier was trained on."
            )
        weights = {name: torch.tensor(value) for name, value in self.weights_.items()}
        learner = learner_class(config.model.name).restore(
            config, self._input_count, len(self.classes_), weights
        )
        return output_of_learner(sequences, learner, config, self.scale_)


def _python_number(value: Any) -> Any:
    """Return a number of numpy, such as of a grid that is searched, as one of Python."""
    return value.item() if isinstance(value, np.generic) else value


def _classes_of(y: ArrayLike, count: int) -> tuple[NDArray[Any], IntArray]:
    """Return the K labels that there are, and of each sequence the index of its own."""
    if y is None:
        raise ArgumentError(
            "requires y to be passed, but the target y is None: give a label of each sequence."
        )
    labels = column_or_1d(check_array(y, ensure_2d=False, dtype=None, input_name="y"), warn=True)
    check_classification_targets(labels)
    if len(labels) != count:
        raise ArgumentError(f"y has {len(labels):,} labels, expected one for each of {count:,} sequences.")
    classes, own = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ArgumentError(
            f"y has one class, {classes[0]}; telling actions apart takes two classes or more."
        )
    return classes, own.astype(np.int64)


def _draw_validation(
    share: float, who: NDArray[Any] | None, labels: IntArray, random: np.random.RandomState
) -> NDArray[np.bool_]:
    """Return (N) True for who validates: a share of the groups, or of the sequences of each label."""
    if not 0 < share < 1:
        raise ConfigError(
            f"HarClassifier: validation is {share:g}, expected a share between 0 and 1, or groups."
        )
    chosen = np.zeros(len(labels), np.bool_)
    if who is not None:
        everyone = np.unique(who)
        drawn = random.permutation(everyone)[: max(1, round(share * len(everyone)))]
        return np.isin(who, drawn)
    for label in np.unique(labels):
        own = random.permutation(np.flatnonzero(labels == label))
        chosen[own[: min(max(1, round(share * len(own))), len(own) - 1)]] = True
    return chosen
