"""The network of an ended run is read back whole, or refused in a sentence."""

import numpy as np
import pytest
import torch

from har_core.errors import RunError
from har_core.training.checkpoint import load_weights, save_weights
from har_core.training.driver import train_run
from har_core.training.store import RunStore
from har_core.training.trained import trained_model


@pytest.fixture
def run(har_home, small_config):
    store = RunStore()
    run = store.create(small_config.trained(epochs=2), queued=False)
    assert len(list(train_run(store, run.run_id))) == 2
    return store.get(run.run_id)


@pytest.mark.parametrize("checkpoint", ["best", "last"])
def test_its_predictions_are_those_of_the_run(run, small_data, checkpoint):
    test = small_data.parts["test"]
    with torch.no_grad():
        logits = trained_model(run, checkpoint)(test.sequences).numpy()
    with np.load(run.path / "predictions.npz") as file:
        expected = file[f"logits_{checkpoint}"][file["part"] == "test"]
    np.testing.assert_allclose(logits, expected, atol=1e-5)


def test_run_that_has_not_ended_has_no_weights(har_home, small_config):
    run = RunStore().create(small_config)
    with pytest.raises(RunError, match=r"has no best\.safetensors; only a run that has ended"):
        trained_model(run, "best")


def test_missing_weights_are_told(run):
    (run.path / "last.safetensors").unlink()
    with pytest.raises(RunError, match=r"has no last\.safetensors"):
        trained_model(run, "last")


@pytest.mark.parametrize("content", [b"", b"no weights", b"\xff" * 100])
def test_damaged_weights_are_told_with_what_to_do(run, content):
    (run.path / "best.safetensors").write_bytes(content)
    with pytest.raises(RunError, match=r"best\.safetensors can't be read as weights .*; train the run again"):
        trained_model(run, "best")


def test_weights_of_another_model_are_refused_in_one_line(run):
    path = run.path / "best.safetensors"
    save_weights(path, {f"x{name}": value for name, value in load_weights(path).items()})
    with pytest.raises(RunError, match="weights of another model") as refused:
        trained_model(run, "best")
    assert "\n" not in str(refused.value)
