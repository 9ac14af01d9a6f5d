"""Steps that are more than Adam on the cross-entropy are torch's own, and come back after an interruption."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from har_core.models import (
    BilstmOptions,
    CnnOptions,
    GruOptions,
    InceptionOptions,
    LstmOptions,
    StackedLstmOptions,
)
from har_core.training.batches import EpochSampler, batches_of_epoch
from har_core.training.checkpoint import load_checkpoint, save_checkpoint
from har_core.training.config import GradientTraining
from har_core.training.fit import fit, initial_state, training_step
from har_core.training.gradient_learner import GradientLearner

PARTS = {
    "adamw": {"optimiser": "adamw", "weight_decay": 0.05},
    "decay": {"weight_decay": 0.05},
    "one-cycle": {"schedule": "one-cycle"},
    "smoothing": {"label_smoothing": 0.1},
    "clipping": {"clipping": 0.3},
    "sampler": {"full_batches": True},
}
EVERYTHING = {name: value for part in PARTS.values() for name, value in part.items()}


def timeless(records):
    return [replace(record, seconds=0) for record in records]


def weights_of(state) -> dict[str, bytes]:
    return {name: value.numpy().tobytes() for name, value in state.model.state_dict().items()}


@pytest.mark.parametrize("changes", [*PARTS.values(), EVERYTHING], ids=[*PARTS, "everything"])
def test_an_epoch_is_that_of_a_loop_of_torch(changes, small_config, small_data):
    config = small_config.model_copy(update={"model": LstmOptions(hidden=7, projection=5)})
    config = config.trained(epochs=2, **changes)
    state, by_hand = initial_state(config, small_data), initial_state(config, small_data)
    list(fit(config, small_data, state))

    training, part, model = config.training, small_data.parts["train"], by_hand.model.train()
    kind = torch.optim.AdamW if training.optimiser == "adamw" else torch.optim.Adam
    optimiser = kind(model.parameters(), lr=0.01, weight_decay=training.weight_decay, foreach=False)
    schedule = None
    if training.schedule == "one-cycle":
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, 6, cycle_momentum=False)
    # 36 sequences, batches of 16
    sampler = torch.empty(0, dtype=torch.int64)
    for _ in range(2):
        need = 48 if training.full_batches else 36
        while len(sampler) < need:
            sampler = torch.cat([sampler, torch.randperm(36, generator=by_hand.generator)])
        order, sampler = sampler[:need], sampler[need:]
        for rows in order.split(16):
            batch = part.take(rows)
            loss = cross_entropy(
                model(batch.sequences), batch.labels, label_smoothing=training.label_smoothing
            )
            optimiser.zero_grad()
            loss.backward()
            if training.clipping:
                torch.nn.utils.clip_grad_norm_(model.parameters(), training.clipping)
            optimiser.step()
            if schedule and schedule.last_epoch < 5:
                schedule.step()
    for one, other in zip(state.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("changes", PARTS.values(), ids=PARTS)
def test_each_part_counts(changes, small_config, small_data):
    plain, changed = (small_config.trained(epochs=3, **some) for some in ({}, changes))
    states = [initial_state(plain, small_data), initial_state(changed, small_data)]
    for config, state in zip((plain, changed), states, strict=True):
        list(fit(config, small_data, state))
    assert weights_of(states[0]) != weights_of(states[1])


def test_losses_are_told_without_smoothing(small_config, small_data):
    smoothed = small_config.trained(epochs=1, batch_size=100, label_smoothing=0.3)
    one, other = (
        next(fit(config, small_data)) for config in (smoothed, smoothed.trained(label_smoothing=0.0))
    )
    assert one.train_loss == pytest.approx(other.train_loss, rel=1e-5)  # of before the only step


def test_only_plain_steps_are_fused_and_what_computes_is_said(small_config, small_data):
    part = small_data.parts["train"]
    for changes in ({}, {"schedule": "one-cycle"}, {"full_batches": True}, {"optimiser": "adamw"}):
        config = small_config.trained(**changes)
        assert training_step(initial_state(config, small_data).model, part, config.training) is not None
        assert "fused" in GradientLearner(config, small_data).computed_by
    for name in ("decay", "smoothing", "clipping"):
        config = small_config.trained(**PARTS[name])
        assert training_step(initial_state(config, small_data).model, part, config.training) is None
        assert "layers" in GradientLearner(config, small_data).computed_by
    for options in (GruOptions(), InceptionOptions()):
        learner = GradientLearner(small_config.model_copy(update={"model": options}), small_data)
        assert learner.computed_by.startswith("torch on ")


# The sampler of orders


@pytest.mark.parametrize("size", [5, 16, 18, 36, 50])
def test_full_batches_hold_every_sequence_equally_often(size, small_data):
    training = GradientTraining(batch_size=size, full_batches=True)
    generator, sampler = torch.Generator().manual_seed(2), EpochSampler(36)
    seen = []
    for _ in range(7):
        batches = [
            batch for some in batches_of_epoch(small_data, training, generator, 3, sampler) for batch in some
        ]
        assert len(batches) == -(-36 // size) and {len(batch) for batch in batches} == {min(size, 36)}
        seen += [batch.sequences.starts.tolist() for batch in batches]
    starts = sum(seen, [])
    for begin in range(0, len(starts) - 35, 36):
        assert len(set(starts[begin : begin + 36])) == 36  # one order after the other
    _, counts = np.unique(starts, return_counts=True)
    assert counts.max() - counts.min() <= 1


# After an interruption

NETWORKS = {
    "lstm": LstmOptions(hidden=5),
    "stacked-lstm": StackedLstmOptions(hidden=5, input_norm=True, channel_dropout=0.2),
    "bilstm": BilstmOptions(hidden=5, projection=6, input_norm=True, channel_dropout=0.2, head="mean-max"),
    "cnn": CnnOptions(channels=5, input_norm=True, channel_dropout=0.2, head="max"),
    "gru": GruOptions(hidden=5, bidirectional=True, input_norm=True),
    "inception": InceptionOptions(channels=3, bottleneck=5, input_norm=True, channel_dropout=0.2),
}


@pytest.mark.parametrize("model", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("done", [1, 3])
def test_going_on_from_a_checkpoint_comes_to_the_same_bits(model, done, small_config, small_data, tmp_path):
    config = small_config.model_copy(update={"model": model})
    config = config.trained(epochs=5, augmentation="mixed", **EVERYTHING)
    whole = initial_state(config, small_data)
    expected = timeless(fit(config, small_data, whole))

    state = initial_state(config, small_data)
    epochs = fit(config, small_data, state)
    found = timeless(next(epochs) for _ in range(done))
    save_checkpoint(tmp_path / "checkpoint", state)
    later = initial_state(config.model_copy(update={"seed": 5}), small_data)
    load_checkpoint(tmp_path / "checkpoint", later)
    found += timeless(fit(config, small_data, later))
    assert found == expected
    assert weights_of(later) == weights_of(whole)
    assert {name: value.numpy().tobytes() for name, value in later.best_weights.items()} == {
        name: value.numpy().tobytes() for name, value in whole.best_weights.items()
    }
