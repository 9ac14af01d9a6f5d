"""The ladder's numbers, against numpy and SciPy; and which runs they are counted on."""

import numpy as np
import pytest
from scipy import stats

from har_core.analysis.intervals import wilson_interval
from har_core.analysis.ladder import ladder_from_runs
from har_core.analysis.ladder_table import ladder_table
from har_core.data.named_splits import SPLITS
from har_core.training.ladder import RUNGS, experiment_of
from tests.ladders import BASE, FINGERPRINT, ladder_of, run_of

L3, L4, L9 = ("L3", "rung"), ("L4", "rung"), ("L9", "rung")


def test_mean_deviation_and_interval_are_those_of_numpy_and_scipy() -> None:
    shares = [0.70, 0.75, 0.71, 0.80]
    reached = ladder_of({L4: shares}).standings[L4].reached("test")
    assert reached and reached.seeds == 4
    assert reached.mean == pytest.approx(np.mean(shares))
    assert reached.deviation == pytest.approx(np.std(shares, ddof=1))
    low, high = stats.t.interval(0.95, 3, np.mean(shares), stats.sem(shares))
    assert reached.interval == pytest.approx((low, high))


def test_a_single_seed_has_the_interval_of_its_count_and_no_deviation() -> None:
    reached = ladder_of({L4: [(0.75, 0.6)]}).standings[L4].reached("test")
    assert reached and reached.deviation is None and reached.variance is None
    assert reached.interval == wilson_interval(150, 200)


def test_an_interval_does_not_leave_what_a_share_can_be() -> None:
    reached = ladder_of({L4: [0.90, 1.0]}).standings[L4].reached("test")
    assert reached and reached.interval[1] == 1.0 and reached.interval[0] > 0


def test_a_gain_is_a_difference_of_means_and_has_their_standard_error() -> None:
    before, now, alone = [0.60, 0.64, 0.62], [0.70, 0.75, 0.71], [0.55, 0.56, 0.60]
    ladder = ladder_of({L3: before, L4: now, ("L0", "rung"): before, ("L4", "alone"): alone, L9: now})
    for place, of, against in (("rung", now, before), ("alone", alone, before)):
        found = ladder.gain("L4", "test", place)
        assert found and found.gain == pytest.approx(np.mean(of) - np.mean(against))
        squares = np.var(of, ddof=1) / 3 + np.var(against, ddof=1) / 3
        assert found.error == pytest.approx(np.sqrt(squares))
    assert ladder.gain("L9", "test") is None  # the rung below it has no run
    assert ladder.gain("L0", "test") is None


def test_the_error_of_two_seeds_is_not_told() -> None:
    found = ladder_of({L3: [0.6, 0.64], L4: [0.7, 0.75]}).gain("L4", "test")
    assert found and found.error is None


def test_what_is_taken_out_of_the_top_is_told_against_it() -> None:
    ladder = ladder_of({L9: [0.9, 0.9, 0.9], ("L6", "without"): [0.82, 0.84, 0.83]})
    found = ladder.gain("L6", "test", "without")
    assert found and found.gain == pytest.approx(-0.07)


def test_the_lead_of_a_step_over_the_next_counts_the_rung_between_them_twice() -> None:
    shares = {L3: [0.5, 0.52, 0.54], L4: [0.7, 0.75, 0.71], ("L5", "rung"): [0.78, 0.77, 0.8]}
    ladder = ladder_of(shares)
    lead = ladder.lead("L4", "L5", "test", "rung")
    mean = {key: np.mean(of) for key, of in shares.items()}
    square = {key: np.var(of, ddof=1) / 3 for key, of in shares.items()}
    top = ("L5", "rung")
    assert lead and lead.gain == pytest.approx(2 * mean[L4] - mean[L3] - mean[top])
    assert lead.error == pytest.approx(np.sqrt(4 * square[L4] + square[L3] + square[top]))


def test_runs_of_other_data_splits_settings_and_seeds_do_not_count() -> None:
    others = [
        run_of(L4, 0, fingerprint="e" * 64), run_of(L4, 1, split=SPLITS["odd-even"]),
        run_of(L4, 7), run_of(L4, 2, source="another"), run_of(("L5", "rung"), 0),
    ]  # fmt: skip
    standing = ladder_from_runs(BASE, range(3), others, FINGERPRINT).standings[L4]
    assert not standing.ended and len(standing.missing) == 3


def test_each_seed_counts_once_and_is_missing_waiting_halted_failed_or_ended() -> None:
    runs = [
        run_of(L4, 0, 0.7), run_of(L4, 0, 0.9), run_of(L4, 0, state="failed"), run_of(L4, 1, state="running"),
        run_of(L4, 2, state="interrupted"), run_of(L4, 3, state="failed", error="no room"),
        run_of(L4, 4, state="stopped"),
    ]  # fmt: skip
    ladder = ladder_from_runs(BASE, range(6), runs, FINGERPRINT)
    standing = ladder.standings[L4]
    assert standing.shares("test") == [0.7]  # the newest of two
    assert [run.config.seed for run in standing.at_work] == [1]
    assert [run.config.seed for run in standing.halted] == [2]
    assert [run.config.seed for run in standing.failed] == [3, 4]
    assert [config.seed for config in standing.missing] == [3, 4, 5]
    assert [config.seed for config in ladder.left([L4])] == [3, 4, 5, 2]


def test_what_is_left_holds_each_experiment_once_rung_by_rung() -> None:
    ladder = ladder_from_runs(BASE, (0, 1), [], FINGERPRINT)
    left = ladder.left([("L0", "rung"), ("L1", "rung"), ("L1", "alone"), ("L8", "rung"), ("L9", "without")])
    assert [config.seed for config in left] == [0, 1] * 3
    assert left[2].model.name == "bilstm"


def test_the_top_can_miss_each_change_but_none_of_the_course() -> None:
    ladder = ladder_from_runs(BASE, (0,), [], FINGERPRINT)
    for name in list(RUNGS)[1 : list(RUNGS).index(ladder.top) + 1]:
        assert ladder.of(name, "alone") and ladder.of(name, "without")
        assert experiment_of(name, "without") != experiment_of(ladder.top)
    assert ladder.of("L0", "alone") is None and ladder.of("L0", "without") is None


def test_a_split_without_validation_has_no_such_mean() -> None:
    split = SPLITS["cross-subject"]
    run = run_of(L4, 0, 0.75, None, split=split)
    ladder = ladder_from_runs(BASE.model_copy(update={"split": split}), (0,), [run], FINGERPRINT)
    assert ladder.standings[L4].reached("validation") is None
    assert ladder.standings[L4].reached("test") and ladder.parts == ("train", "test")


def test_the_table_holds_the_same_and_nothing_where_nothing_is() -> None:
    ladder = ladder_of({L3: [(0.6, 0.5)] * 3, L4: [(0.7, 0.55)] * 3})
    table = ladder_table(ladder, [L3, L4, L9]).set_index("rung")
    assert table.loc["L4", "test_gain"] == pytest.approx(0.1)
    assert table.loc["L4", "validation_gain"] == pytest.approx(0.05)
    assert table.loc["L4", "test_gain_error"] == 0 and table.loc["L4", "seconds"] == 10
    assert table.loc["L9"].isna().sum() == 14 and table.loc["L9", "seeds"] == 0
