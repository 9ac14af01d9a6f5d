"""What pages read and compute of a run is not read and computed again at every drawing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.runs import frame_by_frame
from app.screens.features import computed
from har_core.training import run_reader
from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
DEAR = (
    (run_reader, "read_predictions"),
    (run_reader, "read_features"),
    (frame_by_frame, "prefix_predictions"),
    (computed, "principal_components"),
    (computed, "nearest_neighbours"),
    (computed, "neighbour_map"),
)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read and computed, by the names of the functions."""
    called: list[str] = []

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: called.append(name) or function(*given)

    for module, name in DEAR:
        monkeypatch.setattr(module, name, counted(name, getattr(module, name)))
    return called


def test_what_was_read_and_computed_serves_every_visitor_and_every_drawing(
    open_page: OpenPage, runs: dict[str, Run], done: list[str]
) -> None:
    run = runs["lstm"].run_id
    screen = open_page("features", run=run)
    screen.segmented_control(key="features view").set_value("t-SNE").run()
    open_page("results", run=run)
    assert {name for _, name in DEAR} == set(done)
    done.clear()
    screen.run()
    again = open_page("features", run=run)
    again.segmented_control(key="features view").set_value("t-SNE").run()
    assert not open_page("results", run=run).exception and not again.exception
    assert done == []


def test_files_that_change_and_files_that_are_damaged_are_seen_at_once(
    open_page: OpenPage, runs: dict[str, Run], done: list[str]
) -> None:
    run = runs["lstm"]
    screen = open_page("features", run=run.run_id)
    with np.load(run.path / "features.npz") as file:
        arrays = dict(file)
    for name in ("best", "last"):
        arrays[name] = arrays[name][:, ::-1] ** 3
    np.savez(run.path / "features.npz", **arrays)
    done.clear()
    screen.run()
    assert not screen.exception
    assert {"read_features", "principal_components", "nearest_neighbours"} <= set(done)
    (run.path / "best.safetensors").write_bytes(b"nothing")
    screen.run()
    assert any("can't be shown" in text.value for text in screen.caption)
    (run.path / "features.npz").write_bytes(b"nothing")
    screen.run()
    assert "features.npz" in screen.error[0].value
    (run.path / "predictions.npz").write_bytes(b"nothing")
    assert "predictions.npz" in screen.run().error[0].value
