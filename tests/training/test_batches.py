"""The batches of an epoch hold each training sequence once; varied ones are drawn anew, and no others are."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from har_core.data.augmentation import AUGMENTATIONS, Augmentation, Example
from har_core.data.preparation import Preparation
from har_core.training import fit as fit_module
from har_core.training.batches import batches_of_epoch
from har_core.training.config import GradientTraining
from har_core.training.fit import fit, initial_state
from har_core.training.parts import assemble


def noise(example: Example, random: np.random.Generator) -> np.ndarray:
    return example.frames + random.normal(0, 0.05, example.frames.shape)


def later(example: Example, random: np.random.Generator) -> np.ndarray:
    """Leave out frames in front, so that the lengths change."""
    return example.frames[random.integers(0, len(example.frames)) :]


@pytest.fixture(autouse=True)
def augmentations(monkeypatch):
    """Some more lines of the dict."""
    for name, draw in {
        "noise": noise,
        "later": later,
        "as-it-is": lambda example, random: example.frames,
        "wrong": lambda example, random: example.frames[:, :5],
    }.items():
        monkeypatch.setitem(AUGMENTATIONS, name, Augmentation(name.capitalize(), "For a test.", draw))


@pytest.fixture(params=["whole steps", "torch"])
def path(request, monkeypatch):
    """Both ways to take a step."""
    if request.param == "torch":
        monkeypatch.setattr(fit_module, "fused_step", lambda network, batch, labels: None)


def seeded(seed: int = 4) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def epoch(data, augmentation: str, at_once: int, generator: torch.Generator) -> list[list[torch.Tensor]]:
    """The (T, F) inputs of each sequence, batch by batch, and the labels of each batch behind them."""
    training = GradientTraining(batch_size=16, augmentation=augmentation)
    found = []
    for together in batches_of_epoch(data, training, generator, at_once):
        assert 1 <= len(together) <= at_once
        assert all(part.sequences.frames is together[0].sequences.frames for part in together)
        for part in together:
            batch = part.sequences
            rows = zip(batch.starts.tolist(), batch.lengths.tolist(), strict=True)
            found.append([*(batch.frames[start : start + size] for start, size in rows), part.labels])
    return found


def same(one, other) -> bool:
    pairs = zip(sum(one, []), sum(other, []), strict=True)
    return all(mine.shape == yours.shape and torch.equal(mine, yours) for mine, yours in pairs)


def test_what_is_not_varied_is_given_as_it_lies_and_draws_nothing_but_the_order(small_data):
    generator, alone = seeded(), seeded()
    given = batches_of_epoch(small_data, GradientTraining(batch_size=16), generator, 2)
    frames = small_data.parts["train"].sequences.frames
    assert all(part.sequences.frames is frames for together in given for part in together)
    torch.randperm(36, generator=alone)
    assert torch.equal(generator.get_state(), alone.get_state())


def test_an_augmentation_that_changes_nothing_gives_the_same_batches(small_data):
    assert same(epoch(small_data, "as-it-is", 1, seeded()), epoch(small_data, "none", 1, seeded()))


@pytest.mark.parametrize("augmentation", ["none", "noise", "later", "alone", "mixed", "recipe"])
def test_the_same_batches_come_however_many_are_taken_at_once(small_data, augmentation):
    one_by_one = epoch(small_data, augmentation, 1, seeded())
    assert [len(batch) - 1 for batch in one_by_one] == [16, 16, 4]
    for at_once in (2, 3, 8):
        assert same(epoch(small_data, augmentation, at_once, seeded()), one_by_one)


def test_each_epoch_varies_anew_and_inputs_are_computed_of_what_was_varied(small_config, small_sequences):
    config = small_config.model_copy(update={"inputs": ("positions", "velocities")})
    data = assemble(config, small_sequences)
    generator = seeded()
    first, second = (epoch(data, "noise", 2, generator) for _ in range(2))
    assert not same(first, second)
    for *sequences, _ in (*first, *second):
        for inputs in sequences:
            moved = torch.diff(inputs[:, :60], dim=0)
            assert torch.equal(inputs[1:, 60:], moved) and not inputs[0, 60:].any()


@pytest.mark.parametrize("augmentation", ["recipe", "noise"])
def test_inputs_half_in_real_time_know_how_long_a_varied_sequence_took(
    small_config, small_sequences, augmentation
):
    config = small_config.model_copy(
        update={"inputs": ("motion-4", "paced-motion-4"), "preparation": Preparation(frames=30)}
    )
    data = assemble(config, small_sequences)
    recorded = data.sequences.recorded_lengths[data.rows["train"]]
    paces = []
    for *sequences, _ in epoch(data, augmentation, 2, seeded()):
        for inputs in sequences:
            motion, paced = inputs[2:-2, :60], inputs[2:-2, 60:]
            paces.append(float((paced * motion).sum() / (motion * motion).sum()))
            torch.testing.assert_close(paced, motion * paces[-1], atol=1e-5, rtol=1e-4)
    lengths = 1 + 40 / np.array(paces) ** 2
    if augmentation == "noise":
        np.testing.assert_allclose(np.sort(lengths), np.sort(recorded), rtol=1e-3)
    else:
        assert len(set(lengths.round(3))) > len(set(recorded))
        assert np.log(lengths.mean() / recorded.mean()) == pytest.approx(0, abs=0.1)


def test_a_draw_is_told_the_action_and_the_skeleton(small_data, monkeypatch):
    asked = []

    def draw(example, random):
        asked.append((example.frames.copy(), example.label, example.skeleton))
        return example.frames

    monkeypatch.setitem(AUGMENTATIONS, "asked", Augmentation("Asked", "For a test.", draw))
    *_, labels = zip(*epoch(small_data, "asked", 1, seeded()), strict=False)
    prepared = small_data.sequences
    own = {prepared[row].tobytes(): int(prepared.labels[row]) for row in small_data.rows["train"]}
    assert {frames.tobytes(): label for frames, label, _ in asked} == own and len(asked) == 36
    assert all(skeleton is prepared.skeleton for _, _, skeleton in asked)


@pytest.mark.parametrize("augmentation", ["noise", "later"])
def test_who_is_only_asked_is_asked_about_sequences_as_prepared(small_config, small_data, augmentation, path):
    config = small_config.trained(augmentation=augmentation, epochs=2)
    state = initial_state(config, small_data)
    records = list(fit(config, small_data, state))
    scores = fit_module.evaluate(state.model, small_data.parts["test"], {"test": small_data.parts["test"]})
    assert (records[-1].test_loss, records[-1].test_accuracy) == (
        scores["test"].loss,
        scores["test"].accuracy,
    )


@pytest.mark.parametrize("augmentation", ["later", "recipe"])
@pytest.mark.parametrize("done", [1, 3])
def test_who_goes_on_later_draws_what_would_have_been_drawn(
    small_config, small_data, path, done, augmentation
):
    config = small_config.trained(augmentation=augmentation, epochs=5)
    records = [
        replace(record, seconds=0) for record in fit(config, small_data, initial_state(config, small_data))
    ]
    state = initial_state(config, small_data)
    first = fit(config, small_data, state)
    again = [replace(next(first), seconds=0) for _ in range(done)]
    first.close()
    again += [replace(record, seconds=0) for record in fit(config, small_data, state)]
    assert again == records
    plain = [replace(record, seconds=0) for record in fit(small_config.trained(epochs=5), small_data)]
    assert plain != records


def test_a_draw_cannot_write_into_the_data(small_data, monkeypatch):
    def spoil(example, random):
        example.frames[:] = 0
        return example.frames

    monkeypatch.setitem(AUGMENTATIONS, "spoil", Augmentation("Spoil", "For a test.", spoil))
    with pytest.raises(ValueError, match="read-only"):
        epoch(small_data, "spoil", 1, seeded())


def test_frames_of_another_skeleton_are_refused(small_data):
    with pytest.raises(ValueError, match=r"Wrong gives frames of shape .*5, 3.*, expected \(T, J, 3\)"):
        epoch(small_data, "wrong", 1, seeded())
