"""Where a run computes: where it is told, or where a step takes the least time."""

import math

import pytest
import torch

from har_core.errors import RunError
from har_core.models import MODELS
from har_core.training import device
from har_core.training.device import ChosenDevice, check_device, choose_device


@pytest.fixture
def auto_config(small_config):
    return small_config.model_copy(update={"device": "auto"})


@pytest.fixture
def cuda(monkeypatch):
    """A CUDA on which, and on the CPU, a step takes as long as is said."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    def take(cpu: float, cuda: float) -> None:
        times = {"cpu": cpu, "cuda": cuda}
        monkeypatch.setattr(device, "_seconds_a_step", lambda config, data, name: times[name])

    return take


@pytest.mark.parametrize(
    ("cpu", "other", "chosen", "why"),
    [
        (0.01, 0.027, "cpu", "a step takes 2.7 times as long on CUDA"),
        (1.2, 0.01, "cuda", "a step takes 120 times as long on the CPU"),
        (1.05, 1.0, "cpu", "a step takes about as long on CUDA"),  # the order of sums counts for more
        (0.01, math.inf, "cpu", "CUDA has no room for a step"),
    ],
)
def test_auto_takes_what_is_fastest_and_says_by_how_much(
    cpu, other, chosen, why, cuda, auto_config, small_data
):
    cuda(cpu, other)
    assert choose_device(auto_config, small_data) == ChosenDevice(chosen, why)


def test_without_cuda_it_is_the_cpu_also_where_there_is_mps(auto_config, small_data, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device(auto_config, small_data) == ChosenDevice("cpu", "there is no CUDA here")


def test_who_is_named_is_taken_without_a_reason(cuda, small_config, small_data):
    cuda(9.0, 0.1)
    named = small_config.model_copy(update={"device": "cpu"})
    assert choose_device(named, small_data) == ChosenDevice("cpu")


def test_a_model_without_epochs_computes_on_the_cpu(cuda, auto_config, small_data):
    cuda(9.0, 0.1)
    config = auto_config.model_copy(update={"model": MODELS["nearest-neighbour"].options(), "training": None})
    assert choose_device(config, small_data).name == "cpu"


def test_a_step_is_timed_and_leaves_the_data_as_they_were(small_config, small_data):
    frames = small_data.parts["train"].sequences.frames.clone()
    assert 0 < device._seconds_a_step(small_config, small_data, "cpu") < 60
    assert torch.equal(small_data.parts["train"].sequences.frames, frames)


def test_a_device_that_can_not_compute_it_takes_for_ever(small_config, small_data, monkeypatch):
    def without_room(*given: object, **more: object) -> object:
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(device, "fit", without_room)
    assert device._seconds_a_step(small_config, small_data, "cpu") == math.inf


def test_what_is_not_here_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("auto", "cpu"):
        check_device(name)
    for name in ("cuda", "tpu"):
        with pytest.raises(RunError, match=f"^device {name} is not on this machine; choose auto or cpu.$"):
            check_device(name)


def test_data_move_as_a_whole_and_stay_where_they_are_already(small_data):
    assert small_data.on("cpu") is small_data
    moved = small_data.on("meta")
    frames = [part.sequences.frames for part in moved.parts.values()]
    assert all(its is frames[0] for its in frames) and frames[0].is_meta
    assert all(part.labels.is_meta for part in moved.parts.values())
