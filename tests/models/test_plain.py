"""The programs of plain PyTorch and Keras make networks that answer as the project's do, with its weights."""

import os

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from har_core.engine import Batch
from har_core.models import (
    MODELS,
    BilstmOptions,
    CnnOptions,
    GruOptions,
    InceptionOptions,
    LstmOptions,
    StackedLstmOptions,
)
from har_core.models.heads import HEADS, Head
from har_core.models.networks import build_model, count_parameters
from har_core.models.plain import plain_programs
from tests import rnn
from tests.any_settings import any_of
from tests.networks import NETWORKS

OPTIONS = [
    LstmOptions(),
    LstmOptions(hidden=5, head="mean"),
    StackedLstmOptions(),
    StackedLstmOptions(hidden=5, layers=3, dropout=0.0, head="mean"),
    BilstmOptions(),
    BilstmOptions(hidden=5, layers=2, head="mean"),
    CnnOptions(),
    CnnOptions(layers=3, kernel=4, channels=6, head="last"),
    CnnOptions(layers=1, match="bilstm"),
    LstmOptions(hidden=5, head="max"),
    BilstmOptions(hidden=5, head="mean-max", input_norm=True, channel_dropout=0.2, projection=7),
    StackedLstmOptions(hidden=5, input_norm=True),
    CnnOptions(channels=6, head="mean-max", input_norm=True, channel_dropout=0.2),
    CnnOptions(channels=6, head="max"),
    GruOptions(hidden=5),
    GruOptions(hidden=5, layers=2, bidirectional=True, head="mean-max", projection=7, input_norm=True),
    InceptionOptions(),
    InceptionOptions(channels=3, bottleneck=5, blocks=1, head="last"),
    InceptionOptions(channels=3, bottleneck=5, blocks=2, head="max", input_norm=True, channel_dropout=0.2),
]
F, K = 12, 4


@pytest.fixture
def batch():
    random = torch.Generator().manual_seed(5)
    return Batch.of([torch.randn(length, F, generator=random) for length in (9, 14, 1, 14, 6)])


def network_of(options, inputs: int = F, classes: int = K):
    network = build_model(options, inputs, classes, torch.Generator().manual_seed(3))
    for buffer in network.buffers():  # as if it had been trained
        buffer += 0.5 * torch.rand(buffer.shape, generator=torch.Generator().manual_seed(4))
    network.eval()
    return network


def without_dropout(options):
    return options.model_copy(update={"dropout": 0.0, "channel_dropout": 0.0})


def made_by(program: str):
    known: dict[str, object] = {}
    exec(compile(program, "program", "exec"), known)  # noqa: S102
    return known["model"]


@torch.no_grad()
def take_weights(model, network) -> list[torch.Tensor]:
    """Copy weights one after the other, and return what of the model are no weights."""
    mine, its = list(network.parameters()), list(model.parameters())
    assert [value.shape for value in mine] == [value.shape for value in its]
    buffers = [copy for copy in model.buffers() if copy.shape]  # but for the count of batches
    for own, copy in zip([*mine, *network.buffers()], [*its, *buffers], strict=True):
        copy.copy_(own)
    return buffers


@pytest.mark.parametrize("options", OPTIONS, ids=repr)
def test_plain_torch_has_the_parameters_and_gives_the_logits(options, batch):
    network, program = network_of(options), plain_programs(options, F, K).torch
    model = made_by(program)
    assert program.startswith(f"# {count_parameters(network):,} parameters.")
    take_weights(model, network)
    model.eval()
    with torch.no_grad():
        found, expected = model(batch.padded(), batch.lengths), network(batch)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
    model.train()
    drops = [model(batch.padded(), batch.lengths) for _ in range(2)]
    assert torch.equal(*drops) == (options.dropout == 0)


@settings(max_examples=60)
@given(
    some.sampled_from(NETWORKS).flatmap(lambda name: any_of(MODELS[name].options, most=6)),
    some.integers(1, 9), some.integers(2, 5), some.lists(some.integers(1, 17), min_size=2, max_size=4),
)  # fmt: skip
def test_any_network_that_can_be_chosen_has_programs_and_trains_as_plain_torch_does(
    options, inputs, classes, lengths
):
    programs = plain_programs(options, inputs, classes)
    compile(programs.keras, "program", "exec")
    for chosen in (options, without_dropout(options)):
        network = network_of(chosen, inputs, classes)
        model = made_by(plain_programs(chosen, inputs, classes).torch)
        buffers = take_weights(model, network)
        random = torch.Generator().manual_seed(5)
        batch = Batch.of([torch.randn(length, inputs, generator=random) for length in lengths])
        trained = chosen is not options  # nothing is dropped, so that both compute the same
        model.train(trained), network.train(trained)
        found, expected = model(batch.padded(), batch.lengths), network(batch)
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)
    for copy, own in zip(buffers, network.buffers(), strict=True):  # padding has no part in the means
        torch.testing.assert_close(copy, own, rtol=1e-3, atol=1e-4)
    for copy, own in zip(gradients(model, found), gradients(network, expected), strict=True):
        size = max(1.0, float(own.abs().max()))
        torch.testing.assert_close(copy / size, own / size, rtol=1e-2, atol=1e-3)


