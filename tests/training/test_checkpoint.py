"""A checkpoint holds enough to go on bit for bit; a damaged file is one sentence."""

import json
import os
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from har_core.errors import RunError
from har_core.models import BilstmOptions
from har_core.training.checkpoint import load_checkpoint, load_weights, save_checkpoint, save_weights
from har_core.training.fit import fit, initial_state
from tests.networks import NETWORKS, small_options


def same(one, other) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("interrupted_after", [0, 3])
def test_going_on_from_a_checkpoint_is_as_if_never_interrupted(
    name, interrupted_after, small_config, small_data, tmp_path
):
    config = small_config.model_copy(update={"model": small_options(name)})
    whole = initial_state(config, small_data)
    expected = [replace(record, seconds=0) for record in fit(config, small_data, whole)]

    state = initial_state(config, small_data)
    epochs = fit(config, small_data, state)
    found = [replace(next(epochs), seconds=0) for _ in range(interrupted_after)]
    save_checkpoint(tmp_path / "checkpoint", state)
    torch.manual_seed(77)

    later = initial_state(config.model_copy(update={"seed": 5}), small_data)  # nothing of the start is left
    load_checkpoint(tmp_path / "checkpoint", later)
    assert (later.epoch, later.best_epoch, later.best_score) == (
        interrupted_after,
        state.best_epoch,
        state.best_score,
    )
    found += [replace(record, seconds=0) for record in fit(config, small_data, later)]
    assert found == expected
    assert same(later.model.state_dict(), whole.model.state_dict())
    assert same(later.best_weights, whole.best_weights) and later.best_epoch == whole.best_epoch
    assert torch.equal(later.generator.get_state(), whole.generator.get_state())


def test_saving_changes_nothing_of_the_state(small_config, small_data, tmp_path):
    plain = [replace(record, seconds=0) for record in fit(small_config, small_data)]
    state, found = initial_state(small_config, small_data), []
    for record in fit(small_config, small_data, state):
        save_checkpoint(tmp_path / "checkpoint", state)
        found.append(replace(record, seconds=0))
    assert found == plain


def test_weights_come_back_as_they_were_and_without_pickle(small_config, small_data, tmp_path):
    weights = initial_state(small_config, small_data).model.state_dict()
    path = tmp_path / "weights.safetensors"
    save_weights(path, weights)
    assert same(load_weights(path), dict(weights))
    assert same(load_file(path), dict(weights))
    content = path.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert set(header) - {"__metadata__"} == set(weights)


DAMAGES = {
    "removed": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut in the head": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "cut in the middle": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut at the end": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "rubbish": lambda path: path.write_bytes(os.urandom(5000)),
    "text": lambda path: path.write_text("a text"),
    "other weights": lambda path: save_weights(path, {"other": torch.zeros(3)}),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_checkpoint_is_told_by_its_name(damage, small_config, small_data, tmp_path):
    state = initial_state(small_config, small_data)
    next(fit(small_config, small_data, state))
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(path, state)
    damage(path)
    with pytest.raises(RunError, match="checkpoint.safetensors can't be read as a checkpoint of this run"):
        load_checkpoint(path, initial_state(small_config, small_data))


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "other weights"])
def test_damaged_weights_are_told_by_their_name(damage, tmp_path):
    path = tmp_path / "best.safetensors"
    save_weights(path, {"weight": torch.ones(100, 100)})
    DAMAGES[damage](path)
    with pytest.raises(RunError, match="best.safetensors can't be read as weights"):
        load_weights(path)


def test_a_checkpoint_of_another_model_is_refused(small_config, small_data, tmp_path):
    save_checkpoint(tmp_path / "checkpoint", initial_state(small_config, small_data))
    other = small_config.model_copy(update={"model": BilstmOptions()})
    with pytest.raises(RunError, match="can't be read as a checkpoint of this run"):
        load_checkpoint(tmp_path / "checkpoint", initial_state(other, small_data))
