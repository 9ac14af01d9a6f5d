"""Two ended runs on the small set, made once, one of them with a hostile name and note."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from har_core.data.preparation import Preparation
from har_core.data.splits import Split
from har_core.models import CnnOptions, LstmOptions
from har_core.report.hand_in import Files, hand_in
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import Run, RunStore

HOSTILE = "</script></title><img src=x onerror=alert(1)> & {{ 7 * 7 }} \"quoted\" 'too'"


@pytest.fixture(scope="session")
def train_small(small_source: Path) -> Callable[..., Run]:
    """The function ``train_small(store, **settings) -> Run``: a run of 6 epochs on the small set."""

    def train(store: RunStore, **settings: object) -> Run:
        config = ExperimentConfig(
            **{
                "source": str(small_source), "preparation": Preparation(frames=None),
                "split": Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6)),
                "training": GradientTraining(epochs=6, batch_size=16, learning_rate=0.01), "device": "cpu",
                **settings,
            }
        )  # fmt: skip
        run = store.create(config, queued=False)
        list(train_run(store, run.run_id))
        return store.get(run.run_id)

    return train


@pytest.fixture(scope="session")
def made(train_small: Callable[..., Run], tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A store with an LSTM and a CNN, their runs, and the files of their hand-in."""
    store = RunStore(tmp_path_factory.mktemp("report") / "runs")
    lstm = train_small(store, model=LstmOptions(hidden=6))
    cnn = train_small(store, model=CnnOptions())
    store.write_label(cnn.run_id, Label(name=HOSTILE[:80], note=HOSTILE))
    run_ids = [lstm.run_id, cnn.run_id]
    files: Files = hand_in(store, run_ids)
    runs = [store.get(name) for name in run_ids]
    return SimpleNamespace(store=store, runs=runs, ids=run_ids, files=files, hostile=HOSTILE)
