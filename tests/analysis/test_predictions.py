"""What a run got right is counted as by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from har_core.analysis.predictions import Predictions, confusion, load_predictions
from har_core.errors import RunError
from har_core.training.driver import train_run
from har_core.training.probabilities import softmax
from har_core.training.store import RunStore


def made_up(truth, predicted, classes=3, parts=None) -> Predictions:
    count = len(truth)
    logits = np.zeros((count, classes), np.float32)
    logits[np.arange(count), predicted] = 2.0
    return Predictions(
        np.array([f"s{row}" for row in range(count)]),
        np.arange(count) + 1,
        np.array(truth, np.int64),
        logits,
        np.array(parts or ["test"] * count),
    )


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_the_confusion_matrix_is_a_count_by_hand_and_its_cells_hold_the_sequences(pairs):
    predictions = made_up([true for true, _ in pairs], [said for _, said in pairs], classes=4)
    counts = confusion(predictions, 4)
    by_hand = np.zeros((4, 4), int)
    for true, said in pairs:
        by_hand[true, said] += 1
    np.testing.assert_array_equal(counts, by_hand)
    assert predictions.correct == np.trace(by_hand) and len(predictions) == len(pairs)
    for true in range(4):
        for said in range(4):
            names = [f"s{row}" for row, pair in enumerate(pairs) if pair == (true, said)]
            assert predictions.cell(true, said).ids.tolist() == names


def test_parts_are_kept_apart():
    predictions = made_up([0, 1, 2, 0], [0, 1, 1, 2], parts=["train", "test", "test", "validation"])
    assert predictions.of("test").ids.tolist() == ["s1", "s2"] and predictions.of("test").correct == 1
    assert predictions.of("train").subjects.tolist() == [1]
    assert sum(len(predictions.of(part)) for part in ("train", "validation", "test")) == 4


@given(arrays.arrays(np.float32, (5, 4), elements=st.floats(-500, 500, width=32)))
def test_the_probability_is_that_of_a_softmax(logits):
    predictions = Predictions(
        np.array(list("abcde")), np.ones(5, int), np.zeros(5, int), logits, np.full(5, "test")
    )
    expected = torch.softmax(torch.from_numpy(logits).double(), dim=1)
    np.testing.assert_allclose(softmax(logits), expected.numpy(), rtol=1e-6, atol=1e-300)
    np.testing.assert_allclose(predictions.probability, expected.max(dim=1).values.numpy(), rtol=1e-6)


def test_predictions_of_a_run_are_read_by_weights(har_home, small_config):
    store = RunStore()
    run = store.create(small_config.trained(epochs=2))
    with pytest.raises(RunError, match=r"predictions\.npz can't be read"):
        load_predictions(store, run.run_id, "best")
    for _ in train_run(store, run.run_id):
        pass
    results = store.get(run.run_id).results
    for checkpoint in ("best", "last"):
        predictions = load_predictions(store, run.run_id, checkpoint)
        for part in ("train", "validation", "test"):
            share = predictions.of(part).correct / len(predictions.of(part))
            assert share == pytest.approx(getattr(results.of(checkpoint), part))
    np.savez(run.path / "predictions.npz", ids=np.array(["a"]))
    with pytest.raises(RunError, match="subjects is missing in it"):
        load_predictions(store, run.run_id, "best")
