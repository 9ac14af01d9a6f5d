"""Fused steps give what torch gives by automatic differentiation and its own Adam."""

import logging
from concurrent.futures import Future
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_sequence

from har_core.engine import Batch, Threads, fused
from har_core.engine.fused import fused_step
from har_core.models.convolutional import ConvolutionalClassifier
from har_core.models.heads import HEADS
from har_core.models.recurrent import RecurrentClassifier
from har_core.training.adam import Adam

CLASSES = 5
TWO = Threads(2)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def lstm(inputs: int, hidden: int, layers: int, both: bool, dropout: float) -> RecurrentClassifier:
    return RecurrentClassifier(
        inputs,
        CLASSES,
        hidden=hidden,
        layers=layers,
        bidirectional=both,
        dropout=dropout,
        generator=seeded(0),
    )


def convolutional(
    inputs: int, widths: tuple[int, ...], kernel: int, dropout: float
) -> ConvolutionalClassifier:
    return ConvolutionalClassifier(
        inputs, CLASSES, widths=widths, kernel=kernel, dropout=dropout, generator=seeded(0)
    )


def some_batches(inputs: int, sizes: list[int], longest: int) -> tuple[list[Batch], list[Tensor]]:
    """Batches of one data set, in which their sequences lie in any order."""
    generator = seeded(1)
    lengths = torch.randint(1, longest + 1, (sum(sizes),), generator=generator)
    frames = torch.rand(int(lengths.sum()), inputs, generator=generator) * 2 - 1
    rows = torch.randperm(sum(sizes), generator=generator)
    labels = torch.randint(0, CLASSES, (sum(sizes),), generator=generator)
    whole = Batch.of_lengths(frames, lengths)
    return [whole.take(some) for some in torch.split(rows, sizes)], list(torch.split(labels, sizes))


def with_weights(model: nn.Module, seed: int) -> nn.Module:
    generator = seeded(seed)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.4, 0.4, generator=generator)
    return model


def all_of(parameters) -> np.ndarray:
    return torch.cat([parameter.detach().reshape(-1) for parameter in parameters]).numpy()


def by_kernel(make, batches: list[Batch], labels: list[Tensor], threads: Threads = TWO) -> SimpleNamespace:
    model = with_weights(make(), seed=2)
    adam = Adam(model.parameters())
    with threads.computing():
        step = fused_step(model, batches[0], labels[0])
        output = step.train_steps(batches, labels, adam.state(len(batches) * [0.01]))
        predicted = step.predict(batches[0], labels[0])
    adam.count(len(batches))
    return SimpleNamespace(
        parameters=all_of(model.parameters()), losses=output.losses, correct=output.correct, adam=adam,
        predicted=predicted, model=model,
    )  # fmt: skip


def by_torch(make, batches: list[Batch], labels: list[Tensor]) -> SimpleNamespace:
    """The same model layer by layer, differentiated and optimised by torch."""
    model = with_weights(make(), seed=2)
    adam, losses, right = torch.optim.Adam(model.parameters(), 0.01), [], []
    for batch, its_labels in zip(batches, labels, strict=True):
        logits = model(batch)
        each = cross_entropy(logits, its_labels, reduction="none")
        adam.zero_grad()
        each.mean().backward()
        adam.step()
        losses.append(each.detach())
        right.append(logits.argmax(dim=1) == its_labels)
    model.eval()
    with torch.no_grad():
        features, logits = model.features_and_logits(batches[0])
    return SimpleNamespace(
        parameters=all_of(model.parameters()), losses=torch.cat(losses).numpy(), adam=adam,
        correct=torch.cat(right).numpy(), features=features.numpy(), logits=logits.numpy(),
    )  # fmt: skip


