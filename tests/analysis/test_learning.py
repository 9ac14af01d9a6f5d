import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.analysis.learning import best_record, diagnose, overfitting_since, smooth
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
    assert overfitting_since(falling) is None
    assert overfitting_since(records) == 100
    (said,) = diagnose(records, classes=20)
    assert said.startswith("Overfitting since epoch 100: the validation loss has risen from 2.000 to 3.000")


def test_one_bad_epoch_at_the_end_is_no_overfitting():
    records = [record(n, train_loss=3 - n / 100, validation_loss=3 - n / 100) for n in range(1, 201)]
    assert overfitting_since([*records, record(201, train_loss=0.9, validation_loss=2.0)]) is None


def test_a_loss_that_rises_on_both_parts_is_no_overfitting():
    records = [record(n, train_loss=n / 10, validation_loss=n / 10) for n in range(1, 201)]
    assert overfitting_since(records) is None


def test_guessing_is_called_no_learning():
    (said,) = diagnose([record(n, train_loss=2.9) for n in range(1, 151)], classes=20)
    assert said.startswith("No learning: after 150 epochs the training loss is 2.900")
    assert "guessing gives 2.996" in said  # the natural logarithm of 20


def test_what_was_learned_and_lost_again_is_no_learning():
    learned = [record(n, train_loss=1.0) for n in range(1, 101)]
    blown_up = [record(n, train_loss=9.0) for n in range(101, 151)]
    assert diagnose(learned, classes=20) == []
    (said,) = diagnose(learned + blown_up, classes=20)
    assert said.startswith("No learning: after 150 epochs the training loss is 9.000")


@pytest.mark.parametrize("epochs", [0, 1, 99])
def test_nothing_is_said_of_a_young_run(epochs):
    assert diagnose([record(n, train_loss=9.0) for n in range(1, epochs + 1)], classes=20) == []
