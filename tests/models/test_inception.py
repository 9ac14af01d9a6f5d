"""Inception blocks on sequences of different lengths are those of torch's own layers on each sequence."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from har_core.engine import Batch
from har_core.models import InceptionOptions
from har_core.models.networks import build_model, count_parameters

OPTIONS = InceptionOptions(channels=3, bottleneck=5, blocks=3, dropout=0.0, head="mean-max")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def some_batch(lengths: list[int], inputs: int = 6) -> Batch:
    return Batch.of([torch.randn(length, inputs, generator=seeded(length)) for length in lengths])


class Norm:
    """Torch's own batch norm, of the frames of several sequences together."""

    def __init__(self, own, training: bool) -> None:
        self.reference = nn.BatchNorm1d(len(own.weight))
        self.reference.load_state_dict(own.state_dict(), strict=False)
        self.reference.train(training)

    def __call__(self, sequences: list[torch.Tensor]) -> list[torch.Tensor]:
        lengths = [its.shape[1] for its in sequences]
        joined = self.reference(torch.cat(sequences, dim=1).T)
        return [its.T for its in torch.split(joined, lengths)]


def by_hand(model, batch: Batch, training: bool) -> torch.Tensor:
    """The logits, of each sequence alone but for batch norm: (C, T) for each, nothing padded."""
    given = [its.T for its in torch.split(batch.frames, batch.lengths.tolist())]
    values = given
    for number, block in enumerate(model.blocks):
        joined = []
        for its in values:
            narrow = block.bottleneck(its[None])
            each = [convolution(narrow)[0] for convolution in block.convolutions]
            wide = functional.pad(its, (1, 1), value=-np.inf).unfold(1, 3, 1).amax(dim=2)
            joined.append(torch.cat([*each, block.pooled(wide[None])[0]]))
        outputs = Norm(block.norm, training)(joined)
        if number == len(model.blocks) - 1:
            short = Norm(model.short_cut_norm, training)([model.short_cut(its[None])[0] for its in given])
            outputs = [one + other for one, other in zip(outputs, short, strict=True)]
        values = [torch.relu(its) for its in outputs]
    features = torch.stack([torch.cat([its.mean(dim=1), its.amax(dim=1)]) for its in values])
    return model.head(features)


@pytest.mark.parametrize("training", [False, True])
@settings(max_examples=15, deadline=None)
@given(lengths=st.lists(st.integers(1, 20), min_size=2, max_size=5) | st.just([9, 9, 9]))
def test_logits_are_those_of_a_computation_without_padding(training, lengths):
    model, batch = build_model(OPTIONS, 6, 4, seeded()), some_batch(lengths)
    for module in model.modules():
        if hasattr(module, "running_var"):
            module.running_var.uniform_(0.5, 2.0, generator=seeded(5))
            module.running_mean.uniform_(-1.0, 1.0, generator=seeded(6))
    model.train(training)
    expected = by_hand(model, batch, training)
    found = model(batch)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)
    weights = [value for name, value in model.named_parameters() if value.ndim == 3]
    for one, other in zip(
        torch.autograd.grad(found.square().sum(), weights),
        torch.autograd.grad(expected.square().sum(), weights),
        strict=True,
    ):
        size = max(1.0, float(other.abs().max()))
        torch.testing.assert_close(one / size, other / size, rtol=1e-2, atol=1e-3)


def test_the_recipe_s_network_has_the_parameters_of_a_count_by_hand():
    model = build_model(InceptionOptions(input_norm=True), 201, 20, seeded())
    block = [inputs * 48 + 48 * 24 * (3 + 7 + 15) + inputs * 24 + 2 * 96 for inputs in (201, 96, 96)]
    by_count = 2 * 201 + sum(block) + 201 * 96 + 2 * 96 + (2 * 96 + 1) * 20
    assert count_parameters(model) == by_count == 139_022


def test_the_statistics_that_are_kept_are_those_of_true_frames():
    model = build_model(OPTIONS, 6, 4, seeded()).train()
    batch = some_batch([4, 9, 2])
    model(batch)
    norm, lengths = model.short_cut_norm, batch.lengths.tolist()
    short = torch.cat([model.short_cut(its.T[None])[0].T for its in torch.split(batch.frames, lengths)])
    torch.testing.assert_close(norm.running_mean, 0.1 * short.mean(dim=0), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(norm.running_var, 0.9 + 0.1 * short.var(dim=0), rtol=1e-4, atol=1e-6)
