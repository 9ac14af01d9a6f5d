"""McNemar's test: counted by hand, its p against scipy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from har_core.analysis.mcnemar import PairedTest, compare_runs, exact_p, pair, say_verdict
from har_core.analysis.predictions import Predictions
from har_core.data.splits import RandomSplit
from har_core.errors import RunError
from har_core.training.driver import train_run
from har_core.training.store import Run, RunStore


def predictions(said: dict[str, tuple[int, int]], part: str = "test") -> Predictions:
    """Predictions of two actions, by the name of the sequence: its action, and the one predicted."""
    truth, predicted = (np.array([pair[place] for pair in said.values()], np.int64) for place in (0, 1))
    logits = np.eye(3, dtype=np.float32)[predicted]
    parts = np.full(len(said), part)
    return Predictions(np.array(list(said), np.str_), np.ones(len(said), np.int64), truth, logits, parts)


@given(b=st.integers(0, 400), c=st.integers(0, 400))
def test_p_is_that_of_the_exact_binomial_test(b, c):
    expected = binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    assert exact_p(b, c) == pytest.approx(expected, rel=1e-9) and exact_p(b, c) == exact_p(c, b) <= 1


def test_p_of_known_tables():
    assert exact_p(0, 0) == 1.0
    assert exact_p(0, 5) == 2 / 32
    assert exact_p(10, 2) == pytest.approx(2 * (1 + 12 + 66) / 4096)


def _counted(first_alone: int, second_alone: int) -> PairedTest:
    count = first_alone + second_alone
    first = np.arange(count) >= first_alone  # an action 0, which the first names in its own sequences alone
    names = np.array([f"s{row}" for row in range(count)], np.str_)
    return PairedTest(names, np.zeros(count, np.int64), first.astype(int), 1 - first, 5, 5, 0)


def test_the_verdict_of_known_tables():
    assert say_verdict(_counted(0, 0)) == "No sequence tells the two apart."
    assert say_verdict(_counted(21, 21)) == (
        "Where they differ, each is right 21 times: the test sees no difference between them."
    )
    assert "rare: less than once in twenty times" in say_verdict(_counted(0, 6))
    assert "as this or larger would come in 14.6 % of all cases: it may be chance" in say_verdict(
        _counted(3, 9)
    )


@given(b=st.integers(0, 60), c=st.integers(0, 60))
def test_every_verdict_is_true_of_its_numbers(b, c):
    said, p = say_verdict(_counted(b, c)), binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    assert ("rare" in said) == (p < 0.05)
    assert ("no difference" in said or "tells the two apart" in said) == (b == c)
    if "may be chance" in said:
        assert f"{100 * p:.1f} %" in said and b != c


def test_sequences_are_paired_by_name_and_not_by_row():
    first = predictions({"a": (0, 0), "b": (0, 1), "c": (1, 1), "d": (1, 0), "e": (2, 2)})
    second = predictions({"e": (2, 0), "d": (1, 0), "c": (1, 1), "b": (0, 0), "a": (0, 2)})
    found = pair(first, second)
    assert found.ids.tolist() == ["a", "b", "e"]
    assert (found.truth.tolist(), found.first.tolist(), found.second.tolist()) == (
        [0, 0, 2],
        [0, 1, 2],
        [2, 0, 0],
    )
    assert (found.only_first, found.only_second, found.both_right, found.both_wrong) == (2, 1, 1, 1)
    assert found.total == 5 and found.left_out == 0 and found.p == 1.0


def test_two_that_are_wrong_in_different_ways_are_both_wrong():
    found = pair(predictions({"a": (0, 1)}), predictions({"a": (0, 2)}))
    assert found.both_wrong == 1 and len(found.ids) == 0 and found.p == 1.0


def test_what_only_one_has_or_has_as_another_action_is_left_out_and_counted():
    first = predictions({"a": (0, 0), "b": (0, 0), "c": (1, 1)})
    second = predictions({"a": (0, 1), "b": (1, 1), "d": (1, 1)})
    found = pair(first, second)
    assert found.ids.tolist() == ["a"] and found.total == 1 and found.left_out == 4
    with pytest.raises(RunError, match="no test sequence in common"):
        pair(first, predictions({"a": (0, 0)}, part="train"))


@pytest.fixture
def store(har_home) -> RunStore:
    return RunStore()


def trained(store: RunStore, config, **update) -> Run:
    run_id = store.create(config.model_copy(update=update)).run_id
    for _ in train_run(store, run_id):
        pass
    return store.get(run_id)


def test_two_runs_are_compared_on_the_sequences_of_their_files(store, small_config):
    first, second = trained(store, small_config), trained(store, small_config, seed=1, epochs=20)
    found = compare_runs(store, first, second, "best")
    counts = np.zeros((2, 2), int)
    with (
        np.load(first.path / "predictions.npz") as mine,
        np.load(second.path / "predictions.npz") as other,
    ):
        for row in np.flatnonzero(mine["part"] == "test"):
            at = int(np.flatnonzero(other["ids"] == mine["ids"][row])[0])
            right = mine["logits_best"][row].argmax() == mine["truth"][row]
            also = other["logits_best"][at].argmax() == other["truth"][at]
            counts[int(right), int(also)] += 1
    assert [found.both_right, found.both_wrong] == [counts[1, 1], counts[0, 0]]
    assert [found.only_first, found.only_second] == [counts[1, 0], counts[0, 1]]
    assert found.total == counts.sum() == 24 and found.left_out == 0


def test_runs_between_which_the_actions_were_named_are_compared(store, small_config):
    first, second = trained(store, small_config), trained(store, small_config)
    meta = (second.path / "meta.json").read_text()
    assert '"action 2"' in meta
    (second.path / "meta.json").write_text(meta.replace('"action 2"', '"horizontal arm wave"'))
    found = compare_runs(store, first, store.get(second.run_id), "best")
    assert found.total == 24 and not len(found.ids)
    (second.path / "meta.json").write_text(meta.replace('"number": 2', '"number": 9'))
    with pytest.raises(RunError, match="different recordings"):
        compare_runs(store, first, store.get(second.run_id), "best")


def test_runs_on_other_splits_or_data_are_refused_in_a_sentence(store, small_config):
    first = trained(store, small_config)
    other = small_config.split.model_copy(update={"name": "other", "train": (1, 2), "validation": (3, 4)})
    with pytest.raises(RunError, match="different splits, small and other"):
        compare_runs(store, first, trained(store, small_config, split=other), "best")
    seeds = [trained(store, small_config, split=RandomSplit(seed=seed)) for seed in (0, 0, 7)]
    with pytest.raises(RunError, match="different splits, random and random-7: what one learned from may be"):
        compare_runs(store, seeds[0], seeds[2], "best")
    assert compare_runs(store, *seeds[:2], "best").total == seeds[0].meta.split_sizes["test"]
    second = trained(store, small_config)
    meta = (second.path / "meta.json").read_text()
    (second.path / "meta.json").write_text(meta.replace(second.meta.fingerprint, "0" * 64))
    with pytest.raises(RunError, match="different recordings"):
        compare_runs(store, first, store.get(second.run_id), "best")
    with pytest.raises(RunError, match="has not read its data yet"):
        compare_runs(store, first, store.create(small_config), "best")
