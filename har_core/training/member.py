"""Member: one of those that an ensemble adds up, with what each experiment says of its model."""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from har_core.data.inputs import INPUTS, Axes, JointChoice
from har_core.data.preparation import Preparation
from har_core.fields import SomeOf
from har_core.models import MODELS, AnyModel, LstmOptions, ModelOptions
from har_core.settings import Settings, as_tuple
from har_core.training.gradient_training import GradientTraining

Inputs = Annotated[
    tuple[str, ...],
    SomeOf(INPUTS),
    BeforeValidator(as_tuple),
    Field(
        title="Inputs",
        description="What the model is given of each frame, computed from the prepared positions. "
        "Several are joined in this order.",
    ),
]

OfAxes = Annotated[
    Axes,
    Field(
        title="Axes of inputs", json_schema_extra={"words": {"xyz": "x, y and z", "xy": "x and y"}},
        description="Of what the model is given. Without z it sees bodies as a camera without depth.",
    ),
]  # fmt: skip

OfJoints = Annotated[
    JointChoice,
    Field(
        title="Joints of inputs", json_schema_extra={"words": {"all": "all", "limbs": "arms and legs"}},
        description="Of what the model is given. Arms and legs are known by the names of their joints, "
        "shoulders and hips among them; where none is named so, all joints are given.",
    ),
]  # fmt: skip

LARGEST_SEED = 2**63 - 1

MOST_MEMBERS = 100
"""Of an ensemble: a run each, unless there is one already."""


INPUT_SETTINGS = ("preparation", "inputs", "axes", "joints")
"""What a member says of what its model is given, by the names that an experiment has for it, too."""


class Member(Settings):
    """One of those whose probabilities an ensemble adds up: a run of its own, on the ensemble's data.

    Attributes:
        weight: what its probabilities are multiplied by.
        preparation: how sequences are made ready for it.
        inputs: what its model is given of each frame.
        axes: of which axes.
        joints: of which joints.
        model: which model, and its options.
        training: how it is trained by gradients; None for a model that is not.
        seed_offset: what its seed is above that of the ensemble.
    """

    weight: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False, title="Weight")] = 1.0
    preparation: Preparation = Preparation()
    inputs: Inputs = ("positions",)
    axes: OfAxes = "xyz"
    joints: OfJoints = "all"
    model: AnyModel = LstmOptions()
    training: GradientTraining | None = GradientTraining()
    seed_offset: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 0

    @model_validator(mode="after")
    def _trained_as_its_model_is(self) -> "Member":
        if MODELS[self.model.name].is_ensemble:
            raise ValueError("a member of an ensemble is no ensemble itself; name its members instead")
        validate_training(self, self.model, self.training)
        return self


def validate_training(settings: Settings, model: ModelOptions, training: GradientTraining | None) -> None:
    """Leave a model without epochs none of the settings of training.

    Args:
        settings: with a field ``training``; a frozen value that is not shared yet, while it is made.
        model: of the settings.
        training: of the settings.

    Raises:
        ValueError: it was given all the same, or the model has epochs and it was taken away.
    """
    has_epochs = MODELS[model.name].has_epochs
    if has_epochs and training is None:
        raise ValueError(f"{model.name} has epochs: say how it is trained, or leave training out")
    if not has_epochs and training is not None:
        if "training" in settings.model_fields_set:
            raise ValueError(f"{model.name} has no epochs: leave the settings of training out")
        object.__setattr__(settings, "training", None)
