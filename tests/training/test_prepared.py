"""Sequences are prepared once for whoever checks an experiment and whoever trains it."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from har_core.data import frame_spool
from har_core.data.frame_spool import MappedPages
from har_core.data.preparation import Preparation
from har_core.data.sequences import Action, SkeletonSequences, replace_frames
from har_core.data.splits import Split
from har_core.errors import DataError
from har_core.models import MODELS
from har_core.training import parts, prepared
from har_core.training.check import check_experiment
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.practical_work import COURSE_MODELS
from har_core.training.prepared import prepare_once
from har_core.training.store import RunStore


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_entries", OrderedDict())


@pytest.fixture
def prepared_for(monkeypatch: pytest.MonkeyPatch) -> list[Preparation]:
    """The preparations that sequences were prepared with, one entry each time."""
    made: list[Preparation] = []
    prepare = parts.prepare

    def count(*given: Any) -> Any:
        made.append(given[1])
        return prepare(*given)

    monkeypatch.setattr(parts, "prepare", count)
    return made


def test_the_page_s_check_and_the_runs_of_the_practical_work_prepare_once(
    small_config: ExperimentConfig, har_home: Path, prepared_for: list[Preparation]
) -> None:
    experiments = [
        small_config.model_copy(update={"model": MODELS[name].options()}).trained(epochs=1)
        for name in COURSE_MODELS
    ]
    check_experiment(experiments[0])
    store = RunStore()
    for experiment in experiments:
        list(train_run(store, store.create(experiment).run_id))
    assert [run.status.state for run in store.runs()] == ["done"] * 4
    assert len(prepared_for) == 1


def with_other_split(config: ExperimentConfig) -> ExperimentConfig:
    split = Split(name="other", train=(1, 2), validation=(3, 4), test=(5, 6))
    return config.model_copy(update={"split": split})


@pytest.mark.parametrize(
    "other",
    [
        lambda config, data: (config.model_copy(update={"preparation": Preparation(frames=9)}), data),
        lambda config, data: (with_other_split(config), data),
        lambda config, data: (config, data.take(range(len(data))[::-1])),
        lambda config, data: (config, replace_frames(data, [2 * frames for frames in data.each()])),
        lambda config, data: (config, replace(data, source="another")),
        lambda config, data: (
            config, replace(data, actions=tuple(Action(a.number, f"{a.name}!") for a in data.actions)),
        ),
    ],
    ids=["preparation", "split", "order", "frames", "source", "names of actions"],
)  # fmt: skip
def test_what_differs_is_prepared_by_itself(
    small_config: ExperimentConfig,
    small_sequences: SkeletonSequences,
    prepared_for: list[Preparation],
    other: Callable[..., tuple[ExperimentConfig, SkeletonSequences]],
) -> None:
    prepare_once(small_config, small_sequences)
    config, data = other(small_config, small_sequences)
    found, expected = prepare_once(config, data), parts.prepare_parts(config, data)
    assert len(prepared_for) == 3
    np.testing.assert_array_equal(found.sequences.frames, expected.sequences.frames)
    assert (found.sequences.ids, found.sequences.actions) == (
        expected.sequences.ids, expected.sequences.actions,
    )  # fmt: skip


def test_many_threads_prepare_once_and_get_the_same(
    small_config: ExperimentConfig, small_sequences: SkeletonSequences, prepared_for: list[Preparation]
) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: prepare_once(small_config, small_sequences), range(16)))
    assert len(prepared_for) == 1 and all(each is found[0] for each in found)
    assert not found[0].sequences.frames.flags.writeable


def test_what_is_wrong_is_told_each_time_and_nothing_is_kept_of_it(
    small_config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    empty = replace_frames(small_sequences, [0 * frames for frames in small_sequences.each()])
    for _ in range(2):
        with pytest.raises(DataError, match="no sequence is left"):
            prepare_once(small_config, empty)
    assert not prepared._entries


def test_no_more_is_kept_than_fits_but_the_last(
    small_config: ExperimentConfig,
    small_sequences: SkeletonSequences,
    prepared_for: list[Preparation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = prepare_once(small_config, small_sequences).sequences.frames.nbytes
    monkeypatch.setattr(prepared, "MOST_KEPT", 2 * size)
    for seed in range(3):
        renamed = replace(small_sequences, source=f"set {seed}")
        prepare_once(small_config, renamed)
    assert [entry.size for entry in prepared._entries.values()] == [size, size]
    monkeypatch.setattr(prepared, "MOST_KEPT", size // 2)
    prepare_once(small_config, small_sequences)
    prepare_once(small_config, small_sequences)
    assert len(prepared._entries) == 1 and len(prepared_for) == 5


def test_large_sets_stay_mapped(
    small_config: ExperimentConfig,
    small_sequences: SkeletonSequences,
    har_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame_spool, "MOST_IN_MEMORY", 1000)
    kept = prepare_once(small_config, small_sequences)
    data = parts.assemble(small_config, small_sequences, prepare_once)
    assert data.sequences is kept.sequences
    assert MappedPages(kept.sequences.frames).mapped and data.parts["train"].pages.mapped
