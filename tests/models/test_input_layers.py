"""What stands before a network knows true frames alone, and is nothing where nobody asks for it."""

import numpy as np
import pytest
import torch
from torch import nn

from har_core.engine import Batch, fused_step
from har_core.models import BilstmOptions, CnnOptions, GruOptions, InceptionOptions, LstmOptions
from har_core.models.input_layers import BatchNorm, ChannelDropout, InputNorm, Projection, input_layers
from har_core.models.networks import build_model, count_parameters
from har_core.training.checkpoint import load_weights, save_weights
from har_core.training.fit import fit, initial_state

ALL = [LstmOptions, BilstmOptions, CnnOptions, GruOptions, InceptionOptions]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def scattered() -> tuple[Batch, list[torch.Tensor]]:
    """Three sequences in any order, with frames of nobody between them; and each of them."""
    frames = torch.randn(40, 6, generator=seeded(1)) * 3 + 2
    spans = [(20, 9), (3, 7), (12, 1)]
    batch = Batch(frames, *(torch.tensor(column) for column in zip(*spans, strict=True)))
    return batch, [frames[begin : begin + length] for begin, length in spans]


def sequences_of(batch: Batch) -> list[torch.Tensor]:
    spans = zip(batch.starts.tolist(), batch.lengths.tolist(), strict=True)
    return [batch.frames[begin : begin + length] for begin, length in spans]


def test_batch_norm_is_torch_s_own_on_the_true_frames_of_all_sequences():
    norm, reference = InputNorm(6), nn.BatchNorm1d(6)
    with torch.no_grad():
        for module in (norm, reference):
            module.weight.copy_(torch.arange(1.0, 7.0))
            module.bias.copy_(-torch.arange(6.0))
    batch, sequences = scattered()
    for _ in range(3):
        expected = reference(torch.cat(sequences))
        found = torch.cat(sequences_of(norm(batch)))
        torch.testing.assert_close(found, expected, rtol=0, atol=0)
    assert torch.equal(norm.running_mean, reference.running_mean)
    assert torch.equal(norm.running_var, reference.running_var)
    norm.eval(), reference.eval()
    assert torch.equal(torch.cat(sequences_of(norm(batch))), reference(torch.cat(sequences)))


def test_a_single_frame_has_no_variance_and_is_normed_by_what_is_known():
    norm = InputNorm(2)
    batch = Batch.of([torch.tensor([[3.0, -1.0]])])
    torch.testing.assert_close(norm(batch).frames, batch.frames, rtol=1e-4, atol=0)
    assert norm.running_mean.tolist() == [0, 0]


def test_a_channel_is_dropped_in_all_frames_of_a_sequence_and_the_mean_stays():
    dropout, (batch, sequences) = ChannelDropout(0.25, seeded(3)), scattered()
    kept = []
    for _ in range(300):
        for given, found in zip(sequences, sequences_of(dropout(batch)), strict=True):
            factors = (found / given).detach().numpy()
            np.testing.assert_allclose(factors, np.tile(factors[0], (len(given), 1)), rtol=1e-5)
            assert np.isin(factors.round(4), [0, np.float32(4 / 3).round(4)]).all()
            kept.append(factors[0] > 0)
    assert np.mean(kept) == pytest.approx(0.75, abs=0.02)
    assert np.abs(np.mean(kept, axis=0) - 0.75).max() < 0.06  # each channel apart
    dropout.eval()
    assert dropout(batch) is batch


def test_a_projection_is_a_linear_layer_cut_off_below_zero():
    layer, (batch, sequences) = Projection(6, 4), scattered()
    expected = torch.relu(torch.cat(sequences) @ layer.weight.T + layer.bias)
    torch.testing.assert_close(torch.cat(sequences_of(layer(batch))), expected)


def test_nothing_is_made_of_what_nobody_asks_for():
    assert len(input_layers(6, seeded(), norm=False, channel_dropout=0.0)) == 0
    every = input_layers(6, seeded(), norm=True, channel_dropout=0.1, projection=3)
    assert [type(layer) for layer in every] == [InputNorm, ChannelDropout, Projection]


@pytest.mark.parametrize("kind", ALL)
def test_what_a_network_is_given_is_normed_before_all_else(kind):
    """With the inputs' own scale in the norm, a network answers as without one."""
    batch, _ = scattered()
    options = kind() if kind is not CnnOptions else CnnOptions(channels=7)
    plain = build_model(options, 6, 4, seeded(2)).eval()
    normed = build_model(options.model_copy(update={"input_norm": True}), 6, 4, seeded(2)).eval()
    assert count_parameters(normed) == count_parameters(plain) + 12
    normed.load_state_dict(plain.state_dict(), strict=False)
    (norm,) = (layer for layer in normed.modules() if isinstance(layer, InputNorm))
    mean, variance = torch.arange(6.0), torch.arange(1.0, 7.0)
    norm.running_mean.copy_(mean), norm.running_var.copy_(variance)
    moved = batch.with_frames(batch.frames * (variance + 1e-5).sqrt() + mean)
    with torch.no_grad():
        torch.testing.assert_close(normed(moved), plain(batch), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", [LstmOptions, BilstmOptions, GruOptions])
def test_a_projection_stands_before_the_layers(kind):
    batch, _ = scattered()
    model = build_model(kind(projection=5, hidden=3), 6, 4, seeded(2)).eval()
    (projection,) = model.before
    _, last = model.layers[0](projection(batch))
    with torch.no_grad():
        torch.testing.assert_close(model(batch), model.head(last))
    assert model.layers[0].input_size == 5
    assert projection.weight.abs().max() <= 6**-0.5 and projection.weight.abs().max() > 0.8 * 6**-0.5


@pytest.mark.parametrize("change", [{"input_norm": True}, {"channel_dropout": 0.1}, {"projection": 8}])
def test_with_any_of_it_a_network_is_left_to_its_layers(change):
    batch, labels = Batch.of([torch.zeros(5, 60)]), torch.zeros(1, dtype=torch.int64)
    assert fused_step(build_model(LstmOptions(), 60, 4, seeded()), batch, labels) is not None
    assert fused_step(build_model(LstmOptions(**change), 60, 4, seeded()), batch, labels) is None


def test_a_cnn_with_a_norm_is_as_large_as_its_match_yet():
    target = count_parameters(build_model(LstmOptions(), 60, 20, seeded()))
    found = count_parameters(build_model(CnnOptions(input_norm=True), 60, 20, seeded()))
    assert abs(found - target) <= 0.05 * target


@pytest.mark.parametrize("kind", ALL)
def test_a_network_learns_with_all_of_it_and_its_weights_come_back(kind, small_config, small_data, tmp_path):
    options = kind(input_norm=True, channel_dropout=0.1, head="mean-max")
    if hasattr(options, "projection"):
        options = options.model_copy(update={"projection": 8})
    config = small_config.model_copy(update={"model": options}).trained(epochs=8)
    state = initial_state(config, small_data)
    first, *_, last = fit(config, small_data, state)
    assert last.train_loss < 0.9 * first.train_loss
    weights = state.model.state_dict()
    assert any(isinstance(layer, BatchNorm) for layer in state.model.modules())
    save_weights(tmp_path / "weights", weights)
    found = load_weights(tmp_path / "weights")
    assert found.keys() == weights.keys()
    assert all(torch.equal(found[name], weights[name]) for name in weights)
