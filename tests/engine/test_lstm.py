"""The LSTM kernel gives what ``nn.LSTM`` gives, and it is the kernel that ran."""

import logging
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from har_core.engine import Batch, LstmLayer, Threads, blocks, compiling


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def stack_of(inputs: int, hidden: int, layers: int, both: bool, seed: int) -> tuple[list[LstmLayer], nn.LSTM]:
    """The project's layers, and torch's LSTM of as many layers with the same weights."""
    width = hidden * (2 if both else 1)
    own = [LstmLayer(width if depth else inputs, hidden, bidirectional=both) for depth in range(layers)]
    reference = nn.LSTM(inputs, hidden, layers, bidirectional=both)
    generator = seeded(seed)
    for parameter in reference.parameters():
        nn.init.uniform_(parameter, -(hidden**-0.5), hidden**-0.5, generator=generator)
    for depth, layer in enumerate(own):
        names = {name: name.replace("_l0", f"_l{depth}") for name in layer.state_dict()}
        layer.load_state_dict({name: reference.state_dict()[other] for name, other in names.items()})
    return own, reference


class Results:
    """Outputs (S, D H) sequence by sequence, last outputs, and the derivatives of a weighted sum of both."""

    def __init__(self, outputs: Tensor, last: Tensor, inputs: list[Tensor], weights: list[Tensor]) -> None:
        generator = seeded(5)
        asked = torch.randn(outputs.shape, generator=generator).to(outputs.dtype)
        asked_last = torch.randn(last.shape, generator=generator).to(outputs.dtype)
        ((outputs * asked).sum() + (last * asked_last).sum()).backward()
        self.outputs = torch.cat([outputs.detach(), last.detach()])
        self.gradients = [torch.cat([part.grad for part in inputs]), *(weight.grad for weight in weights)]

    def farthest_output(self, other: "Results") -> float:
        return float((self.outputs.double() - other.outputs.double()).abs().max())

    def farthest_gradient(self, other: "Results") -> float:
        """Of all weights and the inputs, the largest distance in relation to the size of the gradient."""
        pairs = zip(self.gradients, other.gradients, strict=True)
        return max(float((one.double() - two.double()).norm() / (two.norm() + 1e-12)) for one, two in pairs)


def by_kernel(layers: list[LstmLayer], sequences: list[Tensor]) -> Results:
    inputs = [sequence.clone().requires_grad_(True) for sequence in sequences]
    batch = Batch.of(inputs)
    for layer in layers:
        layer.zero_grad()
        batch, last = layer(batch)
    weights = [parameter for layer in layers for parameter in layer.parameters()]
    return Results(batch.frames[batch.rows()], last, inputs, weights)


def by_torch(lstm: nn.LSTM, sequences: list[Tensor], dtype: torch.dtype) -> Results:
    reference = nn.LSTM(lstm.input_size, lstm.hidden_size, lstm.num_layers, bidirectional=lstm.bidirectional)
    reference.load_state_dict(lstm.state_dict())
    reference.to(dtype)
    inputs = [sequence.clone().to(dtype).detach().requires_grad_(True) for sequence in sequences]
    packed, (states, _) = reference(pack_sequence(inputs, enforce_sorted=False))
    padded, lengths = pad_packed_sequence(packed, batch_first=True)
    outputs = torch.cat([padded[row, :length] for row, length in enumerate(lengths)])
    directions = 2 if lstm.bidirectional else 1
    return Results(
        outputs, torch.cat(list(states[-directions:]), dim=1), inputs, list(reference.parameters())
    )


def some_sequences(lengths: list[int], inputs: int, seed: int = 1) -> list[Tensor]:
    generator = seeded(seed)
    return [torch.rand(length, inputs, generator=generator) * 2 - 1 for length in lengths]


# The same numbers


@pytest.mark.parametrize(
    ("layers", "both"), [(1, False), (2, False), (1, True)], ids=["lstm", "stacked", "bilstm"]
)
def test_at_the_course_s_sizes_a_millionth_apart_and_no_farther_from_the_truth_than_torch(layers, both):
    own, reference = stack_of(60, 24, layers, both, seed=0)
    lengths = np.random.default_rng(0).integers(13, 77, 128).tolist()
    sequences = some_sequences(lengths, 60)
    kernel, single = by_kernel(own, sequences), by_torch(reference, sequences, torch.float32)
    assert kernel.farthest_output(single) <= 1e-6 and kernel.farthest_gradient(single) <= 1e-5
    # which of the two is off: each against twice the precision
    true = by_torch(reference, sequences, torch.float64)
    assert kernel.farthest_output(true) <= 1e-6 and single.farthest_output(true) <= 1e-6
    assert kernel.farthest_gradient(true) <= 1e-5 and single.farthest_gradient(true) <= 1e-5