def assert_each_step_is_right(make, batches: list[Batch], labels: list[Tensor]) -> None:
    """Compare each step with torch's in float64, taken from where the kernel stood before it.

    Whole ways through several steps can't be compared: Adam divides a derivative by its own size, so one of
    1e-8, that is nothing but rounding, moves a parameter by anything up to the learning rate, in torch's
    float32 as well. What a step makes of where it starts depends on no such thing.
    """
    reference = with_weights(make(), seed=2).double()
    parameters = list(reference.parameters())
    stood, means, squares = all_of(parameters), 0.0, 0.0
    for count in range(1, len(batches) + 1):
        own = by_kernel(make, batches[:count], labels[:count])
        logits = logits_off_the_cut(reference, in_double(batches[count - 1]))
        losses = cross_entropy(logits, labels[count - 1], reduction="none")
        derivatives = all_of(torch.autograd.grad(losses.mean(), parameters))
        assert_close(own.losses[-len(losses) :], losses.detach().numpy())
        means, squares = 0.9 * means + 0.1 * derivatives, 0.999 * squares + 0.001 * derivatives**2
        assert_close(10 * all_of(own.adam.exp_avg), 10 * means)
        assert_close(np.sqrt(1000 * all_of(own.adam.exp_avg_sq)), np.sqrt(1000 * squares))
        means, squares = (all_of(its).astype(float) for its in (own.adam.exp_avg, own.adam.exp_avg_sq))
        move = means / (1 - 0.9**count) / (np.sqrt(squares / (1 - 0.999**count)) + 1e-8)
        np.testing.assert_allclose(own.parameters, stood - 0.01 * move, rtol=1e-6, atol=1e-7)
        stood = own.parameters.astype(float)
        torch.nn.utils.vector_to_parameters(torch.from_numpy(stood), parameters)
    reference.eval()
    with torch.no_grad():
        features, logits = reference.features_and_logits(in_double(batches[0]))
    assert_close(own.predicted.features, features.numpy())
    assert_close(own.predicted.logits, logits.numpy())


def logits_off_the_cut(reference: nn.Module, batch: Batch) -> Tensor:
    """Compute a batch; an output within rounding of zero, where the derivative jumps, has no right one."""
    with patch("torch.relu", wraps=torch.relu) as cut:
        logits = reference(batch)
    assume(all(call.args[0].abs().min() > 3e-6 for call in cut.call_args_list))
    return logits


def assert_close(own: np.ndarray, true: np.ndarray) -> None:
    """Compare float32 with float64: of what is added up, the error is in relation to the largest of it."""
    assert np.abs(own - true).max() <= 1e-5 * max(1, np.abs(true).max())


def in_double(batch: Batch) -> Batch:
    return Batch(batch.frames.double(), batch.starts, batch.lengths)


MODELS = {
    "lstm": lambda: lstm(60, 24, 1, False, 0.5),
    "stacked-lstm": lambda: lstm(60, 24, 2, False, 0.5),
    "bilstm": lambda: lstm(60, 24, 1, True, 0.5),
    "cnn": lambda: convolutional(60, (21, 19), 5, 0.5),
}


@pytest.mark.parametrize("name", MODELS)
def test_steps_at_the_course_s_size_are_torch_s(name):
    batches, labels = some_batches(60, [80, 80, 31], 76)
    own, torch_s = by_kernel(MODELS[name], batches, labels), by_torch(MODELS[name], batches, labels)
    for mine, its in (
        (own.losses, torch_s.losses), (own.predicted.logits, torch_s.logits),
        (own.predicted.features, torch_s.features),
    ):  # fmt: skip
        np.testing.assert_allclose(mine, its, rtol=1e-5, atol=1e-5)
    # Adam's first step is the sign of a derivative, so that one near zero may go either way: the mean counts.
    assert np.abs(own.parameters - torch_s.parameters).mean() <= 1e-5
    np.testing.assert_array_equal(own.correct, torch_s.correct)
    means = np.concatenate([torch_s.adam.state[it]["exp_avg"].reshape(-1) for it in torch_s.adam.state])
    np.testing.assert_allclose(all_of(own.adam.exp_avg), means, rtol=1e-4, atol=1e-7)
    squares = np.concatenate([torch_s.adam.state[it]["exp_avg_sq"].reshape(-1) for it in torch_s.adam.state])
    np.testing.assert_allclose(all_of(own.adam.exp_avg_sq), squares, rtol=1e-4, atol=1e-12)
    assert [float(step) for step in own.adam.steps] == [3.0] * len(own.adam.steps)


