"""Who is timed: this project, a plain torch loop, and Keras; each computes epochs of a given work.

The peers are written as their tutorials do it, with default settings. They have as many weights, the same
dropout, optimiser and batches, and judge the validation and the test part each epoch.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from har_core.bench.work import WORKS, CourseOptions, PaddedPart, data_of, experiment_of, padded_parts
from har_core.data.splits import Part
from har_core.engine import ConvolutionLayer
from har_core.models import BilstmOptions, CnnOptions, StackedLstmOptions
from har_core.models.convolutional import ConvolutionalClassifier
from har_core.training.fit import fit, initial_state, training_of

Epochs = Callable[[int], None]
"""Computes so many epochs."""


def har(work: str, source: str, threads: int) -> Epochs:
    """Return this project's own loop."""
    config = experiment_of(WORKS[work], source).trained(epochs=1_000_000)
    records = fit(config, data_of(WORKS[work], source), threads=threads)

    def epochs(number: int) -> None:
        for _ in range(number):
            next(records)

    return epochs


# A plain loop on torch


class _PlainLstm(nn.Module):
    def __init__(self, inputs: int, classes: int, options: Any) -> None:
        super().__init__()
        layers, both = getattr(options, "layers", 1), isinstance(options, BilstmOptions)
        between = options.dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(
            inputs, options.hidden, layers, batch_first=True, bidirectional=both, dropout=between
        )
        self.dropout = nn.Dropout(options.dropout)
        self.linear = nn.Linear(options.hidden * (2 if both else 1), classes)

    def forward(self, inputs: Tensor) -> Tensor:
        outputs, _ = self.lstm(inputs)
        logits: Tensor = self.linear(self.dropout(outputs[:, -1]))
        return logits


class _PlainCnn(nn.Module):
    def __init__(self, inputs: int, classes: int, options: CnnOptions, widths: list[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for width in widths:
            layers += [nn.Conv1d(inputs, width, options.kernel, padding="same"), nn.ReLU()]
            inputs = width
        self.layers = nn.Sequential(*layers)
        self.dropout = nn.Dropout(options.dropout)
        self.linear = nn.Linear(inputs, classes)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.linear(self.dropout(self.layers(inputs.transpose(1, 2)).mean(dim=2)))
        return logits


def plain_torch(work: str, source: str, threads: int) -> Epochs:
    """Return a loop on ``nn.LSTM`` or ``nn.Conv1d`` over padded sequences."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    config = experiment_of(WORKS[work], source)
    data = data_of(WORKS[work], source)
    parts = {name: _as_tensors(part) for name, part in padded_parts(data).items()}
    model = _plain_model(WORKS[work].model, data.input_count, data.class_count, widths_of(work, source))
    training = training_of(config)
    optimiser = torch.optim.Adam(model.parameters(), lr=training.learning_rate)

    def epoch() -> None:
        model.train()
        inputs, labels = parts["train"]
        for rows in torch.split(torch.randperm(len(labels)), training.batch_size):
            optimiser.zero_grad()
            logits = model(inputs[rows])
            loss = cross_entropy(logits, labels[rows])
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            loss.item()
        model.eval()
        with torch.no_grad():
            for name in ("validation", "test"):
                inputs, labels = parts[name]
                logits = model(inputs)
                cross_entropy(logits, labels).item()
                (logits.argmax(dim=1) == labels).sum().item()

    def epochs(number: int) -> None:
        for _ in range(number):
            epoch()

    return epochs


def _as_tensors(part: PaddedPart) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(part.inputs), torch.from_numpy(part.labels)


def _plain_model(options: CourseOptions, inputs: int, classes: int, widths: list[int]) -> nn.Module:
    if isinstance(options, CnnOptions):
        return _PlainCnn(inputs, classes, options, widths)
    return _PlainLstm(inputs, classes, options)


def widths_of(work: str, source: str) -> list[int]:
    """Return the widths of this project's convolutions, for the peers' to be equally large."""
    if not isinstance(WORKS[work].model, CnnOptions):
        return []
    model = initial_state(experiment_of(WORKS[work], source), data_of(WORKS[work], source)).model
    layers = cast(Iterable[ConvolutionLayer], cast(ConvolutionalClassifier, model).layers)
    return [layer.out_channels for layer in layers]


# Keras


def keras_fit(work: str, source: str, threads: int) -> Epochs:
    """Return ``model.fit`` of Keras over padded sequences; validation and test are one part to it."""
    import keras  # its threads are set by TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS

    config, data = experiment_of(WORKS[work], source), data_of(WORKS[work], source)
    training = training_of(config)
    parts = padded_parts(data)
    model = _keras_model(keras, WORKS[work].model, parts, data.class_count, widths_of(work, source))
    model.compile(
        optimizer=keras.optimizers.Adam(training.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    train, judged = parts["train"], [parts["validation"], parts["test"]]
    others = tuple(np.concatenate([getattr(part, name) for part in judged]) for name in ("inputs", "labels"))

    def epochs(number: int) -> None:
        model.fit(
            train.inputs, train.labels, batch_size=training.batch_size, epochs=number,
            validation_data=others, validation_batch_size=training.batch_size, verbose=0,
        )  # fmt: skip

    return epochs


def _keras_model(
    keras: Any, options: CourseOptions, parts: dict[Part, PaddedPart], classes: int, widths: list[int]
) -> Any:
    layers = keras.layers
    inner: list[Any]
    if isinstance(options, CnnOptions):
        inner = [layers.Conv1D(width, options.kernel, padding="same", activation="relu") for width in widths]
        inner.append(layers.GlobalAveragePooling1D())
    elif isinstance(options, BilstmOptions):
        inner = [layers.Bidirectional(layers.LSTM(options.hidden))]
    else:
        inner = [layers.LSTM(options.hidden)]
        if isinstance(options, StackedLstmOptions):
            for _ in range(options.layers - 1):
                below = [layers.LSTM(options.hidden, return_sequences=True), layers.Dropout(options.dropout)]
                inner = below + inner
    frames = layers.Input(parts["train"].inputs.shape[1:])
    return keras.Sequential([frames, *inner, layers.Dropout(options.dropout), layers.Dense(classes)])
