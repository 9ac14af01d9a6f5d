"""ExperimentConfig: everything that decides the result of a run, in one value."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from har_core.data.augmentation import AUGMENTATIONS
from har_core.data.inputs import INPUTS, Axes, JointChoice, View
from har_core.data.preparation import Preparation
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices, with_reading
from har_core.data.splits import AnySplit, Split, refitted
from har_core.fields import OneOf, SomeOf
from har_core.models import MODELS, AnyModel, LstmOptions, ModelKind
from har_core.settings import Settings, as_tuple
from har_core.training.records import Weighting
from har_core.training.schedules import SCHEDULES


class GradientTraining(Settings):
    """How a network is trained, epoch after epoch. A learner that has no epochs has none of it.

    Attributes:
        epochs: how often the training part is gone through.
        batch_size: B, sequences of one step.
        optimiser: what turns gradients into steps; Adam (Kingma and Ba, 2015), or AdamW, whose weights decay
            apart from the gradients (Loshchilov and Hutter, 2019).
        learning_rate: of the optimiser; the default is that of Keras and of torch.
        schedule: how the learning rate goes over the steps, by its name in ``SCHEDULES``.
        weight_decay: how strongly the optimiser draws weights to zero.
        label_smoothing: share of the probability that a step wants spread over all actions.
        clipping: the largest norm of all gradients together that a step is taken with.
        full_batches: whether a batch that the training part doesn't fill is filled from the next order.
        augmentation: how training sequences are varied, by its name in ``AUGMENTATIONS``.
    """

    epochs: Annotated[
        int,
        Field(
            ge=1, le=1_000_000, title="Epochs", json_schema_extra={"step": 100},
            description="How often the training part is gone through. The course sets 2,000.",
        ),
    ] = 2000  # fmt: skip
    batch_size: Annotated[
        int,
        Field(
            ge=1, le=1_000_000, title="Batch size", description="Sequences of one step. The course sets 256."
        ),
    ] = 256
    optimiser: Annotated[
        Literal["adam", "adamw"],
        Field(
            title="Optimiser", json_schema_extra={"words": {"adam": "Adam", "adamw": "AdamW"}},
            description="What turns gradients into steps.",
        ),
    ] = "adam"  # fmt: skip
    learning_rate: Annotated[
        float,
        Field(
            gt=0, le=10, title="Learning rate", json_schema_extra={"step": 0.001},
            description="0.001 is the default of Keras and of torch.",
        ),
    ] = 1e-3  # fmt: skip
    schedule: Annotated[
        str,
        OneOf(SCHEDULES),
        Field(title="Schedule", description="How the learning rate goes from the first step to the last."),
    ] = "constant"
    augmentation: Annotated[
        str,
        OneOf(AUGMENTATIONS),
        Field(
            title="Augmentation",
            description="How training sequences are varied, anew in each epoch. The other parts never are.",
        ),
    ] = "none"
    weight_decay: Annotated[
        float,
        Field(
            ge=0, le=1, title="Weight decay", json_schema_extra={"step": 0.01, "advanced": True},
            description="Each step makes every weight smaller by this share of it, times the learning rate: "
            "AdamW by itself, Adam through the gradients.",
        ),
    ] = 0.0  # fmt: skip
    label_smoothing: Annotated[
        float,
        Field(
            ge=0, lt=1, title="Label smoothing", json_schema_extra={"step": 0.05, "advanced": True},
            description="Share of the probability that a step wants spread over all actions, not on the true "
            "one alone. Losses are told without it.",
        ),
    ] = 0.0  # fmt: skip
    clipping: Annotated[
        float | None,
        Field(
            gt=0, le=1_000_000, title="Clipping",
            json_schema_extra={"step": 0.5, "empty": "none", "advanced": True},
            description="The largest norm of all gradients together; larger ones are scaled down to it.",
        ),
    ] = None  # fmt: skip
    full_batches: Annotated[
        bool,
        Field(
            title="Full batches", json_schema_extra={"advanced": True},
            description="What the last batch of an epoch lacks is taken from the order of the next one. "
            "Otherwise that batch is smaller.",
        ),
    ] = False  # fmt: skip

    @property
    def is_plain(self) -> bool:
        """Whether a step is Adam on the cross-entropy, and nothing else, which is what is fused."""
        plain = GradientTraining()
        names = ("weight_decay", "label_smoothing", "clipping")
        return all(getattr(self, name) == getattr(plain, name) for name in names)


class ExperimentConfig(Settings):
    """What the form, the command line and the run directory all speak. The defaults are the course's.

    Attributes:
        schema_version: form of this value on disk.
        source: a source's name, or the path of a folder or zip.
        reading: what the user says of its files.
        preparation: how sequences are made ready.
        inputs: what the model is given of each frame, by names in ``INPUTS``, joined in this order.
        axes: of which axes.
        joints: of which joints.
        split: what belongs to which part.
        model: which model, and its options.
        training: how it is trained by gradients; None for a model that is not.
        seed: of weights, order of batches and dropout.
        device: where to compute; ``auto`` becomes the fastest for the model when a run begins.
    """

    schema_version: Literal[2] = 2
    source: str = "synthetic"
    reading: ReadingChoices = NOTHING_CHOSEN
    preparation: Preparation = Preparation()
    inputs: Annotated[
        tuple[str, ...],
        SomeOf(INPUTS),
        BeforeValidator(as_tuple),
        Field(
            title="Inputs",
            description="What the model is given of each frame, computed from the prepared positions. "
            "Several are joined in this order.",
        ),
    ] = ("positions",)
    axes: Annotated[
        Axes,
        Field(
            title="Axes", json_schema_extra={"words": {"xyz": "x, y and z", "xy": "x and y"}},
            description="Of what the model is given. Without z it sees bodies as a camera without depth.",
        ),
    ] = "xyz"  # fmt: skip
    joints: Annotated[
        JointChoice,
        Field(
            title="Joints", json_schema_extra={"words": {"all": "all", "limbs": "arms and legs"}},
            description="Of what the model is given. Arms and legs are known by the names of their joints, "
            "shoulders and hips among them; where none is named so, all joints are given.",
        ),
    ] = "all"  # fmt: skip
    split: AnySplit = Split()
    model: AnyModel = LstmOptions()
    training: GradientTraining | None = GradientTraining()
    seed: Annotated[
        int,
        Field(
            ge=0, le=2**63 - 1, title="Seed",
            description="Of weights, order of batches and dropout. The same seed gives the same numbers "
            "again.",
        ),
    ] = 0  # fmt: skip
    device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"],
        Field(
            title="Device",
            description="auto takes what is fastest for the model, the CPU or a CUDA graphics processor.",
        ),
    ] = "auto"

    @classmethod
    def upgraded(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Return what a file of any version says, as it is written today."""
        values = with_reading(values)
        version = values.get("schema_version", 1 if any(name in values for name in _MOVED) else 2)
        if version != 1:
            return values
        kept = {name: value for name, value in values.items() if name not in _MOVED}
        training = {name: values[name] for name in _MOVED if name in values}
        return kept | {"schema_version": 2} | ({"training": training} if training else {})

    @field_validator("source")
    @classmethod
    def _named(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("name a source, a folder or a zip")
        return value

    @model_validator(mode="after")
    def _trained_as_its_model_is(self) -> "ExperimentConfig":
        has_epochs = self.kind.has_epochs
        if has_epochs and self.training is None:
            raise ValueError(f"{self.model.name} has epochs: say how it is trained, or leave training out")
        if not has_epochs and self.training is not None:
            if "training" in self.model_fields_set:
                raise ValueError(f"{self.model.name} has no epochs: leave the settings of training out")
            # A frozen value is not shared yet while it is made.
            object.__setattr__(self, "training", None)
        return self

    def trained(self, **changes: Any) -> "ExperimentConfig":
        """Return the same experiment with other settings of its training, such as ``epochs=3``."""
        training = (self.training or GradientTraining()).model_copy(update=changes)
        return self.model_copy(update={"training": training})

    @property
    def anywhere(self) -> "ExperimentConfig":
        """The same experiment wherever it is computed, by which two are alike."""
        return self.model_copy(update={"device": "auto"})

    @property
    def refitted(self) -> "ExperimentConfig":
        """The same experiment after the choice: trained on training and validation together.

        Raises:
            ConfigError: its split has no validation part.
        """
        return self.model_copy(update={"split": refitted(self.split)})

    @property
    def view(self) -> View:
        """Which axes and joints the model is given."""
        return View(self.axes, self.joints)

    @property
    def kind(self) -> ModelKind:
        """The line of ``MODELS`` that the model stands for."""
        return MODELS[self.model.name]

    @property
    def epochs(self) -> int | None:
        """How many epochs are asked for; None for a model that has none."""
        return self.training.epochs if self.training else None

    @property
    def validated(self) -> bool:
        """Whether there is a validation part."""
        return "validation" in self.split.parts

    @property
    def weightings(self) -> tuple[Weighting, ...]:
        """Whose results there will be: a best epoch needs epochs, and a validation part that chooses it."""
        return ("best", "last") if self.training and self.validated else ("last",)

    @property
    def judged_by(self) -> Weighting:
        """The weights that a run is judged by: those of the best epoch, else the last."""
        return self.weighting_for("best")

    def weighting_for(self, wanted: Weighting) -> Weighting:
        """Return the weights that stand for those: the last ones, where there is no best epoch."""
        return wanted if wanted in self.weightings else "last"


_MOVED = ("epochs", "batch_size", "learning_rate")
"""Settings that version 1 had at the top, and that ``training`` has since."""
