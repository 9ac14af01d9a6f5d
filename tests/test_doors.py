"""Nobody is let in or called: no pickle is loaded, no connection goes out, only this computer is answered."""

import ast
import asyncio
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from app.doors import OriginGuard
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


# Requests: options of the server, name that was asked for, page that asks, and whether it is let in.
AT_HOME = {"server.address": "127.0.0.1"}
REQUESTS = {
    "a page of the dashboard": (AT_HOME, "127.0.0.1:8501", "http://127.0.0.1:8501", True),
    "by its other name": (AT_HOME, "localhost:8501", "http://localhost:8501", True),
    "a program": (AT_HOME, "127.0.0.1:8501", None, True),
    "another server of this computer": (AT_HOME, "127.0.0.1:8501", "http://127.0.0.1:8888", False),
    "a stranger": (AT_HOME, "127.0.0.1:8501", "https://example.org", False),
    "a file or a sandbox": (AT_HOME, "127.0.0.1:8501", "null", False),
    "a stranger whose name leads here": (AT_HOME, "example.org:8501", "http://example.org:8501", False),
    "such a name without a page": (AT_HOME, "example.org:8501", None, False),
    "half an address": (AT_HOME, "[::1", None, False),
    "a page of half an address": (AT_HOME, "127.0.0.1:8501", "http://[::1", False),
    "a page without an address": (AT_HOME, "127.0.0.1:8501", "http://", False),
    "another scheme": (AT_HOME, "localhost:8501", "https://localhost:8501", False),
    "a scheme of its own": (AT_HOME, "localhost:8501", "chrome-extension://localhost:8501", False),
    "more than an origin": (AT_HOME, "localhost:8501", "http://localhost:8501/page", False),
    "behind a server that speaks https": (
        {"server.address": "10.0.0.5", "server.corsAllowedOrigins": ["https://lab.example.org"]},
        "lab.example.org", "https://lab.example.org", True,
    ),
    "no name": (AT_HOME, "", None, False),
    "on a network": ({"server.address": "192.168.1.5"}, "my-laptop:8501", "http://my-laptop:8501", True),
    "a stranger on a network": ({"server.address": "192.168.1.5"}, "my-laptop:8501", "http://other", False),
    "an origin that the user admits": (
        AT_HOME | {"server.corsAllowedOrigins": ["https://example.org"]},
        "localhost:8501", "https://example.org", True,
    ),
    "a name that the user admits": (
        AT_HOME | {"server.allowedHosts": ["example.org"]},
        "example.org", "http://example.org", True,
    ),
    "such a name by another scheme": (
        AT_HOME | {"server.allowedHosts": ["example.org"]},
        "example.org", "https://example.org", False,
    ),
    "anybody, where the user turned the check off": (
        AT_HOME | {"server.enableCORS": False}, "localhost:8501", "https://example.org", True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("options", "host", "origin", "let_in"), REQUESTS.values(), ids=REQUESTS)
def test_a_page_of_another_origin_is_refused_before_streamlit_hears_of_it(
    options: dict[str, object], host: str, origin: str | None, let_in: bool, kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    chosen = {"server.enableCORS": True, "server.corsAllowedOrigins": [], "server.allowedHosts": []} | options
    monkeypatch.setattr(st, "get_option", chosen.__getitem__)
    reached: list[str] = []
    sent: list[dict[str, object]] = []

    async def streamlit_app(scope, receive, send) -> None:
        reached.append(scope["type"])
        if kind == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    scope = {"type": kind, "method": "GET", "path": "/", "headers": headers}
    # In a thread of its own: where browser tests run, too, a loop of theirs is under way in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(OriginGuard(streamlit_app)(scope, None, send))).result()
    assert reached == ([kind] if let_in else [])
    if kind == "http":
        assert sent[0]["status"] == (200 if let_in else 403)
        assert (b"x-frame-options", b"SAMEORIGIN") in sent[0]["headers"]
        assert (b"content-security-policy", b"frame-ancestors 'self'") in sent[0]["headers"]
    elif not let_in:
        assert sent[0]["type"] == "websocket.close"


@pytest.mark.parametrize(("soft", "hard", "then"), [(256, 8192, 4096), (256, 1000, 1000), (6000, 8192, 6000)])
def test_the_server_takes_as_many_open_files_as_it_may(soft: int, hard: int, then: int) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 8192:
        pytest.skip("the system allows fewer")
    program = (
        f"import resource; kind = resource.RLIMIT_NOFILE; resource.setrlimit(kind, ({soft}, {hard}))\n"
        "import app.Home; print(*resource.getrlimit(kind))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(then), str(hard)]