def gradients(model, logits: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return torch.autograd.grad(logits.square().sum(), list(model.parameters()))


@pytest.mark.parametrize("options", OPTIONS, ids=repr)
def test_keras_has_as_many_parameters_but_a_bias_vector_and_gives_the_logits(options, batch, monkeypatch):
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "torch"))
    keras = pytest.importorskip("keras", reason="Keras is not installed: requirements-bench.txt brings it")
    network, program = network_of(options), plain_programs(options, F, K).keras
    model = made_by(program)
    trained = sum(int(np.prod(value.shape)) for value in model.trainable_weights)
    assert program.startswith(f"# {trained:,} parameters")
    lstms = [layer for layer in network.modules() if isinstance(layer, torch.nn.LSTM)]
    fewer = sum(4 * layer.hidden_size * (2 if layer.bidirectional else 1) for layer in lstms)
    assert trained == count_parameters(network) - fewer
    assert (f", {fewer:,} fewer than in PyTorch" in program) == bool(lstms)
    take_weights_in_keras(model, network)
    found = np.asarray(model.predict(batch.padded().numpy(), verbose=0))
    with torch.no_grad():
        np.testing.assert_allclose(found, network(batch).numpy(), rtol=1e-4, atol=1e-5)
    if without_dropout(options) != options:  # batch norm of what is trained knows true frames alone, too
        still = network_of(without_dropout(options)).train()
        model = made_by(plain_programs(without_dropout(options), F, K).keras)
        take_weights_in_keras(model, still)
        found = keras.ops.convert_to_numpy(model(batch.padded().numpy(), training=True))
        with torch.no_grad():
            np.testing.assert_allclose(found, still(batch).numpy(), rtol=1e-3, atol=1e-4)


def take_weights_in_keras(model, network) -> None:
    """Give the layers of each kind the weights of that kind, in the order in which they were made."""
    given: dict[tuple[int, bool], list[np.ndarray]] = {}
    for values in map(in_keras, network.modules()):
        given.setdefault(kind_of(values), []).extend(values)
    for layer in sorted(model.layers, key=number_of):
        values = given.get(kind_of(layer.get_weights()), [])
        layer.set_weights([values.pop(0) for _ in layer.weights])
    assert not any(given.values())


def number_of(layer) -> int:
    """How many of its kind were made before: Keras calls them conv1d, conv1d_1, conv1d_2."""
    number = layer.name.rpartition("_")[2]
    return int(number) if number.isdigit() else 0


def kind_of(values: list[np.ndarray]) -> tuple[int, bool]:
    """What sets convolution, linear layer, batch norm and recurrent layer apart."""
    return (values[0].ndim if values else 0, len(values) > 2)


def in_keras(layer: torch.nn.Module) -> list[np.ndarray]:
    """The weights of a layer as Keras has them: inputs first, one bias. None of what has layers itself."""
    if list(layer.children()):
        return []
    values = [value.detach().numpy() for value in (*layer.parameters(), *layer.buffers())]
    if not values or values[0].ndim == 1:  # none, or batch norm: weight, bias, mean and variance
        return values
    if isinstance(layer, torch.nn.GRU):  # its gates stand in another order there
        found = []
        for ih, hh, bias, other in zip(*(values[place::4] for place in range(4)), strict=True):
            reset, update, new = np.split(np.arange(len(bias)), 3)
            order = np.concatenate([update, reset, new])
            found += [ih[order].T, hh[order].T, np.stack([bias[order], other[order]])]
        return found
    if isinstance(layer, torch.nn.LSTM):
        found = []
        for ih, hh, bias, other in zip(*(values[place::4] for place in range(4)), strict=True):
            found += [ih.T, hh.T, bias + other]
        return found
    weight, *bias = values
    return [weight.transpose(2, 1, 0) if weight.ndim == 3 else weight.T, *bias]


def test_there_is_no_program_where_nobody_has_written_one(monkeypatch):
    monkeypatch.setitem(MODELS, "rnn", rnn.LINE)
    monkeypatch.setitem(HEADS, "first", Head("first outputs", lambda outputs: outputs.frames[outputs.starts]))
    assert plain_programs(rnn.RnnOptions(), F, K) is None
    assert plain_programs(LstmOptions(head="first"), F, K) is None
    assert plain_programs(MODELS["nearest-neighbour"].options(), F, K) is None
    assert all(kind.plain for kind in MODELS.values() if kind.kernels)
