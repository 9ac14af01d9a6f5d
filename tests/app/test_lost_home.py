"""A home that is gone or closed while pages are open is told in a sentence, and used when it is back."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.shell import queueing
from app.shell.navigation import PAGES
from har_core.errors import RunError
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


@contextmanager
def gone(home: Path) -> Iterator[str]:
    away = home.with_name("away")
    home.rename(away)
    yield f"{home} is gone, and the runs with it: bring it back, or restart to begin with none."
    assert not home.exists()
    away.rename(home)


@contextmanager
def closed(home: Path) -> Iterator[str]:
    scandir = os.scandir

    def refuse(place: object = ".") -> object:
        if str(place).startswith(str(home)):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        patch.setattr(os, "listdir", refuse)
        yield f"{home / 'runs'} can't be read: Permission denied."


@pytest.mark.parametrize("lost", [gone, closed])
def test_every_page_says_that_the_home_is_lost_and_opens_when_it_is_back(
    lost: Callable[[Path], Iterator[str]], open_page: OpenPage, runs: dict[str, Run], har_home: Path
) -> None:
    screen = open_page("overview", run=runs["lstm"].run_id)
    with lost(har_home) as sentence:
        for page in PAGES:
            screen.switch_page(f"../pages/{page}.py")
            screen.run()
            assert not screen.exception
            assert [box.value.replace("\\", "") for box in screen.error] == [sentence]
    screen.run()
    assert not screen.exception and not screen.error and screen.title


def test_a_live_part_has_the_page_drawn_anew_when_the_home_goes_and_when_it_comes_back(
    open_page: OpenPage, runs: dict[str, Run], har_home: Path
) -> None:
    assert open_page("training").title  # the server has seen the home
    with pytest.MonkeyPatch.context() as patch:
        session: dict[str, object] = {}
        patch.setattr(queueing.st, "session_state", session)
        queueing.say_what_ended()
        assert not queueing.changed_since_drawn(queueing.active_now())
        with gone(har_home):
            assert queueing.changed_since_drawn(queueing.active_now())
            with pytest.raises(RunError):
                queueing.say_what_ended()
            assert not queueing.changed_since_drawn(queueing.active_now())
        assert queueing.changed_since_drawn(queueing.active_now())


def test_no_run_is_made_in_a_home_that_is_gone_and_a_new_server_begins_with_none(
    runs: dict[str, Run], har_home: Path
) -> None:
    store = RunStore()
    assert len(store.runs()) == len(runs)
    with gone(har_home) as sentence:
        with pytest.raises(RunError) as refused:
            store.create(runs["lstm"].config)
        assert str(refused.value) == sentence
        assert RunStore().runs() == []
    assert len(store.runs()) == len(runs)


def test_what_the_disk_refuses_while_a_page_is_drawn_is_a_sentence() -> None:
    def script() -> None:
        from app.shell.messages import stop_on_error

        with stop_on_error():
            open("/nowhere/at/all")

    screen = AppTest.from_function(script).run()
    assert not screen.exception
    (box,) = screen.error
    assert box.value.replace("\\", "") == "/nowhere/at/all can't be used: No such file or directory."