@settings(max_examples=12, deadline=None)
@given(
    inputs=st.integers(1, 75),
    hidden=st.integers(1, 130),
    layers=st.integers(1, 3),
    both=st.booleans(),
    lengths=st.one_of(
        st.lists(st.integers(1, 300), min_size=1, max_size=5),
        st.lists(st.integers(1, 9), min_size=1, max_size=300),
    ),
    seed=st.integers(0, 2**32),
)
def test_results_are_torch_s_whatever_the_sizes(inputs, hidden, layers, both, lengths, seed):
    own, reference = stack_of(inputs, hidden, layers, both, seed)
    sequences = some_sequences(lengths, inputs, seed)
    kernel, single = by_kernel(own, sequences), by_torch(reference, sequences, torch.float32)
    assert kernel.farthest_output(single) <= 1e-5
    assert kernel.farthest_gradient(single) <= 1e-4


def test_the_derivatives_of_both_results_add_up():
    (layer,), _ = stack_of(6, 9, 1, True, seed=0)
    batch = Batch.of(some_sequences([4, 1, 7], 6))

    def gradients(of_outputs: bool, of_last: bool) -> list[Tensor]:
        layer.zero_grad()
        outputs, last = layer(batch)
        parts = [outputs.frames.square().sum()] * of_outputs + [last.square().sum()] * of_last
        torch.stack(parts).sum().backward()
        return [parameter.grad.clone() for parameter in layer.parameters()]

    for both, one, two in zip(
        gradients(True, True), gradients(True, False), gradients(False, True), strict=True
    ):
        torch.testing.assert_close(both, one + two, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("spoilt", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_comes_out_where_torch_has_it(spoilt):
    own, reference = stack_of(5, 8, 1, False, seed=0)
    sequences = some_sequences([6, 9, 3], 5)
    sequences[1][4, 2] = spoilt
    outputs, _ = own[0](Batch.of(sequences))
    expected, _ = reference(pack_sequence(sequences, enforce_sorted=False))
    padded, lengths = pad_packed_sequence(expected, batch_first=True)
    whole = torch.cat([padded[row, :length] for row, length in enumerate(lengths)])
    torch.testing.assert_close(outputs.frames[outputs.rows()], whole, rtol=1e-5, atol=1e-6, equal_nan=True)


def test_gates_far_from_zero_are_shut_or_open_as_torch_s_are():
    own, reference = stack_of(3, 8, 1, False, seed=0)
    sequences = [sequence * 1e4 for sequence in some_sequences([9, 4], 3)]
    kernel, single = by_kernel(own, sequences), by_torch(reference, sequences, torch.float32)
    assert kernel.farthest_output(single) <= 1e-6


# The same bits


def test_bits_do_not_depend_on_the_number_of_threads():
    own, _ = stack_of(60, 24, 2, True, seed=0)
    sequences = some_sequences(np.random.default_rng(0).integers(1, 77, 200).tolist(), 60)
    found = []
    for count in (1, 2, 3):
        with Threads(count).computing():
            found.append(by_kernel(own, sequences))
    for other in found[1:]:
        assert torch.equal(other.outputs, found[0].outputs)
        assert all(map(torch.equal, other.gradients, found[0].gradients))


def test_a_run_goes_on_alone_when_the_process_ends_and_closes_the_other_threads():
    own, _ = stack_of(60, 24, 1, False, seed=0)
    sequences = some_sequences(list(range(1, 77)), 60)
    expected = by_kernel(own, sequences)
    closed = Threads(2)
    closed._helpers.shutdown()
    with closed.computing():
        assert torch.equal(by_kernel(own, sequences).outputs, expected.outputs)


def test_a_sequence_gives_the_same_bits_alone_and_in_company():
    own, _ = stack_of(60, 24, 1, True, seed=0)
    sequences = some_sequences([30, 7, 52, 7, 1], 60)
    with torch.no_grad():
        _, together = own[0](Batch.of(sequences))
        apart = torch.cat([own[0](Batch.of([sequence]))[1] for sequence in sequences])
    assert torch.equal(together, apart)


# Which code ran


def test_it_is_the_kernel_that_runs(ran):
    own, _ = stack_of(5, 8, 1, True, seed=0)
    by_kernel(own, some_sequences([6, 9], 5))
    names = [kernel for kernel, _ in ran]
    # each direction, on one thread or more
    assert names.count("lstm_forward") >= 2 and names.count("lstm_backward") >= 2


def test_other_python_threads_run_while_the_kernel_does():
    own, _ = stack_of(60, 64, 1, False, seed=0)
    batch = Batch.of(some_sequences([200] * 200, 60))
    ticks, enough = [0], threading.Event()

    def tick():
        while not enough.is_set():
            ticks[0] += 1

    ticking = threading.Thread(target=tick)
    ticking.start()
    packed = np.zeros((1, 1), np.float32)  # touches numpy before it is counted
    before = ticks[0] + int(packed[0, 0])
    with torch.no_grad():
        own[0](batch)
    during = ticks[0] - before
    enough.set()
    ticking.join()
    assert during > 1000  # a lock that is held lets it count a few times at most


@pytest.mark.parametrize("both", [False, True])
def test_without_the_kernel_torch_takes_over_with_the_same_results_and_says_so_once(
    both, without_kernels, caplog
):
    own, _ = stack_of(5, 8, 2, both, seed=0)
    sequences = some_sequences([6, 9, 9, 1], 5)
    kernel = by_kernel(own, sequences)
    with without_kernels(), caplog.at_level(logging.WARNING, logger=compiling.__name__):
        by_torchs_own = by_kernel(own, sequences)
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "The project's own kernels can't be used, torch computes instead"
    ]
    assert kernel.farthest_output(by_torchs_own) <= 1e-6
    assert kernel.farthest_gradient(by_torchs_own) <= 1e-5


def test_another_precision_is_computed_by_torch(caplog):
    own, reference = stack_of(5, 8, 1, True, seed=0)
    blocks._warn_that_torch_computes.cache_clear()
    sequences = some_sequences([6, 9], 5)
    with caplog.at_level(logging.WARNING, logger=blocks.__name__):
        outputs, last = own[0].double()(Batch.of([sequence.double() for sequence in sequences]))
        own[0](Batch.of([sequence.double() for sequence in sequences]))
    assert last.dtype == outputs.frames.dtype == torch.float64
    assert [record.message for record in caplog.records] == [
        "The project's own kernels compute float32; torch's compute float64."
    ]
    _, (states, _) = reference.double()(
        pack_sequence([one.double() for one in sequences], enforce_sorted=False)
    )
    torch.testing.assert_close(last, torch.cat(list(states), dim=1))


# What is kept


def test_going_back_twice_is_refused():
    own, _ = stack_of(5, 8, 1, False, seed=0)
    _, last = own[0](Batch.of(some_sequences([6, 9], 5)))
    last.sum().backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="goes back only once"):
        last.sum().backward()


