import math
import re
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from har_core.analysis.learning import best_record, diagnose, say_one_action, smooth
from har_core.analysis.predictions import Predictions
from har_core.training.records import EpochRecord


def record(epoch, *, train_loss=1.0, validation_loss=1.0, train_accuracy=0.5, validation_accuracy=0.5):
    return EpochRecord(
        epoch,
        0.01,
        train_loss,
        train_accuracy,
        validation_loss,
        validation_accuracy,
        test_loss=9,
        test_accuracy=1,
    )


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50), st.floats(0, 0.99))
def test_smoothing_equals_the_moving_average_of_pandas(values, weight):
    expected = pd.Series(values).ewm(alpha=1 - weight, adjust=False).mean()
    assert np.allclose(smooth(values, weight), expected)


def test_best_record_has_the_best_validation_accuracy_and_of_equals_the_lower_loss():
    records = [
        record(1, validation_accuracy=0.6, validation_loss=2.0),
        record(2, validation_accuracy=0.7, validation_loss=3.0),
        record(3, validation_accuracy=0.7, validation_loss=2.5),
        record(4, validation_accuracy=0.7, validation_loss=2.5),
    ]
    assert best_record(records).epoch == 3
    assert best_record([]) is None


def test_overfitting_starts_at_the_lowest_validation_loss():
    falling = [record(n, train_loss=3 - n / 100, validation_loss=3 - n / 100) for n in range(1, 101)]
    rising = [record(n, train_loss=3 - n / 100, validation_loss=1 + n / 100) for n in range(101, 201)]
    records = falling + rising
    assert diagnose(falling, classes=20) == []
    (said,) = diagnose(records, classes=20)
    assert said == (
        "Overfitting since epoch 100: the validation loss has risen from 2.000 to 2.905, while the training "
        "loss fell from 2.000 to 1.095 (means of the last 20 epochs)."
    )


def test_one_bad_epoch_at_the_end_is_no_overfitting():
    records = [record(n, train_loss=3 - n / 100, validation_loss=3 - n / 100) for n in range(1, 201)]
    assert diagnose([*records, record(201, train_loss=0.9, validation_loss=2.0)], classes=20) == []


def test_a_loss_that_rises_on_both_parts_is_no_overfitting():
    records = [record(n, train_loss=n / 10, validation_loss=n / 10) for n in range(1, 201)]
    said = diagnose(records, classes=20)
    assert said and not any("Overfitting" in sentence for sentence in said)


def test_guessing_is_called_no_learning():
    (said,) = diagnose([record(n, train_loss=2.9) for n in range(1, 151)], classes=20)
    assert said.startswith("Hardly any learning: after 150 epochs the training loss is 2.900 in the mean of")
    assert "guessing gives 2.996" in said  # the natural logarithm of 20


def test_what_was_learned_and_lost_again_was_learned():
    learned = [record(n, train_loss=1.0) for n in range(1, 101)]
    blown_up = [record(n, train_loss=9.0) for n in range(101, 151)]
    assert diagnose(learned, classes=20) == []
    lost, leap = diagnose(learned + blown_up, classes=20)
    assert lost.startswith(
        "What was learned is lost again: the training loss was 1.000 at epoch 1, and is 9.000 in the mean of "
        "the last 15 epochs."
    )
    assert leap.startswith("The training loss leaps at epoch 101, to 9.000")


@pytest.mark.parametrize("epochs", [0, 1, 99])
def test_nothing_is_said_of_a_young_run(epochs):
    assert diagnose([record(n, train_loss=9.0) for n in range(1, epochs + 1)], classes=20) == []


