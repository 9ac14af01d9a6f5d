"""The runs of a hand-in side by side: against scipy's binomial test and numpy's statistics."""

import numpy as np
import pytest
from scipy.stats import binomtest

from har_core.models import CnnOptions, LstmOptions
from har_core.report.findings import gather
from har_core.report.standings import paired_tests, score_row, seed_rows
from har_core.training.store import RunStore


@pytest.fixture(scope="module")
def found(train_small, tmp_path_factory):
    """Two seeds of an LSTM and one of a CNN."""
    store = RunStore(tmp_path_factory.mktemp("standings") / "runs")
    runs = [train_small(store, model=LstmOptions(hidden=6), seed=seed) for seed in (1, 2)]
    runs.append(train_small(store, model=CnnOptions()))
    return gather(store, [run.run_id for run in runs])


def right(found):
    arrays = np.load(found.run.path / "predictions.npz")
    return ((arrays["logits_best"].argmax(axis=1) == arrays["truth"])[arrays["part"] == "test"]).astype(bool)


def test_pairs_are_of_one_run_of_each_config(found):
    (row,) = paired_tests(found)
    first, second = right(found[0]), right(found[2])
    assert row["first"].startswith("1. LSTM") and row["second"].startswith("3. 1D-CNN")
    assert row["both"] == str((first & second).sum()) and row["neither"] == str((~first & ~second).sum())
    b, c = int((first & ~second).sum()), int((~first & second).sum())
    assert (row["only_first"], row["only_second"]) == (str(b), str(c))
    p = binomtest(b, b + c).pvalue if b + c else 1.0
    assert row["p"] == (f"{p:.3g}" if p >= 0.001 else "below 0.001")
    assert row["said"] == ("more than chance" if p < 0.05 else "may be chance")


def test_seeds_of_one_config_have_a_mean_and_a_deviation(found):
    (row,) = seed_rows(found)
    shares = 100 * np.array([right(one).mean() for one in found[:2]])
    assert row["config"].startswith("LSTM") and row["seeds"] == "2"
    assert row["best_test"] == f"{shares.mean():.1f} ± {shares.std(ddof=1):.1f} %"
    assert seed_rows(found[1:]) == []


def test_scores_are_told_with_their_counts_and_interval(found):
    row, correct = score_row(found[1]), right(found[1])
    assert row["best"] == f"{100 * correct.mean():.1f} %, {correct.sum()} of {len(correct)}"
    low, high = binomtest(int(correct.sum()), len(correct)).proportion_ci(method="wilson")
    assert row["interval"] == f"{100 * low:.1f} to {100 * high:.1f} %"
    assert row["seed"] == "2" and row["number"] == "2"
