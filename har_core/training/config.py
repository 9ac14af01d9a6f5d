"""ExperimentConfig: everything that decides the result of a run, in one value."""

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from har_core.data.inputs import View
from har_core.data.preparation import Preparation
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices, with_reading
from har_core.data.splits import AnySplit, Split, refitted
from har_core.models import MODELS, AnyModel, LstmOptions, ModelKind
from har_core.settings import Settings, as_tuple
from har_core.training.gradient_training import GradientTraining
from har_core.training.member import (
    INPUT_SETTINGS,
    LARGEST_SEED,
    MOST_MEMBERS,
    Inputs,
    Member,
    OfAxes,
    OfJoints,
    validate_training,
)
from har_core.training.records import CheckpointChoice
from har_core.training.schedules import SCHEDULES

__all__ = ["ExperimentConfig", "GradientTraining", "Member"]


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
        members: of an ensemble, whose preparation and inputs are those of the first; nobody of other models.
    """

    schema_version: Literal[2] = 2
    source: str = "synthetic"
    reading: ReadingChoices = NOTHING_CHOSEN
    preparation: Preparation = Preparation()
    inputs: Inputs = ("positions",)
    axes: OfAxes = "xyz"
    joints: OfJoints = "all"
    split: AnySplit = Split()
    model: AnyModel = LstmOptions()
    training: GradientTraining | None = GradientTraining()
    seed: Annotated[
        int,
        Field(
            ge=0, le=LARGEST_SEED, title="Seed",
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
    members: Annotated[
        tuple[Member, ...],
        BeforeValidator(as_tuple),
        Field(
            max_length=MOST_MEMBERS, title="Members",
            description="Whose probabilities an ensemble adds up, and by which weights.",
        ),
    ] = ()  # fmt: skip

    @model_serializer(mode="wrap")
    def _without_nobody(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        if not self.members:
            written.pop("members", None)
        return written

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
        if bool(self.members) != self.kind.is_ensemble:
            raise ValueError(
                f"{self.model.name} has no members; leave them out, or name the model ensemble"
                if self.members
                else "an ensemble is made of members: name one or more"
            )
        validate_training(self, self.model, self.training)
        if self.members:
            self._take_inputs_of_members()
        return self

    def _take_inputs_of_members(self) -> None:
        """Take what an ensemble's sequences are shown by from its first member."""
        if self.seed + max(member.seed_offset for member in self.members) > LARGEST_SEED:
            raise ValueError(f"a member's seed would be above {LARGEST_SEED:,}; take a lower one")
        for name in INPUT_SETTINGS:
            its = getattr(self.members[0], name)
            if name in self.model_fields_set and getattr(self, name) != its:
                raise ValueError(f"the {name} of an ensemble are those of its members: leave {name} out")
            object.__setattr__(self, name, its)

    def trained(self, **changes: Any) -> "ExperimentConfig":
        """Return the same experiment with other settings of its training, such as ``epochs=3``."""
        training = (self.training or GradientTraining()).model_copy(update=changes)
        return self.model_copy(update={"training": training})

    @property
    def anywhere(self) -> "ExperimentConfig":
        """The same experiment wherever it is computed, by which two are alike."""
        return self.model_copy(update={"device": "auto"})

    @property
    def alike(self) -> "ExperimentConfig":
        """What is equal for experiments with equal results: nor does a seed count that changes nothing."""
        return self.anywhere if self.kind.seeded else self.anywhere.model_copy(update={"seed": 0})

    @property
    def of_members(self) -> tuple["ExperimentConfig", ...]:
        """The experiments that an ensemble adds up."""
        own = ("source", "reading", "split", "device")
        of_all = {name: getattr(self, name) for name in own}
        return tuple(
            ExperimentConfig(
                **of_all, **{name: getattr(member, name) for name in (*INPUT_SETTINGS, "model", "training")},
                seed=self.seed + member.seed_offset,
            )
            for member in self.members
        )  # fmt: skip

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
    def checkpoints(self) -> tuple[CheckpointChoice, ...]:
        """Whose results there will be: a best epoch needs epochs, and a validation part that chooses it."""
        return ("best", "last") if self.validated and self.chooses_epoch else ("last",)

    @property
    def chooses_epoch(self) -> bool:
        """Whether a validation part is to choose an epoch; where a schedule comes to rest the last counts."""
        return self.training is not None and not SCHEDULES[self.training.schedule].comes_to_rest

    @property
    def judged_by(self) -> CheckpointChoice:
        """The weights that a run is judged by: those of the best epoch, else the last."""
        return self.checkpoint_for("best")

    def checkpoint_for(self, wanted: CheckpointChoice) -> CheckpointChoice:
        """Return the weights that stand for those: the last ones, where there is no best epoch."""
        return wanted if wanted in self.checkpoints else "last"


_MOVED = ("epochs", "batch_size", "learning_rate")
"""Settings that version 1 had at the top, and that ``training`` has since."""
