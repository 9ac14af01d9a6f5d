"""The same seed gives the same bits, on one thread or on two, on an idle machine or beside busy processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from har_core.data.sources import load_source
from har_core.models import MODELS, BilstmOptions, InceptionOptions
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.fit import fit, initial_state
from har_core.training.parts import assemble
from har_core.training.records import EpochRecord

Bits = tuple[list[EpochRecord], dict[str, bytes]]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """The embedded set, made once for all models."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(tmp_path_factory.mktemp("home")))
        return load_source("synthetic").sequences


@contextmanager
def every_core_busy() -> Iterator[None]:
    """Let a process for each core compute, while the block runs."""
    spin = [sys.executable, "-S", "-c", "print(flush=True)\nwhile True: pass"]
    busy = [subprocess.Popen(spin, stdout=subprocess.PIPE) for _ in range(os.cpu_count() or 1)]
    try:
        assert [process.stdout.readline() for process in busy] == [os.linesep.encode()] * len(busy)
        yield
        assert [process.poll() for process in busy] == [None] * len(busy)
    finally:
        for process in busy:
            process.kill()
            process.communicate()


def train(config: ExperimentConfig, data, threads: int) -> Bits:
    state = initial_state(config, data)
    records = [replace(record, seconds=0) for record in fit(config, data, state, threads=threads)]
    weights = {name: value.numpy().tobytes() for name, value in state.model.state_dict().items()}
    return records, weights


@pytest.mark.parametrize("model", ["lstm", "cnn"])
def test_neither_threads_nor_a_busy_machine_change_a_bit(model, embedded):
    config = ExperimentConfig(
        model=MODELS[model].options(), training=GradientTraining(epochs=3), device="cpu", seed=5
    )
    data = assemble(config, embedded)
    alone = train(config, data, 1)
    other = config.model_copy(update={"seed": 6})
    assert train(other, data, 1) != alone  # it is not that nothing is learned
    assert train(config, data, 2) == alone
    with every_core_busy():
        assert train(config, data, 2) == alone
        assert train(config, data, 1) == alone


@pytest.mark.parametrize(
    "model",
    [
        BilstmOptions(hidden=64, projection=64, input_norm=True, channel_dropout=0.2, head="mean-max"),
        InceptionOptions(input_norm=True, channel_dropout=0.2),
    ],
    ids=lambda options: options.name,
)
def test_of_what_torch_computes_a_part_of_too_where_steps_are_more_than_plain(model, embedded):
    training = GradientTraining(epochs=1, batch_size=32, weight_decay=0.02, augmentation="mixed")
    config = ExperimentConfig(model=model, training=training, device="cpu", seed=5)
    data = assemble(config, embedded)
    assert train(config, data, 1) == train(config, data, 2)
