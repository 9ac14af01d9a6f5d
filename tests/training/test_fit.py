"""Training does what a count by hand does, chooses by validation alone, and repeats to the last bit."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from har_core.analysis.learning import best_record
from har_core.errors import RunError
from har_core.training import evaluation
from har_core.training import fit as fit_module
from har_core.training.adam import Adam
from har_core.training.config import ExperimentConfig
from har_core.training.evaluation import Score, evaluate, predict
from har_core.training.fit import TrainingState, fit, initial_state
from har_core.training.parts import TrainingData
from har_core.training.records import EpochRecord
from tests.networks import NETWORKS, small_options

every_model = pytest.mark.parametrize("name", NETWORKS)


def of_model(config: ExperimentConfig, name: str) -> ExperimentConfig:
    return config.model_copy(update={"model": small_options(name)})


def run(config: ExperimentConfig, data: TrainingData):
    """Return the records without their seconds, and the state at the end."""
    state = initial_state(config, data)
    return [timeless(record) for record in fit(config, data, state)], state


def timeless(record: EpochRecord) -> EpochRecord:
    return replace(record, seconds=0.0)


def same_weights(one, other) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def copy_of(weights):
    return {name: value.clone() for name, value in weights.items()}


def with_part(data: TrainingData, name: str, **changes) -> TrainingData:
    return replace(data, parts=data.parts | {name: replace(data.parts[name], **changes)})


# One epoch by hand


@every_model
def test_one_epoch_is_that_of_a_loop_written_by_hand(name, small_config, small_data):
    config = of_model(small_config, name)
    state, by_hand = initial_state(config, small_data), initial_state(config, small_data)
    record = next(fit(config, small_data, state))

    part, model = small_data.parts["train"], by_hand.model.train()
    optimiser = torch.optim.Adam(
        model.parameters(), lr=config.training.learning_rate, foreach=False, fused=False
    )
    order = torch.randperm(len(part), generator=by_hand.generator).tolist()
    seen = right = 0
    loss_of_all = 0.0
    while order:
        rows, order = order[:16], order[16:]
        logits = model(part.take(torch.tensor(rows)).sequences)
        loss = cross_entropy(logits, part.labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        # as Keras: with dropout on, with the weights of before the step, each sequence counting the same
        right += sum(int(row.argmax()) == int(label) for row, label in zip(logits, part.labels[rows]))  # noqa: B905
        loss_of_all += loss.item() * len(rows)
        seen += len(rows)
    assert seen == len(part) == 36  # the last batch is smaller: 16, 16, 4
    assert record.train_accuracy == right / 36
    assert record.train_loss == pytest.approx(loss_of_all / 36, rel=1e-5)
    # Behind batch norm some gradients are nearly nothing: Adam's steps, of a hundredth, tell their rounding.
    atol = 5e-4 if name == "inception" else 1e-5
    for one, other in zip(state.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=atol)

    validation = small_data.parts["validation"]
    with torch.no_grad():
        logits = model.eval()(validation.sequences)
    losses = [-row.log_softmax(0)[label] for row, label in zip(logits, validation.labels, strict=True)]
    assert record.validation_loss == pytest.approx(float(sum(losses)) / len(losses), rel=1e-3)
    accuracy = float((logits.argmax(dim=1) == validation.labels).float().mean())
    assert record.validation_accuracy == pytest.approx(accuracy)


def test_the_first_step_of_adam_goes_as_far_as_the_learning_rate(small_config, small_data):
    config = small_config.trained(batch_size=1000, learning_rate=0.001)
    state = initial_state(config, small_data)
    before = copy_of(state.model.state_dict())
    next(fit(config, small_data, state))
    for name, value in state.model.state_dict().items():
        # m / sqrt(v) of a first gradient is its sign
        steps = (value - before[name]).abs()
        assert steps.max() <= 0.001 * 1.001 and steps.median() == pytest.approx(0.001, rel=0.01)


@every_model
def test_every_model_learns(name, small_config, small_data):
    config = of_model(small_config, name).trained(epochs=40, learning_rate=0.004)
    records, state = run(config, small_data)
    assert records[-1].train_loss < 0.7 * records[0].train_loss
    training = small_data.parts["train"]
    assert evaluate(state.model, training, {"train": training})["train"].accuracy > 0.7  # chance is 0.25
    assert state.best_score.accuracy > 0.6


def test_records_are_numbered_and_their_values_make_sense(small_config, small_data):
    records = list(fit(small_config, small_data))
    assert [record.epoch for record in records] == [1, 2, 3, 4, 5, 6]
    for record in records:
        assert record.seconds > 0
        for part in ("train", "validation", "test"):
            assert 0 <= getattr(record, f"{part}_accuracy") <= 1 and getattr(record, f"{part}_loss") > 0
    assert set(records[0].as_dict()) == {
        "epoch", "seconds", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy",
        "test_loss", "test_accuracy",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["lstm", "cnn", "gru"])
def test_evaluation_by_layers_gives_the_same_in_chunks(name, small_config, small_data, monkeypatch):
    config = of_model(small_config, name)
    config = config.model_copy(update={"model": config.model.model_copy(update={"input_norm": True})})
    state, test = initial_state(config, small_data), small_data.parts["test"]
    whole = predict(state.model, test)
    monkeypatch.setattr(evaluation, "_LARGEST_CHUNK_BY_LAYERS", 5)
    sizes, compute = [], state.model.features_and_logits
    monkeypatch.setattr(
        state.model, "features_and_logits", lambda batch: sizes.append(len(batch)) or compute(batch)
    )
    in_chunks = predict(state.model, test)
    assert sizes == [5, 5, 5, 5, 4]
    for one, other in zip(whole, in_chunks, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_evaluation_leaves_the_weights_and_the_random_numbers_alone(small_config, small_data):
    state = initial_state(small_config, small_data)
    weights, numbers = copy_of(state.model.state_dict()), state.generator.get_state()
    test = small_data.parts["test"]
    first = evaluate(state.model, test, {"test": test})
    assert evaluate(state.model, test, {"test": test}) == first
    assert same_weights(weights, state.model.state_dict())
    assert torch.equal(numbers, state.generator.get_state())


def test_sequences_that_are_taken_share_their_frames_with_all_others(small_data, small_sequences):
    part = small_data.parts["train"]
    few = part.take(torch.tensor([7, 3]))
    assert few.sequences.frames.data_ptr() == small_data.parts["test"].sequences.frames.data_ptr()
    prepared = small_data.sequences
    for sequence, row in zip((0, 1), (7, 3), strict=True):
        start, length = int(few.sequences.starts[sequence]), int(few.sequences.lengths[sequence])
        expected = prepared[int(small_data.rows["train"][row])].reshape(-1, 60)
        assert torch.equal(few.sequences.frames[start : start + length], torch.from_numpy(expected.copy()))
        assert few.labels[sequence] == part.labels[row]


# What chooses


@every_model
def test_the_best_weights_are_those_of_the_best_validation_epoch(name, small_config, small_data):
    config = of_model(small_config, name).trained(epochs=12)
    state = initial_state(config, small_data)
    kept = {}
    best = (-1.0, float("inf"), 0)
    for record in fit(config, small_data, state):
        kept[record.epoch] = copy_of(state.model.state_dict())
        better = record.validation_accuracy > best[0]
        equal_but_surer = record.validation_accuracy == best[0] and record.validation_loss < best[1]
        if better or equal_but_surer:
            best = (record.validation_accuracy, record.validation_loss, record.epoch)
        assert state.best_epoch == best[2]
    assert same_weights(state.best_weights, kept[best[2]])
    assert state.best_score == Score(best[1], best[0])


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ([(0.9, 0.5), (0.8, 0.5), (0.8, 0.5), (0.1, 0.4)], 2),  # of equals the lower loss, then the first
        ([(0.5, 0.2), (5.0, 0.3), (0.1, 0.2)], 2),  # accuracy goes before loss
        ([(0.7, 0.0), (0.9, 0.0)], 1),  # even nothing right has a best
    ],
)
def test_of_equal_accuracies_the_lower_loss_is_best(scores, best, small_config, small_data, monkeypatch):
    validation = iter([Score(loss, accuracy) for loss, accuracy in scores])
    monkeypatch.setattr(
        fit_module,
        "evaluate",
        lambda model, together, parts: {"validation": next(validation), "test": Score(0.0, 1.0)},
    )
    config = small_config.trained(epochs=len(scores))
    state = initial_state(config, small_data)
    kept = {record.epoch: copy_of(state.model.state_dict()) for record in fit(config, small_data, state)}
    assert state.best_epoch == best and same_weights(state.best_weights, kept[best])


def test_the_test_part_chooses_nothing(small_config, small_data):
    labels = small_data.parts["test"].labels
    # all parts share their frames: the test part is given others behind them
    frames = small_data.parts["test"].sequences.frames
    frames = torch.cat([frames, -frames])
    parts = {
        name: replace(part, sequences=replace(part.sequences, frames=frames))
        for name, part in small_data.parts.items()
    }
    test = replace(parts["test"].sequences, starts=parts["test"].sequences.starts + len(frames) // 2)
    other = with_part(replace(small_data, parts=parts), "test", labels=(labels + 1) % 4, sequences=test)
    records, state = run(small_config, small_data)
    other_records, other_state = run(small_config, other)
    assert other_state.best_epoch == state.best_epoch
    assert same_weights(other_state.best_weights, state.best_weights)
    assert same_weights(other_state.model.state_dict(), state.model.state_dict())
    assert records != other_records
    hidden = {"test_loss": 0.0, "test_accuracy": 0.0}
    assert [replace(record, **hidden) for record in records] == [
        replace(record, **hidden) for record in other_records
    ]


def test_the_validation_part_changes_no_last_weights(small_config, small_data):
    labels = small_data.parts["validation"].labels
    _, state = run(small_config, small_data)
    _, other = run(small_config, with_part(small_data, "validation", labels=(labels + 1) % 4))
    assert same_weights(state.model.state_dict(), other.model.state_dict())


# The same numbers again


@every_model
def test_the_same_seed_gives_the_same_numbers_to_the_last_bit(name, small_config, small_data):
    config = of_model(small_config, name)
    records, state = run(config, small_data)
    torch.manual_seed(12345)
    again, other_state = run(config, small_data)
    assert again == records
    assert same_weights(state.model.state_dict(), other_state.model.state_dict())
    assert same_weights(state.best_weights, other_state.best_weights)
    other_seed, _ = run(config.model_copy(update={"seed": 1}), small_data)
    assert other_seed != records


@every_model
def test_another_run_in_another_thread_changes_nothing(name, small_config, small_data):
    config = of_model(small_config, name)
    records, state = run(config, small_data)
    going, enough = threading.Event(), threading.Event()

    def disturb() -> None:
        endless = small_config.trained(epochs=1_000_000).model_copy(update={"seed": 8})
        for _ in fit(endless, small_data):
            torch.rand(10)
            going.set()
            if enough.is_set():
                return

    other = threading.Thread(target=disturb)
    other.start()
    try:
        assert going.wait(30)
        again, other_state = run(config, small_data)
    finally:
        enough.set()
        other.join(30)
    assert again == records
    assert same_weights(state.model.state_dict(), other_state.model.state_dict())


def test_drawing_from_torch_s_own_generator_between_epochs_changes_nothing(small_config, small_data):
    records, _ = run(small_config, small_data)
    again = []
    for record in fit(small_config, small_data):
        torch.manual_seed(record.epoch)
        torch.nn.functional.dropout(torch.rand(100))
        again.append(timeless(record))
    assert again == records


def test_who_does_not_ask_for_the_next_epoch_pauses_and_may_go_on_from_the_state(small_config, small_data):
    records, whole = run(small_config, small_data)
    state = initial_state(small_config, small_data)
    first = fit(small_config, small_data, state)
    parts = [timeless(next(first)) for _ in range(2)]
    first.close()
    assert state.epoch == 2
    parts += [timeless(record) for record in fit(small_config, small_data, state)]
    assert parts == records and same_weights(state.model.state_dict(), whole.model.state_dict())
    assert list(fit(small_config, small_data, state)) == []


# What goes wrong


@pytest.mark.parametrize(
    ("part", "factor", "said"),
    [
        ("train", float("nan"), "the training loss is not a number since epoch 1"),
        ("validation", float("nan"), "the validation loss is not a number since epoch 1"),
        ("test", float("nan"), "the test loss is not a number since epoch 1"),
        ("test", 3e38, "the test loss is (not a number|infinite|[0-9.]+e[+][0-9]+) since epoch 1"),
        ("train", 1e30, r"the training loss is \d\.\de[+]\d\d since epoch 1"),
    ],
)
def test_a_loss_that_is_no_number_is_told(small_config, small_data, part, factor, said):
    sequences = small_data.parts[part].sequences
    frames = sequences.frames.clone()  # of all parts
    for start_at, length in zip(sequences.starts.tolist(), sequences.lengths.tolist(), strict=True):
        frames[start_at : start_at + length] *= factor
    spoilt = small_data
    for name, each in small_data.parts.items():
        spoilt = with_part(spoilt, name, sequences=each.sequences.with_frames(frames))
    with pytest.raises(RunError, match=said):
        next(fit(of_model(small_config, "cnn"), spoilt))


def test_predictions_of_a_part_are_those_of_each_sequence_alone(small_config, small_data):
    state = initial_state(small_config, small_data)
    part = small_data.parts["test"]
    logits = predict(state.model, part).logits
    for row in range(0, len(part), 7):
        one = part.take(torch.tensor([row]))
        np.testing.assert_allclose(predict(state.model, one).logits[0], logits[row], rtol=1e-5, atol=1e-5)


COARSE = st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.1, 0.2, 3.0]))


@given(st.lists(COARSE, min_size=1, max_size=8))
def test_training_keeps_the_epoch_that_the_curves_mark(scores: list[tuple[float, float]]) -> None:
    network = torch.nn.Linear(1, 1)
    state = TrainingState(network, Adam(network.parameters()), torch.Generator())
    records = []
    for state.epoch, (accuracy, loss) in enumerate(scores, 1):
        fit_module._keep_best(state, Score(loss, accuracy))
        records.append(EpochRecord(state.epoch, 0.0, 1.0, 0.5, loss, accuracy, 1.0, 0.5))
    best = best_record(records)
    assert best is not None and best.epoch == state.best_epoch
    # By hand: the best accuracy, of equals the lowest loss, and of wholly equal ones the first.
    highest = max(accuracy for accuracy, _ in scores)
    lowest = min(loss for accuracy, loss in scores if accuracy == highest)
    assert best.epoch == scores.index((highest, lowest)) + 1
