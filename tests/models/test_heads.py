"""A head is a line in ``HEADS``: every network takes it, learns with it, and says what its features are."""

import numpy as np
import pytest
import torch
from torch import nn

from har_core.engine import Batch, fused_step
from har_core.errors import ConfigError
from har_core.models import BilstmOptions, CnnOptions, LstmOptions, StackedLstmOptions, say_features
from har_core.models.heads import HEADS, Head, features_by
from har_core.models.layer_table import layers_of
from har_core.models.networks import build_model, count_parameters, feature_width
from har_core.training.fit import fit, initial_state

WITH_HEADS = [LstmOptions, StackedLstmOptions, BilstmOptions, CnnOptions]


def spans(outputs: Batch) -> torch.Tensor:
    """How far each number goes, sequence by sequence; and where the sequence begins."""
    each = zip(outputs.starts.tolist(), outputs.lengths.tolist(), strict=True)
    rows = [outputs.frames[start : start + length] for start, length in each]
    return torch.stack([torch.cat([its.amax(0) - its.amin(0), its[0]]) for its in rows])


@pytest.fixture(autouse=True)
def one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HEADS, "spans", Head("spans and first outputs", spans, 2))


def some_batch(inputs: int = 6) -> Batch:
    """Three sequences in any order, with frames of nobody between them."""
    frames = torch.rand(40, inputs, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return Batch(frames, torch.tensor([20, 3, 12]), torch.tensor([9, 7, 1]))


BY_HAND = {
    "last": lambda rows: rows[-1],
    "mean": lambda rows: rows.mean(axis=0),
    "max": lambda rows: rows.max(axis=0),
    "mean-max": lambda rows: np.concatenate([rows.mean(axis=0), rows.max(axis=0)]),
}


@pytest.mark.parametrize(("head", "by_hand"), BY_HAND.items())
def test_a_head_takes_of_each_sequence_its_own_frames_alone(head, by_hand):
    batch = some_batch()
    rows = batch.frames.numpy().astype(np.float64)
    expected = np.stack([by_hand(rows[20:29]), by_hand(rows[3:10]), by_hand(rows[12:13])])
    np.testing.assert_allclose(HEADS[head].pool(batch), expected, rtol=1e-6)
    known = torch.ones(3, 2)
    assert features_by(head, batch, {head: known}) is known  # what the layer knows itself is not computed


@pytest.mark.parametrize("head", BY_HAND)
def test_what_is_negative_is_larger_than_padding(head):
    frames = torch.tensor([[-3.0], [-1.0], [-2.0], [-5.0], [-4.0]], requires_grad=True)
    features = HEADS[head].pool(Batch.of_lengths(frames, torch.tensor([3, 2])))
    expected = [BY_HAND[head](rows) for rows in (np.array([[-3], [-1], [-2]]), np.array([[-5], [-4]]))]
    np.testing.assert_allclose(features.detach(), np.stack(expected))
    (gradient,) = torch.autograd.grad(features.sum(), frames)
    assert gradient.sum() == pytest.approx(2 * HEADS[head].width_factor)


@pytest.mark.parametrize("kind", WITH_HEADS)
def test_each_network_computes_each_head_as_torch_s_own_layers_do(kind):
    batch = some_batch()
    for head in HEADS:
        options = kind(head=head, dropout=0.0)
        model = build_model(options, 6, 4, torch.Generator().manual_seed(0)).eval()
        for row, (begin, length) in enumerate([(20, 9), (3, 7), (12, 1)]):
            values = batch.frames[begin : begin + length][None]
            last = None
            for layer in model.layers:
                if isinstance(layer, nn.LSTM):
                    values, (states, _) = nn.LSTM.forward(layer, values)
                    last = states.flatten()
                else:
                    values = torch.relu(nn.Conv1d.forward(layer, values.transpose(1, 2))).transpose(1, 2)
            whole = Batch.of([values[0]])
            expected = last if head == "last" and last is not None else HEADS[head].pool(whole)[0]
            features, logits = model.features_and_logits(batch)
            torch.testing.assert_close(features[row], expected, rtol=1e-5, atol=1e-6)
            torch.testing.assert_close(logits, model.head(features))


@pytest.mark.parametrize("kind", WITH_HEADS)
def test_the_fused_step_is_for_the_head_that_its_kernel_knows(kind):
    batch, labels = Batch.of([torch.zeros(5, 60)]), torch.zeros(1, dtype=torch.int64)
    for head in HEADS:
        model = build_model(kind(head=head), 60, 4, torch.Generator())
        assert (fused_step(model, batch, labels) is not None) == (kind().head == head)


@pytest.mark.parametrize("kind", WITH_HEADS)
def test_a_network_learns_with_a_head_of_somebody_s_own(kind, small_config, small_data):
    for head, width_factor in (("max", 1), ("mean-max", 2), ("spans", 2)):
        config = small_config.model_copy(update={"model": kind(head=head)}).trained(epochs=12)
        first, *_, last = fit(config, small_data, initial_state(config, small_data))
        assert last.train_loss < 0.9 * first.train_loss
        width = feature_width(config.model, 60, 4)
        assert width % width_factor == 0 and sum(
            row.parameters for row in layers_of(config.model, 60, 4)
        ) == (count_parameters(build_model(config.model, 60, 4, torch.Generator())))


@pytest.mark.parametrize("match", ["lstm", "bilstm"])
def test_a_cnn_with_a_wider_head_is_as_large_as_its_match_yet(match):
    kind = {"lstm": LstmOptions, "bilstm": BilstmOptions}[match]
    target = count_parameters(build_model(kind(), 60, 20, torch.Generator()))
    found = count_parameters(build_model(CnnOptions(match=match, head="mean-max"), 60, 20, torch.Generator()))
    assert abs(found - target) <= 0.05 * target


def test_what_the_features_are_is_said_by_the_head():
    assert say_features(LstmOptions()) == "the last outputs of the layer"
    assert say_features(BilstmOptions(head="max")) == "the largest over the frames of both directions"
    assert say_features(CnnOptions()) == "the means over the frames of the last convolution"


def test_a_head_that_is_not_there_is_refused_by_name():
    with pytest.raises(ConfigError, match="choose one of last, mean, max, mean-max, spans"):
        LstmOptions(head="middle")