def test_two_ways_forward_before_the_ways_back_do_not_disturb_each_other():
    own, _ = stack_of(5, 8, 1, False, seed=0)
    first, second = some_sequences([6, 9], 5), some_sequences([7, 2, 2], 5, seed=2)
    apart = [by_kernel(own, sequences).gradients[1] for sequences in (first, second)]
    own[0].zero_grad()
    lasts = [own[0](Batch.of(sequences)) for sequences in (first, second)]
    for outputs, last in lasts:
        asked = seeded(5)
        weighted = outputs.frames[outputs.rows()] * torch.randn(outputs.frames.shape, generator=asked)
        (weighted.sum() + (last * torch.randn(last.shape, generator=asked)).sum()).backward()
    torch.testing.assert_close(own[0].weight_ih_l0.grad, apart[0] + apart[1], rtol=1e-5, atol=1e-6)


def test_frames_of_nobody_get_no_derivative_and_frames_of_two_get_both():
    own, _ = stack_of(5, 8, 1, False, seed=0)
    frames = torch.rand(12, 5, generator=seeded(0)).requires_grad_(True)
    batch = Batch(frames, torch.tensor([2, 2, 8]), torch.tensor([4, 3, 2]))
    own[0](batch)[1].sum().backward()
    expected = torch.zeros(12, 5)
    for start, length in ((2, 4), (2, 3), (8, 2)):
        own_frames = frames.detach()[start : start + length].clone().requires_grad_(True)
        own[0](Batch.of([own_frames]))[1].sum().backward()
        expected[start : start + length] += own_frames.grad
    torch.testing.assert_close(frames.grad, expected, rtol=1e-5, atol=1e-7)
    assert not frames.grad[[0, 1, 6, 7, 10, 11]].any()


# The gates' functions


def test_tanh_and_sigmoid_are_within_two_ten_millionths():
    # one unit that reads one input: its first cell is s(a) tanh(a), its output s(a) tanh of that
    values = torch.linspace(-100, 100, 40_001)
    layer = LstmLayer(1, 1)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.weight_ih_l0.fill_(1)
        outputs, _ = layer(
            Batch(values[:, None], torch.arange(len(values)), torch.ones(len(values), dtype=torch.int64))
        )
    exact = values.double()
    cell = torch.sigmoid(exact) * torch.tanh(exact)
    expected = torch.sigmoid(exact) * torch.tanh(cell)
    assert (outputs.frames[outputs.rows(), 0].double() - expected).abs().max() < 4e-7
