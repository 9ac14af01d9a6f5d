"""Where there is a CUDA graphics processor it gives the same bits again, and the CPU agrees with it."""

import numpy as np
import pytest
import torch

from har_core.models import BilstmOptions
from har_core.training.config import ExperimentConfig
from har_core.training.device import choose_device
from har_core.training.driver import train_run
from har_core.training.experiment import resolve_experiment
from har_core.training.fit import fit, initial_state
from har_core.training.parts import TrainingData, assemble
from har_core.training.probabilities import softmax
from har_core.training.store import RunStore
from tests.networks import NETWORKS, small_options
from tests.training.same_run import assert_same

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA graphics processor here"),
    pytest.mark.usefixtures("har_home"),
]

WIDE = BilstmOptions(hidden=1024)
"""A hundred times as long on the CPU as on the graphics processor."""


def on_cuda(config: ExperimentConfig, name: str) -> ExperimentConfig:
    return config.model_copy(update={"model": small_options(name), "device": "cuda"})


def weights_after(config: ExperimentConfig, data: TrainingData, epochs: int) -> dict[str, torch.Tensor]:
    state = initial_state(config, data)
    assert len(list(fit(config.trained(epochs=epochs), data, state))) == epochs
    return {name: value.cpu().clone() for name, value in state.model.state_dict().items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_bits_come_again(name, small_config, small_data):
    config, data = on_cuda(small_config, name), small_data.on("cuda")
    first, *others = (weights_after(config, data, 4) for _ in range(4))
    for other in others:
        assert all(torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("name", NETWORKS)
def test_an_epoch_is_that_of_the_cpu(name, small_config, small_data):
    config = on_cuda(small_config, name)
    config = config.model_copy(update={"model": config.model.model_copy(update={"dropout": 0.0})})
    here = next(fit(config, small_data))
    there = next(fit(config, small_data.on("cuda")))
    assert there.train_loss == pytest.approx(here.train_loss, rel=1e-3)
    assert there.test_loss == pytest.approx(here.test_loss, rel=1e-3)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_run_that_was_interrupted_goes_on_to_the_same_bits(name, small_config):
    store, config = RunStore(), on_cuda(small_config, name)
    whole, stopped = store.create(config).run_id, store.create(config).run_id
    assert len(list(train_run(store, whole))) == 6
    epochs = train_run(store, stopped)
    next(epochs), next(epochs)
    epochs.close()
    assert len(list(train_run(store, stopped))) == 4
    assert_same(store.get(stopped), store.get(whole))
    assert store.get(whole).meta.device == "cuda"


@pytest.mark.parametrize("name", NETWORKS)
def test_the_cpu_predicts_what_the_run_did(name, small_config, small_sequences):
    store = RunStore()
    run_id = store.create(on_cuda(small_config, name)).run_id
    assert len(list(train_run(store, run_id))) == 6
    run = store.get(run_id)
    with np.load(run.path / "predictions.npz") as kept:
        predicted = softmax(kept[f"logits_{run.config.judged_by}"])
        rows = [list(small_sequences.ids).index(key) for key in kept["ids"]]
    # What was computed there differs from here in the order of sums alone.
    np.testing.assert_allclose(run.predict_proba(small_sequences.take(rows)), predicted, atol=1e-4)


def test_auto_takes_it_for_a_wide_network_and_keeps_it(small_config, small_sequences):
    config = small_config.model_copy(update={"model": WIDE, "device": "auto"})
    config, _ = resolve_experiment(config, small_sequences)
    chosen = choose_device(config, assemble(config, small_sequences))
    assert chosen.name == "cuda" and "times as long on the CPU" in chosen.why
    store = RunStore()
    run_id = store.create(config.trained(epochs=2)).run_id
    assert len(list(train_run(store, run_id))) == 2
    run = store.get(run_id)
    assert (run.config.device, run.meta.device) == ("cuda", "cuda") and run.asked_for.device == "auto"
    assert run.meta.device_because.endswith(" on the CPU")
    assert run.meta.computed_by == "torch on cuda"


def test_what_has_no_room_there_is_computed_on_the_cpu(small_config, small_data, monkeypatch):
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info()
    taken = torch.empty(max(free - (8 << 20), 1), dtype=torch.uint8, device="cuda")
    try:
        config = small_config.model_copy(update={"model": WIDE, "device": "auto"})
        chosen = choose_device(config, small_data)
    finally:
        del taken
        torch.cuda.empty_cache()
    assert (chosen.name, chosen.why) == ("cpu", "CUDA has no room for a step")
