"""A random split beside one by subject: who and what of the test part is in training, and what it brings."""

from collections import Counter

import numpy as np
import pytest

from har_core.analysis.leaks import (
    known_of_test,
    neighbour_pair,
    say_experiments,
    say_gain,
    split_pairs,
)
from har_core.data.named_splits import course_split
from har_core.data.sources import load_source
from har_core.data.splits import RandomSplit
from har_core.models import NearestNeighbourOptions
from har_core.training.driver import train_run
from har_core.training.store import RunStore


@pytest.fixture
def sequences(small_config):
    return load_source(small_config.source).sequences


def train(store, config):
    run = store.create(config, queued=False)
    list(train_run(store, run.run_id))
    return store.get(run.run_id)


@pytest.mark.parametrize("split", ["by subject", "at random", "at random, another"])
def test_twins_and_people_are_those_counted_one_by_one(sequences, small_config, split):
    chosen = {"by subject": small_config.split, "at random": RandomSplit()}.get(split, RandomSplit(seed=3))
    used = set(sequences.ids[5:])  # the others were left out
    found = known_of_test(sequences, chosen, used)
    rows = {part: [row for row in own if row >= 5] for part, own in chosen.rows(sequences).items()}
    people = {int(sequences.subjects[row]) for row in rows["train"]}
    takes = Counter((int(sequences.subjects[row]), int(sequences.labels[row])) for row in rows["train"])
    test = [(int(sequences.subjects[row]), int(sequences.labels[row])) for row in rows["test"]]
    assert found.total == len(test)
    assert found.twins == sum(takes[take] > 0 for take in test)
    assert found.same_people == sum(subject in people for subject, _ in test)
    assert (found.twins == 0) == (found.same_people == 0) == (split == "by subject")


def test_a_config_is_paired_with_itself_at_random_and_says_what_that_brings(
    har_home, small_config, sequences
):
    store = RunStore()
    for seed in (0, 1, 2):
        train(store, small_config.model_copy(update={"seed": seed}))
    for seed in (0, 2):
        train(store, small_config.model_copy(update={"seed": seed, "split": RandomSplit()}))
    (pair,) = split_pairs(store.runs(), course_split(sequences))
    assert pair.by_subject.split == small_config.split and pair.at_random.split == RandomSplit()
    means = [
        np.mean([run.results.chosen.test for run in store.runs()
                 if run.config.split.leaks == leaks and run.config.seed in (0, 2)])
        for leaks in (False, True)
    ]  # fmt: skip
    assert [np.mean(shares) for shares in pair.shares] == pytest.approx(means)
    gain = 100 * (means[1] - means[0])
    how = "more" if gain > 0 else "fewer"
    assert say_gain(pair) == f"{abs(gain):.1f} points {how} at random, mean of 2 seeds"
    missing = pair.missing(store.runs(), sequences.fingerprint)
    assert [(config.seed, config.split) for config in missing] == [(1, RandomSplit())]
    assert say_experiments(missing) == "LSTM at random, seed 1"
    store.create(missing[0])  # it waits
    assert not pair.missing(store.runs(), sequences.fingerprint)


def test_what_was_trained_at_random_alone_is_set_beside_the_course_split(har_home, small_config, sequences):
    store = RunStore()
    train(store, small_config.model_copy(update={"split": RandomSplit(seed=7)}))
    (pair,) = split_pairs(store.runs(), course_split(sequences))
    assert pair.at_random.split == RandomSplit(seed=7) and pair.by_subject.split == course_split(sequences)
    assert say_gain(pair) == "no seed has come to its end under both splits yet"
    (missing,) = pair.missing(store.runs(), sequences.fingerprint)
    assert missing.split == course_split(sequences)


def test_the_nearest_neighbour_is_missing_once_under_each_split_and_any_seed_stands_for_it(
    har_home, small_config, sequences
):
    store = RunStore()
    evenly = small_config.preparation.model_copy(update={"frames": 10})
    train(store, small_config.model_copy(update={"preparation": evenly}))
    (pair,) = split_pairs(store.runs(), course_split(sequences))
    neighbour = neighbour_pair(pair, store.runs())
    missing = neighbour.missing(store.runs(), sequences.fingerprint)
    assert say_experiments(missing) == "Nearest neighbour by subject; Nearest neighbour at random"
    assert all(config.model == NearestNeighbourOptions() and config.training is None for config in missing)
    for config in missing:
        train(store, config.model_copy(update={"seed": 4}))
    neighbour = neighbour_pair(pair, store.runs())
    assert not neighbour.missing(store.runs(), sequences.fingerprint)
    assert all(len(shares) == 1 for shares in neighbour.shares) and "mean" not in say_gain(neighbour)


def test_where_sequences_keep_their_lengths_there_is_no_nearest_neighbour(har_home, small_config, sequences):
    store = RunStore()
    train(store, small_config)
    (pair,) = split_pairs(store.runs(), course_split(sequences))
    assert pair.by_subject.preparation.frames is None and neighbour_pair(pair, store.runs()) is None
