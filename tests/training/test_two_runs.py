"""Two runs in one process, each on a thread of its own, leave each other and what torch keeps alone."""

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import torch

from har_core.engine import Threads
from har_core.models import MODELS
from har_core.training import fit as fit_module
from har_core.training.config import ExperimentConfig
from har_core.training.evaluation import predict
from har_core.training.fit import fit, initial_state
from har_core.training.parts import TrainingData

SMALLEST = 5e-324  # is taken for zero by a thread that flushes
PAIRS = [("lstm", "lstm"), ("cnn", "cnn"), ("lstm", "cnn")]


@pytest.fixture(autouse=True)
def several_threads_of_torch() -> Iterator[None]:
    """As torch has them where it is not told otherwise; the tests have one."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=["kernels", "torch"])
def computed_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who computes: the project's kernels, or torch's own layers."""
    if request.param == "torch":
        monkeypatch.setenv("HAR_KERNELS", "off")
    return request.param


def threads_of_a_new_thread() -> int:
    """How many threads torch takes for what a thread computes that begins now."""
    with ThreadPoolExecutor(1) as new:
        return new.submit(torch.get_num_threads).result()


def of_process() -> tuple[Any, ...]:
    """What all users of torch in this process share."""
    random = torch.get_rng_state().numpy().tobytes()
    return threads_of_a_new_thread(), torch.get_default_dtype(), torch.get_default_device(), random


def of_thread() -> tuple[int, bool]:
    """What torch keeps for each thread."""
    return torch.get_num_threads(), SMALLEST == 0.0


def config_of(model: str, seed: int, config: ExperimentConfig) -> ExperimentConfig:
    # three blocks of sequences in a batch, for as many threads
    changes = {"model": MODELS[model].options(), "seed": seed}
    return config.trained(batch_size=48).model_copy(update=changes)


def train(
    config: ExperimentConfig, data: TrainingData, threads: int, meet: threading.Barrier | None = None
) -> tuple[Any, ...]:
    """Train; return all bits of it. Every epoch begins when the other run's has ended, where there is one."""
    before = of_thread()
    state = initial_state(config, data)
    records = []
    for record in fit(config, data, state, threads=threads):
        if meet is not None:
            meet.wait(60)
        assert of_thread() == before
        records.append(replace(record, seconds=0))
    weights = {name: value.numpy().tobytes() for name, value in state.model.state_dict().items()}
    logits = predict(state.model, data.parts["test"]).logits.tobytes()
    assert of_thread() == before
    return records, weights, logits


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_runs_at_once_give_the_bits_of_one_after_the_other(pair, computed_by, small_config, small_data):
    configs = [config_of(model, seed, small_config) for seed, model in enumerate(pair)]
    before = of_process()
    # The kernels give the same bits on any number of threads, torch on the same number.
    counts, others = (1, 3), (3, 1) if computed_by == "kernels" else (1, 3)
    apart = [train(config, small_data, threads) for config, threads in zip(configs, counts, strict=True)]
    assert of_process() == before
    meet = threading.Barrier(2)
    with ThreadPoolExecutor(2) as both:
        jobs = zip(configs, others, strict=True)
        found = [both.submit(train, config, small_data, threads, meet) for config, threads in jobs]
        together = [each.result() for each in found]
    assert together == apart and apart[0] != apart[1]
    assert of_process() == before


@pytest.mark.parametrize("computed_by", ["torch"], indirect=True)
def test_torch_s_own_layers_compute_on_the_threads_of_the_run_and_others_as_they_did(
    computed_by, small_config, small_data, monkeypatch
):
    counts, cross_entropy = [], fit_module.cross_entropy

    def spy(*given: Any, **more: Any) -> torch.Tensor:
        counts.append((torch.get_num_threads(), threads_of_a_new_thread()))
        return cross_entropy(*given, **more)

    monkeypatch.setattr(fit_module, "cross_entropy", spy)
    ready = threading.Barrier(2)

    def with_four() -> int:
        torch.get_num_threads()  # a thread takes over those of others when it first asks
        torch.set_num_threads(4)
        ready.wait(60)  # now that of others is set again
        ready.wait(60)
        train(config_of("lstm", 0, small_config), small_data, 3)
        return torch.get_num_threads()

    with ThreadPoolExecutor(1) as new:
        left = new.submit(with_four)
        ready.wait(60)
        torch.set_num_threads(2)
        ready.wait(60)
        assert left.result() == 4
    assert set(counts) == {(3, 2)} and threads_of_a_new_thread() == 2


def test_what_torch_has_drawn_before_changes_no_weight(small_config, small_data):
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        found.append(train(config_of("cnn", 0, small_config), small_data, 1))
    assert found[0] == found[1]


def test_a_thread_that_flushes_already_goes_on_to(small_config, small_data):
    def flushing() -> tuple[int, bool]:
        torch.set_flush_denormal(True)
        train(config_of("lstm", 0, small_config), small_data, 1)
        return of_thread()

    with ThreadPoolExecutor(1) as new:
        assert new.submit(flushing).result() == (2, True)


def test_each_run_has_so_many_threads_as_it_is_given(small_config, small_data, monkeypatch):
    counts: list[int] = []
    run = Threads.run

    def spy(threads: Threads, *given: Any, **more: Any) -> None:
        counts.append(threads.count)
        run(threads, *given, **more)

    monkeypatch.setattr(Threads, "run", spy)
    config = config_of("lstm", 0, small_config)
    one, three = (fit(config, small_data, threads=threads) for threads in (1, 3))
    for epochs, count in ((one, 1), (three, 3), (one, 1)):
        counts.clear()
        next(epochs)
        assert set(counts) == {count}


def test_helpers_end_with_their_run(small_config, small_data):
    before = set(threading.enumerate())
    epochs = fit(config_of("lstm", 0, small_config), small_data, threads=3)
    next(epochs)
    helpers = set(threading.enumerate()) - before
    assert 1 <= len(helpers) <= 2
    del epochs
    gc.collect()
    for helper in helpers:
        helper.join(60)
        assert not helper.is_alive()


def test_the_environment_is_read_when_a_run_starts(small_config, small_data, monkeypatch):
    counts = []
    monkeypatch.setattr(
        Threads, "run", lambda threads, work, parts, late_work: counts.append(threads.count) or work()
    )
    for said in ("2", "3"):
        monkeypatch.setenv("HAR_THREADS", said)
        next(fit(small_config, small_data))
    assert set(counts) == {2, 3} and counts == sorted(counts)
