"""Runs of the ladder as if they had been trained: what each reaches is the test's to say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from har_core.analysis.ladder import Ladder, ladder_from_runs
from har_core.analysis.ladder_standing import Key
from har_core.training.config import ExperimentConfig
from har_core.training.ladder import RUNGS, Rung, experiment_of
from har_core.training.records import ActionName, Meta, Results, Status, WeightsResult
from har_core.training.run import Run

FINGERPRINT = "f" * 64
BASE = ExperimentConfig(source="a set")


def run_of(key: Key, seed: int, test: float = 0.5, validation: float | None = 0.5, **changes: Any) -> Run:
    """A run of an experiment that has ended, of 200 test and 100 validation sequences.

    Args:
        key: of the experiment.
        seed: of the run.
        test: what it reaches there.
        validation: the same; None without such a part.
        changes: ``state``, ``seconds``, ``fingerprint``, ``error``, or fields of its config.
    """
    told = ("state", "seconds", "fingerprint", "error")
    fixed = {name: changes.pop(name) for name in told if name in changes}
    config = experiment_of(*key)
    assert config
    config = config.model_copy(update={"source": BASE.source, "seed": seed, "device": "cpu"} | changes)
    sizes = {"train": 300, "validation": 100, "test": 200}
    meta = Meta(
        versions={}, machine="", device="cpu", source=BASE.source, synthetic=False, layout="",
        fingerprint=fixed.get("fingerprint", FINGERPRINT), left_out={}, inputs=60, parameters=1000,
        actions=tuple(ActionName(number=number, name=str(number)) for number in (1, 2)),
        split_sizes={part: size for part, size in sizes.items() if part in config.split.parts},
    )  # fmt: skip
    state = fixed.get("state", "done")
    ended = state == "done"
    status = Status(
        state=state, queued_at=0.0, epoch=config.epochs or 0 if ended else 0,
        seconds=fixed.get("seconds", 10.0), error=fixed.get("error", ""),
    )  # fmt: skip
    last = WeightsResult(epoch=config.epochs, train=1.0, validation=validation, test=test)
    results = Results(last=last) if ended else None
    return Run(f"{key[0]}-{key[1]}-{seed}", Path(), config, status, meta, results)


def ladder_of(shares: Mapping[Key, Sequence[float | tuple[float, float]]], *more: Run) -> Ladder:
    """A ladder on which each seed of an experiment, from 0 on, reaches what is said: test, or both parts."""
    runs = [*more]
    for key, seeds in shares.items():
        pairs = [said if isinstance(said, tuple) else (said, said) for said in seeds]
        runs += [run_of(key, seed, *pair) for seed, pair in enumerate(pairs)]
    return ladder_from_runs(BASE, range(max(map(len, shares.values()), default=1)), runs, FINGERPRINT)


def shorten_rungs(monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    """Let each rung's network be trained for so many epochs; what has none stays."""

    def shortened(rung: Rung) -> Rung:
        def put_in(config: ExperimentConfig) -> ExperimentConfig:
            changed = rung.put_in(config)
            return changed.trained(epochs=epochs) if changed.training else changed

        return replace(rung, put_in=put_in)

    for name, rung in RUNGS.items():
        monkeypatch.setitem(RUNGS, name, shortened(rung))