@settings(max_examples=25, deadline=None)
@given(
    inputs=st.integers(1, 75), hidden=st.integers(1, 70), layers=st.integers(1, 3), both=st.booleans(),
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=3), longest=st.integers(1, 60),
    dropout=st.sampled_from([0.0, 0.3]),
)  # fmt: skip
def test_steps_of_lstms_of_any_size_are_torch_s(inputs, hidden, layers, both, sizes, longest, dropout):
    batches, labels = some_batches(inputs, sizes, longest)

    def make() -> nn.Module:
        return lstm(inputs, hidden, layers, both, dropout)

    assert_each_step_is_right(make, batches, labels)


@settings(max_examples=25, deadline=None)
@given(
    inputs=st.integers(1, 75), widths=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    kernel=st.integers(1, 8), sizes=st.lists(st.integers(1, 60), min_size=1, max_size=3),
    longest=st.integers(1, 60), dropout=st.sampled_from([0.0, 0.3]),
)  # fmt: skip
@example(inputs=11, widths=[39, 1, 37], kernel=6, sizes=[6, 1], longest=8, dropout=0.0)  # derivatives of 1e-8
def test_steps_of_convolutions_of_any_size_are_torch_s(inputs, widths, kernel, sizes, longest, dropout):
    # As the options allow it: all layers but the last are equally wide.
    widths = (widths[0],) * (len(widths) - 1) + (widths[-1],)
    batches, labels = some_batches(inputs, sizes, longest)

    def make() -> nn.Module:
        return convolutional(inputs, widths, kernel, dropout)

    assert_each_step_is_right(make, batches, labels)


