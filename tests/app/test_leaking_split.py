"""Whatever page shows a run of a random split says what leaks."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.splits import LEAKS, RandomSplit
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


@pytest.fixture
def train(small_config: ExperimentConfig, small_source: Path, har_home: Path) -> Callable[..., Run]:
    """The function ``train(**changes) -> Run``: an ended run on the small set."""
    shutil.copytree(small_source, har_home / "sources" / "small")

    def run(**changes: object) -> Run:
        store = RunStore()
        made = store.create(small_config.model_copy(update={"source": "small", **changes}), queued=False)
        list(train_run(store, made.run_id))
        return store.get(made.run_id)

    return run


@pytest.mark.parametrize("page", ["training", "results", "features", "comparison", "hand_in"])
def test_what_leaks_is_on_each_page_with_the_run_and_on_none_without(
    page: str, open_page: OpenPage, train: Callable[..., Run]
) -> None:
    def labelled(run: Run) -> bool:
        screen = open_page(page, source="small", run=run.run_id)
        assert not screen.exception and not screen.error
        return any(LEAKS in text.value + text.help and "random-7" in text.value for text in screen.caption)

    assert not labelled(train())
    assert labelled(train(split=RandomSplit(seed=7)))
