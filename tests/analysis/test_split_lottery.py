"""The lottery of splits: which halves there are, what is reached on each, and that it is drawn once."""

from itertools import permutations
from math import comb

import numpy as np
import pytest

from har_core.analysis import split_lottery
from har_core.analysis.split_draws import draw_splits
from har_core.analysis.split_lottery import (
    Half,
    SplitLottery,
    halves_of,
    kept_lottery,
    say_lottery,
    usual_halves,
)
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.errors import ConfigError
from har_core.training import pair_distances
from har_core.training.driver import train_run
from har_core.training.experiment import resolve_experiment
from har_core.training.presets import PRESETS
from har_core.training.store import RunStore

pytestmark = pytest.mark.usefixtures("har_home")


def draw(sequences: SkeletonSequences) -> tuple[SplitLottery, list[float]]:
    found: list[SplitLottery] = []
    shares = list(draw_splits(sequences, found.append, threads=1))
    return found[0], shares


def accuracy_of_a_run(source: str, sequences: SkeletonSequences, half: Half) -> float:
    """What `train --preset dtw-svm` reaches on that split."""
    said = "/".join(",".join(map(str, who)) for who in (half.train, (), half.test))
    config, _ = resolve_experiment(
        PRESETS["dtw-svm"].config.model_copy(update={"source": source}), sequences, said
    )
    store = RunStore()
    run = store.create(config, queued=False)
    assert not [step for step in train_run(store, run.run_id) if hasattr(step, "epoch")]
    return store.get(run.run_id).results.last.test


@pytest.mark.parametrize("count", [2, 5, 6, 10])
def test_each_half_trains_once(count):
    trains, of = halves_of([*range(1, count + 1), 1])
    size = (count + 1) // 2
    expected = {tuple(sorted(order[:size])) for order in permutations(range(1, count + 1), size)}
    assert len(trains) == len(set(trains)) == of == len(expected) and set(trains) == expected


def test_of_too_many_halves_some_are_drawn_always_the_same():
    trains, of = halves_of(range(40))
    assert of == comb(40, 20) and len(set(trains)) == 252
    assert all(len(set(train)) == 20 for train in trains) and halves_of(range(40))[0] == trains
    seen = np.bincount(np.concatenate(trains), minlength=40)  # each subject trains in about half of them
    assert seen.min() > 80 and seen.max() < 172


def test_one_subject_has_no_halves():
    with pytest.raises(ConfigError, match="1 subject, and halves take at least two"):
        halves_of([3, 3])


def test_the_usual_splits_among_the_halves_are_those_with_names():
    assert usual_halves(range(1, 11)) == {"cross-subject": (1, 3, 5, 7, 9), "first-five": (1, 2, 3, 4, 5)}
    assert "course" not in usual_halves(range(1, 11))
    assert usual_halves([2, 4, 6, 8]) == {}  # odd and even can't be told apart


def test_each_half_gives_what_a_run_on_it_gives(small_sequences, small_source):
    lottery, shares = draw(small_sequences)
    assert len(lottery.halves) == lottery.of == 20 and not lottery.untrained
    assert shares == sorted(shares) and shares[-1] == 1
    for half in (*lottery.halves[::7], *lottery.usual.values()):
        assert set(half.train) | set(half.test) == {1, 2, 3, 4, 5, 6} and not set(half.train) & set(half.test)
        assert half.total == np.isin(small_sequences.subjects, half.test).sum()
        assert half.accuracy == pytest.approx(accuracy_of_a_run(str(small_source), small_sequences, half))
    accuracies = np.array([half.correct / half.total for half in lottery.halves])
    assert lottery.mean == pytest.approx(accuracies.mean())
    assert lottery.deviation == pytest.approx(accuracies.std())
    assert (lottery.least.accuracy, lottery.most.accuracy) == (accuracies.min(), accuracies.max())


def test_it_is_drawn_once_for_the_same_recordings(small_sequences, monkeypatch):
    lottery, _ = draw(small_sequences)
    assert kept_lottery(small_sequences) == lottery
    turned = small_sequences.take(np.arange(len(small_sequences))[::-1])
    assert kept_lottery(turned) == lottery
    assert kept_lottery(small_sequences.take(np.arange(20))) is None
    monkeypatch.setattr(split_lottery, "_VERSION", 0)
    assert kept_lottery(small_sequences) is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"halves": [], "of": 1, "usual": {}, "untrained": 0}']
)
def test_a_damaged_file_is_no_lottery(small_sequences, content):
    draw(small_sequences)
    path = split_lottery._path(small_sequences)
    path.write_bytes(content)
    assert kept_lottery(small_sequences) is None and not path.exists()


def test_halves_in_which_training_lacks_an_action_are_left_out_and_said(small_sequences):
    alone = small_sequences.take(
        np.flatnonzero((small_sequences.labels != 2) | (small_sequences.subjects == 1))
    )
    lottery, _ = draw(alone)
    assert lottery.untrained == comb(5, 3) and len(lottery.halves) == comb(5, 2)
    assert all(1 in half.train for half in lottery.halves)
    assert "Left out: 10 splits in which an action is missing from training." in say_lottery(lottery)


def test_distances_are_measured_once_for_all_halves(small_sequences, monkeypatch):
    measured, measure = [], pair_distances._measure
    monkeypatch.setattr(
        pair_distances, "_measure", lambda *words, **more: measured.append(1) or measure(*words, **more)
    )
    draw(small_sequences)
    assert len(measured) == 3  # channels


def test_what_came_of_it_is_said():
    halves = (Half((1, 2), (3,), 9, 10), Half((1, 3), (2,), 7, 10), Half((2, 3), (1,), 8, 10))
    said = say_lottery(SplitLottery(halves, 3, {}, 0))
    assert said == (
        "DTW-SVM over all 3 splits of 3 subjects into halves: mean 80.0 %, standard deviation 8.2 points, "
        "from 70.0 % (1, 3 train, 2 test) to 90.0 % (1, 2 train, 3 test)."
    )


def test_on_the_real_data_it_is_that_of_the_exploration(real_data):
    sequences = load_source(str(real_data)).sequences
    lottery, _ = draw(sequences)
    assert len(lottery.halves) == 252
    # Computed apart, by plain numba and scikit-learn.
    assert (round(100 * lottery.mean, 1), round(100 * lottery.deviation, 1)) == (92.6, 2.6)
    assert round(100 * lottery.least.accuracy, 1) == pytest.approx(84.4, abs=0.4)
    assert round(100 * lottery.most.accuracy, 1) == pytest.approx(98.5, abs=0.4)
    for half in (lottery.usual["cross-subject"], lottery.least, lottery.most):
        assert half.accuracy == pytest.approx(accuracy_of_a_run(str(real_data), sequences, half))
