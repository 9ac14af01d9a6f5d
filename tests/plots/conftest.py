"""Ended runs for figures of many."""

import pytest

from har_core.training.records import Meta, Results, Status
from har_core.training.store import Run


@pytest.fixture
def make_run(small_config, tmp_path):
    """The function ``make_run(number, epochs=4, **config) -> Run``: an ended run of 8 test sequences."""

    def make(number: int, epochs: int = 4, **config) -> Run:
        wanted = small_config.trained(epochs=4).model_copy(update={"seed": number} | config)
        scores = {"train": 1.0, "validation": number / 8, "test": (number + 1) / 8}
        results = Results(best={"epoch": 1, **scores}, last={"epoch": epochs, **scores})
        meta = Meta.model_construct(
            device="cpu", fingerprint="f" * 64, split_sizes={"test": 8}, actions=(), parameters=9
        )
        status = Status(state="done", queued_at=0.0, epoch=epochs)
        return Run(f"2026-{number}-aaaaa{number}", tmp_path, wanted, status, meta, results)

    return make