def _means(records, name):
    """The mean of the last tenth, counted another way than the module does."""
    return statistics.fmean(getattr(it, name) for it in records[len(records) - max(1, len(records) // 10) :])


losses = st.floats(1e-4, 50)


@st.composite
def histories(draw):
    """Curves with everything that happens to curves: slopes, noise, plateaus, leaps anywhere."""
    count = draw(st.integers(100, 400))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    curves = {}
    for name in ("train_loss", "validation_loss"):
        corners = draw(st.lists(losses, min_size=2, max_size=6))
        curve = np.interp(np.arange(count), np.linspace(0, count - 1, len(corners)), corners)
        curve *= np.exp(noise.normal(0, draw(st.sampled_from([0, 0.01, 0.3])), count))
        for row in draw(st.lists(st.integers(0, count - 1), max_size=3)):
            curve[row] *= draw(st.floats(1, 20))
        curves[name] = curve
    columns = zip(*curves.values(), strict=True)
    return [
        record(n, train_loss=train, validation_loss=validation)
        for n, (train, validation) in enumerate(columns, 1)
    ]


@settings(max_examples=400, deadline=None)
@given(histories(), st.integers(2, 60))
def test_every_sentence_about_numbers_is_true_of_those_numbers(records, classes):
    at = {it.epoch: it for it in records}
    epochs, window = len(records), max(1, len(records) // 10)
    train, validation = _means(records, "train_loss"), _means(records, "validation_loss")
    for said in diagnose(records, classes):
        numbers = [float(text.replace(",", "")) for text in re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-\d+)?", said)]
        match said.split(":")[0].split(" at ")[0].split(" since ")[0]:
            case "Overfitting":
                since, low, now, then, last, over = numbers
                assert low == pytest.approx(min(it.validation_loss for it in records), rel=0.01)
                assert low == pytest.approx(at[since].validation_loss, rel=0.01)
                assert then == pytest.approx(at[since].train_loss, rel=0.01)
                assert (now, last) == (pytest.approx(validation, rel=0.01), pytest.approx(train, rel=0.01))
                assert now > low and last < then, "it says risen and fell"
                assert over == window and since <= epochs - window, "the means are of epochs after that one"
            case "The training loss leaps":
                epoch, high, _, before, *_ = numbers
                assert high == pytest.approx(at[epoch].train_loss, rel=0.01)
                mean = statistics.fmean(at[epoch - back].train_loss for back in range(1, 101))
                assert before == pytest.approx(mean, rel=0.01)
                assert high > before
                final = statistics.fmean(it.train_loss for it in records[-101:-1])
                assert ("The last epoch is" in said) == (records[-1].train_loss > 3 * final)
            case "What was learned is lost again":
                low, epoch, now, over, guessing = numbers
                assert low == pytest.approx(at[epoch].train_loss, rel=0.01) and over == window
                assert low < 0.91 * math.log(classes) and low == pytest.approx(
                    min(it.train_loss for it in records), rel=0.01
                )
                assert now == pytest.approx(train, rel=0.01) and now > 0.89 * math.log(classes)
                assert guessing == pytest.approx(math.log(classes), rel=0.01)
            case "Hardly any learning":
                count, now, over, guessing = numbers
                assert (count, over) == (epochs, window)
                assert now == pytest.approx(train, rel=0.01) and now > 0.89 * math.log(classes)
                assert min(it.train_loss for it in records) > 0.89 * math.log(classes), "it never learned"
                assert guessing == pytest.approx(math.log(classes), rel=0.01)
            case other:
                pytest.fail(f"no check for {other!r}")


@pytest.mark.parametrize("huge", [1e12, 1e20, 3e38])
def test_after_a_huge_leap_a_quiet_curve_is_still_quiet(huge):
    losses = [1.0] * 150 + [huge] + [1.0] * 249
    (said,) = diagnose([record(n, train_loss=loss) for n, loss in enumerate(losses, 1)], classes=200)
    assert said.startswith("The training loss leaps at epoch 151, to ") and "before is 1.000." in said
    assert "The last epoch" not in said


@pytest.mark.parametrize("losses", [[-1e-9] * 200, [0.0] * 150 + [1e-7] * 50, [-1e-4] * 150 + [0.0] * 50])
def test_the_last_bits_of_a_sum_are_no_leap(losses):
    assert diagnose([record(n, train_loss=loss) for n, loss in enumerate(losses, 1)], classes=20) == []


def test_a_loss_that_leaps_at_the_end_did_not_fall():
    """As the first LSTM of the course does with seed 0: 1.358 after a mean of 0.3."""
    falling = [record(n, train_loss=1000 / (1000 + n), validation_loss=2.0) for n in range(1, 1501)]
    best = [record(1501, train_loss=0.39, validation_loss=1.3)]
    flat = [record(n, train_loss=0.3, validation_loss=1.6) for n in range(1502, 2000)]
    end = [record(2000, train_loss=1.358, validation_loss=2.4)]
    leap, overfitting = diagnose(falling + best + flat + end, classes=20)
    assert leap.startswith(
        "The training loss leaps at epoch 2,000, to 1.358; the mean of the 100 epochs before"
    )
    assert "0.300" in leap and leap.endswith(
        "The last epoch is such a leap, so its accuracies say little of the run."
    )
    assert overfitting == (
        "Overfitting since epoch 1,501: the validation loss has risen from 1.300 to 1.604, while the "
        "training loss fell from 0.390 to 0.305 (means of the last 200 epochs)."
    )


def _predictions(predicted, truth):
    logits = np.eye(3, dtype=np.float32)[predicted]
    names = np.array([f"s{row}" for row in range(len(truth))])
    ones = np.ones(len(truth), np.int64)
    return Predictions(names, ones, np.array(truth), logits, np.array(["test"] * len(truth)))


def test_a_network_that_names_one_action_only_is_said_to():
    said = say_one_action(_predictions([1, 1, 1], [0, 1, 2]), ["bend", "jog", "clap"], "last")
    assert said.startswith(
        "It knows one answer only: with the weights of the last epoch all 3 sequences are taken for “jog”."
    )
    assert say_one_action(_predictions([1, 1, 2], [0, 1, 2]), ["bend", "jog", "clap"], "last") == ""
