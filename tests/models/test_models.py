"""The networks are what the course asks for, and frames between sequences are nothing to them."""

import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_sequence

from har_core.engine import Batch
from har_core.errors import ConfigError
from har_core.models import MODELS, BilstmOptions, CnnOptions, GruOptions, LstmOptions, StackedLstmOptions
from har_core.models.networks import build_model, count_parameters
from har_core.models.options import RecurrentOptions
from tests.networks import NETWORKS

F, K = 60, 20

VARIANTS = {name: MODELS[name].options() for name in NETWORKS} | {
    "lstm, 7 units": LstmOptions(hidden=7),
    "stacked-lstm, 3 layers": StackedLstmOptions(layers=3, hidden=9),
    "bilstm, 2 layers": BilstmOptions(layers=2, hidden=10),
    "gru, 2 layers, both directions": GruOptions(layers=2, bidirectional=True, hidden=10),
    "cnn, 1 layer": CnnOptions(layers=1, kernel=3),
    "cnn, 3 layers, wide kernel": CnnOptions(layers=3, kernel=9),
    "cnn, even kernel": CnnOptions(channels=8, kernel=4),
}
every_variant = pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS.keys())
recurrent_variants = pytest.mark.parametrize(
    "options", [options for options in VARIANTS.values() if isinstance(options, RecurrentOptions)], ids=repr
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def build(options, inputs: int = F, classes: int = K, seed: int = 0) -> nn.Module:
    return build_model(options, inputs, classes, seeded(seed))


def some_sequences(*lengths: int, inputs: int = F, seed: int = 1) -> list[torch.Tensor]:
    generator = seeded(seed)
    return [torch.rand(length, inputs, generator=generator) * 2 - 1 for length in lengths]


def among(sequences: list[torch.Tensor], *, every: int, junk: float) -> Batch:
    """A batch whose sequences begin every so many frames, with junk between them."""
    frames = torch.full((len(sequences), every, sequences[0].shape[1]), float(junk))
    for row, sequence in enumerate(sequences):
        frames[row, : len(sequence)] = sequence
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return Batch(frames.flatten(0, 1), torch.arange(len(sequences)) * every, lengths)


def alone(sequence: torch.Tensor) -> Batch:
    return Batch.of([sequence])


# Parameters


def test_the_course_s_lstm_and_bilstm_have_the_parameters_of_a_count_by_hand():
    # four gates, each with weights on F inputs and H units and torch's two biases, then the linear layer
    by_hand = 4 * 24 * (60 + 24 + 2) + 24 * 20 + 20
    assert count_parameters(build(LstmOptions())) == by_hand == 8_756
    assert count_parameters(build(BilstmOptions())) == 2 * 4 * 24 * (60 + 24 + 2) + 48 * 20 + 20 == 17_492
    second_layer = 4 * 24 * (24 + 24 + 2)
    assert count_parameters(build(StackedLstmOptions())) == by_hand + second_layer


@pytest.mark.parametrize("inputs", [45, 60, 75])
@pytest.mark.parametrize("match", ["lstm", "stacked-lstm", "bilstm"])
def test_a_cnn_is_within_five_percent_of_the_model_that_it_matches(match, inputs):
    target = sum(parameter.numel() for parameter in build(MODELS[match].options(), inputs).parameters())
    for layers in (1, 2, 3, 4):
        for kernel in (3, 5, 7, 9):
            cnn = build(CnnOptions(match=match, layers=layers, kernel=kernel), inputs)
            count = sum(parameter.numel() for parameter in cnn.parameters())
            assert abs(count - target) <= 0.05 * target, (layers, kernel, count, target)
            assert len(cnn.layers) == layers and cnn.layers[0].kernel_size == (kernel,)


def test_a_cnn_s_width_can_be_chosen_instead():
    cnn = build(CnnOptions(channels=11, layers=3))
    assert [layer.out_channels for layer in cnn.layers] == [11, 11, 11]


def test_the_names_of_the_options_are_those_of_the_models():
    assert {name: kind.options().name for name, kind in MODELS.items()} == {name: name for name in MODELS}


def test_a_stacked_lstm_has_at_least_two_layers():
    with pytest.raises(ConfigError, match="StackedLstmOptions: layers is 1"):
        StackedLstmOptions(layers=1)


# What is computed


@recurrent_variants
def test_logits_are_those_of_torch_s_own_layers_on_packed_sequences(options):
    model = build(options).eval()
    layers, bidirectional = len(model.layers), model.layers[0].bidirectional
    kind = nn.GRU if options.name == "gru" else nn.LSTM
    reference = kind(F, options.hidden, layers, batch_first=True, bidirectional=bidirectional)
    weights = {
        name.replace("_l0", f"_l{depth}"): value
        for depth, layer in enumerate(model.layers)
        for name, value in layer.state_dict().items()
    }
    reference.load_state_dict(weights)
    sequences = some_sequences(5, 17, 1, 17, 9)
    _, states = reference(pack_sequence(sequences, enforce_sorted=False))
    states = states if options.name == "gru" else states[0]
    last = torch.cat(list(states[-2:]), dim=1) if bidirectional else states[-1]
    with torch.no_grad():
        batch = among(sequences, every=20, junk=1e3)
        torch.testing.assert_close(model.features(batch), last, rtol=1e-5, atol=1e-6)
        expected = last @ model.head.weight.T + model.head.bias
        torch.testing.assert_close(model(batch), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kernel", [1, 3, 4, 9])
def test_a_cnn_s_logits_are_those_of_a_count_by_hand(kernel):
    model = build(CnnOptions(channels=6, layers=2, kernel=kernel), inputs=4, classes=3).eval()
    (sequence,) = some_sequences(7, inputs=4)
    values = sequence.numpy().astype(np.float64)
    before = (kernel - 1) // 2
    for layer in model.layers:
        weight, bias = (parameter.detach().numpy() for parameter in (layer.weight, layer.bias))
        out = np.tile(bias.astype(np.float64), (7, 1))
        for frame in range(7):
            for offset in range(kernel):
                if 0 <= frame + offset - before < 7:
                    out[frame] += weight[:, :, offset] @ values[frame + offset - before]
        values = np.maximum(out, 0)
    expected = model.head.weight.detach().numpy() @ values.mean(axis=0) + model.head.bias.detach().numpy()
    batch = among([sequence], every=12, junk=1e3)
    with torch.no_grad():
        np.testing.assert_allclose(model(batch)[0], expected, rtol=1e-4, atol=1e-5)


@every_variant
def test_logits_are_the_linear_layer_on_the_features(options):
    model = build(options).eval()
    batch = among(some_sequences(4, 9), every=9, junk=0)
    with torch.no_grad():
        features = model.features(batch)
        assert features.shape == (2, model.head.in_features)
        assert torch.equal(model(batch), model.head(features))


# Frames of nobody


@every_variant
@pytest.mark.parametrize("junk", [0.0, 1e3])
def test_frames_between_sequences_change_no_result(options, junk):
    model = build(options).eval()
    sequences = some_sequences(3, 12, 1, 7)
    batch = among(sequences, every=19, junk=junk)
    with torch.no_grad():
        logits, features = model(batch), model.features(batch)
        for row, sequence in enumerate(sequences):
            torch.testing.assert_close(logits[row], model(alone(sequence))[0], rtol=1e-5, atol=1e-5)
            torch.testing.assert_close(
                features[row], model.features(alone(sequence))[0], rtol=1e-5, atol=1e-5
            )


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(sorted(NETWORKS)),
    lengths=st.lists(st.integers(1, 15), min_size=1, max_size=5),
    more=st.integers(0, 10),
    junk=st.sampled_from([0.0, 1.0, 1e3]),
    seed=st.integers(0, 2**32),
)
def test_frames_between_sequences_change_no_result_whatever_the_lengths(name, lengths, more, junk, seed):
    model = build(MODELS[name].options(), inputs=6, classes=4, seed=seed).eval()
    sequences = some_sequences(*lengths, inputs=6, seed=seed)
    with torch.no_grad():
        together = model(among(sequences, every=max(lengths) + more, junk=junk))
        apart = torch.cat([model(alone(sequence)) for sequence in sequences])
    torch.testing.assert_close(together, apart, rtol=1e-5, atol=1e-5)


@every_variant
def test_gradients_do_not_depend_on_frames_between_sequences(options):
    model = build(options.model_copy(update={"dropout": 0.0}))
    model.train(options.name != "inception")  # batch norm makes one of a batch, on purpose
    sequences, labels = some_sequences(3, 12, 1, 7), torch.tensor([0, 5, 19, 5])

    def gradients(losses) -> list[torch.Tensor]:
        model.zero_grad()
        torch.stack(losses).sum().backward()
        return [parameter.grad.clone() for parameter in model.parameters()]

    apart = gradients(
        [
            cross_entropy(model(alone(sequence)), labels[row : row + 1])
            for row, sequence in enumerate(sequences)
        ]
    )
    for to, junk in ((12, 0.0), (19, 1e3)):
        logits = model(among(sequences, every=to, junk=junk))
        together = gradients([cross_entropy(logits, labels, reduction="sum")])
        for one, other in zip(apart, together, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


# Random numbers


@every_variant
def test_the_same_generator_gives_the_same_weights_whatever_torch_s_own_has_drawn(options):
    torch.manual_seed(1)
    first = build(options, seed=3).state_dict()
    torch.manual_seed(2)
    torch.rand(5)
    second, other = build(options, seed=3).state_dict(), build(options, seed=4).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    drawn = [name for name in first if "norm" not in name]
    assert drawn and not any(torch.equal(first[name], other[name]) for name in drawn)


@recurrent_variants
def test_weights_fill_the_range_that_torch_gives_an_lstm(options):
    values = torch.cat([parameter.flatten() for parameter in build(options).parameters()])
    bound = 1 / options.hidden**0.5
    assert values.abs().max() <= bound and values.abs().max() > 0.95 * bound
    assert abs(values.mean()) < 0.05 * bound


@every_variant
def test_dropout_is_off_in_evaluation_and_draws_from_the_model_s_generator_in_training(options):
    batch = among(some_sequences(6, 9), every=9, junk=0)
    model, twin = build(options), build(options)
    model.eval()
    assert torch.equal(model(batch), model(batch))
    model.train()
    first, second = model(batch), model(batch)
    assert not torch.equal(first, second)

    twin.train()
    torch.manual_seed(99)
    again = [twin(batch)]
    torch.rand(1000)
    other = threading.Thread(target=lambda: torch.nn.functional.dropout(torch.rand(1000), 0.5))
    other.start()
    other.join()
    again.append(twin(batch))
    assert torch.equal(again[0], first) and torch.equal(again[1], second)


@every_variant
def test_training_draws_nothing_from_torch_s_own_generator(options):
    model = build(options).train()
    before = torch.get_rng_state()
    model(among(some_sequences(6, 9), every=9, junk=0))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_dropout_takes_its_share_and_keeps_the_mean(rate):
    dropout = build(LstmOptions(dropout=rate)).train().dropout
    values = dropout(torch.ones(200, 500))
    assert abs((values == 0).float().mean() - rate) < 0.01
    assert torch.equal(values[values != 0], torch.full_like(values[values != 0], 1 / (1 - rate)))
