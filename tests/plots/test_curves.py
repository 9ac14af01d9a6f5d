"""Curves show what was recorded, and mark the epoch that training chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.analysis.learning import best_record
from har_core.plots.curves import MOST_POINTS, curves, drawn_curves
from har_core.training.fit import fit, initial_state
from har_core.training.records import EpochRecord

PARTS = ("Training", "Validation", "Test")


def records(scores) -> list[EpochRecord]:
    return [
        EpochRecord(epoch, 0.1, 2.0 / epoch, 0.5, loss, accuracy, 3.0, 0.25)
        for epoch, (accuracy, loss) in enumerate(scores, start=1)
    ]


def test_each_part_is_a_curve_of_its_own_values():
    some = records([(0.25, 1.5), (0.75, 1.0), (0.5, 1.25)])
    for metric, factor in (("accuracy", 100), ("loss", 1)):
        figure = curves(some, metric, title="a run")
        assert [trace.name for trace in figure.data] == list(PARTS)
        for trace, part in zip(figure.data, ("train", "validation", "test"), strict=True):
            assert list(trace.x) == [1, 2, 3]
            assert list(trace.y) == pytest.approx([factor * getattr(one, f"{part}_{metric}") for one in some])
        assert figure.layout.title.text == "a run"
        assert [shape.x0 for shape in figure.layout.shapes] == [2]


def test_a_run_without_records_has_empty_curves():
    figure = curves([], "loss", title="a run")
    assert len(figure.data) == 3 and not any(len(trace.x) for trace in figure.data)
    assert best_record([]) is None


def test_the_marked_epoch_is_the_one_that_training_kept(small_config, small_data):
    state = initial_state(small_config, small_data)
    some = list(fit(small_config.trained(epochs=15), small_data, state))
    assert best_record(some).epoch == state.best_epoch


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.1, 0.2])), min_size=1, max_size=12
    )
)
def test_of_equals_the_lower_loss_and_then_the_first_is_best(scores):
    best = best_record(records(scores))
    accuracy = max(score[0] for score in scores)
    loss = min(score[1] for score in scores if score[0] == accuracy)
    assert best.epoch == scores.index((accuracy, loss)) + 1


@given(
    count=st.integers(0, 3 * MOST_POINTS),
    best=st.integers(0, 3 * MOST_POINTS),
)
def test_of_long_curves_first_best_and_last_epoch_are_drawn_in_order(count, best):
    some = records([(1.0 if row == best else 0.0, 1.0) for row in range(count)])
    drawn = drawn_curves(some, "accuracy")
    epochs = drawn.epochs.tolist()
    assert len(epochs) <= MOST_POINTS and epochs == sorted(set(epochs))
    if count:
        assert epochs[0] == 1 and epochs[-1] == count
        assert drawn.best_epoch == best_record(some).epoch and drawn.best_epoch in epochs
    if count <= MOST_POINTS:
        assert len(epochs) == count


def test_a_smoothed_curve_has_the_raw_one_faint_beneath_it():
    some = records([(0.0, 4.0), (0.0, 2.0), (0.0, 0.0)])
    raw, smoothed = [
        line for line in drawn_curves(some, "loss", smoothing=0.5).lines if line.part == "validation"
    ]
    assert raw.faint and raw.values.tolist() == [4, 2, 0]
    assert not smoothed.faint and smoothed.values.tolist() == [4, 3, 1.5]  # half of what was before
