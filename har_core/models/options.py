"""What can be chosen of each model. Who only reads or shows a config has no need of the networks."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from har_core.data.channels import CHANNELS
from har_core.fields import OneOf, SomeOf
from har_core.models.heads import HEADS
from har_core.settings import Settings, as_tuple

Dropout = Annotated[
    float,
    Field(
        ge=0, lt=1, title="Dropout", json_schema_extra={"step": 0.05},
        description="Share of the values that training sets to zero, against overfitting.",
    ),
]  # fmt: skip

Layers = Annotated[
    int, Field(le=8, title="Layers", description="Each reads what the one below gives for every frame.")
]

Head = Annotated[
    str,
    OneOf(HEADS),
    Field(
        title="Head",
        description="What is taken of the frames of the top layer as the features of a sequence.",
    ),
]

InputNorm = Annotated[
    bool,
    Field(
        title="Input norm", json_schema_extra={"advanced": True},
        description="Batch norm of the inputs: each number of a frame has mean 0 and variance 1 in a batch.",
    ),
]  # fmt: skip

ChannelDropout = Annotated[
    float,
    Field(
        ge=0, lt=1, title="Channel dropout", json_schema_extra={"step": 0.05, "advanced": True},
        description="Share of the inputs that training sets to zero, each in all frames of a sequence.",
    ),
]  # fmt: skip

TITLES = {"lstm": "LSTM", "stacked-lstm": "Stacked LSTM", "bilstm": "Bi-LSTM"}
"""Of the models whose number of parameters another one can be given."""


class ModelOptions(Settings):
    """What can be chosen of a model.

    Attributes:
        name: of the model in ``MODELS``.
    """

    name: str

    @property
    def on_training_part(self) -> str:
        """What has to be known of the accuracy on the training part, as a sentence; empty where nothing."""
        return ""


class RecurrentOptions(ModelOptions):
    """What the recurrent models have in common.

    Attributes:
        hidden: H, units of each layer and direction.
        dropout: share of the values that training sets to zero behind each layer.
        head: what is taken of the top layer's frames, by its name in ``HEADS``.
        projection: width of a linear layer, cut off below zero, on each frame before the first layer; 0 for
            none.
        input_norm: whether the inputs go through batch norm.
        channel_dropout: share of the inputs that training sets to zero, each in all frames of a sequence.
    """

    hidden: Annotated[
        int, Field(ge=1, le=1024, title="Hidden units", description="Of each layer and direction.")
    ] = 24
    dropout: Dropout = 0.5
    head: Head = "last"
    projection: Annotated[
        int,
        Field(
            ge=0, le=1024, title="Projection", json_schema_extra={"step": 8, "advanced": True},
            description="Width of a linear layer with ReLU on each frame, before the first layer. 0: none.",
        ),
    ] = 0  # fmt: skip
    input_norm: InputNorm = False
    channel_dropout: ChannelDropout = 0.0


class LstmOptions(RecurrentOptions):
    """One LSTM layer (Hochreiter and Schmidhuber, 1997), then dropout and a linear layer."""

    name: Literal["lstm"] = "lstm"


class StackedLstmOptions(RecurrentOptions):
    """Several LSTM layers; every layer but the last hands on its whole sequence."""

    name: Literal["stacked-lstm"] = "stacked-lstm"
    layers: Annotated[Layers, Field(ge=2)] = 2


class BilstmOptions(RecurrentOptions):
    """One LSTM reads forward, one backward (Schuster and Paliwal, 1997); their last outputs are joined."""

    name: Literal["bilstm"] = "bilstm"
    layers: Annotated[Layers, Field(ge=1)] = 1


class GruOptions(RecurrentOptions):
    """Gated recurrent units (Cho et al., 2014): an LSTM with fewer gates, and no cell beside its output."""

    name: Literal["gru"] = "gru"
    layers: Annotated[Layers, Field(ge=1)] = 1
    bidirectional: Annotated[
        bool, Field(title="Both directions", description="Another one reads backward.")
    ] = False


class CnnOptions(ModelOptions):
    """Convolutions over time, a head that takes the mean over the true frames, dropout and a linear layer.

    Attributes:
        match: the model whose number of parameters this one is given, for a fair comparison.
        channels: width of the convolutions, instead of ``match``.
        layers: how many convolutions.
        kernel: frames that one convolution sees.
        dropout: share of the values that training sets to zero before the linear layer.
        head: what is taken of the last convolution's frames, by its name in ``HEADS``.
        input_norm: whether the inputs go through batch norm.
        channel_dropout: share of the inputs that training sets to zero, each in all frames of a sequence.
    """

    name: Literal["cnn"] = "cnn"
    match: Annotated[
        Literal["lstm", "stacked-lstm", "bilstm"],
        Field(
            title="As many parameters as", json_schema_extra={"words": {**TITLES}},
            description="The width of the convolutions is chosen so that both have equally many parameters.",
        ),
    ] = "lstm"  # fmt: skip
    channels: Annotated[
        int | None,
        Field(
            ge=1, le=1024, title="Channels", json_schema_extra={"empty": "as many parameters as above"},
            description="Width of the convolutions. Empty, it is chosen by the number of parameters.",
        ),
    ] = None  # fmt: skip
    layers: Annotated[Layers, Field(ge=1)] = 2
    kernel: Annotated[
        int, Field(ge=1, le=31, title="Kernel", description="Frames that one convolution sees.")
    ] = 5
    dropout: Dropout = 0.5
    head: Head = "mean"
    input_norm: InputNorm = False
    channel_dropout: ChannelDropout = 0.0


class InceptionOptions(ModelOptions):
    """Convolutions of 3, 7 and 15 frames beside each other, in blocks (Ismail Fawaz et al., 2020).

    Attributes:
        channels: of each convolution; a block has four times as many.
        bottleneck: channels of the narrow layer before the convolutions of a block.
        blocks: how many, one behind the other.
        dropout: share of the values that training sets to zero before the linear layer.
        head: what is taken of the last block's frames, by its name in ``HEADS``.
        input_norm: whether the inputs go through batch norm.
        channel_dropout: share of the inputs that training sets to zero, each in all frames of a sequence.
    """

    name: Literal["inception"] = "inception"
    channels: Annotated[
        int,
        Field(
            ge=1, le=256, title="Channels",
            description="Of each convolution. A block has four times as many: of 3, 7 and 15 frames, and of "
            "the largest of 3.",
        ),
    ] = 24  # fmt: skip
    bottleneck: Annotated[
        int,
        Field(
            ge=1, le=256, title="Bottleneck",
            description="Channels of the narrow layer before the convolutions of a block.",
        ),
    ] = 48  # fmt: skip
    blocks: Annotated[int, Field(ge=1, le=8, title="Blocks", description="One behind the other.")] = 3
    dropout: Dropout = 0.5
    head: Head = "mean-max"
    input_norm: InputNorm = False
    channel_dropout: ChannelDropout = 0.0


class NeighbourOptions(ModelOptions):
    """What those have in common that let the nearest training sequences vote.

    Attributes:
        neighbours: how many of them.
    """

    neighbours: Annotated[
        int,
        Field(
            ge=1, le=100, title="Neighbours",
            description="How many of the nearest training sequences vote for their action.",
        ),
    ] = 1  # fmt: skip

    @property
    def on_training_part(self) -> str:
        """What the training part says of a model that has kept it."""
        if self.neighbours == 1:
            return (
                "A training sequence is its own nearest neighbour: with one neighbour, the accuracy on the "
                "training part says nothing."
            )
        return (
            "A training sequence is among its own nearest neighbours: the accuracy on the training part says "
            "little."
        )


class NearestNeighbourOptions(NeighbourOptions):
    """The prepared training sequences themselves: what does no learning reach?"""

    name: Literal["nearest-neighbour"] = "nearest-neighbour"


class DtwOptions(ModelOptions):
    """What those have in common that compare whole sequences by dynamic time warping.

    Attributes:
        channels: by which views of the sequences, by their names in ``CHANNELS``.
    """

    channels: Annotated[
        tuple[str, ...],
        SomeOf(CHANNELS),
        BeforeValidator(as_tuple),
        Field(
            title="Channels",
            description="The views of a sequence by which it is compared with others. Their distances are "
            "added, each with a weight of its own.",
        ),
    ] = tuple(CHANNELS)


class DtwSvmOptions(DtwOptions):
    """A support vector machine on a kernel of distances by dynamic time warping.

    Attributes:
        c: what a training sequence on the wrong side costs.
        fall: how fast the kernel falls: exp(-2 (fall d)^2) of a distance d, in median distances.
    """

    name: Literal["dtw-svm"] = "dtw-svm"
    c: Annotated[
        float,
        Field(
            gt=0, le=1e6, title="Cost of an error", json_schema_extra={"step": 1.0},
            description="C: what a training sequence on the wrong side costs. The less, the more of them may "
            "lie there.",
        ),
    ] = 10.0  # fmt: skip
    fall: Annotated[
        float,
        Field(
            gt=0, le=100, title="Fall of the kernel", json_schema_extra={"step": 0.05},
            description="How fast likeness falls with the distance d, in median distances of the training "
            "part: exp(-2 (fall × d)²).",
        ),
    ] = 0.45  # fmt: skip


class DtwNeighbourOptions(DtwOptions, NeighbourOptions):
    """The nearest training sequences vote, by dynamic time warping."""

    name: Literal["dtw-neighbour"] = "dtw-neighbour"


class EnsembleOptions(ModelOptions):
    """Several runs whose probabilities are added. What they are is the experiment's, see ``Member``."""

    name: Literal["ensemble"] = "ensemble"