def test_a_step_is_nearer_to_float64_than_the_tolerance():
    """Which of the two is off, where they differ: torch's LSTM in float64 decides."""
    batches, labels = some_batches(60, [200], 76)
    own = by_kernel(lambda: lstm(60, 24, 1, False, 0.0), batches, labels)
    first = with_weights(lstm(60, 24, 1, False, 0.0), seed=2).double()
    sequences = [
        batches[0].frames[start : start + length].double()
        for start, length in zip(batches[0].starts, batches[0].lengths, strict=True)
    ]
    _, (last, _) = nn.LSTM.forward(first.layers[0], pack_sequence(sequences, enforce_sorted=False))
    losses = cross_entropy(first.head(last[0]), labels[0], reduction="none").detach().numpy()
    np.testing.assert_allclose(own.losses, losses, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_bits_do_not_depend_on_the_number_of_threads(name):
    batches, labels = some_batches(60, [120, 90], 40)
    found = []
    for count in (1, 2, 5):
        own = by_kernel(MODELS[name], batches, labels, Threads(count))
        found.append(
            b"".join([own.parameters.tobytes(), own.losses.tobytes(), own.predicted.logits.tobytes()])
        )
    assert found[0] == found[1] == found[2]


def test_a_thread_that_comes_too_late_leaves_at_once_and_changes_nothing(monkeypatch):
    batches, labels = some_batches(60, [120], 40)
    expected = by_kernel(MODELS["lstm"], batches, labels)
    late, two = [], Threads(2)
    monkeypatch.setattr(two._helpers, "submit", lambda work: late.append(work) or Future())
    own = by_kernel(MODELS["lstm"], batches, labels, two)
    before = own.parameters.copy()
    for work in late:
        work()
    assert late and (all_of(own.model.parameters()) == before).all()
    np.testing.assert_array_equal(own.parameters, expected.parameters)


def test_more_threads_than_there_is_room_for_leave_at_once(monkeypatch):
    batches, labels = some_batches(60, [120], 40)
    expected = by_kernel(MODELS["lstm"], batches, labels)
    more = Threads(5)
    monkeypatch.setattr(more, "count", 1)  # for who makes the room
    monkeypatch.setattr(more, "run", Threads(5).run)
    own = by_kernel(MODELS["lstm"], batches, labels, more)
    np.testing.assert_array_equal(own.parameters, expected.parameters)


def test_parameters_that_somebody_moved_are_found_again():
    batches, labels = some_batches(60, [40], 20)
    own = by_kernel(MODELS["lstm"], batches, labels)
    step = fused_step(own.model, batches[0], labels[0])
    own.model.load_state_dict({name: value.clone() for name, value in own.model.state_dict().items()})
    for parameter in own.model.parameters():
        parameter.data = parameter.data.clone() * 0
    assert (step.predict(batches[0], labels[0]).logits == 0).all()


@pytest.mark.parametrize("spoilt", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["lstm", "cnn"])
def test_what_is_no_number_is_told_by_the_loss(name, spoilt):
    batches, labels = some_batches(60, [30], 20)
    at = int(batches[0].starts[7])
    batches[0].frames[at, 3] = spoilt
    own = by_kernel(MODELS[name], batches, labels)
    with torch.no_grad():
        logits = with_weights(MODELS[name](), seed=2).eval()(batches[0])
    finite = torch.isfinite(cross_entropy(logits, labels[0], reduction="none")).numpy()
    assert np.isfinite(own.losses)[finite].all()
    if not finite.all():
        assert np.isnan(own.losses[~finite]).all()


@pytest.mark.parametrize(("name", "kernel"), [("lstm", "lstm_steps"), ("cnn", "conv_steps")])
def test_it_is_the_kernel_that_runs(name, kernel, ran):
    batches, labels = some_batches(60, [30], 20)
    by_kernel(MODELS[name], batches, labels)
    assert {(own, given[2].trains) for own, given in ran} == {(kernel, 0), (kernel, 1)}


def test_without_the_kernel_there_is_no_fused_step(without_kernels):
    (batch,), (labels,) = some_batches(60, [3], 5)
    model = MODELS["lstm"]()
    with without_kernels():
        assert fused_step(model, batch, labels) is None
    assert fused_step(model, in_double(batch), labels) is None
    assert fused_step(nn.Linear(2, 2), batch, labels) is None
    assert fused_step(model, batch, labels) is not None


# Networks that compute something else than they say


class Otherwise(RecurrentClassifier):
    """Takes the mean of all outputs, and says that it takes the last."""

    def features(self, batch: Batch) -> Tensor:
        outputs, _ = self.layers[0](batch)
        return HEADS["mean"].pool(outputs)


class Halved(RecurrentClassifier):
    """Computes the same forward; only half of the gradient comes back to the layer."""

    def features(self, batch: Batch) -> Tensor:
        features = super().features(batch)
        return (features + features.detach()) / 2


class DropsTwice(RecurrentClassifier):
    """Drops once more while it is trained."""

    def features(self, batch: Batch) -> Tensor:
        return self.dropout(super().features(batch))


@pytest.mark.parametrize(
    ("kind", "what"),
    [(Otherwise, "features"), (Halved, "gradients"), (DropsTwice, "features")],
)
def test_a_network_that_is_not_what_it_says_is_left_to_its_layers(kind, what, caplog):
    (batch,), (labels,) = some_batches(60, [40], 20)
    model = with_weights(
        kind(60, CLASSES, hidden=24, layers=1, bidirectional=False, dropout=0.5, generator=seeded(0)), seed=2
    )
    with caplog.at_level(logging.WARNING, logger=fused.__name__):
        assert fused_step(model, batch, labels) is None and fused_step(model, batch, labels) is None
    assert [record.message for record in caplog.records] == [
        f"The fused step does not compute this network (other {what}): its layers do."
    ]


def test_one_with_other_parameters_is_left_to_its_layers(caplog):
    (batch,), (labels,) = some_batches(60, [4], 20)
    model = MODELS["lstm"]()
    model.more = nn.Parameter(torch.zeros(3))
    with caplog.at_level(logging.WARNING, logger=fused.__name__):
        assert fused_step(model, batch, labels) is None
    assert "other parameters than its spec() tells" in caplog.text


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("training", [True, False])
def test_computing_both_ways_leaves_the_network_as_it_was(name, training):
    (batch,), (labels,) = some_batches(60, [40], 20)
    model = with_weights(MODELS[name](), seed=2).train(training)
    weights, drawn = all_of(model.parameters()), model.dropout.generator.get_state()
    assert fused_step(model, batch, labels) is not None
    np.testing.assert_array_equal(all_of(model.parameters()), weights)
    assert torch.equal(model.dropout.generator.get_state(), drawn) and model.training == training
    assert all(parameter.grad is None for parameter in model.parameters())
