"""The page is drawn anew when what waits or is trained is no longer as it was drawn."""

import shutil
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.shell.queueing import changed_since_drawn, say_what_ended
from har_core.training import parts, prepared
from har_core.training.config import ExperimentConfig
from har_core.training.heartbeats import heartbeat, lock_of
from har_core.training.queue import TrainingQueue
from har_core.training.store import RunStore


@pytest.fixture
def waiting(har_home: object, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two runs that wait, and a page that was drawn since."""
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)
    monkeypatch.setattr(st, "session_state", {})
    runs = [RunStore().create(ExperimentConfig(seed=seed)).run_id for seed in range(2)]
    say_what_ended()
    assert not changed_since_drawn(RunStore().active())
    return runs


def test_a_run_that_begins_is_a_change(waiting: list[str]) -> None:
    store = RunStore()
    run = store.get(waiting[0])
    with lock_of(run.path):
        store.write_status(run.run_id, heartbeat(run.status, state="running"))
        assert changed_since_drawn(store.active())
        say_what_ended()
        # Its epochs are none: the cards tell of them, and a whole page each second would slow training down.
        store.write_status(run.run_id, heartbeat(run.status, state="running", epoch=242))
        assert not changed_since_drawn(store.active())


def test_another_order_is_a_change(waiting: list[str]) -> None:
    RunStore().reorder(waiting[::-1])
    assert changed_since_drawn(RunStore().active())


def test_a_run_that_is_paused_is_a_change(waiting: list[str]) -> None:
    RunStore().request(waiting[1], "pause")
    assert changed_since_drawn(RunStore().active())


def test_page_and_queue_prepare_the_data_of_the_practical_work_once(
    open_page: Callable[..., AppTest], har_home: Path, small_source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    prepare = parts.prepare
    monkeypatch.setattr(parts, "prepare", lambda *given: made.append(given) or prepare(*given))
    monkeypatch.setattr(prepared, "_entries", OrderedDict())
    monkeypatch.setattr(TrainingQueue, "start", lambda queue: None)
    shutil.copytree(small_source, har_home / "sources" / "small")
    screen = open_page("overview", source="small")
    screen.number_input(key="work epochs").set_value(1)
    next(button for button in screen.button if button.label == "Queue the practical work").click().run()
    assert not screen.exception and not screen.error and len(made) == 1
    TrainingQueue(RunStore()).work_off()
    assert [run.status.state for run in RunStore().runs()] == ["done"] * 4
    assert len(made) == 1
