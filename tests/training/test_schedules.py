"""The learning rate of each step is what the schedule says, by torch's steps and by whole steps alike."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from har_core.training import fit as fit_module
from har_core.training.fit import fit, initial_state
from har_core.training.schedules import SCHEDULES, Schedule, rates_of
from tests.networks import NETWORKS, small_options

networks = pytest.mark.parametrize("name", NETWORKS)


@pytest.fixture(params=["whole steps", "torch"])
def path(request, monkeypatch):
    """Both ways to take a step."""
    if request.param == "torch":
        monkeypatch.setattr(fit_module, "fused_step", lambda network, batch, labels: None)
    return request.param


@pytest.fixture
def schedules(monkeypatch):
    """Some more lines of the dict."""
    monkeypatch.setitem(SCHEDULES, "halved", Schedule("Half the rate", lambda step, steps: 0.5))
    falling = Schedule("To nothing", lambda step, steps: (1 - step / steps) ** 2)
    monkeypatch.setitem(SCHEDULES, "falling", falling)


def trained(config, data):
    state = initial_state(config, data)
    records = [replace(record, seconds=0) for record in fit(config, data, state)]
    return records, {name: value.numpy().tobytes() for name, value in state.model.state_dict().items()}


def test_a_schedule_is_told_the_steps_that_are_done_and_how_many_there_are(monkeypatch):
    asked = []
    schedule = Schedule("Asked", lambda *steps: asked.append(steps) or 1 + steps[0])
    monkeypatch.setitem(SCHEDULES, "asked", schedule)
    assert rates_of("asked", 0.5, range(1, 4), 4) == [1.0, 1.5, 2.0]
    assert asked == [(1, 4), (2, 4), (3, 4)]


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7, 10, 720, 850])
def test_one_cycle_is_that_of_torch(steps):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], 1)
    reference = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps, cycle_momentum=False)
    expected = []
    for _ in range(steps):
        expected.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if len(expected) < steps:
            reference.step()
    assert rates_of("one-cycle", 4e-3, range(steps), steps) == pytest.approx(expected, rel=1e-12)


@networks
def test_half_the_rate_is_the_bits_of_half_the_rate(name, path, schedules, small_config, small_data):
    config = small_config.model_copy(update={"model": small_options(name)})
    assert trained(config.trained(schedule="halved", learning_rate=0.01), small_data) == trained(
        config.trained(learning_rate=0.005), small_data
    )


@networks
def test_each_step_is_that_of_torch_s_adam_at_its_own_rate(name, path, schedules, small_config, small_data):
    """36 sequences in batches of 16 are 3 steps an epoch; two epochs are 6 of which each has another rate."""
    config = small_config.model_copy(update={"model": small_options(name, dropout=0.0)})
    config = config.trained(schedule="falling", epochs=2)
    state, by_hand = initial_state(config, small_data), initial_state(config, small_data)
    list(fit(config, small_data, state))

    part, model = small_data.parts["train"], by_hand.model.train()
    optimiser = torch.optim.Adam(model.parameters())
    for step in range(6):
        if step % 3 == 0:
            rows = torch.randperm(36, generator=by_hand.generator).split(16)
        batch = part.take(rows[step % 3])
        optimiser.param_groups[0]["lr"] = 0.01 * (1 - step / 6) ** 2
        optimiser.zero_grad()
        cross_entropy(model(batch.sequences), batch.labels).backward()
        optimiser.step()
    assert_close(state.model, model)


def assert_close(one: nn.Module, other: nn.Module) -> None:
    for mine, yours in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, yours, rtol=1e-3, atol=1e-4)


@networks
@pytest.mark.parametrize("done", [1, 3])
def test_who_goes_on_later_goes_on_at_the_right_rate(name, done, path, schedules, small_config, small_data):
    config = small_config.model_copy(update={"model": small_options(name)})
    config = config.trained(schedule="falling", epochs=5)
    whole = trained(config, small_data)
    state = initial_state(config, small_data)
    first = fit(config, small_data, state)
    records = [replace(next(first), seconds=0) for _ in range(done)]
    first.close()
    records += [replace(record, seconds=0) for record in fit(config, small_data, state)]
    weights = {name: value.numpy().tobytes() for name, value in state.model.state_dict().items()}
    assert (records, weights) == whole
    assert whole != trained(config.trained(schedule="constant"), small_data)
