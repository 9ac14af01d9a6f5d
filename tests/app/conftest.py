"""The dashboard without a browser: its pages run on a home of their own, empty or with ended runs."""

import functools
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit import get_option
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from har_core.data import synthetic
from har_core.data.sequences import SkeletonSequences
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.practical_work import practical_work
from har_core.training.store import Run, RunStore

ENTRY = Path(__file__).resolve().parents[2] / "app" / "Home.py"
EPOCHS = 3

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session")
def synthetic_set() -> Iterator[SkeletonSequences]:
    """The synthetic set; it takes seconds to make, so that all tests of this folder share one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "make_synthetic", functools.cache(synthetic.make_synthetic))
        yield synthetic.make_synthetic()


@pytest.fixture(autouse=True, scope="session")
def one_server() -> Iterator[None]:
    """Each run of a script looks for components in all packages and compiles the pages; once is enough.

    The settings are read once, too, from the folder where the first script runs: that must not be another's.
    """
    get_option("server.address")
    scan, compiled = functools.cache(manifest_scanner.scan_component_manifests), ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", lambda: compiled)
        yield


@pytest.fixture(autouse=True)
def fresh_server(synthetic_set: SkeletonSequences) -> Iterator[None]:
    """Each test starts with nothing cached, and leaves no thread that trains behind."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
    for thread in [thread for thread in threading.enumerate() if thread.name == "training"]:
        thread.join(60)  # on a busy machine it takes a while to come to the end of its epoch
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory, synthetic_set: SkeletonSequences) -> Path:
    """A home with an ended run of each model. Tests take a copy, see ``home_with_runs``."""
    home = tmp_path_factory.mktemp("trained")
    store = RunStore(home / "runs")
    for experiment in practical_work("synthetic", epochs=EPOCHS):
        # As the course sets them, so few epochs would leave every prediction at one action.
        quick = experiment.trained(learning_rate=0.01, batch_size=16)
        run = store.create(quick, queued=False)
        assert len(list(train_run(store, run.run_id))) == EPOCHS
    return home


@pytest.fixture
def home_with_runs(trained_home: Path, har_home: Path) -> Path:
    """A copy of the home with four ended runs, as the user's."""
    shutil.copytree(trained_home, har_home)
    return har_home


@pytest.fixture
def runs(home_with_runs: Path) -> dict[str, Run]:
    """The ended runs of the user's home, by the name of their model."""
    return {run.config.model.name: run for run in RunStore(home_with_runs / "runs").runs()}


@pytest.fixture
def small_run(small_config: ExperimentConfig, small_source: Path, home_with_runs: Path) -> Run:
    """An ended run on another data set, of other actions, in the home with four ended runs."""
    shutil.copytree(small_source, home_with_runs / "sources" / "small")
    store = RunStore(home_with_runs / "runs")
    run = store.create(small_config.model_copy(update={"source": "small"}), queued=False)
    assert len(list(train_run(store, run.run_id))) == small_config.epochs
    return store.get(run.run_id)


@pytest.fixture
def recorded_source(har_home: Path, synthetic_set: SkeletonSequences) -> str:
    """The name of a source of three numpy files: three actions by all ten subjects, padded with zeros."""
    rows = np.flatnonzero((synthetic_set.labels < 3) & (synthetic_set.lengths <= 60))
    padded = np.zeros((len(rows), 60, 20, 3), np.float32)
    for place, row in enumerate(rows):
        padded[place, : synthetic_set.lengths[row]] = synthetic_set[row]
    folder = har_home / "sources" / "three-actions"
    folder.mkdir(parents=True)
    np.save(folder / "X.npy", padded)
    np.save(folder / "Y.npy", synthetic_set.labels[rows] + 1)
    np.save(folder / "Y_s.npy", synthetic_set.subjects[rows])
    return "three-actions"


@pytest.fixture
def open_page(har_home: Path) -> OpenPage:
    """The function ``open_page(name, **query) -> AppTest``: a new visitor opens a page by its URL."""

    def visit(name: str, **query: str) -> AppTest:
        screen = AppTest.from_file(str(ENTRY), default_timeout=60)
        for key, value in query.items():
            screen.query_params[key] = value
        if "_" in name:
            screen.run()  # its URL differs from its file's name, and is known only after a first run
        if name != "overview":
            screen.switch_page(f"../pages/{name}.py")
        return screen.run()

    return visit


def numbers_of(screen: AppTest) -> dict[str, str]:
    """What the line of numbers of the watched run says, by the title of each."""
    pattern = r":small\[:gray\[(.+)\]\]  \n(.+)"
    found = [re.fullmatch(pattern, text.value) for text in screen.markdown]
    return {match[1]: match[2].strip("*") for match in found if match}


def components_of(screen: AppTest, name: str) -> list[Any]:
    """What the components of one name on a page were given, as it travels."""
    protos = [component.proto for component in screen.get("bidi_component")]
    return [proto for proto in protos if proto.component_name == name]


@pytest.fixture
def matrices_of() -> Callable[[AppTest], list[dict[str, Any]]]:
    """The function ``matrices_of(screen) -> charts``: what the matrices of a page were given to show."""

    def charts(screen: AppTest) -> list[dict[str, Any]]:
        return [json.loads(proto.json) for proto in components_of(screen, "confusion_matrix")]

    return charts


@pytest.fixture
def clips_of() -> Callable[[AppTest], list[dict[str, Any]]]:
    """The function ``clips_of(screen) -> clips``: what the player of a page was given to show."""

    def clips(screen: AppTest) -> list[dict[str, Any]]:
        (player,) = components_of(screen, "skeleton_player")
        packed: bytes = player.bytes
        length = int.from_bytes(packed[:4], "little")
        return list(json.loads(packed[4 : 4 + length])["clips"])

    return clips
