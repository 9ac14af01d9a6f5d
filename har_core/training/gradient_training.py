"""GradientTraining: how a network is trained."""

from typing import Annotated, Literal

from pydantic import Field

from har_core.data.augmentation import AUGMENTATIONS
from har_core.fields import OneOf
from har_core.settings import Settings
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
