"""Nobody is let in or called: no pickle is loaded, no connection goes out, only this computer is answered."""

import ast
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from har_core.analysis.predictions import load_predictions
from har_core.analysis.projection import load_features, project
from har_core.training.config import ExperimentConfig
from har_core.training.queue import TrainingQueue
from har_core.training.store import RunStore

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    file for folder in ("har_core", "app", "pages") for file in (REPOSITORY / folder).rglob("*.py")
)

LOADERS = {
    "pickle.load", "pickle.loads", "torch.load", "joblib.load", "dill.load", "marshal.load", "marshal.loads",
    "shelve.open", "pd.read_pickle", "numpy.load", "eval", "exec", "yaml.load", "pickle.Unpickler",
}  # fmt: skip


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_no_file_loads_a_pickle_or_runs_text(file: Path) -> None:
    for name, call in calls(file):
        assert name not in LOADERS, f"{name} in line {call.lineno}"
        if name == "np.load":
            options = {word.arg: ast.unparse(word.value) for word in call.keywords}
            assert options.get("allow_pickle") == "False", f"np.load in line {call.lineno}"


def test_the_one_unpickler_admits_names_from_a_list_alone() -> None:
    found = [
        (file.name, node.name)
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and "pickle.Unpickler" in map(ast.unparse, node.bases)
    ]
    assert found == [("object_arrays.py", "_ArrayUnpickler")]


def test_training_and_analysis_open_no_connection(
    har_home: Path, small_config: ExperimentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def refuse(*words: object) -> None:
        asked.append(words)
        raise OSError("no connection from here")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    store = RunStore()
    run = store.create(small_config)
    TrainingQueue(store).work_off()
    predictions = load_predictions(store, run.run_id, "best")
    points = project(load_features(store, run.run_id, "best"), predictions.part == "train").points
    assert store.get(run.run_id).status.state == "done" and np.isfinite(points).all() and asked == []
    with pytest.raises(OSError, match="no connection"):
        socket.create_connection(("127.0.0.1", 9))


def test_the_server_answers_this_computer_alone_and_tells_nobody() -> None:
    config = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["enableXsrfProtection"] and config["server"]["enableCORS"]
    assert not config["browser"]["gatherUsageStats"]
