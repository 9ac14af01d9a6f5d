"""Reading a sequence frame by frame: each answer is that of the model to a shorter sequence."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from har_core.analysis import prefix_predictions as prefixes
from har_core.analysis.prefix_predictions import (
    actions_that_matter,
    prefix_predictions,
    read_prefixes,
    segments,
)
from har_core.data.inputs import INPUTS, Input
from har_core.data.preparation import Preparation
from har_core.data.sequences import replace_frames
from har_core.engine import Batch
from har_core.errors import DataError, RunError
from har_core.models import MODELS, BilstmOptions
from har_core.models.networks import build_model, feature_width
from har_core.training.checkpoint import load_weights, save_weights
from har_core.training.driver import train_run
from har_core.training.store import RunStore
from har_core.training.trained import trained_model
from tests.networks import NETWORKS


@pytest.fixture
def ended(har_home, small_config):
    """The function ``ended(**changes) -> run``: a run of two epochs on the small set."""

    def train(**changes):
        store = RunStore()
        config = small_config.trained(epochs=2).model_copy(update=changes)
        run = store.create(config, queued=False)
        assert len(list(train_run(store, run.run_id))) == 2
        return store.get(run.run_id)

    return train


@pytest.mark.parametrize("model", NETWORKS)
@pytest.mark.parametrize("scaling", ["training-set", "sequence-axis"])
def test_last_reading_is_what_the_run_predicted(ended, small_sequences, model, scaling):
    run = ended(model=MODELS[model].options(), preparation=Preparation(frames=None, scaling=scaling))
    with np.load(run.path / "predictions.npz") as file, np.load(run.path / "features.npz") as learned:
        for checkpoint in ("best", "last"):
            for row in range(0, len(file["ids"]), 20):
                found = prefix_predictions(run, checkpoint, small_sequences, str(file["ids"][row]))
                logits = torch.from_numpy(file[f"logits_{checkpoint}"][row])
                np.testing.assert_allclose(found.probabilities[-1], torch.softmax(logits, 0), atol=1e-5)
                np.testing.assert_allclose(found.features[-1], learned[checkpoint][row], atol=1e-5)


@pytest.mark.parametrize("model", NETWORKS)
def test_each_reading_is_the_answer_to_a_sequence_that_ends_there(ended, small_sequences, model):
    run = ended(model=MODELS[model].options())
    network = trained_model(run, "best")
    frames = (small_sequences[3] * np.float32(0.1)).reshape(-1, 60)
    logits, features = read_prefixes(network, lambda count: frames[:count], np.arange(1, len(frames) + 1))
    for count in range(1, len(frames) + 1):
        alone = Batch.of([torch.tensor(frames[:count])])
        with torch.no_grad():
            np.testing.assert_allclose(logits[count - 1], network(alone)[0], atol=1e-5)
            np.testing.assert_allclose(features[count - 1], network.features(alone)[0], atol=1e-5)


def to_come(frames, skeleton):
    """How far each joint moves to the frame after: an input that looks ahead."""
    return np.diff(frames, axis=0, append=frames[-1:]).reshape(len(frames), -1)


@pytest.mark.parametrize("inputs", [("velocities",), ("positions", "velocities"), ("to-come", "positions")])
def test_each_reading_knows_only_inputs_of_a_sequence_that_ends_there(
    ended, small_sequences, monkeypatch, inputs
):
    monkeypatch.setitem(INPUTS, "to-come", Input("To come", "For a test.", to_come))
    run = ended(inputs=inputs, preparation=Preparation(frames=None, scaling="none", centring="none"))
    network, name = trained_model(run, "last"), small_sequences.ids[5]
    found = prefix_predictions(run, "last", small_sequences, name)
    frames = small_sequences[5].reshape(-1, 60)
    for count in range(1, len(frames) + 1):
        read, nothing = frames[:count], np.zeros((1, 60), np.float32)
        moved = read[1:] - read[:-1]
        by_name = {
            "positions": read,
            "velocities": np.concatenate([nothing, moved]),
            "to-come": np.concatenate([moved, nothing]),
        }
        alone = Batch.of([torch.tensor(np.concatenate([by_name[one] for one in inputs], axis=1))])
        with torch.no_grad():
            expected = torch.softmax(network(alone)[0], 0)
        np.testing.assert_allclose(found.probabilities[count - 1], expected, atol=1e-5)
    with np.load(run.path / "predictions.npz") as file:
        logits = torch.from_numpy(file["logits_last"][file["ids"] == name][0])
    np.testing.assert_allclose(found.probabilities[-1], torch.softmax(logits, 0), atol=1e-5)


def test_the_last_reading_of_resampled_sequences_knows_how_long_they_were(ended, small_sequences):
    run = ended(inputs=("paced-motion-1",), preparation=Preparation(frames=20))
    with np.load(run.path / "predictions.npz") as file:
        by_name = dict(zip(file["ids"], torch.from_numpy(file["logits_last"]), strict=True))
    for name in list(by_name)[:4]:
        found = prefix_predictions(run, "last", small_sequences, name)
        np.testing.assert_allclose(found.probabilities[-1], torch.softmax(by_name[name], 0), atol=1e-5)


def test_features_of_an_lstm_are_the_outputs_of_torchs_own_at_each_frame(ended, small_sequences):
    run = ended()
    network = trained_model(run, "best")
    frames = small_sequences[0].reshape(-1, 60)
    reference = nn.LSTM(60, 24, batch_first=True)
    reference.load_state_dict(network.layers[0].state_dict())
    with torch.no_grad():
        outputs, _ = reference(torch.tensor(frames)[None])
    _, features = read_prefixes(network, lambda count: frames[:count], np.arange(1, len(frames) + 1))
    np.testing.assert_allclose(features, outputs[0], atol=1e-5)


def test_long_sequence_is_read_at_evenly_spaced_frames_up_to_its_last(ended, small_sequences, monkeypatch):
    monkeypatch.setattr(prefixes, "MOST_READINGS", 4)
    monkeypatch.setattr(prefixes, "_MOST_VALUES", 2000)  # a few beginnings at a time
    run, name = ended(), small_sequences.ids[0]
    found = prefix_predictions(run, "best", small_sequences, name)
    last = len(small_sequences[0]) - 1
    np.testing.assert_array_equal(found.moments, np.linspace(0, last, 4).round())
    monkeypatch.undo()
    every = prefix_predictions(run, "best", small_sequences, name)
    np.testing.assert_array_equal(every.moments, np.arange(last + 1))
    np.testing.assert_allclose(found.probabilities, every.probabilities[found.moments.astype(int)], atol=1e-6)
    np.testing.assert_allclose(every.probabilities.sum(axis=1), 1)


def test_other_data_than_the_run_was_trained_on_are_refused(ended, small_sequences):
    moved = [small_sequences[row] + np.float32(1) for row in range(len(small_sequences))]
    with pytest.raises(RunError, match="trained on other data than small holds now"):
        prefix_predictions(ended(), "best", replace_frames(small_sequences, moved), small_sequences.ids[0])


def test_unknown_sequence_is_told(ended, small_sequences):
    with pytest.raises(DataError, match="no sequence named 'nobody'"):
        prefix_predictions(ended(), "best", small_sequences, "nobody")


def test_opinions_follow_the_most_probable_action():
    leading = [2, 2, 0, 0, 0, 1, 2]
    found = segments(np.eye(3)[leading] * 0.5 + 0.1)
    spans = [(one.action, one.first, one.last) for one in found]
    assert spans == [(2, 0, 1), (0, 2, 4), (1, 5, 5), (2, 6, 6)]
    assert [leading[one.first] for one in found] == [one.action for one in found]


def test_one_reading_is_one_opinion():
    assert [(one.action, one.first, one.last) for one in segments(np.array([[0.2, 0.8]]))] == [(1, 0, 0)]


def test_actions_that_matter_are_the_asked_ones_and_those_that_lead_the_longest():
    probabilities = np.eye(6)[[3, 3, 3, 4, 4, 5, 0]]
    assert actions_that_matter(probabilities, [1, 3], most=4) == [1, 3, 4, 0]
    assert actions_that_matter(probabilities, [1, 3]) == [1, 3, 4, 0, 5]
    assert actions_that_matter(probabilities, [2, 2], most=2) == [2, 3]


def test_weights_for_other_frames_are_refused(ended, small_sequences):
    run = ended()
    narrow = build_model(run.config.model, 57, 4, torch.Generator())
    save_weights(run.path / "best.safetensors", narrow.state_dict())
    lying = replace(run, meta=run.meta.model_copy(update={"inputs": 57}))
    with pytest.raises(RunError, match="was given 57 numbers a frame, small has 60; train the run again"):
        prefix_predictions(lying, "best", small_sequences, small_sequences.ids[0])


def test_weights_that_give_no_numbers_are_refused(ended, small_sequences):
    run = ended()
    weights = load_weights(run.path / "best.safetensors")
    huge = weights | {"head.weight": torch.full_like(weights["head.weight"], 3e38)}
    save_weights(run.path / "last.safetensors", {**huge, "head.bias": torch.full((4,), 3e38)})
    with pytest.raises(RunError, match="give no finite numbers"):
        prefix_predictions(run, "last", small_sequences, small_sequences.ids[0])
    broken = weights | {"head.bias": torch.full((4,), float("nan"))}
    save_weights(run.path / "best.safetensors", broken)
    with pytest.raises(RunError, match="can't be read as weights .it holds what is no finite number"):
        prefix_predictions(run, "best", small_sequences, small_sequences.ids[0])


@pytest.mark.parametrize("model", NETWORKS)
def test_the_width_of_the_features_is_known_without_the_weights(model):
    options = MODELS[model].options()
    assert feature_width(options, 60, 4) == build_model(options, 60, 4, torch.Generator()).head.in_features
    assert (
        feature_width(BilstmOptions(hidden=1024, layers=8), 1_000_000, 4) == 2048
    )  # in no time, on no memory
