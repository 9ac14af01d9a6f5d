"""Where a run goes wrong, counted by hand and by scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, classification_report

from har_core.analysis.intervals import wilson_interval
from har_core.analysis.predictions import Predictions, confusion
from har_core.analysis.scores import (
    ConfusedPair,
    accuracy_by_length,
    accuracy_by_subject,
    class_scores,
    confused_pairs,
    order_by_confusion,
    order_by_similarity,
)

ACTIONS = ["bend", "hammer", "jogging", "draw x"]
many = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=40)


def made_up(truth, said, subjects=None) -> Predictions:
    return Predictions(
        np.array([f"s{row}" for row in range(len(truth))]),
        np.ones(len(truth), int) if subjects is None else np.array(subjects),
        np.array(truth),
        np.eye(4, dtype=np.float32)[said],
        np.full(len(truth), "test"),
    )


def test_scores_of_each_action_are_those_of_a_count_by_hand():
    truth, said = [0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 0, 0]
    scores = class_scores(made_up(truth, said), ACTIONS)
    np.testing.assert_allclose(scores["precision"], [3 / 5, 1 / 2, 0, 0])
    np.testing.assert_allclose(scores["recall"], [3 / 4, 1 / 2, 0, 0])
    np.testing.assert_allclose(scores["f1"], [2 * 0.6 * 0.75 / 1.35, 1 / 2, 0, 0])
    assert scores["support"].tolist() == [4, 2, 1, 0]


@given(many)
def test_scores_are_those_of_scikit_learns_report(rows):
    truth, said, _ = (list(column) for column in zip(*rows, strict=True))
    report = classification_report(truth, said, labels=range(4), output_dict=True, zero_division=0)
    for label, row in enumerate(class_scores(made_up(truth, said), ACTIONS).to_dict("records")):
        expected = report[str(label)]
        assert row["precision"] == pytest.approx(expected["precision"])
        assert row["f1"] == pytest.approx(expected["f1-score"])
        assert row["support"] == expected["support"]


def test_confused_pairs_are_the_largest_cells_beside_the_diagonal():
    counts = np.array([[9, 2, 0], [3, 1, 2], [0, 0, 5]])
    assert confused_pairs(counts) == [
        ConfusedPair(true=1, predicted=0, count=3, of=6),
        ConfusedPair(true=0, predicted=1, count=2, of=11),
        ConfusedPair(true=1, predicted=2, count=2, of=6),
    ]
    assert confused_pairs(counts, most=1) == confused_pairs(counts)[:1]
    assert confused_pairs(np.eye(3, dtype=int)) == []
    assert counts[0, 0] == 9  # the caller's matrix is as it was


@given(many)
def test_accuracy_of_each_subject_is_that_of_scikit_learn(rows):
    truth, said, subjects = (np.array(column) for column in zip(*rows, strict=True))
    table = accuracy_by_subject(made_up(truth, said, subjects))
    assert list(table.index) == sorted(set(subjects.tolist()))
    for subject, row in table.iterrows():
        mine = subjects == subject
        assert row["accuracy"] == pytest.approx(accuracy_score(truth[mine], said[mine]))
        assert (row["low"], row["high"]) == wilson_interval(int(row["correct"]), int(row["total"]))


@given(many, st.randoms(use_true_random=False))
def test_groups_of_lengths_hold_every_sequence_once_in_order(rows, random):
    truth, said, _ = (np.array(column) for column in zip(*rows, strict=True))
    lengths = np.array([random.randint(5, 60) for _ in rows])
    table = accuracy_by_length(made_up(truth, said), lengths)
    assert table["total"].sum() == len(rows) and table["correct"].sum() == (truth == said).sum()
    spans = [tuple(map(int, name.split(" to "))) for name in table.index]
    assert spans[0][0] == lengths.min() and spans[-1][1] == lengths.max()
    assert all(before[1] < after[0] for before, after in zip(spans, spans[1:], strict=False))


def test_actions_with_the_largest_share_of_mistakes_come_first():
    counts = confusion(made_up([0, 0, 0, 0, 1, 1, 3], [0, 0, 0, 1, 0, 1, 0]), 4)
    assert order_by_confusion(counts) == [3, 1, 0, 2]


def test_neighbours_in_the_order_have_similar_features():
    labels = np.repeat([0, 1, 2, 3, 5], 10)
    middles = {0: (0, 0), 1: (9, 9), 2: (0, 1), 3: (9, 8), 5: (4, 5)}
    noise = np.random.default_rng(0).normal(0, 0.05, (50, 2))
    order = order_by_similarity(np.array([middles[label] for label in labels]) + noise, labels, classes=6)
    assert sorted(order) == list(range(6)) and order[-1] == 4
    assert abs(order.index(0) - order.index(2)) == 1 and abs(order.index(1) - order.index(3)) == 1
    assert order_by_similarity(np.zeros((2, 2)), np.array([1, 0]), classes=3) == [0, 1, 2]
