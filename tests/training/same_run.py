"""Tells whether two runs computed the same, to the last bit."""

import json

import numpy as np
from safetensors.torch import load_file

from har_core.training.store import Run


def timeless(run: Run) -> list[dict[str, float]]:
    """The records of a run without what the clock said."""
    lines = (run.path / "metrics.jsonl").read_text().splitlines()
    return [{**json.loads(line), "seconds": 0} for line in lines]


def assert_same(run: Run, whole: Run) -> None:
    """Records, weights, predictions and features to the last bit."""
    assert timeless(run) == timeless(whole)
    for name in ("best.safetensors", "last.safetensors"):
        mine, yours = load_file(run.path / name), load_file(whole.path / name)
        assert {key: value.numpy().tobytes() for key, value in mine.items()} == {
            key: value.numpy().tobytes() for key, value in yours.items()
        }
    for name in ("predictions.npz", "features.npz"):
        with np.load(run.path / name) as mine, np.load(whole.path / name) as yours:
            assert all(mine[key].tobytes() == yours[key].tobytes() for key in yours.files)
    assert run.results == whole.results and not run.faults
    assert not list(run.path.glob(".*.new"))
