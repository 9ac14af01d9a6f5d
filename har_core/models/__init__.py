"""The models, by name. What the form offers and what the tests run over is read off ``MODELS``.

Networks and learners are named here and imported when they are built: torch and scikit-learn take seconds to
import, and who lists runs or draws a form does not wait for them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny, ValidationInfo

from har_core.fields import say_value
from har_core.models.options import (
    TITLES,
    BilstmOptions,
    CnnOptions,
    DtwNeighbourOptions,
    DtwSvmOptions,
    EnsembleOptions,
    GruOptions,
    InceptionOptions,
    LstmOptions,
    ModelOptions,
    NearestNeighbourOptions,
    StackedLstmOptions,
)


@dataclass(frozen=True)
class ModelKind:
    """A model that can be chosen.

    Attributes:
        title: its name for people.
        options: the class of its options.
        network: ``module:function`` that builds its network, which is trained by gradients; "" where it has
            none.
        learner: ``module:class`` that learns without gradients, a ``har_core.training.learner.Learner``; ""
            for a network, and for an ensemble, whose members learn.
        features: what its features are, to complete "The features are", in which ``{head}`` stands for what
            was chosen of that option; "" where it has none.
        scores: what the probabilities of its actions are, where they are not a network's softmax.
        seeded: whether the seed changes what it learns.
        kernels: of the engine, that train its network; "" where none are compiled for it.
        plain: ``module:function`` that writes its network as ``PlainPrograms``; "" where nothing does.
    """

    title: str
    options: type[Any]
    network: str = ""
    learner: str = ""
    features: str = ""
    scores: str = ""
    seeded: bool = True
    kernels: str = ""
    plain: str = ""

    @property
    def has_epochs(self) -> bool:
        """Whether it is trained by gradients, epoch after epoch."""
        return bool(self.network)

    @property
    def is_ensemble(self) -> bool:
        """Whether it learns nothing itself: it adds up what other runs say."""
        return not self.network and not self.learner


MODELS: dict[str, ModelKind] = {
    "lstm": ModelKind(
        TITLES["lstm"], LstmOptions, "har_core.models.recurrent:build_lstm",
        features="the {head} of the layer", kernels="lstm_steps",
        plain="har_core.models.plain.recurrent:write",
    ),
    "stacked-lstm": ModelKind(
        TITLES["stacked-lstm"], StackedLstmOptions, "har_core.models.recurrent:build_stacked_lstm",
        features="the {head} of the top layer", kernels="lstm_steps",
        plain="har_core.models.plain.recurrent:write",
    ),
    "bilstm": ModelKind(
        TITLES["bilstm"], BilstmOptions, "har_core.models.recurrent:build_bilstm",
        features="the {head} of both directions", kernels="lstm_steps",
        plain="har_core.models.plain.recurrent:write",
    ),
    "cnn": ModelKind(
        "1D-CNN", CnnOptions, "har_core.models.convolutional:build",
        features="the {head} of the last convolution", kernels="conv_steps",
        plain="har_core.models.plain.convolutional:write",
    ),
    "gru": ModelKind(
        "GRU", GruOptions, "har_core.models.recurrent:build_gru", features="the {head} of the top layer",
        plain="har_core.models.plain.recurrent:write",
    ),
    "inception": ModelKind(
        "Inception", InceptionOptions, "har_core.models.inception:build",
        features="the {head} of the last block", plain="har_core.models.plain.inception:write",
    ),
    "nearest-neighbour": ModelKind(
        "Nearest neighbour", NearestNeighbourOptions,
        learner="har_core.training.nearest_neighbour:NearestNeighbour",
        scores="the share of the nearest training sequences that are of the action", seeded=False,
    ),
    "dtw-neighbour": ModelKind(
        "DTW neighbour", DtwNeighbourOptions, learner="har_core.training.dtw:DtwNeighbour",
        scores="the share of the nearest training sequences that are of the action", seeded=False,
    ),
    "dtw-svm": ModelKind(
        "DTW-SVM", DtwSvmOptions, learner="har_core.training.dtw:DtwSvm",
        scores="the softmax of what the SVM says of each action against the others", seeded=False,
    ),
    "ensemble": ModelKind(
        "Ensemble", EnsembleOptions,
        scores="the mean of what its members give the action, each by its weight",
    ),
}  # fmt: skip


def _find_options(value: Any, info: ValidationInfo) -> Any:
    """Read a model's options by the class that its name stands for in ``MODELS``.

    Raises:
        ValueError: there is no model of that name.
    """
    if isinstance(value, ModelOptions):
        return value
    name = value.get("name") if isinstance(value, dict) else value
    if not isinstance(value, dict) or not isinstance(name, str) or name not in MODELS:
        raise ValueError(f"model {str(name)[:60]!r} is not known; choose one of {', '.join(MODELS)}")
    kind = MODELS[name].options
    # As text again, because JSON has no tuples, and a list is none where values are strict.
    return kind.model_validate_json(json.dumps(value)) if info.mode == "json" else kind.model_validate(value)


AnyModel = Annotated[SerializeAsAny[ModelOptions], BeforeValidator(_find_options)]
"""The options of whichever model, as a field of settings."""


def say_features(options: ModelOptions) -> str:
    """Say what the features of a model are, to complete "The features are"; "" where it has none."""
    fields = type(options).model_fields
    chosen = {name: say_value(field, getattr(options, name)) for name, field in fields.items()}
    return MODELS[options.name].features.format(**chosen)


__all__ = [
    "MODELS",
    "AnyModel",
    "BilstmOptions",
    "CnnOptions",
    "DtwNeighbourOptions",
    "DtwSvmOptions",
    "EnsembleOptions",
    "GruOptions",
    "InceptionOptions",
    "LstmOptions",
    "ModelKind",
    "ModelOptions",
    "NearestNeighbourOptions",
    "StackedLstmOptions",
    "say_features",
]
