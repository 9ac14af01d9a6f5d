"""The convolution's kernel gives what ``nn.Conv1d`` gives on each sequence alone."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from har_core.engine import Batch, ConvolutionLayer, Threads


def some_sequences(lengths: list[int], inputs: int, seed: int = 1) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.rand(length, inputs, generator=generator) * 2 - 1 for length in lengths]


def layers_of(inputs: int, widths: list[int], kernel: int, seed: int) -> list[ConvolutionLayer]:
    layers = [ConvolutionLayer(*sizes, kernel) for sizes in zip([inputs, *widths], widths, strict=False)]
    generator = torch.Generator().manual_seed(seed)
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.uniform_(parameter, -0.3, 0.3, generator=generator)
    return layers


def weighted(outputs: Tensor, means: Tensor) -> Tensor:
    """A number that every result has its share in."""
    generator = torch.Generator().manual_seed(5)
    asked, asked_means = (torch.randn(part.shape, generator=generator) for part in (outputs, means))
    return (outputs * asked.to(outputs.dtype)).sum() + (means * asked_means.to(outputs.dtype)).sum()


def by_kernel(layers: list[ConvolutionLayer], sequences: list[Tensor]) -> tuple[Tensor, Tensor, list[Tensor]]:
    inputs = [sequence.clone().requires_grad_(True) for sequence in sequences]
    batch = Batch.of(inputs)
    for layer in layers:
        layer.zero_grad()
        batch, means = layer(batch)
    outputs = batch.frames[batch.rows()]
    weighted(outputs, means).backward()
    weights = [parameter.grad for layer in layers for parameter in layer.parameters()]
    return outputs, means, [torch.cat([part.grad for part in inputs]), *weights]


def one_by_one(
    layers: list[ConvolutionLayer], sequences: list[Tensor], dtype: torch.dtype
) -> tuple[Tensor, Tensor, list[Tensor]]:
    convolutions = []
    for layer in layers:
        count, inputs, kernel = layer.weight.shape
        convolutions.append(nn.Conv1d(inputs, count, kernel, padding="same"))
        convolutions[-1].load_state_dict(layer.state_dict())
    whole = nn.Sequential(*(part for layer in convolutions for part in (layer, nn.ReLU()))).to(dtype)
    inputs = [sequence.clone().to(dtype).detach().requires_grad_(True) for sequence in sequences]
    each = [whole(sequence.T[None])[0].T for sequence in inputs]
    outputs, means = torch.cat(each), torch.stack([part.mean(dim=0) for part in each])
    weighted(outputs, means).backward()
    return (
        outputs,
        means,
        [torch.cat([part.grad for part in inputs]), *(it.grad for it in whole.parameters())],
    )


def assert_close(found, expected, tolerance: float) -> None:
    for one, other in zip((*found[:2], *found[2]), (*expected[:2], *expected[2]), strict=True):
        assert (one.double() - other.double()).norm() <= tolerance * (other.double().norm() + 1e-6)


@settings(max_examples=25, deadline=None)
@given(
    inputs=st.integers(1, 75),
    widths=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    kernel=st.integers(1, 12),
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=20),
    seed=st.integers(0, 2**32),
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_results_are_those_of_each_sequence_alone(inputs, widths, kernel, lengths, seed):
    layers, sequences = layers_of(inputs, widths, kernel, seed), some_sequences(lengths, inputs, seed)
    # against twice the precision: of a number near zero the sign is cut off one way or the other
    assert_close(by_kernel(layers, sequences), one_by_one(layers, sequences, torch.float64), 1e-4)


def test_at_the_course_s_size_the_kernel_is_as_near_to_the_truth_as_torch():
    layers = layers_of(60, [21, 19], 5, seed=0)
    sequences = some_sequences([13 + 7 * row % 64 for row in range(256)], 60)
    true = one_by_one(layers, sequences, torch.float64)
    assert_close(by_kernel(layers, sequences), true, 1e-5)
    assert_close(one_by_one(layers, sequences, torch.float32), true, 1e-5)


def test_bits_do_not_depend_on_the_number_of_threads():
    layers, sequences = layers_of(60, [21, 19], 5, seed=0), some_sequences(list(range(1, 77)), 60)
    found = []
    for count in (1, 3):
        with Threads(count).computing():
            outputs, means, gradients = by_kernel(layers, sequences)
        found.append([outputs, means, *gradients])
    assert all(map(torch.equal, *found))


def test_it_is_the_kernel_that_runs(ran):
    by_kernel(layers_of(5, [8], 3, seed=0), some_sequences([6, 9], 5))
    assert {kernel for kernel, _ in ran} == {"conv_forward", "conv_backward"}


def test_without_the_kernel_torch_takes_over_with_the_same_results(without_kernels):
    layers, sequences = layers_of(6, [7, 9], 5, seed=0), some_sequences([4, 9, 1, 9], 6)
    found = by_kernel(layers, sequences)
    with without_kernels():
        assert_close(found, by_kernel(layers, sequences), 1e-5)


@pytest.mark.parametrize("spoilt", [float("nan"), float("inf")])
def test_what_is_no_number_comes_out_where_torch_has_it(spoilt):
    layers, sequences = layers_of(3, [8], 5, seed=0), some_sequences([6, 9, 3], 3)
    sequences[1][4, 2] = spoilt
    found, expected = by_kernel(layers, sequences), one_by_one(layers, sequences, torch.float32)
    for one, other in zip(found[:2], expected[:2], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6, equal_nan=True)
