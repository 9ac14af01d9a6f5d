"""The programs of plain PyTorch and Keras make networks that answer as the project's do, with its weights."""

import os

import numpy as np
import pytest
import torch

from har_core.engine import Batch
from har_core.models import (
    MODELS,
    BilstmOptions,
    CnnOptions,
    GruOptions,
    LstmOptions,
    StackedLstmOptions,
)
from har_core.models.heads import HEADS, Head
from har_core.models.networks import build_model, count_parameters
from har_core.models.plain import plain_programs
from tests import rnn

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
]
F, K = 12, 4


@pytest.fixture
def batch():
    random = torch.Generator().manual_seed(5)
    return Batch.of([torch.randn(length, F, generator=random) for length in (9, 14, 1, 14, 6)])


def network_of(options):
    network = build_model(options, F, K, torch.Generator().manual_seed(3))
    for buffer in network.buffers():  # as if it had been trained
        buffer += 0.5 * torch.rand(buffer.shape, generator=torch.Generator().manual_seed(4))
    network.eval()
    return network


def made_by(program: str):
    known: dict[str, object] = {}
    exec(compile(program, "program", "exec"), known)  # noqa: S102
    return known["model"]


@pytest.mark.parametrize("options", OPTIONS, ids=repr)
def test_plain_torch_has_the_parameters_and_gives_the_logits(options, batch):
    network, program = network_of(options), plain_programs(options, F, K).torch
    model = made_by(program)
    assert program.startswith(f"# {count_parameters(network):,} parameters.")
    mine, its = list(network.parameters()), list(model.parameters())
    assert [value.shape for value in mine] == [value.shape for value in its]
    model.eval()
    with torch.no_grad():
        for own, copy in zip(mine, its, strict=True):
            copy.copy_(own)
        buffers = [copy for copy in model.buffers() if copy.shape]  # but for the count of batches
        for own, copy in zip(network.buffers(), buffers, strict=True):
            copy.copy_(own)
        found, expected = model(batch.padded(), batch.lengths), network(batch)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
    model.train()
    drops = [model(batch.padded(), batch.lengths) for _ in range(2)]
    assert torch.equal(*drops) == (options.dropout == 0)
    network.train()
    for _ in drops:
        network(batch)
    for own, copy in zip(network.buffers(), buffers, strict=True):  # padding has no part in the means
        torch.testing.assert_close(copy, own)


@pytest.mark.parametrize("options", OPTIONS, ids=repr)
def test_keras_has_as_many_parameters_but_a_bias_vector_and_gives_the_logits(options, batch, monkeypatch):
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "torch"))
    pytest.importorskip("keras", reason="Keras is not installed: requirements-bench.txt brings it")
    network, program = network_of(options), plain_programs(options, F, K).keras
    model = made_by(program)
    trained = sum(int(np.prod(value.shape)) for value in model.trainable_weights)
    assert program.startswith(f"# {trained:,} parameters")
    lstms = [layer for layer in network.modules() if isinstance(layer, torch.nn.LSTM)]
    fewer = sum(4 * layer.hidden_size * (2 if layer.bidirectional else 1) for layer in lstms)
    assert trained == count_parameters(network) - fewer
    assert (f", {fewer:,} fewer than in PyTorch" in program) == bool(lstms)
    layers = (*network.before, *network.layers, network.head)
    model.set_weights([value for layer in layers for value in in_keras(layer)])
    found = np.asarray(model.predict(batch.padded().numpy(), verbose=0))
    with torch.no_grad():
        np.testing.assert_allclose(found, network(batch).numpy(), rtol=1e-4, atol=1e-5)


def in_keras(layer: torch.nn.Module) -> list[np.ndarray]:
    """The weights of a layer as Keras has them: inputs first, one bias."""
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
    weight, bias = values
    return [weight.transpose(2, 1, 0) if weight.ndim == 3 else weight.T, bias]


def test_there_is_no_program_where_nobody_has_written_one(monkeypatch):
    monkeypatch.setitem(MODELS, "rnn", rnn.LINE)
    monkeypatch.setitem(HEADS, "first", Head("first outputs", lambda outputs: outputs.frames[outputs.starts]))
    assert plain_programs(rnn.RnnOptions(), F, K) is None
    assert plain_programs(LstmOptions(head="first"), F, K) is None
    assert plain_programs(MODELS["nearest-neighbour"].options(), F, K) is None
    assert all(kind.plain for kind in MODELS.values() if kind.kernels)
